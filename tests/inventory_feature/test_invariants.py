"""Would the auditor's questions notice a breach? Each is planted past every wall, and must be told."""

from app.inventory.queries import UnevenHolding, UnevenLot
from tests.inventory_feature.scene import SERIES, World


async def test_a_sound_book_has_nothing_to_tell(world: World) -> None:
    await world.bought(await world.lot(100), 30)
    assert await world.uneven() == []


async def test_a_holding_without_a_sale_is_told(world: World) -> None:
    lot_id = await world.lot(100)
    holding = await world.bought(lot_id, 30)
    await world.owner.execute("update holding set quantity = quantity + 1, held = held + 1")
    assert await world.uneven() == [UnevenLot(world.provider, lot_id, 100, 101), UnevenHolding(world.buyer, holding.id)]


async def test_a_lot_without_stock_is_told(world: World) -> None:
    lot_id = await world.lot(100)
    await world.owner.execute("delete from lot_stock")
    assert await world.uneven() == [UnevenLot(world.provider, lot_id, 100, 0)]


async def test_two_ranges_with_one_serial_and_a_range_outside_of_what_was_sold_are_told(world: World) -> None:
    lot_id = await world.lot(100)
    await world.bought(lot_id, 30)
    second = await world.bought(lot_id, 10)
    await world.owner.execute("alter table serial_range drop constraint one_place_per_serial")
    await world.owner.execute("update serial_range set lo = lo - 5, hi = hi - 5 where holding_id = $1", second.id)
    moved = await world.owner.fetchval("select id from serial_range where holding_id = $1", second.id)
    assert await world.uneven() == [moved]
    await world.owner.execute("update serial_range set lo = lo + 50, hi = hi + 50 where holding_id = $1", second.id)
    assert await world.uneven() == [moved]


async def test_two_live_lots_with_one_serial_are_told(world: World) -> None:
    await world.owner.execute("alter table lot drop constraint one_live_lot_per_serial")
    first = await world.lot(100)
    second = await world.lot(1, lo=100, series=SERIES, provider=world.other_provider)
    assert await world.uneven() == [(first, second)]
    await world.owner.execute("update lot set status = 'disputed' where id = $1", second)
    assert await world.uneven() == []

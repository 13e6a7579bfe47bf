"""Does stock move as the words say: reserve, release, carve, hold, retire?"""

import pytest

from app.core.ids import new_id
from app.inventory import operations
from app.inventory.errors import HoldingNotFound, NotEnoughHeld
from tests.inventory_feature.scene import NOW, World


async def ranges(world: World, holding_id) -> list[tuple[int, int, str]]:
    rows = await world.owner.fetch(
        "select lo, hi, status from serial_range where holding_id = $1 order by lo", holding_id
    )
    return [(row["lo"], row["hi"], row["status"]) for row in rows]


async def test_a_carved_holding_has_the_next_serials_in_one_piece(world: World) -> None:
    lot_id = await world.lot(100, lo=1)
    first, second = await world.bought(lot_id, 30), await world.bought(lot_id, 20)
    assert await ranges(world, first.id) == [(1, 31, "held")]
    assert await ranges(world, second.id) == [(31, 51, "held")]
    assert await world.stock(lot_id) == {
        "free": 50,
        "reserved": 0,
        "sold": 50,
        "withdrawn": 0,
        "returned": 0,
        "next_lo": 51,
        "end_hi": 101,
    }
    assert await world.events(first.id) == ["holding.created"]


async def test_a_frozen_lot_is_neither_reserved_nor_carved_and_a_reservation_can_be_given_back(world: World) -> None:
    lot_id = await world.lot(100)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=10)
    await world.owner.execute("update lot_stock set sellable = false")
    async with world.db.transaction(world.trade()) as session:
        assert not await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
        carved = await operations.carve(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            lot_id=lot_id,
            order_id=new_id(),
            line_n=1,
            quantity=10,
            final_at=None,
            blocked_at=None,
            now=NOW,
        )
        assert carved is None
        await operations.release(session, provider_id=world.provider, lot_id=lot_id, quantity=10)
    assert (await world.stock(lot_id))["free"] == 100
    assert await world.owner.fetchval("select count(*) from holding") == 0


async def test_more_than_is_reserved_is_never_carved(world: World) -> None:
    lot_id = await world.lot(100)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=10)
        carved = await operations.carve(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            lot_id=lot_id,
            order_id=new_id(),
            line_n=1,
            quantity=11,
            final_at=None,
            blocked_at=None,
            now=NOW,
        )
        assert carved is None


async def test_a_release_of_what_was_never_reserved_crashes_and_changes_nothing(world: World) -> None:
    lot_id = await world.lot(100)
    with pytest.raises(Exception, match="ck_lot_stock_never_below_zero"):
        async with world.db.transaction(world.trade()) as session:
            await operations.release(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
    assert (await world.stock(lot_id))["free"] == 100


async def test_a_lot_ends_when_its_last_serial_is_sold(world: World) -> None:
    lot_id = await world.lot(10)
    await world.bought(lot_id, 9)
    async with world.db.transaction(world.trade()) as session:
        assert not await operations.exhaust_if_empty(session, provider_id=world.provider, lot_id=lot_id, now=NOW)
    await world.bought(lot_id, 1)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.exhaust_if_empty(session, provider_id=world.provider, lot_id=lot_id, now=NOW)
        assert not await operations.exhaust_if_empty(session, provider_id=world.provider, lot_id=lot_id, now=NOW)
    assert await world.status(lot_id) == "exhausted"
    assert await world.events(lot_id) == ["lot.exhausted"]


async def test_a_retirement_takes_the_lowest_serials_and_cuts_one_range_at_most(world: World) -> None:
    holding = await world.bought(await world.lot(100), 50)
    retirement = new_id()
    async with world.db.transaction(world.trade()) as session:
        taken = await operations.start_retiring(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            holding_id=holding.id,
            retirement_id=retirement,
            quantity=20,
        )
        assert [(each.lo, each.hi, each.status, each.retirement_id) for each in taken] == [
            (1, 21, "retiring", retirement)
        ]
    assert await ranges(world, holding.id) == [(1, 21, "retiring"), (21, 51, "held")]
    async with world.db.transaction(world.trade()) as session:
        for _ in range(2):  # Late in peace: the second time there is nothing to do.
            await operations.finish_retiring(
                session, owner_id=world.buyer, provider_id=world.provider, retirement_id=retirement
            )
        await operations.return_to_holding(
            session, owner_id=world.buyer, provider_id=world.provider, retirement_id=retirement
        )
    assert await ranges(world, holding.id) == [(1, 21, "retired"), (21, 51, "held")]
    row = await world.owner.fetchrow("select held, retiring, retired from holding")
    assert tuple(row) == (30, 0, 20)


async def test_returned_serials_are_taken_again_and_over_several_ranges(world: World) -> None:
    holding = await world.bought(await world.lot(100), 50)
    parties = {"owner_id": world.buyer, "provider_id": world.provider}
    first, second = new_id(), new_id()
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(session, **parties, holding_id=holding.id, retirement_id=first, quantity=20)
        await operations.return_to_holding(session, **parties, retirement_id=first)
        taken = await operations.start_retiring(
            session, **parties, holding_id=holding.id, retirement_id=second, quantity=30
        )
        assert [(each.lo, each.hi) for each in taken] == [(1, 21), (21, 31)]
    assert await ranges(world, holding.id) == [(1, 21, "retiring"), (21, 31, "retiring"), (31, 51, "held")]


async def test_more_than_is_held_is_refused_and_nothing_moves(world: World) -> None:
    holding = await world.bought(await world.lot(100), 5)
    with pytest.raises(NotEnoughHeld) as refused:
        async with world.db.transaction(world.trade()) as session:
            await operations.start_retiring(
                session,
                owner_id=world.buyer,
                provider_id=world.provider,
                holding_id=holding.id,
                retirement_id=new_id(),
                quantity=6,
            )
    assert refused.value.facts == {"held": 5, "unit": "t"}
    assert await ranges(world, holding.id) == [(1, 6, "held")]


async def test_another_buyers_holding_is_not_found(world: World) -> None:
    holding = await world.bought(await world.lot(100), 5)
    with pytest.raises(HoldingNotFound):
        async with world.db.transaction(world.trade(buyer=world.other_buyer)) as session:
            await operations.start_retiring(
                session,
                owner_id=world.other_buyer,
                provider_id=world.provider,
                holding_id=holding.id,
                retirement_id=new_id(),
                quantity=1,
            )

"""Where one number stands for 1,000 units, is every part of a lot whole numbers, whoever writes it?"""

import asyncpg
import pytest

from app.core.ids import new_id
from app.inventory import operations, queries
from tests.inventory_feature.exchanges import given_back, serials_of
from tests.inventory_feature.scene import NOW, World


async def thousand(world: World) -> object:
    """A lot of ten numbers of 1,000 units each, printed in groups."""
    lot_id = await world.lot(10_000, lo=1_000, certification_no="ISS-1")
    await world.owner.execute(
        "update lot set units_per_serial = 1000, serial_first = '00-01', serial_last = '00-10',"
        " registry_code = 'jcredit', unit = 'kWh' where id = $1",
        lot_id,
    )
    return lot_id


async def test_a_holding_and_what_is_retired_of_it_are_whole_numbers(world: World) -> None:
    holding = await world.bought(await thousand(world), 5_000)
    retirement = new_id()
    parties = {"owner_id": world.buyer, "provider_id": world.provider}
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(
            session, **parties, holding_id=holding.id, retirement_id=retirement, quantity=2_000
        )
        serials = await queries.serials_written(session, world.buyer, retirement)
    assert serials == [("ABC-", "00-01", "00-02", 2_000, 2, "ISS-1", None)]
    kept = await world.owner.fetch("select lo, hi, units_per_serial from serial_range order by lo")
    assert [tuple(row) for row in kept] == [(1_000, 3_000, 1_000), (3_000, 6_000, 1_000)]


async def test_the_database_refuses_a_part_of_a_number(world: World) -> None:
    lot_id = await thousand(world)
    with pytest.raises(asyncpg.CheckViolationError, match="whole_serials"):
        await world.owner.execute("update lot set hi = hi - 1 where id = $1", lot_id)
    with pytest.raises(Exception, match="ck_serial_range_whole_serials"):
        await world.bought(lot_id, 1_500)
    holding = await world.bought(lot_id, 2_000)
    with pytest.raises(Exception, match="ck_serial_range_whole_serials"):
        async with world.db.transaction(world.trade()) as session:
            await operations.start_retiring(
                session,
                owner_id=world.buyer,
                provider_id=world.provider,
                holding_id=holding.id,
                retirement_id=new_id(),
                quantity=500,
            )
    assert await world.owner.fetchval("select sum(hi - lo) from serial_range") == 2_000


async def test_whole_numbers_come_back_and_are_sold_and_withdrawn_as_such(world: World) -> None:
    lot_id = await thousand(world)
    holding = await world.bought(lot_id, 9_000)
    with pytest.raises(Exception, match="ck_serial_range_whole_serials"):
        await given_back(world, holding, 500)
    await given_back(world, holding, 4_000)
    again = await world.bought(lot_id, 2_000)
    assert await serials_of(world, "holding_id", again.id) == [(6_000, 7_000, "held"), (10_000, 11_000, "held")]
    async with world.db.transaction(world.trade()) as session:
        locked = await operations.locked_lot(session, world.provider, lot_id)
        assert await operations.withdraw(session, locked, now=NOW) == 3_000
    kept = await world.owner.fetch("select lo, hi, units_per_serial from serial_range where holding_id is null")
    assert [tuple(row) for row in kept] == [(7_000, 10_000, 1_000)]
    assert await world.uneven() == []

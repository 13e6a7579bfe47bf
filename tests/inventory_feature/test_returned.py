"""Serials that were sold come back to their lot: are they sold again, withdrawn, and never in two places?"""

import asyncio
import json
from uuid import UUID

import pytest

from app.core.db import Database
from app.core.errors import Conflict
from app.core.ids import new_id
from app.inventory import operations
from app.inventory.errors import HoldingNotFound, NotEnoughHeld, NothingToWithdraw
from benchmarks.invariants import I1_STOCK, I2_OVERLAPS
from tests.inventory_feature.exchanges import given_back, retiring, serials_of
from tests.inventory_feature.scene import NOW, World
from tests.inventory_feature.test_statement_counts import counted


async def left_over(world: World, status: str) -> list[tuple[int, int]]:
    rows = await world.owner.fetch("select lo, hi from serial_range where status = $1 order by lo", status)
    return [tuple(row) for row in rows]


async def reserved(world: World, lot_id: UUID, quantity: int) -> None:
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=quantity)


async def carved(world: World, lot_id: UUID, quantity: int, *, buyer: UUID | None = None, db: Database | None = None):
    async with (db or world.db).transaction(world.trade(buyer)) as session:
        return await operations.carve(
            session, owner_id=buyer or world.buyer, provider_id=world.provider, lot_id=lot_id, order_id=new_id(),
            line_n=1, quantity=quantity, final_at=None, blocked_at=None, now=NOW,
        )  # fmt: skip


async def withdrawn(world: World, lot_id: UUID) -> int:
    async with world.db.transaction(world.trade()) as session:
        locked = await operations.locked_lot(session, world.provider, lot_id)
        return await operations.withdraw(session, locked, now=NOW)


async def sound(world: World) -> None:
    assert await world.uneven() == []
    told = [row[0] for row in await world.owner.fetch(f"{I1_STOCK} union all {I2_OVERLAPS}")]
    assert [each for each in told if "orders have reserved" not in each] == []


async def test_the_highest_serials_come_back_and_are_told_to_owner_provider_and_desk(world: World) -> None:
    lot_id = await world.lot(100)
    holding = await world.bought(lot_id, 30)
    await retiring(world, holding, 10)
    assert await given_back(world, holding, 8) == set(range(23, 31))
    assert await serials_of(world, "holding_id", holding.id) == [(1, 11, "retiring"), (11, 23, "held")]
    row = await world.owner.fetchrow("select * from serial_range where status = 'returned'")
    assert (row["org_id"], row["holding_id"], row["retirement_id"]) == (world.provider, None, None)
    owned = await world.owner.fetchrow("select quantity, held, retiring, version from holding")
    assert tuple(owned) == (22, 12, 10, 3)
    stock = await world.stock(lot_id)
    assert (stock["free"], stock["sold"], stock["returned"], stock["next_lo"]) == (78, 22, 8, 31)
    assert await world.events(holding.id) == ["holding.created", "holding.given_back"]
    assert await world.events(lot_id) == ["lot.serials_returned"]
    told = await world.owner.fetchrow("select before, after from event where kind = 'holding.given_back'")
    assert json.loads(told["before"]) == {"quantity": 30, "held": 20}
    assert json.loads(told["after"])["serials"] == [[23, 31]]
    await sound(world)


async def test_what_is_in_one_piece_sells_first_and_then_the_lowest_that_came_back(world: World) -> None:
    lot_id = await world.lot(20)
    first, second = await world.bought(lot_id, 6), await world.bought(lot_id, 6)
    await given_back(world, first, 2)
    await given_back(world, second, 4)
    whole = await world.bought(lot_id, 5, buyer=world.other_buyer)
    assert await serials_of(world, "holding_id", whole.id) == [(13, 18, "held")]
    mixed = await world.bought(lot_id, 6, buyer=world.other_buyer)
    assert await serials_of(world, "holding_id", mixed.id) == [(5, 7, "held"), (9, 10, "held"), (18, 21, "held")]
    assert await left_over(world, "returned") == [(10, 13)]
    only = await world.bought(lot_id, 3)
    assert await serials_of(world, "holding_id", only.id) == [(10, 13, "held")]
    told = await world.owner.fetchval("select after from event where subject_id = $1", mixed.id)
    assert (json.loads(told)["lo"], json.loads(told)["serials"]) == (5, [[5, 7], [9, 10], [18, 21]])
    stock = await world.stock(lot_id)
    assert (stock["free"], stock["reserved"], stock["returned"], stock["sold"]) == (0, 0, 0, 20)
    await sound(world)


async def test_an_exhausted_lot_sells_again(world: World) -> None:
    lot_id = await world.lot(10)
    holding = await world.bought(lot_id, 10)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.exhaust_if_empty(session, provider_id=world.provider, lot_id=lot_id, now=NOW)
    await given_back(world, holding, 10)
    assert await world.status(lot_id) == "confirmed"
    assert await world.events(lot_id) == ["lot.exhausted", "lot.serials_returned", "lot.confirmed"]
    assert await world.owner.fetchval("select quantity from holding") == 0
    again = await world.bought(lot_id, 10, buyer=world.other_buyer)
    assert await serials_of(world, "holding_id", again.id) == [(1, 11, "held")]
    await sound(world)


async def test_a_frozen_lot_takes_back_and_sells_when_it_is_set_free(world: World) -> None:
    lot_id = await world.lot(10)
    holding = await world.bought(lot_id, 10)
    async with world.db.transaction(world.trade()) as session:
        locked = await operations.locked_lot(session, world.provider, lot_id)
        await operations.freeze(session, locked, note="?", now=NOW)
    await given_back(world, holding, 4)
    assert await world.status(lot_id) == "frozen"
    async with world.db.transaction(world.trade()) as session:
        assert not await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
        locked = await operations.locked_lot(session, world.provider, lot_id)
        await operations.unfreeze(session, locked, note="!", now=NOW)
    assert await world.bought(lot_id, 4)
    await sound(world)


async def test_what_is_not_held_does_not_come_back_and_nothing_moves(world: World) -> None:
    lot_id = await world.lot(100)
    holding = await world.bought(lot_id, 10)
    await retiring(world, holding, 4)
    with pytest.raises(NotEnoughHeld) as refused:
        await given_back(world, holding, 7)
    assert refused.value.facts == {"held": 6, "unit": "t"}
    asked = {"provider_id": world.provider, "quantity": 1, "now": NOW}
    for owner_id, holding_id in ((world.other_buyer, holding.id), (world.buyer, new_id())):
        with pytest.raises(HoldingNotFound):
            async with world.db.transaction(world.trade(owner_id)) as session:
                await operations.give_back(session, owner_id=owner_id, holding_id=holding_id, **asked)
    assert await left_over(world, "returned") == []
    await sound(world)


async def test_what_came_back_is_withdrawn_and_what_is_reserved_keeps_enough(world: World) -> None:
    lot_id = await world.lot(20)
    holding = await world.bought(lot_id, 12)
    await given_back(world, holding, 10)
    await reserved(world, lot_id, 11)
    assert await withdrawn(world, lot_id) == 7
    stock = await world.stock(lot_id)
    assert (stock["free"], stock["reserved"], stock["returned"], stock["withdrawn"]) == (0, 11, 3, 7)
    assert (await left_over(world, "returned"), await left_over(world, "withdrawn")) == ([(3, 6)], [(6, 13)])
    with pytest.raises(NothingToWithdraw):
        await withdrawn(world, lot_id)
    await sound(world)
    kept = await carved(world, lot_id, 11)
    assert await serials_of(world, "holding_id", kept.id) == [(3, 6, "held"), (13, 21, "held")]
    await given_back(world, kept, 1)
    assert await left_over(world, "returned") == [(20, 21)]
    await sound(world)


async def test_a_lot_of_which_everything_came_back_is_its_next_holders_when_it_is_withdrawn(world: World) -> None:
    lot_id = await world.lot(20)
    first, second = await world.bought(lot_id, 5), await world.bought(lot_id, 5)
    await given_back(world, first, 5)
    assert await withdrawn(world, lot_id) == 15
    await given_back(world, second, 5)
    assert await withdrawn(world, lot_id) == 5
    assert await world.status(lot_id) == "withdrawn"
    stock = await world.stock(lot_id)
    assert (stock["withdrawn"], stock["returned"], stock["next_lo"], stock["end_hi"]) == (20, 0, 1, 1)
    assert await world.owner.fetchval("select count(*) from serial_range") == 0
    await sound(world)
    theirs = await world.lot(20, provider=world.other_provider)
    trade = world.trade(provider=world.other_provider)
    async with world.db.transaction(trade) as session:
        parties = {"provider_id": world.other_provider, "lot_id": theirs, "quantity": 20}
        assert await operations.reserve(session, **parties)
        assert await operations.carve(
            session,
            **parties,
            owner_id=world.buyer,
            order_id=new_id(),
            line_n=1,
            final_at=None,
            blocked_at=None,
            now=NOW,
        )
    await sound(world)


async def test_nobody_deletes_serials_that_somebody_holds(world: World) -> None:
    holding = await world.bought(await world.lot(20), 5)
    async with world.db.transaction(world.trade()) as session:
        connection = await session.connection()
        done = await connection.exec_driver_sql("delete from serial_range")
        assert done.rowcount == 0
    assert await serials_of(world, "holding_id", holding.id) == [(1, 6, "held")]


async def test_carving_in_one_piece_costs_what_it_did_whatever_came_back(world: World) -> None:
    lot_id = await world.lot(1000)
    counts = []
    for _ in range(3):
        with counted(world.db) as statements:
            holding = await world.bought(lot_id, 7)
        counts.append(len(statements))
        await given_back(world, holding, 3)
    assert len(set(counts)) == 1
    assert not any("serial_range" in each and not each.startswith("INSERT") for each in statements)


async def test_giving_back_and_retiring_at_one_moment_never_want_one_serial(world: World, wide_db: Database) -> None:
    lot_id = await world.lot(200)
    holdings = [await world.bought(lot_id, 20) for _ in range(3)]

    async def back(holding, quantity: int) -> int:
        try:
            async with wide_db.transaction(world.trade()) as session:
                await operations.give_back(
                    session, owner_id=world.buyer, provider_id=world.provider, holding_id=holding.id,
                    quantity=quantity, now=NOW,
                )  # fmt: skip
        except Conflict:
            return 0
        return quantity

    async def retire(holding, quantity: int) -> int:
        try:
            async with wide_db.transaction(world.trade()) as session:
                await operations.start_retiring(
                    session, owner_id=world.buyer, provider_id=world.provider, holding_id=holding.id,
                    retirement_id=new_id(), quantity=quantity,
                )  # fmt: skip
        except Conflict:
            return 0
        return quantity

    tasks = [verb(holding, 3) for holding in holdings for _ in range(5) for verb in (back, retire)]
    done = await asyncio.gather(*tasks)
    assert sum(done) == 3 * 18, "Six of three each go into twenty, whoever comes first."
    assert sum(done[::2]) == (await world.stock(lot_id))["returned"]
    assert await deadlocks(world) == 0
    await sound(world)


async def test_giving_back_carving_and_withdrawing_at_one_moment_lose_no_serial(
    world: World, wide_db: Database
) -> None:
    lot_id = await world.lot(60)
    holdings = [await world.bought(lot_id, 5) for _ in range(10)]
    await reserved(world, lot_id, 10)

    async def back(holding) -> None:
        async with wide_db.transaction(world.trade()) as session:
            await operations.give_back(
                session, owner_id=world.buyer, provider_id=world.provider, holding_id=holding.id, quantity=4, now=NOW
            )

    async def buy() -> int:
        async with wide_db.transaction(world.trade(world.other_buyer)) as session:
            if not await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=3):
                return 0
        holding = await carved(world, lot_id, 3, buyer=world.other_buyer, db=wide_db)
        return holding.held

    async def give_up() -> int:
        try:
            async with wide_db.transaction(world.trade()) as session:
                locked = await operations.locked_lot(session, world.provider, lot_id)
                return await operations.withdraw(session, locked, now=NOW)
        except Conflict:
            return 0

    done = await asyncio.gather(
        *(back(holding) for holding in holdings), *(buy() for _ in range(10)), *(give_up() for _ in range(2))
    )
    bought, gone = sum(done[10:20]), sum(done[20:])
    stock = await world.stock(lot_id)
    assert (stock["sold"], stock["withdrawn"], stock["reserved"]) == (10 + bought, gone, 10)
    assert await carved(world, lot_id, 10) is not None, "What is reserved stays, of either kind."
    assert await deadlocks(world) == 0
    await sound(world)


async def deadlocks(world: World) -> int:
    asked = "select sum(deadlocks) from pg_stat_database where datname = current_database()"
    return int(await world.owner.fetchval(asked))

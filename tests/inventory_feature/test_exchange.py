"""A registry retired other serials of the lot than were set aside: who has which serials afterwards?"""

import asyncio
import json

import pytest

from app.core.db import Database
from app.core.ids import new_id
from app.inventory import operations, queries
from app.inventory.errors import OwnersUnnamed, SerialsNotExchangeable
from app.inventory.queries import PickedSerials
from tests.inventory_feature.exchanges import everything, given_back, picked, refused, retiring, serials_of, swap
from tests.inventory_feature.scene import NOW, World


async def test_two_buyers_change_serials_and_neither_loses_a_tonne(world: World) -> None:
    lot_id = await world.lot(100)
    mine, theirs = await world.bought(lot_id, 20), await world.bought(lot_id, 20, buyer=world.other_buyer)
    retirement = await retiring(world, mine, 10)
    assert await swap(world, retirement, (6, 11), (30, 35)) is True
    assert await serials_of(world, "retirement_id", retirement) == [(6, 11, "retiring"), (30, 35, "retiring")]
    assert await serials_of(world, "holding_id", theirs.id) == [(1, 6, "held"), (21, 30, "held"), (35, 41, "held")]
    told = await world.owner.fetchrow(
        "select org_id, before, after from event where subject_id = $1 and kind = 'holding.serials_exchanged'",
        theirs.id,
    )
    assert told["org_id"] == world.other_buyer
    assert json.loads(told["before"])["serials"] == [[30, 35]]
    assert json.loads(told["after"])["serials"] == [[1, 6]]
    assert str(retirement) not in told["before"] + told["after"]
    assert await world.uneven() == []


async def test_serials_that_were_set_aside_stay_and_nothing_is_told(world: World) -> None:
    holding = await world.bought(await world.lot(100), 20)
    retirement = await retiring(world, holding, 10)
    before = await everything(world)
    assert await swap(world, retirement, (1, 4), (4, 11)) is False
    assert await everything(world) == before


async def test_the_highest_unsold_serials_are_exchanged_and_the_rest_sells_on_in_one_piece(world: World) -> None:
    lot_id = await world.lot(40)
    mine, theirs = await world.bought(lot_id, 10), await world.bought(lot_id, 5, buyer=world.other_buyer)
    retirement = await retiring(world, mine, 4)
    assert await swap(world, retirement, (37, 41)) is True
    assert await serials_of(world, "retirement_id", retirement) == [(37, 41, "retiring")]
    assert await serials_of(world, "holding_id", theirs.id) == [(1, 5, "held"), (11, 12, "held")]
    stock = await world.stock(lot_id)
    assert (stock["free"], stock["next_lo"], stock["end_hi"]) == (25, 12, 37)
    assert await world.events(lot_id) == ["lot.free_part_moved"]
    rest = await world.bought(lot_id, 25)
    assert await serials_of(world, "holding_id", rest.id) == [(12, 37, "held")]
    assert await world.uneven() == []


async def test_what_cannot_be_is_refused_by_its_name_and_changes_nothing(world: World) -> None:
    lot_id = await world.lot(100)
    mine, other = await world.bought(lot_id, 10), await world.bought(lot_id, 10, buyer=world.other_buyer)
    retirement, elsewhere = await retiring(world, mine, 4), await retiring(world, other, 2)
    async with world.db.transaction(world.trade()) as session:
        locked = await operations.locked_lot(session, world.provider, lot_id)
        await operations.withdraw(session, locked, now=NOW)
    assert await refused(world, retirement, (1, 3)) == "other_quantity"
    assert await refused(world, retirement, (1, 4), (3, 4)) == "serials_given_twice"
    assert await refused(world, retirement, (99, 103)) == "outside_of_the_lot"
    assert await refused(world, retirement, (10, 14)) == "taken_by_another_retirement"
    assert await refused(world, retirement, (97, 101)) == "withdrawn"
    assert await refused(world, new_id(), (1, 5)) == "nothing_retiring"
    async with world.db.transaction(world.trade(world.other_buyer)) as session:
        await operations.finish_retiring(
            session, owner_id=world.other_buyer, provider_id=world.provider, retirement_id=elsewhere
        )
    assert await refused(world, retirement, (10, 14)) == "taken_by_another_retirement"
    open_lot = await world.lot(50, lo=1001)
    second = await retiring(world, await world.bought(open_lot, 6), 4)
    assert await refused(world, second, (1011, 1015)) == "free_part_in_one_piece"
    assert await refused(world, second, (1007, 1011)) == "free_part_in_one_piece"
    assert await refused(world, second, (1, 5)) == "outside_of_the_lot"
    third = PickedSerials("XYZ-", "1001", "1004")
    async with world.db.transaction(world.trade()) as session:
        for wrong, reason in ((third, "outside_of_the_lot"), (third._replace(first="one"), "unreadable_serials")):
            with pytest.raises(SerialsNotExchangeable) as told:
                await operations.swap_serials(
                    session,
                    owner_id=world.buyer,
                    provider_id=world.provider,
                    retirement_id=second,
                    picked=[wrong],
                    now=NOW,
                )
            assert told.value.facts["reason"] == reason


async def test_serials_that_came_back_are_refused_by_name_and_block_nothing_else(world: World) -> None:
    lot_id = await world.lot(40)
    mine, other = await world.bought(lot_id, 10), await world.bought(lot_id, 10, buyer=world.other_buyer)
    retirement = await retiring(world, mine, 4)
    await given_back(world, other, 5)
    assert await refused(world, retirement, (15, 19)) == "returned"
    assert await refused(world, retirement, (37, 41)) == "free_part_in_one_piece"
    async with world.db.transaction(world.trade()) as session:
        await operations.withdraw(session, await operations.locked_lot(session, world.provider, lot_id), now=NOW)
    assert await refused(world, retirement, (15, 19)) == "withdrawn"
    assert await refused(world, retirement, (37, 41)) == "withdrawn"
    assert await swap(world, retirement, (12, 16)) is True
    assert await serials_of(world, "holding_id", other.id) == [(1, 5, "held"), (11, 12, "held")]
    assert await world.uneven() == []


async def test_a_buyer_who_is_not_named_is_asked_for_before_anything_is_written(world: World) -> None:
    lot_id = await world.lot(100)
    mine = await world.bought(lot_id, 10)
    await world.bought(lot_id, 10, buyer=world.other_buyer)
    retirement = await retiring(world, mine, 4)
    before = await everything(world)
    asked = {"owner_id": world.buyer, "provider_id": world.provider, "retirement_id": retirement}
    with pytest.raises(OwnersUnnamed):
        async with world.db.transaction(world.trade()) as session:
            await operations.swap_serials(session, **asked, picked=picked((12, 16)), now=NOW)
    assert await everything(world) == before
    async with world.db.transaction(world.trade()) as session:
        assert await queries.owners_of_picked(session, **asked, picked=picked((12, 16))) == (world.other_buyer,)


async def test_retirements_that_want_each_others_serials_never_deadlock_and_lose_nothing(
    world: World, wide_db: Database
) -> None:
    lot_id = await world.lot(200)
    holdings = [await world.bought(lot_id, 10) for _ in range(10)]
    retirements = [await retiring(world, holding, 4) for holding in holdings]

    async def change(n: int) -> bool:
        lo = holdings_lo[(n + 1) % 10] + 6  # The highest that the next holding keeps.
        try:
            return await swap(world, retirements[n], (lo, lo + 4), db=wide_db)
        except SerialsNotExchangeable:
            return False

    async def retire(n: int) -> None:
        async with wide_db.transaction(world.trade()) as session:
            await operations.start_retiring(
                session,
                owner_id=world.buyer,
                provider_id=world.provider,
                holding_id=holdings[n].id,
                retirement_id=new_id(),
                quantity=2 + n % 2,  # Three reach into what is wanted of this holding, two do not.
            )

    async def buy() -> None:
        async with wide_db.transaction(world.trade()) as session:
            assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=5)
        async with wide_db.transaction(world.trade()) as session:
            await operations.carve(
                session,
                owner_id=world.buyer,
                provider_id=world.provider,
                lot_id=lot_id,
                order_id=new_id(),
                line_n=1,
                quantity=5,
                final_at=None,
                blocked_at=None,
                now=NOW,
            )

    holdings_lo = [1 + 10 * n for n in range(10)]
    done = await asyncio.gather(
        *(change(n) for n in range(10)), *(retire(n) for n in range(10)), *(buy() for _ in range(10))
    )
    assert [n for n in range(10) if not done[n] and n % 2] == [], "Nobody was in the way of these."
    for n in [n for n in range(10) if done[n]]:
        lo = holdings_lo[(n + 1) % 10] + 6
        found = await serials_of(world, "retirement_id", retirements[n])
        assert {serial for first, last, _ in found for serial in range(first, last)} == set(range(lo, lo + 4))
    deadlocks = await world.owner.fetchval(
        "select sum(deadlocks) from pg_stat_database where datname = current_database()"
    )
    assert deadlocks == 0
    assert await world.uneven() == []

"""A registry retired other serials of the lot than were set aside: who has which serials afterwards?"""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import WORKER_ROLE, Database
from app.core.ids import new_id
from app.inventory import operations, queries
from app.inventory.errors import OwnersUnnamed, SerialsNotExchangeable
from app.inventory.queries import PickedSerials
from tests.inventory_feature.scene import NOW, World


def picked(*ranges: tuple[int, int]) -> list[PickedSerials]:
    """Half-open ranges as the registry writes them."""
    return [PickedSerials("ＡＢＣ-", str(lo).zfill(6), str(hi - 1).zfill(6)) for lo, hi in ranges]


async def retiring(world: World, holding, quantity: int) -> UUID:
    retirement = new_id()
    async with world.db.transaction(world.trade(holding.org_id)) as session:
        await operations.start_retiring(
            session,
            owner_id=holding.org_id,
            provider_id=world.provider,
            holding_id=holding.id,
            retirement_id=retirement,
            quantity=quantity,
        )
    return retirement


async def swap(world: World, retirement: UUID, *ranges: tuple[int, int], db: Database | None = None) -> bool:
    """As the flow does it: look up whom to name, name them, swap."""
    database = db or world.db
    asked = {"owner_id": world.buyer, "provider_id": world.provider, "retirement_id": retirement}
    async with database.transaction(world.trade()) as session:
        others = await queries.owners_of_picked(session, **asked, picked=picked(*ranges))
    async with database.transaction(world.trade().with_party(*others)) as session:
        return await operations.swap_serials(session, **asked, picked=picked(*ranges), now=NOW)


async def refused(world: World, retirement: UUID, *ranges: tuple[int, int]) -> str:
    before = await everything(world)
    with pytest.raises(SerialsNotExchangeable) as told:
        await swap(world, retirement, *ranges)
    assert await everything(world) == before
    return str(told.value.facts["reason"])


async def everything(world: World) -> list[object]:
    return [
        await world.owner.fetch("select * from serial_range order by lo"),
        await world.owner.fetch("select * from lot_stock order by lot_id"),
        await world.owner.fetch("select * from holding order by id"),
        await world.owner.fetchval("select count(*) from event"),
    ]


async def serials_of(world: World, column: str, value: UUID) -> list[tuple[int, int, str]]:
    rows = await world.owner.fetch(f"select lo, hi, status from serial_range where {column} = $1 order by lo", value)
    return [tuple(row) for row in rows]


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


@dataclass
class Model:
    """One lot of 30 as sets of serials; the swap decided by sets alone."""

    free: list[int]
    withdrawn: set[int]
    held: dict[UUID, set[int]] = field(default_factory=dict)
    fixed: set[int] = field(default_factory=set)
    ours: set[int] = field(default_factory=set)

    def takes(self, wanted: set[int]) -> bool:
        movable = self.ours.union(*self.held.values())
        unsold = sorted(wanted & set(self.free))
        below = set(range(self.free[0] - len(unsold), self.free[0])) if self.free else set()
        return (
            len(wanted) == len(self.ours)
            and wanted <= movable | set(self.free)
            and unsold == self.free[len(self.free) - len(unsold) :]
            and (not unsold or below <= movable)
        )


LOTS = st.tuples(
    st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from(["held", "retiring", "retired"])), max_size=4),
    st.integers(1, 6),
    st.booleans(),
)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=LOTS, draw=st.data())
async def test_afterwards_every_serial_is_in_exactly_one_place(world: World, made, draw) -> None:
    sold, quantity, withdraws = made
    lot_id = await world.lot(30, series="jcredit::abc-", lo=1 + 100 * world.issuances)
    first = 1 + 100 * (world.issuances - 1)
    model = Model(list(range(first, first + 30)), set())
    mine = await world.bought(lot_id, quantity + draw.draw(st.integers(0, 3)))
    model.held[mine.id], model.free = set(model.free[: mine.quantity]), model.free[mine.quantity :]
    for size, others, status in sold:
        await other_holding(world, lot_id, model, size, others=others, status=status)
    retirement = await retiring(world, mine, quantity)
    model.ours = set(sorted(model.held[mine.id])[:quantity])
    model.held[mine.id] -= model.ours
    if withdraws:
        async with world.db.transaction(world.trade()) as session:
            locked = await operations.locked_lot(session, world.provider, lot_id)
            await operations.withdraw(session, locked, now=NOW)
        model.free, model.withdrawn = [], set(model.free)
    edges = draw.draw(st.lists(st.integers(first, first + 30), min_size=2, max_size=6, unique=True).map(sorted))
    top = first + 30 - draw.draw(st.integers(1, quantity))
    ranges = draw.draw(st.sampled_from([list(pairwise(edges))[::2], [(top, first + 30), (first, first + 1)]]))
    ranges = fitted([(lo, hi) for lo, hi in ranges], quantity, first)
    wanted = {serial for lo, hi in ranges for serial in range(lo, hi)}
    sizes = {holding: len(serials) for holding, serials in model.held.items()}
    if not model.takes(wanted):
        await refused(world, retirement, *ranges)
        return
    await swap(world, retirement, *ranges)
    places = await world.owner.fetch("select * from serial_range where lot_id = $1", lot_id)
    by_holding: dict[UUID, set[int]] = {holding: set() for holding in sizes}
    for row in places:
        if row["status"] == "held":
            by_holding[row["holding_id"]] |= set(range(row["lo"], row["hi"]))
    ours = {n for row in places if row["retirement_id"] == retirement for n in range(row["lo"], row["hi"])}
    fixed = {n for row in places if row["retirement_id"] not in (None, retirement) for n in range(row["lo"], row["hi"])}
    assert ours == wanted
    assert fixed == model.fixed
    assert {holding: len(serials) for holding, serials in by_holding.items()} == sizes
    stock = await world.stock(lot_id)
    everywhere = [*ours, *fixed, *range(stock["next_lo"], stock["end_hi"]), *model.withdrawn]
    everywhere += [serial for serials in by_holding.values() for serial in serials]
    assert sorted(everywhere) == list(range(first, first + 30))
    auditor = Database(world.db.url, role=WORKER_ROLE, pool_size=1)
    async with auditor.audit() as session:
        assert await queries.lots_out_of_balance(session) == []
        assert await queries.holdings_out_of_balance(session) == []
        assert await queries.overlapping_ranges(session) == []
    await auditor.close()


async def other_holding(world: World, lot_id: UUID, model: Model, size: int, *, others: bool, status: str) -> None:
    buyer = world.other_buyer if others else world.buyer
    size = min(size, len(model.free) - 1)
    if size < 1:
        return
    holding = await world.bought(lot_id, size, buyer=buyer)
    serials, model.free = set(model.free[:size]), model.free[size:]
    if status == "held":
        model.held[holding.id] = serials
        return
    retirement = await retiring(world, holding, size)
    model.fixed |= serials
    if status == "retired":
        async with world.db.transaction(world.trade(buyer)) as session:
            await operations.finish_retiring(
                session, owner_id=buyer, provider_id=world.provider, retirement_id=retirement
            )


def fitted(ranges: list[tuple[int, int]], quantity: int, first: int) -> list[tuple[int, int]]:
    """The ranges cut, or filled up from the lot's beginning, so that mostly they hold the right quantity."""
    serials = [n for lo, hi in ranges for n in range(lo, hi)][::-1][:quantity]
    serials += [n for n in range(first, first + 30) if n not in serials][: quantity - len(serials)]
    return [(n, n + 1) for n in sorted(serials)]


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

"""Whatever serials a registry retired instead: is every serial in exactly one place afterwards?"""

from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import WORKER_ROLE, Database
from app.inventory import operations, queries
from tests.inventory_feature.exchanges import given_back, refused, retiring, swap
from tests.inventory_feature.scene import NOW, World


@dataclass
class Model:
    """One lot of 30 as sets of serials; the swap decided by sets alone."""

    free: list[int]
    withdrawn: set[int]
    returned: set[int] = field(default_factory=set)
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
    st.lists(
        st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from(["held", "retiring", "retired", "given_back"])),
        max_size=4,
    ),
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
        model.free, model.returned, model.withdrawn = [], set(), {*model.free, *model.returned}
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
    returned = {n for row in places if row["status"] == "returned" for n in range(row["lo"], row["hi"])}
    assert returned == model.returned
    everywhere = [*ours, *fixed, *returned, *range(stock["next_lo"], stock["end_hi"]), *model.withdrawn]
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
    if status == "given_back":
        back = await given_back(world, holding, 1 + size // 2)
        model.returned |= back
        serials -= back
    if status in ("held", "given_back"):
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

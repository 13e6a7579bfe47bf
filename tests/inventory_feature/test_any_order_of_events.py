"""Whatever is done to a lot in whatever order: does every serial have one place, and the right one?"""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import WORKER_ROLE, Database
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.inventory import operations, queries
from app.inventory.errors import NotEnoughHeld, NothingToWithdraw
from benchmarks.invariants import I1_STOCK, I2_OVERLAPS
from tests.inventory_feature.scene import NOW, World

LOT = 40
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["reserve", "release", "carve", "start"]), st.integers(1, 12), st.integers(0, 5)),
        st.tuples(
            st.sampled_from(["carve", "start", "return", "finish", "give_back", "give_back"]),
            st.integers(1, 6),
            st.integers(0, 5),
        ),
        st.tuples(st.sampled_from(["freeze", "unfreeze", "withdraw", "reserve"]), st.integers(8, 20), st.just(0)),
    ),
    min_size=4,
    max_size=24,
)


@dataclass
class Model:
    """The same lot as sets of serials: slow, and too simple to be wrong."""

    free: list[int]
    """What is in one piece, for sale or reserved."""
    returned: list[int] = field(default_factory=list)
    reserved: int = 0
    withdrawn: int = 0
    given_up: set[int] = field(default_factory=set)
    """What came back and was withdrawn."""
    frozen: bool = False
    ended: bool = False
    held: dict[UUID, set[int]] = field(default_factory=dict)
    retiring: dict[UUID, tuple[UUID, set[int]]] = field(default_factory=dict)
    retired: dict[UUID, set[int]] = field(default_factory=dict)

    @property
    def unsold(self) -> int:
        return len(self.free) + len(self.returned)

    def next_ones(self, quantity: int) -> set[int]:
        """Taken out: first what is in one piece, then the lowest of what came back."""
        whole = min(quantity, len(self.free))
        taken = self.free[:whole] + self.returned[: quantity - whole]
        self.free, self.returned = self.free[whole:], self.returned[quantity - whole :]
        return set(taken)

    @property
    def sellable(self) -> bool:
        return not self.frozen and not self.ended


@dataclass
class Desk:
    """One lot in the database, and its model beside it."""

    world: World
    lot_id: UUID
    model: Model

    async def step(self, verb: str, quantity: int, choice: int) -> None:
        async with self.world.db.transaction(self.world.trade()) as session:
            await getattr(self, verb)(session, quantity, choice)

    async def reserve(self, session, quantity: int, _: int) -> None:
        model = self.model
        may = model.sellable and model.unsold - model.reserved >= quantity
        done = await operations.reserve(session, provider_id=self.world.provider, lot_id=self.lot_id, quantity=quantity)
        assert done == may
        model.reserved += quantity if may else 0

    async def release(self, session, quantity: int, _: int) -> None:
        quantity = min(quantity, self.model.reserved)
        if quantity:
            await operations.release(session, provider_id=self.world.provider, lot_id=self.lot_id, quantity=quantity)
            self.model.reserved -= quantity

    async def carve(self, session, quantity: int, _: int) -> None:
        model = self.model
        may = model.sellable and model.reserved >= quantity
        holding = await operations.carve(
            session,
            owner_id=self.world.buyer,
            provider_id=self.world.provider,
            lot_id=self.lot_id,
            order_id=new_id(),
            line_n=1,
            quantity=quantity,
            final_at=NOW,
            blocked_at=None,
            now=NOW,
        )
        assert (holding is not None) == may
        if holding is not None:
            model.held[holding.id] = model.next_ones(quantity)
            model.reserved -= quantity
            ended = await operations.exhaust_if_empty(
                session, provider_id=self.world.provider, lot_id=self.lot_id, now=NOW
            )
            assert ended == (not model.unsold)
            model.ended = ended

    async def give_back(self, session, quantity: int, choice: int) -> None:
        model = self.model
        if not model.held:
            return
        holding_id = sorted(model.held)[choice % len(model.held)]
        held = model.held[holding_id]
        giving = operations.give_back(
            session,
            owner_id=self.world.buyer,
            provider_id=self.world.provider,
            holding_id=holding_id,
            quantity=quantity,
            now=NOW,
        )
        if len(held) < quantity:
            with pytest.raises(NotEnoughHeld):
                await giving
            return
        back = sorted(held)[len(held) - quantity :]
        assert [serial for each in await giving for serial in range(each.lo, each.hi)] == back
        model.held[holding_id] = held - set(back)
        model.returned = sorted([*model.returned, *back])
        model.ended = False

    async def start(self, session, quantity: int, choice: int) -> None:
        if not self.model.held:
            return
        holding_id = sorted(self.model.held)[choice % len(self.model.held)]
        held, retirement = self.model.held[holding_id], new_id()
        started = operations.start_retiring(
            session,
            owner_id=self.world.buyer,
            provider_id=self.world.provider,
            holding_id=holding_id,
            retirement_id=retirement,
            quantity=quantity,
        )
        if len(held) < quantity:
            with pytest.raises(NotEnoughHeld):
                await started
            return
        taken = set(sorted(held)[:quantity])
        assert {serial for each in await started for serial in range(each.lo, each.hi)} == taken
        self.model.held[holding_id] = held - taken
        self.model.retiring[retirement] = holding_id, taken

    async def end(self, session, choice: int, verb) -> tuple[UUID, set[int]] | None:
        if not self.model.retiring:
            return None
        retirement = sorted(self.model.retiring)[choice % len(self.model.retiring)]
        for _ in range(2):  # A repetition changes nothing.
            await verb(session, owner_id=self.world.buyer, provider_id=self.world.provider, retirement_id=retirement)
        return self.model.retiring.pop(retirement)

    async def finish(self, session, _: int, choice: int) -> None:
        ended = await self.end(session, choice, operations.finish_retiring)
        if ended is not None:
            self.model.retired.setdefault(ended[0], set()).update(ended[1])

    async def back(self, session, _: int, choice: int) -> None:
        ended = await self.end(session, choice, operations.return_to_holding)
        if ended is not None:
            self.model.held[ended[0]] |= ended[1]

    async def freeze(self, session, *_: int) -> None:
        locked = await operations.locked_lot(session, self.world.provider, self.lot_id)
        if self.model.sellable:
            await operations.freeze(session, locked, note="?", now=NOW)
            self.model.frozen = True

    async def unfreeze(self, session, *_: int) -> None:
        locked = await operations.locked_lot(session, self.world.provider, self.lot_id)
        if not self.model.frozen:
            with pytest.raises(InvalidState):
                await operations.unfreeze(session, locked, note="?", now=NOW)
            return
        await operations.unfreeze(session, locked, note="!", now=NOW)
        self.model.frozen = False

    async def withdraw(self, session, *_: int) -> None:
        model, locked = self.model, await operations.locked_lot(session, self.world.provider, self.lot_id)
        left = model.unsold - model.reserved
        if not model.sellable or not left:
            with pytest.raises((InvalidState, NothingToWithdraw)):
                await operations.withdraw(session, locked, now=NOW)
            return
        assert await operations.withdraw(session, locked, now=NOW) == left
        model.withdrawn += left
        whole = min(model.reserved, len(model.free))
        kept = model.reserved - whole
        model.free, model.given_up = model.free[:whole], model.given_up | set(model.returned[kept:])
        model.returned = model.returned[:kept]
        model.ended = model.reserved == 0
        if model.withdrawn == LOT:  # Nothing is sold: the lot is gone, and the serials are their next holder's.
            model.given_up = set()

    async def check(self) -> None:
        model, stock = self.model, await self.world.stock(self.lot_id)
        assert stock["free"] == model.unsold - model.reserved
        assert (stock["reserved"], stock["withdrawn"]) == (model.reserved, model.withdrawn)
        assert stock["returned"] == len(model.returned)
        assert list(range(stock["next_lo"], stock["end_hi"])) == model.free
        places: dict[tuple[UUID | None, str], set[int]] = {}
        for row in await self.world.owner.fetch("select * from serial_range where lot_id = $1", self.lot_id):
            places.setdefault((row["holding_id"], row["status"]), set()).update(range(row["lo"], row["hi"]))
        expected: dict[tuple[UUID | None, str], set[int]] = {
            (None, "returned"): set(model.returned),
            (None, "withdrawn"): model.given_up,
        }
        for status, sets in (
            ("held", model.held.items()),
            ("retiring", model.retiring.values()),
            ("retired", model.retired.items()),
        ):
            for holding_id, serials in sets:
                expected.setdefault((holding_id, status), set()).update(serials)
        assert places == {place: serials for place, serials in expected.items() if serials}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_stock_and_ranges_follow_a_model_and_the_invariants_hold_after_every_step(world: World, steps) -> None:
    auditor = Database(world.db.url, role=WORKER_ROLE, pool_size=1)
    lot_id = await world.lot(LOT, lo=1, series=f"jcredit::{new_id()}")
    desk = Desk(world, lot_id, Model(free=list(range(1, LOT + 1))))
    for verb, quantity, choice in steps:
        await desk.step("back" if verb == "return" else verb, quantity, choice)
        await desk.check()
        told = [row[0] for row in await world.owner.fetch(f"{I1_STOCK} union all {I2_OVERLAPS}")]
        assert [each for each in told if "orders have reserved" not in each] == []
        async with auditor.audit() as session:
            assert await queries.lots_out_of_balance(session) == []
            assert await queries.holdings_out_of_balance(session) == []
            assert await queries.overlapping_ranges(session) == []
    await auditor.close()

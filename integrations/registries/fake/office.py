"""What does the fake registry do with a request: refuse it, record it, or promise to record it later?

Its state is nothing but its book, read from the first line; every act is a line before it is a change. It has one guard
against retiring twice, the serials. A reference means nothing to it, unless it is repeatable: the same one may come again
with other serials.
"""

from collections import defaultdict
from datetime import datetime, timedelta, timezone

import msgspec

from integrations.registries.base import SerialBlock, SerialChoice
from integrations.registries.fake.book import Book
from integrations.registries.fake.messages import (
    BookView,
    Code,
    Correction,
    IssuedBlock,
    Order,
    Page,
    Refusal,
    Retirement,
)
from integrations.registries.fake.spans import Span, Spans
from integrations.registries.fake.state import (
    Closed,
    Corrected,
    Planned,
    Posted,
    Promise,
    State,
    Visible,
    numbers,
)
from integrations.registries.simulated_ways import PARTS_OF_A_WHOLE, Pace, Ways

_JAPAN = timezone(timedelta(hours=9))
_LONGEST = {"reference": 64, "beneficiary_name": 255, "purpose": 100, "purpose_detail": 500, "note": 1000}
ANYBODY = "holder"
"""Whose account the serials lie in that are issued when they are first asked for."""
REFERENCE_REUSED = "reference_reused"
"""Where a reference may be repeated: it came before with another order. Not a documented refusal."""


class Office:
    """The registry itself, without its wire. One thread works it, and no act of it waits.

    With `takes_all`, serials that were never issued are issued when they are first asked for.
    """

    def __init__(
        self, book: Book, *, takes_all: bool = False, ways: Ways | None = None, pace: Pace | None = None
    ) -> None:
        self._book = book
        self.takes_all = takes_all
        self.ways = ways or Ways()
        self.pace = pace or Pace()
        self.state = State()
        for record in book.records:
            self.state.learn(record)

    def issue(self, block: IssuedBlock, *, now: datetime) -> None:
        """Register serials that exist; raises ValueError when they are none, or exist already."""
        serials = SerialBlock(block.prefix, block.first, block.last, quantity=0)
        if self.state.exists[block.prefix].within(int(serials.first), int(serials.last)):
            raise ValueError("Some of these serials were issued before.")
        self._write("block", block, now)

    def close_account(self, account: str, *, now: datetime) -> None:
        """Close an account: what it holds can no longer be retired."""
        self._write("account_closed", Closed(account), now)

    def note_post(self, reference: str, *, now: datetime) -> int:
        """Count a request that arrived, whatever becomes of it; how many came with its reference until now."""
        self._write("post", Posted(reference), now)
        return self.state.posts[reference]

    def retire(self, order: Order, *, now: datetime, visible_at: datetime) -> Retirement | Refusal | None:
        """Record the retirement, or refuse it; None when it was promised already, and may be repeated.

        Where orders may be repeated, the first answer is given again. Look-ups show it some time after `visible_at`.
        """
        self.catch_up(now=now)
        before = self._came_before(order)
        if before is not None or self._was_promised(order):
            return before
        ready = self._ready(order, now)
        if isinstance(ready, Refusal):
            return ready
        return self._record(ready, now=now, recorded_at=now, visible_at=visible_at, promise_seq=None)

    def promise(self, order: Order, *, now: datetime, due_at: datetime) -> Refusal | None:
        """Accept the request and take its serials now; record it when it is due."""
        before = self._came_before(order)
        if isinstance(before, Refusal):
            return before
        if before is not None or self._was_promised(order):
            return None
        ready = self._ready(order, now)
        if isinstance(ready, Refusal):
            return ready
        self._write("promise", Promise(ready, due_at), now)
        return None

    def rehearse(self, order: Order, *, now: datetime) -> Refusal | None:
        """Tell what would refuse this order, and retire nothing."""
        ready = self._ready(order, now)
        return ready if isinstance(ready, Refusal) else None

    def correct(self, correction: Correction, *, now: datetime) -> bool:
        """Change a record now or later; False when there is no such record."""
        if self.state.place_of(correction.transaction_no) is None:
            return False
        due_at = now + timedelta(milliseconds=correction.after_ms)
        self._write("correction_planned", Planned(correction, due_at), now)
        self.catch_up(now=now)
        return True

    def catch_up(self, *, now: datetime) -> None:
        """Record what was promised by now, and correct what is due. Called before every look at the book."""
        for seq, promise in list(self.state.promises.items()):
            if promise.due_at <= now:
                due_at = promise.due_at
                self._record(promise.order, now=now, recorded_at=due_at, visible_at=due_at, promise_seq=seq)
        for seq, planned in list(self.state.planned.items()):
            if planned.due_at <= now:
                self._write("correction", Corrected(planned.correction, seq), now)

    def page(self, wanted: "Wanted", *, after: int, size: int, now: datetime) -> Page:
        """Read the next records of the list and return those that match: a page may be empty and not be the last."""
        self.catch_up(now=now)
        read = [one for one in self.state.recorded[after : after + size] if one is not None]
        matching = tuple(one.retirement for one in read if one.visible_at <= now and wanted.matches(one.retirement))
        last = after + size >= len(self.state.recorded)
        return Page(matching, next_cursor=None if last else str(after + size), complete=True)

    def view(self, *, now: datetime) -> BookView:
        """Return the whole book, for a checker."""
        self.catch_up(now=now)
        retirements = tuple(one.retirement for one in self.state.recorded if one is not None)
        return BookView(self._book.head, tuple(self._book.records), retirements, dict(self.state.posts))

    def _was_promised(self, order: Order) -> bool:
        promised = (promise.order.reference for promise in self.state.promises.values())
        return self.ways.repeatable and order.reference in promised

    def _came_before(self, order: Order) -> Retirement | Refusal | None:
        """Where references may be repeated: the record that this order made, or that the reference was another's."""
        before = self.state.by_reference.get(order.reference) if self.ways.repeatable else None
        if before is None:
            return None
        same = ("certification_no", "quantity", "unit", "beneficiary_name", "purpose", "purpose_detail", "note")
        if any(getattr(order, name) != getattr(before, name) for name in same):
            return Refusal(REFERENCE_REUSED, "This reference came before, with another order.")
        return before

    def _ready(self, order: Order, now: datetime) -> Order | Refusal:
        """The order as it can be recorded, with the serials that the registry picks where it does; or why not."""
        for field, longest in _LONGEST.items():
            if len(getattr(order, field)) > longest:
                return Refusal(Code.TEXT_TOO_LONG, f"{field} is longer than {longest} characters.")
        if not self.ways.fractions and order.quantity % PARTS_OF_A_WHOLE.get(order.unit, 1):
            return Refusal(Code.WHOLE_UNITS_ONLY, "Less than a whole unit cannot be retired here.")
        if not _adds_up(order):
            return Refusal(Code.QUANTITY_MISMATCH, "The serials do not add up to the quantity.")
        self._admit(order, now)
        if self.ways.serials_chosen_by is SerialChoice.REGISTRY:
            return self._picked(order)
        return self._refusal(order) or order

    def _admit(self, order: Order, now: datetime) -> None:
        """Where all serials are taken, issue those of this order that nobody has issued."""
        for block, first, last in numbers(order) if self.takes_all else ():
            if not self.state.exists[block.prefix].within(first, last):
                issued = IssuedBlock(ANYBODY, order.certification_no, block.prefix, block.first, block.last, order.unit)
                self.issue(issued, now=now)

    def _refusal(self, order: Order) -> Refusal | None:
        holders = set()
        for block, first, last in numbers(order):
            held = self.state.issued[order.certification_no, block.prefix]
            if not held.covers(first, last):
                return Refusal(Code.UNKNOWN_SERIALS, "Some of these serials were not issued under this certification.")
            # Before the account: whoever retired these already must not hear of a reason that lets them sell on.
            if self.state.taken[block.prefix].within(first, last):
                return Refusal(Code.ALREADY_RETIRED, "Some of these serials are retired already.")
            holders |= {span.owner for span in held.within(first, last)}
        if holders & self.state.closed:
            return Refusal(Code.ACCOUNT_CLOSED, "The account that holds these serials is closed.")
        return None

    def _picked(self, order: Order) -> Order | Refusal:
        """The lowest serials that the account of the order's first one holds of this certification."""
        prefix = order.blocks[0].prefix
        account = self.state.holder_of(order.certification_no, order.blocks[0])
        if account is None:
            return Refusal(Code.UNKNOWN_SERIALS, "These serials were not issued under this certification.")
        if account in self.state.closed:
            return Refusal(Code.ACCOUNT_CLOSED, "The account that holds these serials is closed.")
        picked, wanted = [], order.quantity
        for span in self.state.issued[order.certification_no, prefix].without(self.state.taken[prefix]):
            if span.owner == account and wanted:
                size = min(span.count, wanted)
                picked.append(SerialBlock(prefix, str(span.first), str(span.first + size - 1), size))
                wanted -= size
        if wanted:
            return Refusal(Code.NOT_ENOUGH_CREDITS, "The account holds fewer credits of this certification.")
        return msgspec.structs.replace(order, blocks=tuple(picked))

    def _record(
        self, order: Order, *, now: datetime, recorded_at: datetime, visible_at: datetime, promise_seq: int | None
    ) -> Retirement:
        retirement = Retirement(
            transaction_no=f"FR-{len(self.state.recorded) + 1:08d}",
            recorded_on=recorded_at.astimezone(_JAPAN).date(),
            **{field: getattr(order, field) for field in Order.__struct_fields__},
        )
        shown_at = visible_at + timedelta(seconds=self.pace.shows_after_s)
        self._write("retirement", Visible(retirement, shown_at, promise_seq), now)
        return retirement

    def _write(self, kind: str, body: msgspec.Struct, now: datetime) -> None:
        self.state.learn(self._book.append(kind, msgspec.to_builtins(body), now=now))


class Wanted(msgspec.Struct, frozen=True):
    """What a look-up asks for: a reference, or any serial of a block."""

    reference: str | None
    block: SerialBlock | None

    def matches(self, retirement: Retirement) -> bool:
        """Tell whether this retirement is one of those asked for."""
        if self.reference is not None and retirement.reference != self.reference:
            return False
        return self.block is None or any(_overlap(self.block, other) for other in retirement.blocks)


def halved(order: Order) -> Order:
    """Half of an order, rounded up, of its first serials: what a registry did that stopped halfway."""
    wanted, blocks = (order.quantity + 1) // 2, []
    for block, first, _ in numbers(order):
        size = min(block.count, wanted)
        if size:
            blocks.append(SerialBlock(block.prefix, block.first, str(first + size - 1), size))
        wanted -= size
    return msgspec.structs.replace(order, blocks=tuple(blocks), quantity=sum(block.count for block in blocks))


def _adds_up(order: Order) -> bool:
    whole: defaultdict[str, Spans] = defaultdict(Spans)
    for block, first, last in numbers(order):
        if block.quantity != block.count or whole[block.prefix].within(first, last):
            return False
        whole[block.prefix].add(Span(first, last, ""))
    return order.quantity == sum(block.count for block in order.blocks) > 0


def _overlap(one: SerialBlock, other: SerialBlock) -> bool:
    return one.prefix == other.prefix and int(one.first) <= int(other.last) and int(other.first) <= int(one.last)

"""What does the fake registry do with a request: refuse it, record it, or promise to record it later?

Its state is nothing but its book, read from the first line; every act is a line before it is a change. It has one guard
against retiring twice, the serials. A reference means nothing to it: the same one may come again with other serials.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import msgspec

from integrations.registries.base import SerialBlock
from integrations.registries.fake.book import Book
from integrations.registries.fake.messages import (
    BookRecord,
    BookView,
    Code,
    IssuedBlock,
    Order,
    Page,
    Refusal,
    Retirement,
)
from integrations.registries.fake.spans import Span, Spans

_JAPAN = timezone(timedelta(hours=9))
_LONGEST = {"reference": 64, "beneficiary_name": 255, "purpose": 100, "purpose_detail": 500, "note": 1000}

_Body = TypeVar("_Body")


class _Visible(msgspec.Struct, frozen=True):
    """A retirement with the moment from which look-ups show it, and the promise that it keeps, if it keeps one."""

    retirement: Retirement
    visible_at: datetime
    promise_seq: int | None


class _Promise(msgspec.Struct, frozen=True):
    order: Order
    due_at: datetime


class _Posted(msgspec.Struct, frozen=True):
    reference: str


class _Closed(msgspec.Struct, frozen=True):
    account: str


class Office:
    """The registry itself, without its wire. One thread works it, and no act of it waits.

    With `takes_all`, serials that were never issued are issued when they are first asked for.
    """

    def __init__(self, book: Book, *, takes_all: bool = False) -> None:
        self._book = book
        self._takes_all = takes_all
        self._issued: defaultdict[tuple[str, str], Spans] = defaultdict(Spans)  # By certification number and prefix.
        self._exists: defaultdict[str, Spans] = defaultdict(Spans)
        self._taken: defaultdict[str, Spans] = defaultdict(Spans)
        self._closed: set[str] = set()
        self._recorded: list[_Visible] = []
        self._promises: dict[int, _Promise] = {}
        self._posts: Counter[str] = Counter()
        for record in book.records:
            self._learn(record)

    def issue(self, block: IssuedBlock, *, now: datetime) -> None:
        """Register serials that exist; raises ValueError when they are none, or exist already."""
        serials = SerialBlock(block.prefix, block.first, block.last, quantity=0)
        if self._exists[block.prefix].within(int(serials.first), int(serials.last)):
            raise ValueError("Some of these serials were issued before.")
        self._write("block", block, now)

    def close_account(self, account: str, *, now: datetime) -> None:
        """Close an account: what it holds can no longer be retired."""
        self._write("account_closed", _Closed(account), now)

    def note_post(self, reference: str, *, now: datetime) -> int:
        """Count a request that arrived, whatever becomes of it; how many came with its reference until now."""
        self._write("post", _Posted(reference), now)
        return self._posts[reference]

    def retire(self, order: Order, *, now: datetime, visible_at: datetime) -> Retirement | Refusal:
        """Record the retirement, or refuse it."""
        self._admit(order, now)
        refusal = self._refusal(order)
        if refusal is not None:
            return refusal
        return self._record(order, now=now, recorded_at=now, visible_at=visible_at, promise_seq=None)

    def promise(self, order: Order, *, now: datetime, due_at: datetime) -> Refusal | None:
        """Accept the request and take its serials now; record it when it is due."""
        self._admit(order, now)
        refusal = self._refusal(order)
        if refusal is None:
            self._write("promise", _Promise(order, due_at), now)
        return refusal

    def keep_promises(self, *, now: datetime) -> None:
        """Record what was promised by now. Called before every look at the book."""
        for seq, promise in list(self._promises.items()):
            if promise.due_at <= now:
                due_at = promise.due_at
                self._record(promise.order, now=now, recorded_at=due_at, visible_at=due_at, promise_seq=seq)

    def page(self, wanted: "Wanted", *, after: int, size: int, now: datetime) -> Page:
        """Read the next records of the list and return those that match: a page may be empty and not be the last."""
        self.keep_promises(now=now)
        read = self._recorded[after : after + size]
        matching = tuple(one.retirement for one in read if one.visible_at <= now and wanted.matches(one.retirement))
        last = after + size >= len(self._recorded)
        return Page(matching, next_cursor=None if last else str(after + size), complete=True)

    def view(self, *, now: datetime) -> BookView:
        """Return the whole book, for a checker."""
        self.keep_promises(now=now)
        retirements = tuple(one.retirement for one in self._recorded)
        return BookView(self._book.head, tuple(self._book.records), retirements, dict(self._posts))

    def _admit(self, order: Order, now: datetime) -> None:
        """Where all serials are taken, issue those of this order that nobody has issued."""
        for block, first, last in _numbers(order) if self._takes_all else ():
            if not self._exists[block.prefix].within(first, last):
                issued = IssuedBlock("holder", order.certification_no, block.prefix, block.first, block.last)
                self.issue(issued, now=now)

    def _refusal(self, order: Order) -> Refusal | None:
        for field, longest in _LONGEST.items():
            if len(getattr(order, field)) > longest:
                return Refusal(Code.TEXT_TOO_LONG, f"{field} is longer than {longest} characters.")
        if not _adds_up(order):
            return Refusal(Code.QUANTITY_MISMATCH, "The serials do not add up to the quantity.")
        holders = set()
        for block, first, last in _numbers(order):
            held = self._issued[order.certification_no, block.prefix]
            if not held.covers(first, last):
                return Refusal(Code.UNKNOWN_SERIALS, "Some of these serials were not issued under this certification.")
            # Before the account: whoever retired these already must not hear of a reason that lets them sell on.
            if self._taken[block.prefix].within(first, last):
                return Refusal(Code.ALREADY_RETIRED, "Some of these serials are retired already.")
            holders |= {span.owner for span in held.within(first, last)}
        if holders & self._closed:
            return Refusal(Code.ACCOUNT_CLOSED, "The account that holds these serials is closed.")
        return None

    def _record(
        self, order: Order, *, now: datetime, recorded_at: datetime, visible_at: datetime, promise_seq: int | None
    ) -> Retirement:
        retirement = Retirement(
            transaction_no=f"FR-{len(self._recorded) + 1:08d}",
            recorded_on=recorded_at.astimezone(_JAPAN).date(),
            **{field: getattr(order, field) for field in Order.__struct_fields__},
        )
        self._write("retirement", _Visible(retirement, visible_at, promise_seq), now)
        return retirement

    def _write(self, kind: str, body: msgspec.Struct, now: datetime) -> None:
        self._learn(self._book.append(kind, msgspec.to_builtins(body), now=now))

    def _learn(self, record: BookRecord) -> None:
        match record.kind:
            case "block":
                self._learn_block(_body(record, IssuedBlock))
            case "account_closed":
                self._closed.add(_body(record, _Closed).account)
            case "post":
                self._posts[_body(record, _Posted).reference] += 1
            case "promise":
                promise = _body(record, _Promise)
                self._promises[record.seq] = promise
                self._take(promise.order)
            case "retirement":
                self._learn_retirement(_body(record, _Visible))
            case _:
                raise AssertionError(f"The book holds a line of the kind {record.kind!r}.")

    def _learn_block(self, block: IssuedBlock) -> None:
        span = Span(int(block.first), int(block.last), block.account)
        self._exists[block.prefix].add(span)
        self._issued[block.certification_no, block.prefix].add(span)

    def _learn_retirement(self, visible: _Visible) -> None:
        self._recorded.append(visible)
        if visible.promise_seq is None:
            self._take(visible.retirement)
            return
        del self._promises[visible.promise_seq]  # Its serials were taken with the promise.

    def _take(self, taken: Order | Retirement) -> None:
        for block, first, last in _numbers(taken):
            self._taken[block.prefix].add(Span(first, last, taken.reference))


class Wanted(msgspec.Struct, frozen=True):
    """What a look-up asks for: a reference, or any serial of a block."""

    reference: str | None
    block: SerialBlock | None

    def matches(self, retirement: Retirement) -> bool:
        """Tell whether this retirement is one of those asked for."""
        if self.reference is not None and retirement.reference != self.reference:
            return False
        return self.block is None or any(_overlap(self.block, other) for other in retirement.blocks)


def _adds_up(order: Order) -> bool:
    whole: defaultdict[str, Spans] = defaultdict(Spans)
    for block, first, last in _numbers(order):
        if block.quantity != block.count or whole[block.prefix].within(first, last):
            return False
        whole[block.prefix].add(Span(first, last, ""))
    return order.quantity == sum(block.count for block in order.blocks) > 0


def _numbers(order: Order | Retirement) -> Iterator[tuple[SerialBlock, int, int]]:
    return ((block, int(block.first), int(block.last)) for block in order.blocks)


def _overlap(one: SerialBlock, other: SerialBlock) -> bool:
    return one.prefix == other.prefix and int(one.first) <= int(other.last) and int(other.first) <= int(one.last)


def _body(record: BookRecord, of: type[_Body]) -> _Body:
    return msgspec.convert(record.body, of)

"""What has the fake registry done until now? Nothing but what its book says, learned line by line."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from integrations.registries.base import SerialBlock
from integrations.registries.fake.messages import BookRecord, Correction, IssuedBlock, Order, Retirement
from integrations.registries.fake.spans import Span, Spans

_Body = TypeVar("_Body")


class Visible(msgspec.Struct, frozen=True):
    """A retirement with the moment from which look-ups show it, and the promise that it keeps, if it keeps one."""

    retirement: Retirement
    visible_at: datetime
    promise_seq: int | None


class Promise(msgspec.Struct, frozen=True):
    """An order that was accepted, to be recorded when it is due."""

    order: Order
    due_at: datetime


class Planned(msgspec.Struct, frozen=True):
    """A correction that comes about when it is due."""

    correction: Correction
    due_at: datetime


class Corrected(msgspec.Struct, frozen=True):
    """A correction that came about, and which planned one it was."""

    correction: Correction
    planned_seq: int


class Posted(msgspec.Struct, frozen=True):
    """A request that arrived."""

    reference: str


class Closed(msgspec.Struct, frozen=True):
    """An account that was closed."""

    account: str


class State:
    """Which serials exist, who holds them, which are taken, and what was recorded, promised and asked for."""

    def __init__(self) -> None:
        self.issued: defaultdict[tuple[str, str], Spans] = defaultdict(Spans)  # By certification number and prefix.
        self.units: dict[tuple[str, str], str] = {}
        self.exists: defaultdict[str, Spans] = defaultdict(Spans)
        self.taken: defaultdict[str, Spans] = defaultdict(Spans)
        self.closed: set[str] = set()
        self.recorded: list[Visible | None] = []
        """In order; None where a record was reversed, so that a page's cursor stays right."""
        self.by_reference: dict[str, Retirement] = {}
        self.promises: dict[int, Promise] = {}
        self.planned: dict[int, Planned] = {}
        self.posts: Counter[str] = Counter()

    def learn(self, record: BookRecord) -> None:
        """Take one line of the book in."""
        match record.kind:
            case "block":
                self._learn_block(_body(record, IssuedBlock))
            case "account_closed":
                self.closed.add(_body(record, Closed).account)
            case "post":
                self.posts[_body(record, Posted).reference] += 1
            case "promise":
                promise = _body(record, Promise)
                self.promises[record.seq] = promise
                self._take(promise.order)
            case "retirement":
                self._learn_retirement(_body(record, Visible))
            case "correction_planned":
                self.planned[record.seq] = _body(record, Planned)
            case "correction":
                self._learn_correction(_body(record, Corrected))
            case _:
                raise AssertionError(f"The book holds a line of the kind {record.kind!r}.")

    def place_of(self, transaction_no: str) -> int | None:
        """Where this record stands; None when there is none, or none any more."""
        for place, one in enumerate(self.recorded):
            if one is not None and one.retirement.transaction_no == transaction_no:
                return place
        return None

    def holder_of(self, certification_no: str, block: SerialBlock) -> str | None:
        """The account of a block's first serial."""
        held = self.issued[certification_no, block.prefix].within(int(block.first), int(block.first))
        return held[0].owner if held else None

    def _learn_block(self, block: IssuedBlock) -> None:
        span = Span(int(block.first), int(block.last), block.account)
        self.exists[block.prefix].add(span)
        self.issued[block.certification_no, block.prefix].add(span)
        self.units[block.certification_no, block.prefix] = block.unit

    def _learn_retirement(self, visible: Visible) -> None:
        self.recorded.append(visible)
        self.by_reference.setdefault(visible.retirement.reference, visible.retirement)
        if visible.promise_seq is None:
            self._take(visible.retirement)
            return
        del self.promises[visible.promise_seq]  # Its serials were taken with the promise.

    def _learn_correction(self, corrected: Corrected) -> None:
        del self.planned[corrected.planned_seq]
        correction = corrected.correction
        place = self.place_of(correction.transaction_no)
        if place is None:
            return  # Reversed meanwhile.
        visible = self.recorded[place]
        assert visible is not None, correction
        if correction.reversed:
            self.recorded[place] = None
            for block, first, last in numbers(visible.retirement):
                self.taken[block.prefix].remove(first, last)
            return
        said = {name: getattr(correction, name) for name in ("beneficiary_name", "recorded_on")}
        changed = {name: value for name, value in said.items() if value is not None}
        retirement = msgspec.structs.replace(visible.retirement, **changed)
        self.recorded[place] = msgspec.structs.replace(visible, retirement=retirement)

    def _take(self, taken: Order | Retirement) -> None:
        for block, first, last in numbers(taken):
            self.taken[block.prefix].add(Span(first, last, taken.reference))


def numbers(of: Order | Retirement) -> Iterator[tuple[SerialBlock, int, int]]:
    """Each block with its first and last serial as numbers."""
    return ((block, int(block.first), int(block.last)) for block in of.blocks)


def _body(record: BookRecord, of: type[_Body]) -> _Body:
    return msgspec.convert(record.body, of)

"""Where does the next page begin? Signed cursors that only fit the list, filters, order and caller they were cut for."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, false, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.errors import BadRequest, FieldError

LIMIT_DEFAULT: Final = 20
LIMIT_MAX: Final = 100

KeyValue = str | int | UUID | datetime | date
Row = TypeVar("Row")
Shown = TypeVar("Shown")

_MAC_BYTES: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class InvalidCursor(BadRequest):
    """400: the cursor was altered, or cut for another list, other filters, another order or another caller.

    Start the list again without a cursor.
    """

    code: ClassVar[str] = "invalid_cursor"
    title_en: ClassVar[str] = "The cursor is not valid here"
    title_ja: ClassVar[str] = "このカーソルは使用できません"


class PageOut(msgspec.Struct, Generic[Shown], frozen=True):
    """One page of a list. `next_cursor` is null on the last page."""

    data: list[Shown]
    has_more: bool
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a cursor is bound to: the list, its filters as the caller gave them, its order, and the organisation."""

    resource: str
    filters: Mapping[str, object]
    sort: str
    org_id: UUID | None
    """None for what everybody may read."""

    def digest(self) -> bytes:
        """All of it as bytes that no other list has."""
        caller = "public" if self.org_id is None else str(self.org_id)
        filters = sorted((name, repr(value)) for name, value in self.filters.items() if value is not None)
        return hashlib.sha256(msgspec.json.encode([self.resource, filters, self.sort, caller])).digest()


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows to fetch: at most `limit`, after the row with these key values (None: from the start)."""

    listed: Listed
    limit: int
    after: tuple[KeyValue, ...] | None

    @property
    def fetch(self) -> int:
        """How many rows to ask the database for: one more than is shown tells whether there is more."""
        return self.limit + 1


class Cursors:
    """Cuts and reads cursors with the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        """Keep a key of its own, so that no other use of the secret can sign a cursor."""
        assert len(secret) >= 32, "A cursor's secret has at least 256 bits."
        self._key = hmac.digest(secret, b"offsetdesk cursors v1", "sha256")

    def page(self, listed: Listed, *, limit: int = LIMIT_DEFAULT, cursor: str | None = None) -> Page:
        """The page that a caller asks for. Raises InvalidCursor (400)."""
        assert 1 <= limit <= LIMIT_MAX, limit
        return Page(listed, limit, None if cursor is None else self.read(listed, cursor))

    def answer(
        self,
        page: Page,
        rows: Sequence[Row],
        *,
        key: Callable[[Row], tuple[KeyValue, ...]],
        show: Callable[[Row], Shown],
    ) -> PageOut[Shown]:
        """Shape the rows that `page.fetch` brought. `key` names a row's place in the order and ends in its id."""
        shown, has_more = rows[: page.limit], len(rows) > page.limit
        next_cursor = self.cut(page.listed, key(shown[-1])) if has_more else None
        return PageOut([show(row) for row in shown], has_more, next_cursor)

    def cut(self, listed: Listed, after: tuple[KeyValue, ...]) -> str:
        """The cursor that continues this list after the row with these key values."""
        payload = msgspec.json.encode([_packed(value) for value in after])
        return urlsafe_b64encode(self._mac(listed, payload) + payload).rstrip(b"=").decode()

    def read(self, listed: Listed, cursor: str) -> tuple[KeyValue, ...]:
        """The key values in a cursor that was cut for this list. Raises InvalidCursor (400)."""
        try:
            sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError as error:
            raise _refusal() from error
        mac, payload = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        canonical = urlsafe_b64encode(sealed).rstrip(b"=").decode()
        if canonical != cursor or not hmac.compare_digest(mac, self._mac(listed, payload)):
            raise _refusal()
        return tuple(_unpacked(kind, value) for kind, value in msgspec.json.decode(payload))

    def _mac(self, listed: Listed, payload: bytes) -> bytes:
        return hmac.digest(self._key, listed.digest() + payload, "sha256")[:_MAC_BYTES]


def beyond(
    columns: Sequence[tuple[InstrumentedAttribute[Any] | ColumnElement[Any], bool]], after: tuple[KeyValue, ...]
) -> ColumnElement[bool]:
    """The condition for rows after these key values; each column comes with whether it runs downwards.

    One direction is one comparison of tuples, which an index on the columns answers; mixed ones are spelled out.
    """
    assert len(columns) == len(after), (len(columns), len(after))
    names = [column for column, _ in columns]
    if len({downwards for _, downwards in columns}) == 1:
        place = tuple_(*names)
        return place < after if columns[0][1] else place > after
    steps = []
    for place_no, (column, downwards) in enumerate(columns):
        equal_before = [name == value for name, value in zip(names[:place_no], after[:place_no], strict=True)]
        further = column < after[place_no] if downwards else column > after[place_no]
        steps.append(and_(*equal_before, further))
    return or_(false(), *steps)


def _refusal() -> InvalidCursor:
    problem = FieldError("?cursor", "invalid_cursor", "Start again without a cursor.")
    return InvalidCursor(
        "This cursor was not given out for this list, these filters and this order.", errors=(problem,)
    )


def _packed(value: KeyValue) -> tuple[str, str | int]:
    match value:
        case bool():
            raise AssertionError("A truth value does not order a list.")
        case UUID():
            return "u", str(value)
        case datetime():
            assert value.tzinfo is not None, value
            return "t", (value - _EPOCH) // _MICROSECOND
        case date():
            return "d", value.isoformat()
        case int():
            return "i", value
        case str():
            return "s", value


def _unpacked(kind: str, value: str | int) -> KeyValue:
    match kind, value:
        case "u", str():
            return UUID(value)
        case "t", int():
            return _EPOCH + value * _MICROSECOND
        case "d", str():
            return date.fromisoformat(value)
        case ("i", int()) | ("s", str()):
            return value
    raise AssertionError(kind)

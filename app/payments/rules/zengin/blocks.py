"""In which order do the records of a bank's file come, and what does each of them tell?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.payments.rules.zengin import layouts
from app.payments.rules.zengin.characters import as_text, likely_encoding, stray_byte
from app.payments.rules.zengin.errors import ZenginError
from app.payments.rules.zengin.layouts import END, HEADER, ROW, TRAILER, Layout
from app.payments.rules.zengin.movements import OwnAccount, ZenginMovement
from app.payments.rules.zengin.rows import Cells, Reading, day_in, notice_row, statement_row
from app.payments.rules.zengin.totals import Sums, Totals, balance_in, trailer_errors

_LARGE_AMOUNT: Final = slice(128, 152)
"""Where the second form of a notice has two amounts of twelve digits, and the first EDI information and spaces."""
_LIQUID: Final = frozenset("124")
"""Ordinary, current and savings accounts: 預金種目 of appendix 3."""


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """A header was read: the movements that follow are on this account."""

    record: int
    account: OwnAccount


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """A trailer was read, and agrees with the movements since the header."""

    account: OwnAccount
    totals: Totals


@dataclass(frozen=True, slots=True)
class FileEnd:
    """The end record was read, and nothing was wrong with the file."""

    accounts: int
    movements: int
    records: int


@dataclass(frozen=True, slots=True)
class _Type:
    """The records of a type of file (種別コード)."""

    header: Layout
    row: Layout
    trailer: Layout
    end: Layout
    movement: Callable[[int, Cells, OwnAccount, Reading], ZenginMovement | list[ZenginError]]


_TYPES: Final[Mapping[str, _Type]] = {
    "01": _Type(layouts.NOTICE_HEADER, layouts.NOTICE_ROW, layouts.NOTICE_TRAILER, layouts.NOTICE_END, notice_row),
    "03": _Type(
        layouts.STATEMENT_HEADER,
        layouts.STATEMENT_ROW,
        layouts.STATEMENT_TRAILER,
        layouts.STATEMENT_END,
        statement_row,
    ),
}


class Blocks:
    """Reads the records of a file one by one."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._type_code = ""
        self._account: OwnAccount | None = None
        self._opening_minor: int | None = None
        self._sums = Sums()
        self._is_doubtful = False
        """Whether a header or a row of this block could not be read: then its sums say nothing, and are not told."""
        self._accounts = self._movements = self._records = 0
        self.end: FileEnd | None = None
        """The file's end, once it was read."""

    def read(
        self, number: int, record: bytes
    ) -> Iterable[AccountOpened | ZenginMovement | AccountClosed | ZenginError]:
        """What a record tells, or what is wrong with it."""
        self._records = number
        begins = chr(record[0])
        place = stray_byte(record)
        if place is not None:
            self._is_doubtful = True
            return (self._stray(number, record, place),)
        if begins == ROW and self._account is not None:
            return self._row(number, as_text(record))
        if begins in {ROW, TRAILER} and self._account is None:
            if self._is_doubtful:  # Its header was there, and has been told to be wrong.
                return ()
            return (ZenginError(number, "", "missing_header", "A header is due here (データ区分 1)."),)
        others = {HEADER: self._header, TRAILER: self._trailer, END: self._end}
        if begins not in others:
            return (ZenginError(number, "", "unknown_record", f"データ区分 is 1, 2, 8 or 9, not {begins!r}."),)
        return others[begins](number, as_text(record))

    def unfinished(self) -> ZenginError:
        """What is missing when there are no more records, and nothing else is wrong."""
        if self._account is not None:
            return ZenginError(self._records, "", "missing_trailer", "The file ends before the account's trailer.")
        return ZenginError(self._records, "", "missing_end", "The file ends without its end record (データ区分 9).")

    def _stray(self, number: int, record: bytes, place: int) -> ZenginError:
        kind = _TYPES.get(self._type_code) or next(iter(_TYPES.values()))
        layout = {HEADER: kind.header, ROW: kind.row, TRAILER: kind.trailer, END: kind.end}.get(chr(record[0]))
        field = layout.field_at(place) if layout else ""
        detail = f"Byte {place + 1} of the record is 0x{record[place]:02X}: {likely_encoding(record)}."
        return ZenginError(number, field, "undecodable_byte", detail)

    def _header(self, number: int, text: str) -> Iterator[AccountOpened | ZenginError]:
        if self._account is not None:
            yield ZenginError(number, "", "missing_trailer", "A header comes before the trailer of the last account.")
        self._account, self._is_doubtful = None, True
        code = text[1:3]
        if code not in _TYPES:
            detail = f"種別コード {code!r} is not read: 01 is a transfer notice, 03 an account's statement."
            yield ZenginError(number, "type_code", "unsupported_type", detail)
            return
        if self._type_code not in {"", code}:
            yield ZenginError(number, "type_code", "mixed_types", f"The file began with 種別コード {self._type_code}.")
        self._type_code = code
        layout = _TYPES[code].header
        cells = layout.cells(text)
        if cells is None:
            yield from _not_digits(number, layout, text)
            return
        errors = list(self._header_errors(number, cells))
        yield from errors
        # Rows are read even under a header that has an error: all that is wrong is told at once.
        self._account = _own_account(cells)
        self._opening_minor, self._sums = balance_in(cells), Sums()
        self._accounts += 1
        self._is_doubtful = bool(errors)
        if not errors:
            yield AccountOpened(number, self._account)

    def _header_errors(self, number: int, cells: Cells) -> Iterator[ZenginError]:
        if cells["encoding"] != "0":
            yield ZenginError(number, "encoding", "ebcdic", "コード区分 is to be 0 (JIS).")
        if cells["account_kind"] not in _LIQUID:
            detail = (
                f"預金種目 {cells['account_kind']} is not read: 1, 2 and 4 are. Deposits at term have other records."
            )
            yield ZenginError(number, "account_kind", "unsupported_account", detail)
        made_on = day_in(number, "made_on", cells["made_on"], self._reading, self._reading.latest)
        if isinstance(made_on, ZenginError):
            yield made_on

    def _row(self, number: int, text: str) -> Iterable[ZenginMovement | ZenginError]:
        assert self._account is not None
        kind = _TYPES[self._type_code]
        layout = kind.row
        if self._type_code == "01" and text[_LARGE_AMOUNT].isdigit():
            layout = layouts.LARGE_NOTICE_ROW
        cells = layout.cells(text)
        if cells is None:
            self._is_doubtful = True
            return _not_digits(number, layout, text)
        told = kind.movement(number, cells, self._account, self._reading)
        if isinstance(told, list):
            self._is_doubtful = True
            return told
        self._sums.add(told.amount_minor)
        self._movements += 1
        return (told,)

    def _trailer(self, number: int, text: str) -> Iterator[AccountClosed | ZenginError]:
        assert self._account is not None
        account, self._account = self._account, None
        layout = _TYPES[self._type_code].trailer
        cells = layout.cells(text)
        if cells is None:
            yield from _not_digits(number, layout, text)
            return
        if self._is_doubtful:
            return
        totals = self._sums.totals
        errors = list(trailer_errors(number, cells, totals, self._opening_minor))
        yield from errors
        if not errors:
            yield AccountClosed(account, totals)

    def _end(self, number: int, text: str) -> Iterator[ZenginError]:
        if self._account is not None:
            yield ZenginError(number, "", "missing_trailer", "The end record comes before the account's trailer.")
        if self._type_code == "":
            if not self._is_doubtful:
                yield ZenginError(number, "", "missing_header", "A header is due here (データ区分 1).")
            return
        layout = _TYPES[self._type_code].end
        cells = layout.cells(text)
        if cells is None:
            yield from _not_digits(number, layout, text)
            return
        # Whether the end record counts itself is not said, and zeros are what banks fill an unused field with.
        if int(cells.get("records") or 0) not in {0, number - 1, number}:
            detail = f"The file says {int(cells['records'])} records, and has {number}."
            yield ZenginError(number, "records", "wrong_count", detail)
        if int(cells.get("accounts") or 0) not in {0, self._accounts}:
            detail = f"The file says {int(cells['accounts'])} accounts, and has {self._accounts}."
            yield ZenginError(number, "accounts", "wrong_count", detail)
        self.end = FileEnd(self._accounts, self._movements, number)


def heading(content: bytes) -> tuple[str, OwnAccount] | None:
    """The type of file (種別コード) and the account in its first header; None where that cannot be read.

    What a bank does its own way must be known before its file is read, and which bank it is stands here.
    """
    record = content[: layouts.NOTICE_HEADER.width]
    if stray_byte(record) is not None:
        return None
    text = as_text(record)
    kind = _TYPES.get(text[1:3])
    cells = None if kind is None else kind.header.cells(text)
    return None if cells is None else (text[1:3], _own_account(cells))


def _own_account(cells: Cells) -> OwnAccount:
    return OwnAccount(
        cells["bank_code"],
        cells["branch_code"],
        cells["account_kind"],
        _account_number(cells["account_number"]),
        cells["account_name"],
    )


def _account_number(digits: str) -> str:
    """A statement has ten columns for what is seven digits at nearly every bank."""
    return digits[3:] if len(digits) == 10 and digits.startswith("000") else digits


def _not_digits(number: int, layout: Layout, text: str) -> Iterator[ZenginError]:
    for field in layout.not_digits(text):
        yield ZenginError(number, field.name, "not_digits", f"{field.title} is to be {field.width} digits.")

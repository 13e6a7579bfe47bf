"""How is a posting written as an entry (仕訳) for an accounting package, and in which bytes?

A posting moves an amount from `source` to `target`: the source is debited (借方), the target credited (貸方). That holds for
every account here, for what is seen from outside (bank, Stripe) and what costs the desk money is below zero.

The columns are a layout of our own, which packages take by naming the columns at their import; it follows no package's.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from app.closing.rules.names import REASONS, BookName, name_of
from app.inventory.rules.refused_file import defused

HEADER: Final = (
    "取引日", "借方勘定科目", "借方勘定コード", "借方税区分", "貸方勘定科目", "貸方勘定コード", "貸方税区分",
    "借方金額", "貸方金額", "通貨", "摘要", "取引先", "仕訳番号",
)  # fmt: skip
_BOM: Final = "\ufeff"
_MISSING: Final = "〓"
"""What stands for a character that the encoding has not (geta, as printers use it)."""
_WAVES: Final = str.maketrans({"\u301c": "\uff5e", "\u2212": "\uff0d", "\u2014": "\u2015", "\u2016": "\u2225"})
"""Characters that JIS and Microsoft map to different ones: CP932 has the latter (Unicode's CP932.TXT)."""


class Encoding(StrEnum):
    """UTF-8 comes with a byte order mark, by which spreadsheets know it."""

    UTF_8 = "utf-8"
    CP932 = "cp932"


class Entry(NamedTuple):
    """A posting as the journal needs it, with the name of the organisation whose money it is ("": nobody's)."""

    id: UUID
    day: date
    source: str
    target: str
    amount_minor: int
    currency: str
    reason: str
    counterparty: str


def journal_header(encoding: Encoding) -> bytes:
    """The first line, ended by CRLF."""
    mark = _BOM if encoding is Encoding.UTF_8 else ""
    return _bytes(mark + _lines([HEADER]), encoding)


def journal_lines(entries: Iterable[Entry], own: Mapping[str, BookName], encoding: Encoding) -> bytes:
    """One line for each posting, ended by CRLF; what a spreadsheet would compute is made text."""
    return _bytes(_lines(_cells(entry, own) for entry in entries), encoding)


def _cells(entry: Entry, own: Mapping[str, BookName]) -> tuple[str, ...]:
    debit, credit = name_of(entry.source, own), name_of(entry.target, own)
    return (
        f"{entry.day:%Y/%m/%d}", debit.name, debit.code, debit.tax_class, credit.name, credit.code, credit.tax_class,
        str(entry.amount_minor), str(entry.amount_minor), entry.currency, REASONS.get(entry.reason, entry.reason),
        entry.counterparty, str(entry.id),
    )  # fmt: skip


def _lines(rows: Iterable[tuple[str, ...]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows([[defused(cell) for cell in row] for row in rows])
    return written.getvalue()


def _bytes(text: str, encoding: Encoding) -> bytes:
    if encoding is Encoding.UTF_8:
        return text.encode()
    try:
        return text.translate(_WAVES).encode("cp932")
    except UnicodeEncodeError:
        return b"".join(_character(each) for each in text.translate(_WAVES))


def _character(each: str) -> bytes:
    try:
        return each.encode("cp932")
    except UnicodeEncodeError:
        return _MISSING.encode("cp932")

"""What is a paper's number, and in which sequence does it stand? The gapless counter itself is the database's. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.period import fiscal_year
from app.invoices.errors import DocumentNumberInvalid
from app.invoices.rules.kinds import Kind

SERIES: Final[Mapping[Kind, str]] = {
    Kind.QUOTATION: "QUO",
    Kind.BILL: "BIL",
    Kind.INVOICE: "INV",
    Kind.RETURN: "RET",
    Kind.RECEIPT: "RCP",
    Kind.PAYOUT_STATEMENT: "PAY",
    Kind.MONTHLY_INVOICE: "MON",
}
_DIGITS: Final = 6
_WRITTEN: Final = re.compile(r"([A-Z]{3})-([0-9]{4})-([0-9]{6}|[1-9][0-9]{6,11})")


class NumberedBy(StrEnum):
    """Which year a sequence begins anew with."""

    CALENDAR_YEAR = "calendar_year"
    FISCAL_YEAR = "fiscal_year"
    """April to March."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """What counts by itself, from 1 and without a gap: an issuer's papers of one series in one year."""

    issuer_id: UUID
    series: str
    year: int


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A number taken apart: INV-2026-000123 is the 123rd invoice of 2026. The issuer is not written in it."""

    series: str
    year: int
    n: int

    def __str__(self) -> str:
        """At least six digits; a seventh is written when it is needed, and the order of texts then is not that of numbers."""
        return f"{self.series}-{self.year:04}-{self.n:0{_DIGITS}}"


def sequence_of(issuer_id: UUID, kind: Kind, issued_on: date, *, by: NumberedBy) -> Sequence:
    """The sequence that a paper issued on this day in Japan takes its number from."""
    year = fiscal_year(issued_on) if by == NumberedBy.FISCAL_YEAR else issued_on.year
    return Sequence(issuer_id, SERIES[kind], year)


def numbered(sequence: Sequence, n: int) -> DocumentNumber:
    """The n-th number of a sequence. The counter begins at 1."""
    assert n >= 1, n
    return DocumentNumber(sequence.series, sequence.year, n)


def parse_number(text: str) -> DocumentNumber:
    """The number that was written, in exactly one way. Raises DocumentNumberInvalid."""
    match = _WRITTEN.fullmatch(text)
    if match is None or match[1] not in SERIES.values() or int(match[3]) == 0:
        raise DocumentNumberInvalid(f"{text[:40]!r} is no document number; one is INV-2026-000123.")
    return DocumentNumber(match[1], int(match[2]), int(match[3]))

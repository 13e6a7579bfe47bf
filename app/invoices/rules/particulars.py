"""Does a paper say all that the law asks of its kind? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.core.corporate_number import is_invoice_registration_number
from app.core.money import BASIS_POINTS
from app.invoices.rules.kinds import REDUCED_BASIS_POINTS, IssuerMode, Kind, Line
from app.invoices.rules.totals import RateTotal


class Particular(StrEnum):
    """One thing that a paper must say."""

    ISSUER_NAME = "issuer_name"
    REGISTRATION_NUMBER = "registration_number"
    DATE_OF_RETURN = "date_of_return"
    DATE_OF_SUPPLY = "date_of_supply"
    """The day of each supply; of a return, the day of the original one."""
    CONTENT = "content"
    REDUCED_RATE_MARK = "reduced_rate_mark"
    TOTAL_PER_RATE = "total_per_rate"
    TAX_PER_RATE = "tax_per_rate"
    RECIPIENT_NAME = "recipient_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a paper says, as far as the law asks. An empty text or None is what it does not say."""

    kind: Kind
    mode: IssuerMode
    issuer_name: str
    issuer_is_corporation: bool
    registration_number: str | None
    recipient_name: str
    lines: tuple[Line, ...]
    totals: tuple[RateTotal, ...]
    returned_on: date | None


_SUPPLY: Final = (
    Particular.DATE_OF_SUPPLY,
    Particular.CONTENT,
    Particular.REDUCED_RATE_MARK,
    Particular.TOTAL_PER_RATE,
)
_INVOICE: Final = (
    Particular.ISSUER_NAME,
    Particular.REGISTRATION_NUMBER,
    *_SUPPLY,
    Particular.TAX_PER_RATE,
    Particular.RECIPIENT_NAME,
)
"""消費税法 (Consumption Tax Act), article 57-4, paragraph 1, items 1 to 6, in their order."""
_RETURN: Final = (
    Particular.ISSUER_NAME,
    Particular.REGISTRATION_NUMBER,
    Particular.DATE_OF_RETURN,
    *_SUPPLY,
    Particular.TAX_PER_RATE,
)
"""Article 57-4, paragraph 3, items 1 to 5: no recipient; tax or rate, of which ours names both."""
_PLAIN: Final = (Particular.ISSUER_NAME, Particular.CONTENT, Particular.RECIPIENT_NAME)
"""Papers about money or an offer. No law asks for this; trade and the search by counterparty do."""

_ASKED: Final[Mapping[Kind, tuple[Particular, ...]]] = {
    Kind.QUOTATION: _PLAIN,
    Kind.BILL: _PLAIN,
    Kind.RECEIPT: _PLAIN,
    Kind.INVOICE: _INVOICE,
    Kind.MONTHLY_INVOICE: _INVOICE,
    Kind.PAYOUT_STATEMENT: _INVOICE,
    Kind.RETURN: _RETURN,
}
_ONLY_OF_THE_REGISTERED: Final = frozenset({Particular.REGISTRATION_NUMBER, Particular.TAX_PER_RATE})
"""Without a number a paper says the rest: what the 区分記載請求書 said before October 2023, and what buyers' deductions
of the transition rest on. Which share those grant changes with the years; it was not looked up and is not printed."""


def missing_particulars(document: Document) -> list[Particular]:
    """What the paper does not say and must, in the law's order; an empty list is a paper that may be issued.

    Of a payout statement `lines` and `totals` are the desk's commission. An amount that is not the lines' sum, and a tax
    a yen or more away from the exact one, count as missing.
    """
    asked = _ASKED[document.kind]
    if document.mode == IssuerMode.UNREGISTERED:
        asked = tuple(each for each in asked if each not in _ONLY_OF_THE_REGISTERED)
    return [each for each in asked if not _is_said(each, document)]


def _is_said(particular: Particular, document: Document) -> bool:
    lines = document.lines
    match particular:
        case Particular.ISSUER_NAME:
            said = bool(document.issuer_name.strip())
        case Particular.REGISTRATION_NUMBER:
            number, corporate = document.registration_number, document.issuer_is_corporation
            said = number is not None and is_invoice_registration_number(number, of_a_corporation=corporate)
        case Particular.DATE_OF_RETURN:
            said = document.returned_on is not None
        case Particular.DATE_OF_SUPPLY:
            said = all(line.supplied_on is not None for line in lines)
        case Particular.CONTENT:
            said = bool(lines) and all(line.content.name.strip() for line in lines)
        case Particular.REDUCED_RATE_MARK:
            said = all(line.reduced_rate_marked == (line.tax_basis_points == REDUCED_BASIS_POINTS) for line in lines)
        case Particular.TOTAL_PER_RATE:
            said = _per_rate((line.tax_basis_points, line.goods_minor) for line in lines) == _per_rate(
                (total.tax_basis_points, total.goods_minor) for total in document.totals
            )
        case Particular.TAX_PER_RATE:
            said = all(_is_tax(total) for total in document.totals)
        case Particular.RECIPIENT_NAME:
            said = bool(document.recipient_name.strip())
    return said


def _per_rate(amounts: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for rate, goods in amounts:
        sums[rate] = sums.get(rate, 0) + goods
    return sums


def _is_tax(total: RateTotal) -> bool:
    """Whether the tax is the exact one rounded in whichever direction."""
    return abs(total.goods_minor * total.tax_basis_points - total.tax_minor * BASIS_POINTS) < BASIS_POINTS

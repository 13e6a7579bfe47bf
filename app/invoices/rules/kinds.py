"""Which papers are there, in whose name, and what stands on their lines? Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

LINES_MAX: Final = 500
REDUCED_BASIS_POINTS: Final = 800
"""The reduced rate since 2019-10-01, 8 % with the local tax (National Tax Agency). Credits are of the standard rate; a line
of the reduced one must be marked."""


class Kind(StrEnum):
    """A paper that an accountant files."""

    QUOTATION = "quotation"
    """見積書"""
    BILL = "bill"
    """請求書: a request to pay."""
    INVOICE = "invoice"
    """適格請求書: the qualified invoice of one order."""
    RETURN = "return"
    """適格返還請求書: what was given back of an invoice."""
    RECEIPT = "receipt"
    """領収書"""
    PAYOUT_STATEMENT = "payout_statement"
    """支払通知書, and on it the desk's own qualified invoice for its commission."""
    MONTHLY_INVOICE = "monthly_invoice"
    """合計請求書: one qualified invoice for a whole period, for buyers on account."""


class IssuerMode(StrEnum):
    """In whose name the supply is invoiced."""

    DESK = "desk"
    """The desk is the seller."""
    FOR_PROVIDER = "for_provider"
    """The desk issues in its own name and number for sellers who mandated it (媒介者交付特例)."""
    UNREGISTERED = "unregistered"
    """A seller has no number: the paper is no qualified invoice, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was supplied, in words: `name` is what the law calls the content of the supply; the rest may be empty."""

    name: str
    project_number: str
    methodology: str
    vintage: str
    serials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an order on a paper.

    `price_minor` is yen for `price_per` units, `goods_minor` is yen before tax for all of them. `supplied_on` is the
    day in Japan on which the units became the buyer's; on a return it is the day of the original supply.
    """

    order_id: UUID
    n: int
    provider_id: UUID
    content: Content
    quantity: int
    unit: str
    price_minor: int
    price_per: int
    goods_minor: int
    tax_basis_points: int
    reduced_rate_marked: bool
    supplied_on: date | None

    @property
    def key(self) -> tuple[UUID, int]:
        """What tells the line from all others: its order and its place there."""
        return self.order_id, self.n

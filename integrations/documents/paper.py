"""What does a paper that an accountant files say?"""

from datetime import date
from typing import Literal

import msgspec

PaperKind = Literal["quotation", "bill", "invoice", "return", "receipt", "payout_statement", "monthly_invoice"]
PaperMode = Literal["desk", "for_provider", "unregistered"]
"""Whose sale it is: the issuer's own, sellers' for whom the issuer invoices in its own name, or one without a number."""


class PaperParty(msgspec.Struct, frozen=True, kw_only=True):
    """Who issues a paper or gets it; "" is left out. The registration number is T and 13 digits."""

    name: str
    registration_number: str
    address: str
    phone: str


class PaperLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: `price_minor` yen for `price_per` units, `goods_minor` yen before tax. "" and () are left out.

    On a return, `supplied_on` is the day of the original supply.
    """

    name: str
    project_number: str
    methodology: str
    vintage: str
    serials: tuple[str, ...]
    order_number: str
    seller_name: str
    supplied_on: date | None
    quantity: int
    unit: str
    price_minor: int
    price_per: int
    goods_minor: int
    tax_basis_points: int


class PaperTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What one seller is owed at one rate, in yen."""

    seller_name: str
    tax_basis_points: int
    goods_minor: int
    tax_minor: int


class PaperBank(msgspec.Struct, frozen=True, kw_only=True):
    """Where to pay: `reference` is typed before the payer's name, so that the transfer finds its paper."""

    bank: str
    branch: str
    account_type: str
    account_number: str
    holder: str
    reference: str


class PaperPaid(msgspec.Struct, frozen=True, kw_only=True):
    """How it was paid, in both languages; `reference` is the payer's or the provider's."""

    method_ja: str
    method_en: str
    paid_on: date
    reference: str


class PaperReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What a return gives back of, and when."""

    returned_on: date
    original_number: str
    original_issued_on: date


class PaperCommission(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer's own supply to the provider, in yen: what a payout statement takes off, and is the invoice of."""

    name_ja: str
    name_en: str
    goods_minor: int
    tax_basis_points: int
    tax_minor: int


class PaperCorrected(msgspec.Struct, frozen=True):
    """The paper that this one says anew."""

    number: str
    issued_on: date


class PaperFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a paper prints, decided upstream: the renderer adds words, never facts.

    `total_minor` is the amount that the paper is about: goods and tax, less the commission and its tax, and with the
    adjustment (money that moved beside any sale, below zero when it was taken off), on a payout statement.
    `supplied_from` and `supplied_through` are the days of supply, or the period of a combined invoice.
    `stamp_free` prints why an electronic receipt carries no revenue stamp; `copy` marks the issuer's 控え.
    """

    kind: PaperKind
    mode: PaperMode
    number: str
    issued_on: date
    issuer: PaperParty
    recipient: PaperParty
    order_number: str
    purchase_order: str
    supplied_from: date | None
    supplied_through: date | None
    due_on: date | None
    valid_through: date | None
    returned: PaperReturn | None
    corrected: PaperCorrected | None = None  # Papers of before have none.
    lines: tuple[PaperLine, ...]
    totals: tuple[PaperTotal, ...]
    commission: PaperCommission | None
    adjustment_minor: int = 0  # Papers of before have none.
    total_minor: int
    bank: PaperBank | None
    paid: PaperPaid | None
    notes: tuple[str, ...]
    stamp_free: bool
    copy: bool
    demonstration: bool

"""What does a paper print? The words and numbers that its template takes, from what was composed; nothing is read here."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from msgspec import convert

from app.core.ids import public_id
from app.invoices.queries import House, Recipient
from app.invoices.rules import Composed, IssuerMode, Kind, Line
from integrations.documents.paper import (
    PaperBank,
    PaperCommission,
    PaperCorrected,
    PaperFacts,
    PaperLine,
    PaperPaid,
    PaperParty,
    PaperReturn,
    PaperTotal,
)

METHODS: Final = {
    "bank_transfer": ("銀行振込", "Bank transfer"),
    "jp_bank_transfer": ("銀行振込", "Bank transfer"),
    "card": ("クレジットカード", "Card"),
    "konbini": ("コンビニ払い", "Convenience store"),
    "set_off": ("掛代金との相殺", "Set off against what is owed"),
    "stripe": ("Stripe残高への送金", "Transfer to the Stripe balance"),
    "as_paid": ("お支払いの方法による返金", "By the way of your payment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOut:
    """What a payout statement says beside the commission, which is its invoice: the sales, and what was paid, in yen."""

    lines: tuple[PaperLine, ...]
    totals: tuple[PaperTotal, ...]
    commission_names: tuple[str, str]
    """In Japanese and in English."""
    adjustment_minor: int
    payout_minor: int


@dataclass(frozen=True, slots=True)
class Corrects:
    """The paper that is said anew."""

    paper_id: UUID
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paper before it has its number: for whom, about what, and what it says beside lines and totals.

    What it does not say is left out. `reference` is what a payer types before its name: with it, the desk's bank account
    is printed.
    """

    kind: Kind
    subject_id: UUID
    recipient: Recipient
    composed: Composed
    issued_on: date
    part: int = 1
    order_id: UUID | None = None
    original_id: UUID | None = None
    supplied_from: date | None = None
    supplied_through: date | None = None
    due_on: date | None = None
    valid_through: date | None = None
    reference: str | None = None
    paid: PaperPaid | None = None
    returned: PaperReturn | None = None
    paid_out: PaidOut | None = None
    """Of a payout statement alone."""
    corrects: Corrects | None = None
    notes: tuple[str, ...] = ()

    @property
    def total_minor(self) -> int:
        """What the paper is about, in yen."""
        return self.composed.total_minor if self.paid_out is None else self.paid_out.payout_minor


def printed(draft: Draft, house: House, number: str, *, copy: bool) -> PaperFacts:
    """All that the paper prints. A copy is marked 控え."""
    profile, recipient = house.profile, draft.recipient
    return PaperFacts(
        kind=draft.kind.value,
        mode=draft.composed.mode.value,
        number=number,
        issued_on=draft.issued_on,
        issuer=PaperParty(
            name=profile.name,
            registration_number=profile.registration_number or "",
            address=profile.address,
            phone=profile.phone,
        ),
        recipient=PaperParty(
            name=recipient.name, registration_number="", address=recipient.address, phone=recipient.phone
        ),
        order_number="" if draft.order_id is None else public_id("ord", draft.order_id),
        purchase_order=recipient.purchase_order,
        supplied_from=draft.supplied_from,
        supplied_through=draft.supplied_through,
        due_on=draft.due_on,
        valid_through=draft.valid_through,
        returned=draft.returned,
        corrected=_corrected(draft),
        lines=_lines(draft, house),
        totals=_totals(draft, house),
        commission=_commission(draft),
        adjustment_minor=0 if draft.paid_out is None else draft.paid_out.adjustment_minor,
        total_minor=draft.total_minor,
        bank=_bank(draft, house),
        paid=draft.paid,
        notes=(*draft.notes, *profile.notes),
        stamp_free=draft.kind == Kind.RECEIPT,
        copy=copy,
        demonstration=house.demonstration,
    )


def _lines(draft: Draft, house: House) -> tuple[PaperLine, ...]:
    if draft.paid_out is not None:
        return draft.paid_out.lines
    return tuple(_line(line, house, of_order=draft.kind != Kind.QUOTATION) for line in draft.composed.lines)


def _totals(draft: Draft, house: House) -> tuple[PaperTotal, ...]:
    if draft.paid_out is not None:
        return draft.paid_out.totals
    return tuple(
        PaperTotal(
            seller_name=_seller(draft.composed.mode, total.seller_id, house),
            tax_basis_points=total.tax_basis_points,
            goods_minor=total.goods_minor,
            tax_minor=total.tax_minor,
        )
        for total in draft.composed.totals
    )


def _corrected(draft: Draft) -> PaperCorrected | None:
    return None if draft.corrects is None else PaperCorrected(draft.corrects.number, draft.corrects.issued_on)


def _commission(draft: Draft) -> PaperCommission | None:
    if draft.paid_out is None:
        return None
    [charged] = draft.composed.totals
    ja, en = draft.paid_out.commission_names
    return PaperCommission(
        name_ja=ja, name_en=en, goods_minor=charged.goods_minor, tax_basis_points=charged.tax_basis_points,
        tax_minor=charged.tax_minor,
    )  # fmt: skip


def paid_by(method: str, paid_on: date, reference: str) -> PaperPaid:
    """How money came or went, in both languages; a method that we have no word for is printed as it is called."""
    ja, en = METHODS.get(method, (method, method))
    return PaperPaid(method_ja=ja, method_en=en, paid_on=paid_on, reference=reference)


def _line(line: Line, house: House, *, of_order: bool) -> PaperLine:
    content = line.content
    return PaperLine(
        name=content.name,
        project_number=content.project_number,
        methodology=content.methodology,
        vintage=content.vintage,
        serials=content.serials,
        order_number=public_id("ord", line.order_id) if of_order else "",
        seller_name=house.providers[line.provider_id].name,
        supplied_on=line.supplied_on,
        quantity=line.quantity,
        unit=line.unit,
        price_minor=line.price_minor,
        price_per=line.price_per,
        goods_minor=line.goods_minor,
        tax_basis_points=line.tax_basis_points,
    )


def _seller(mode: IssuerMode, seller_id: UUID, house: House) -> str:
    return house.desk.name if mode == IssuerMode.DESK else house.providers[seller_id].name


def _bank(draft: Draft, house: House) -> PaperBank | None:
    if draft.reference is None or house.profile.bank is None:
        return None
    return convert({**house.profile.bank, "reference": draft.reference}, PaperBank)

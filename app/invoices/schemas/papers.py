"""What do callers see of a paper?"""

from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.invoices.models import InvoiceClaim, Paper, PaperFile
from app.invoices.rules import Composed, IssuerMode, Kind, Reminder


class PaperMoneyOut(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit."""

    amount: int
    currency: str


class PaperOut(msgspec.Struct, frozen=True):
    """A document for accountants. A copy has the number of what it copies; `total` is with tax.

    Of a payout statement `goods` and `tax` are the desk's commission, which it is the invoice of; `total` was paid out.

    `kept_through` is the last day on which the law asks that it be kept: nothing is deleted after it either.
    """

    id: str
    number: str
    kind: Kind
    mode: IssuerMode
    is_copy: bool
    issued_on: date
    supplied_from: date | None
    supplied_through: date | None
    due_on: date | None
    issuer_name: str
    issuer_registration_number: str | None
    recipient_name: str
    order_id: str | None
    corrects: str | None
    """The wrong paper that this one says anew."""
    goods: PaperMoneyOut
    tax: PaperMoneyOut
    total: PaperMoneyOut
    kept_through: date
    issued_at: datetime

    @classmethod
    def of(cls, row: Paper) -> "PaperOut":
        """The paper as issuer and recipient see it."""
        return cls(
            id=public_id("pap", row.id),
            number=row.number,
            kind=Kind(row.kind),
            mode=IssuerMode(row.mode),
            is_copy=row.copy_of is not None,
            issued_on=row.issued_on,
            supplied_from=row.supplied_from,
            supplied_through=row.supplied_through,
            due_on=row.due_on,
            issuer_name=row.issuer_name,
            issuer_registration_number=row.issuer_number,
            recipient_name=row.recipient_name,
            order_id=None if row.order_id is None else public_id("ord", row.order_id),
            corrects=None if row.corrects_id is None else public_id("pap", row.corrects_id),
            goods=PaperMoneyOut(row.goods_minor, row.currency),
            tax=PaperMoneyOut(row.tax_minor, row.currency),
            total=PaperMoneyOut(row.total_minor, row.currency),
            kept_through=row.kept_through,
            issued_at=row.issued_at,
        )


class PaperTotalOut(msgspec.Struct, frozen=True):
    """What stands on a paper for one seller at one rate; tax is rounded down once for each."""

    seller_id: str
    tax_basis_points: int
    goods: PaperMoneyOut
    tax: PaperMoneyOut


class ClaimOut(msgspec.Struct, frozen=True):
    """What an invoice on account asks for: `open` is what is not paid, `credited` what refunds
    took off. The payer types `reference` before its name.
    """

    reference: str
    amount: PaperMoneyOut
    open: PaperMoneyOut
    credited: PaperMoneyOut
    due_on: date
    reminded: Reminder | None
    paid_at: datetime | None

    @classmethod
    def of(cls, row: InvoiceClaim) -> "ClaimOut":
        """The claim as issuer and debtor see it."""
        return cls(
            reference=row.reference,
            amount=PaperMoneyOut(row.amount_minor, row.currency),
            open=PaperMoneyOut(row.open_minor, row.currency),
            credited=PaperMoneyOut(row.credited_minor, row.currency),
            due_on=row.due_on,
            reminded=None if row.reminded is None else Reminder(row.reminded),
            paid_at=row.paid_at,
        )


class PaperDetailOut(msgspec.Struct, frozen=True):
    """A paper with its totals. `pdf_sha256` is null while the PDF is being made; `claim` is of combined invoices alone."""

    paper: PaperOut
    totals: list[PaperTotalOut]
    claim: ClaimOut | None
    pdf_sha256: str | None
    pdf_size_bytes: int | None

    @classmethod
    def of(cls, row: Paper, file: PaperFile | None, claim: InvoiceClaim | None) -> "PaperDetailOut":
        """Shape a paper with its file and what is open of it."""
        totals = msgspec.convert(row.composed, Composed).totals
        return cls(
            paper=PaperOut.of(row),
            totals=[
                PaperTotalOut(
                    public_id("org", total.seller_id),
                    total.tax_basis_points,
                    PaperMoneyOut(total.goods_minor, row.currency),
                    PaperMoneyOut(total.tax_minor, row.currency),
                )
                for total in totals
            ],
            claim=None if claim is None else ClaimOut.of(claim),
            pdf_sha256=None if file is None else file.sha256,
            pdf_size_bytes=None if file is None else file.size_bytes,
        )

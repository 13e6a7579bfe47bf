"""What does the desk see and send of bank statements and their lines?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.payments.models import BankLine, BankStatement, LineOutcome, LineStatus, Payment, PaymentStatus
from app.payments.rules.matching import MatchOutcome


class LineMoneyOut(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit; below zero when it left the desk's account."""

    amount: int
    currency: str


class BankStatementOut(msgspec.Struct, frozen=True):
    """A statement that was taken in. `lines` of the file were read; `already_known` of them stood in an earlier one."""

    id: str
    filename: str
    sha256: str
    lines: int
    new: int
    already_known: int
    imported_at: datetime

    @classmethod
    def of(cls, row: BankStatement) -> "BankStatementOut":
        """Shape a statement."""
        return cls(
            id=public_id("bks", row.id),
            filename=row.filename,
            sha256=row.sha256,
            lines=row.lines_total,
            new=row.lines_new,
            already_known=row.lines_total - row.lines_new,
            imported_at=row.imported_at,
        )


class CandidateOut(msgspec.Struct, frozen=True):
    """A payment that a line may be for. Its reference is what `apply_to_order` takes."""

    order_id: str
    payer_id: str
    payment_reference: str
    amount: LineMoneyOut
    status: PaymentStatus

    @classmethod
    def of(cls, row: Payment) -> "CandidateOut":
        """Shape a candidate."""
        return cls(
            public_id("ord", row.order_id),
            public_id("org", row.org_id),
            row.reference,
            LineMoneyOut(row.amount_minor, row.currency),
            row.status,
        )


class LineMatchOut(msgspec.Struct, frozen=True):
    """What a line was taken for. `score` is how alike payer and likest candidate are, in basis points, where that was looked
    at; `missing` is by how much the line is less, where a bank may have kept its fee.
    """

    kind: MatchOutcome
    score: int | None
    missing: LineMoneyOut
    found: int
    """How many payments there are to choose from, listed or not."""
    candidates: list[CandidateOut]
    """The likest first; none where the line was sure."""

    @classmethod
    def of(cls, row: BankLine, kind: MatchOutcome, known: Mapping[UUID, Payment]) -> "LineMatchOut":
        """Shape the match of a line."""
        listed = [CandidateOut.of(known[payment_id]) for payment_id in row.candidate_ids if payment_id in known]
        return cls(kind, row.score, LineMoneyOut(row.missing_minor, row.currency), row.candidates_found, listed)


class BankLineOut(msgspec.Struct, frozen=True):
    """One movement on the desk's account. `unapplied` is what of it waits for a person."""

    id: str
    statement_id: str
    booked_on: date
    counted_on: date | None
    """The day of the book, where the month of the bank's day was closed already."""
    age_days: int
    """Days since the bank booked it."""
    amount: LineMoneyOut
    unapplied: LineMoneyOut
    payer_name: str
    memo: str
    bank_reference: str
    virtual_account: str
    outcome: LineOutcome
    status: LineStatus
    match: LineMatchOut | None
    """What it was taken for; null before its statement was matched, and for money that left."""
    payer_id: str | None
    order_id: str | None
    resolution: str | None
    resolved_at: datetime | None
    note: str
    version: int

    @classmethod
    def of(cls, row: BankLine, today: date, candidates: Mapping[UUID, Payment]) -> "BankLineOut":
        """Shape a line as of `today`; `candidates` are the payments that it suggests."""
        return cls(
            id=public_id("bnk", row.id),
            statement_id=public_id("bks", row.statement_id),
            booked_on=row.booked_on,
            counted_on=row.counted_on,
            age_days=(today - row.booked_on).days,
            amount=LineMoneyOut(row.amount_minor, row.currency),
            unapplied=LineMoneyOut(row.unapplied_minor, row.currency),
            payer_name=row.payer_name,
            memo=row.memo,
            bank_reference=row.bank_reference,
            virtual_account=row.virtual_account,
            outcome=row.outcome,
            status=row.status,
            match=None if row.matched_as is None else LineMatchOut.of(row, row.matched_as, candidates),
            payer_id=None if row.payer_org_id is None else public_id("org", row.payer_org_id),
            order_id=None if row.order_id is None else public_id("ord", row.order_id),
            resolution=row.resolution,
            resolved_at=row.resolved_at,
            note=row.note,
            version=row.version,
        )


class ResolutionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to become of a line that waits, and why. `payment_reference` is needed with `apply_to_order`, and is that of an
    invoice on account with `apply_to_invoice`.
    """

    resolution: Literal["refund", "apply_to_order", "apply_to_invoice", "acknowledge"]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    payment_reference: Annotated[str, msgspec.Meta(max_length=40)] | None = None

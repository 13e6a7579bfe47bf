"""What do providers and the desk read and write of payouts and the files that pay them?"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.core.money import YEN
from app.payouts.models import Payout, PayoutFile, PayoutReversal, StripePayout
from app.payouts.rules import FileKind, FileStatus, PayoutMethod, PayoutStatus, ReversalStatus
from app.payouts.schemas.accounts import Note
from app.payouts.schemas.money import PayoutMoneyOut, YenSmallest


class StatementOut(msgspec.Struct, frozen=True):
    """The sums of a payout: `payout` is goods and tax, less commission and the tax on it, with adjustments."""

    goods: PayoutMoneyOut
    tax: PayoutMoneyOut
    commission: PayoutMoneyOut
    commission_tax: PayoutMoneyOut
    """Rounded down once for the whole payout."""
    commission_tax_basis_points: int
    adjustment: PayoutMoneyOut
    payout: PayoutMoneyOut


class ReversalOut(msgspec.Struct, frozen=True):
    """What was asked back of a payout by Stripe: `note` says what for, `reason` why Stripe gave nothing."""

    id: str
    amount: PayoutMoneyOut
    status: ReversalStatus
    note: str
    reason: str | None
    asked_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, row: PayoutReversal) -> "ReversalOut":
        """Shape a reversal."""
        return cls(
            id=public_id("prv", row.id),
            amount=PayoutMoneyOut(row.amount_minor, row.currency),
            status=row.status,
            note=row.note,
            reason=row.reason,
            asked_at=row.asked_at,
            done_at=row.done_at,
        )


class PayoutOut(msgspec.Struct, frozen=True):
    """A payout with the sums of its statement. Its entries are at `/v1/payouts/{id}/lines`."""

    id: str
    provider_id: str
    status: PayoutStatus
    method: PayoutMethod
    closed_on: date
    lines: int
    statement: StatementOut
    reversed: PayoutMoneyOut
    reversals: list[ReversalOut]
    reason: str | None
    """Why it failed or was canceled."""
    made_at: datetime
    approved_at: datetime | None
    sent_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Payout, reversals: Sequence[PayoutReversal]) -> "PayoutOut":
        """Shape a payout. A list shows none of the reversals."""
        return cls(
            id=public_id("pyo", row.id),
            provider_id=public_id("org", row.org_id),
            status=row.status,
            method=row.method,
            closed_on=row.closed_on,
            lines=row.lines,
            statement=_statement(row),
            reversed=PayoutMoneyOut(row.reversed_minor, row.currency),
            reversals=[ReversalOut.of(each) for each in reversals],
            reason=row.reason,
            made_at=row.made_at,
            approved_at=row.approved_at,
            sent_at=row.sent_at,
            paid_at=row.paid_at,
            closed_at=row.closed_at,
            version=row.version,
        )


class PayoutIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose payout is to be made of all that is due now."""

    provider_id: str


class PayoutReasonIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why. The provider reads it."""

    reason: Note


class ReturnedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which line the bank gave a payout back, and why. The provider reads the reason."""

    bank_line_id: str
    reason: Note


class ReversalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a payout by Stripe is to come back, in yen, and why."""

    amount: YenSmallest
    note: Note


class PayoutFileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day on which the bank is to pay: one on which it is open."""

    transfer_on: date


class DebitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the bank's lines it is: the file's total, or this one transfer of it, of a payout, a refund or a line's return."""

    bank_line_id: str
    payout_id: str | None = None
    refund_id: str | None = None
    line_return_id: str | None = None


class ArrivalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the bank's lines it is."""

    bank_line_id: str


class PayoutFileOut(msgspec.Struct, frozen=True):
    """A file of transfers for the desk's bank. Its bytes are at `/v1/admin/payout-files/{id}/content`."""

    id: str
    kind: FileKind
    status: FileStatus
    transfer_on: date
    transfers: int
    total: PayoutMoneyOut
    debited: PayoutMoneyOut
    names_cut: int
    """Holders' names that were longer than the file's 30 columns: some banks send such money back."""
    sha256: str
    made_at: datetime
    sent_at: datetime | None
    voided_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: PayoutFile) -> "PayoutFileOut":
        """Shape a file."""
        return cls(
            id=public_id("pfl", row.id),
            kind=row.kind,
            status=row.status,
            transfer_on=row.transfer_on,
            transfers=row.transfers,
            total=PayoutMoneyOut(row.total_minor, YEN),
            debited=PayoutMoneyOut(row.debited_minor, YEN),
            names_cut=row.names_cut,
            sha256=row.sha256,
            made_at=row.made_at,
            sent_at=row.sent_at,
            voided_at=row.voided_at,
            version=row.version,
        )


class StripePayoutOut(msgspec.Struct, frozen=True):
    """What Stripe sends to the desk's bank, as it last said that it stands."""

    id: str
    payout_id: str
    status: str
    amount: PayoutMoneyOut
    automatic: bool
    arrives_on: date
    failure_code: str | None
    bank_line_id: str | None
    arrived_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: StripePayout) -> "StripePayoutOut":
        """Shape a payout of Stripe's."""
        return cls(
            id=public_id("spo", row.id),
            payout_id=row.payout_id,
            status=row.status,
            amount=PayoutMoneyOut(row.amount_minor, row.currency),
            automatic=row.automatic,
            arrives_on=row.arrives_on,
            failure_code=row.failure_code,
            bank_line_id=None if row.bank_line_id is None else public_id("bnk", row.bank_line_id),
            arrived_at=row.arrived_at,
            version=row.version,
        )


def _statement(row: Payout) -> StatementOut:
    return StatementOut(
        goods=PayoutMoneyOut(row.goods_minor, row.currency),
        tax=PayoutMoneyOut(row.tax_minor, row.currency),
        commission=PayoutMoneyOut(row.commission_minor, row.currency),
        commission_tax=PayoutMoneyOut(row.commission_tax_minor, row.currency),
        commission_tax_basis_points=row.tax_basis_points,
        adjustment=PayoutMoneyOut(row.adjustment_minor, row.currency),
        payout=PayoutMoneyOut(row.payout_minor, row.currency),
    )

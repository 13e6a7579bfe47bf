"""What does the desk send and see of money that goes back to payers for whom there is no payment?"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.payments.queries import OwedLine
from app.payouts.models import LineReturn
from app.payouts.rules import LineReturnStatus
from app.payouts.schemas.accounts import Note, PayoutAccountIn
from app.payouts.schemas.money import PayoutMoneyOut


class LineReturnIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which account a line's payer wants its money back; a colleague confirms it."""

    bank_line_id: Annotated[str, msgspec.Meta(max_length=40)]
    account: PayoutAccountIn


class LineCameBackIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which incoming line the bank gave it back, and why."""

    bank_line_id: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Note


class LineReturnOut(msgspec.Struct, frozen=True):
    """Money of a line on its way back. The next file of refunds takes it when it is `confirmed`."""

    id: str
    bank_line_id: str
    payer_id: str | None
    """Whose money it is, where that is known."""
    amount: PayoutMoneyOut
    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    account_kind: str
    account_number: str
    holder: str
    status: LineReturnStatus
    note: str | None
    payout_file_id: str | None
    entered_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: LineReturn) -> "LineReturnOut":
        """Shape a return."""
        return cls(
            id=public_id("lrt", row.id),
            bank_line_id=public_id("bnk", row.line_id),
            payer_id=None if row.payer_id is None else public_id("org", row.payer_id),
            amount=PayoutMoneyOut(row.amount_minor, row.currency),
            bank_code=row.bank_code,
            bank_name=row.bank_name,
            branch_code=row.branch_code,
            branch_name=row.branch_name,
            account_kind=row.account_kind,
            account_number=row.account_number,
            holder=row.holder,
            status=row.status,
            note=row.note,
            payout_file_id=None if row.file_id is None else public_id("pfl", row.file_id),
            entered_at=row.entered_at,
            decided_at=row.decided_at,
            version=row.version,
        )


class OwedLineOut(msgspec.Struct, frozen=True):
    """A line that is to go back although no payment is its payer's; `standing` is the account that was named last."""

    bank_line_id: str
    booked_on: date
    payer_name: str
    memo: str
    amount: PayoutMoneyOut
    payer_id: str | None
    standing: LineReturnOut | None

    @classmethod
    def of(cls, row: OwedLine, known: LineReturn | None) -> "OwedLineOut":
        """Shape one of them."""
        line = row.line
        return cls(
            bank_line_id=public_id("bnk", line.id),
            booked_on=line.booked_on,
            payer_name=line.payer_name,
            memo=line.memo,
            amount=PayoutMoneyOut(row.owed_minor, line.currency),
            payer_id=None if line.payer_org_id is None else public_id("org", line.payer_org_id),
            standing=None if known is None else LineReturnOut.of(known),
        )

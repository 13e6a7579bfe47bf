"""What does the desk see of refunds that wait to be sent by bank?"""

from datetime import datetime
from typing import Literal

import msgspec

from app.core.ids import public_id
from app.payments.operations import sent_minor
from app.payouts.queries import OpenRefund
from app.payouts.schemas.money import PayoutMoneyOut

Account = Literal["confirmed", "waiting", "missing"]


class BankRefundOut(msgspec.Struct, frozen=True):
    """A refund that is due by bank and in no file of transfers. The next file takes those whose account is `confirmed`.

    `waiting`: a colleague confirms what was named. `missing`: ask the buyer, or name what it told you.
    """

    refund_id: str
    buyer_id: str
    buyer_name: str
    amount: PayoutMoneyOut
    account: Account
    payout_account_id: str | None
    """The account that is confirmed, or that waits."""
    made_at: datetime

    @classmethod
    def of(cls, row: OpenRefund) -> "BankRefundOut":
        """Shape one of them."""
        known = row.waiting or row.confirmed
        state: Account = "missing" if known is None else "waiting" if row.payable_to is None else "confirmed"
        return cls(
            refund_id=public_id("rfd", row.refund.id),
            buyer_id=public_id("org", row.refund.org_id),
            buyer_name=row.buyer_name,
            amount=PayoutMoneyOut(sent_minor(row.refund), row.refund.currency),
            account=state,
            payout_account_id=None if known is None else public_id("pac", known.id),
            made_at=row.refund.made_at,
        )

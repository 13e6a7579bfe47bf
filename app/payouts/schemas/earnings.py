"""What does a provider read of what it earned?"""

from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.core.money import YEN
from app.payouts.models import Earning
from app.payouts.queries import Balance
from app.payouts.rules import EarningKind
from app.payouts.schemas.money import PayoutMoneyOut


class WaitingOut(msgspec.Struct, frozen=True):
    """What may be paid from a day in Japan on; null: that is not known yet."""

    available_on: date | None
    net: PayoutMoneyOut


class BalanceOut(msgspec.Struct, frozen=True):
    """Your account with the desk, net of commission and before the tax on it, which each payout bears once."""

    available: PayoutMoneyOut
    held: PayoutMoneyOut
    """Of orders over which a dispute is open."""
    owed: PayoutMoneyOut
    """What you owe: it is set off against what comes next."""
    in_payouts: PayoutMoneyOut
    waiting: list[WaitingOut]

    @classmethod
    def of(cls, found: Balance) -> "BalanceOut":
        """Shape a balance."""
        return cls(
            available=PayoutMoneyOut(max(found.available_minor, 0), YEN),
            held=PayoutMoneyOut(found.held_minor, YEN),
            owed=PayoutMoneyOut(max(-found.available_minor, 0), YEN),
            in_payouts=PayoutMoneyOut(found.in_payouts_minor, YEN),
            waiting=[WaitingOut(each.day, PayoutMoneyOut(each.net_minor, YEN)) for each in found.waiting],
        )


class EarningOut(msgspec.Struct, frozen=True):
    """One entry of your account: `net` is goods and tax less commission, and what moved beside any sale."""

    id: str
    kind: EarningKind
    order_id: str | None
    goods: PayoutMoneyOut
    tax: PayoutMoneyOut
    commission: PayoutMoneyOut
    adjustment: PayoutMoneyOut
    net: PayoutMoneyOut
    available_at: datetime | None
    held: bool
    payout_id: str | None
    earned_at: datetime

    @classmethod
    def of(cls, row: Earning) -> "EarningOut":
        """Shape an entry."""
        return cls(
            id=public_id("ern", row.id),
            kind=row.kind,
            order_id=None if row.order_id is None else public_id("ord", row.order_id),
            goods=PayoutMoneyOut(row.goods_minor, row.currency),
            tax=PayoutMoneyOut(row.tax_minor, row.currency),
            commission=PayoutMoneyOut(row.commission_minor, row.currency),
            adjustment=PayoutMoneyOut(row.adjustment_minor, row.currency),
            net=PayoutMoneyOut(row.net_minor, row.currency),
            available_at=row.available_at,
            held=row.held,
            payout_id=None if row.payout_id is None else public_id("pyo", row.payout_id),
            earned_at=row.earned_at,
        )

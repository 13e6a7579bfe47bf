"""What do callers see and send of credit lines and of what is owed?"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from app.core.ids import public_id
from app.core.money import YEN
from app.invoices.models import CreditLine
from app.invoices.queries import Aged
from app.invoices.rules import Shift
from app.invoices.schemas.papers import PaperMoneyOut
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments.models import Payment

LIMIT_MAX_MINOR = 10**12
Day = Annotated[int, msgspec.Meta(ge=1, le=31)]


class LimitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in whole yen."""

    amount: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MAX_MINOR)]
    currency: Literal["JPY"]


class CreditLineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer may owe, closed on `closing_day`, due on `due_day` of the month `months_after`; 31 is the last day."""

    limit: LimitIn
    closing_day: Day
    months_after: Annotated[int, msgspec.Meta(ge=0, le=12)]
    due_day: Day
    on_holiday: Shift
    retire_before_paid: bool
    valid_from: date
    valid_through: date | None


class CreditLineOut(msgspec.Struct, frozen=True):
    """What a buyer may owe, owes, and can still draw."""

    organisation_id: str
    limit: PaperMoneyOut
    used: PaperMoneyOut
    available: PaperMoneyOut
    closing_day: int
    months_after: int
    due_day: int
    on_holiday: Shift
    retire_before_paid: bool
    valid_from: date
    valid_through: date | None
    version: int

    @classmethod
    def of(cls, row: CreditLine) -> "CreditLineOut":
        """Shape a credit line."""
        return cls(
            organisation_id=public_id("org", row.org_id),
            limit=PaperMoneyOut(row.limit_minor, YEN),
            used=PaperMoneyOut(row.used_minor, YEN),
            available=PaperMoneyOut(max(0, row.limit_minor - row.used_minor), YEN),
            closing_day=row.closing_day,
            months_after=row.months_after,
            due_day=row.due_day,
            on_holiday=Shift(row.on_holiday),
            retire_before_paid=row.retire_before_paid,
            valid_from=row.valid_from,
            valid_through=row.valid_through,
            version=row.version,
        )


class OnAccountOut(msgspec.Struct, frozen=True):
    """An order that is owed instead of paid. `used` and `available` are your credit line's with it.

    `final_at` is from when its credits may be invalidated; null until its invoice is paid.
    """

    order_id: str
    order_status: OrderStatus
    amount: PaperMoneyOut
    final_at: datetime | None
    used: PaperMoneyOut
    available: PaperMoneyOut

    @classmethod
    def of(cls, order: Order, payment: Payment, line: CreditLine) -> "OnAccountOut":
        """Shape an order on account, with the line that it was drawn on."""
        return cls(
            order_id=public_id("ord", order.id),
            order_status=OrderStatus(order.status),
            amount=PaperMoneyOut(payment.amount_minor, payment.currency),
            final_at=payment.final_at,
            used=PaperMoneyOut(line.used_minor, YEN),
            available=PaperMoneyOut(max(0, line.limit_minor - line.used_minor), YEN),
        )


class AgedOut(msgspec.Struct, frozen=True):
    """What one buyer owes on account, by how many days it is late."""

    organisation_id: str
    name: str
    not_due: PaperMoneyOut
    up_to_30: PaperMoneyOut
    up_to_60: PaperMoneyOut
    up_to_90: PaperMoneyOut
    over_90: PaperMoneyOut
    open: PaperMoneyOut

    @classmethod
    def of(cls, row: Aged) -> "AgedOut":
        """Shape a row of the report."""
        return cls(
            public_id("org", row.org_id),
            row.name,
            PaperMoneyOut(row.not_due_minor, YEN),
            PaperMoneyOut(row.up_to_30_minor, YEN),
            PaperMoneyOut(row.up_to_60_minor, YEN),
            PaperMoneyOut(row.up_to_90_minor, YEN),
            PaperMoneyOut(row.over_90_minor, YEN),
            PaperMoneyOut(row.open_minor, YEN),
        )

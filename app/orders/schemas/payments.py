"""What does a buyer send and see of a try to pay?"""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.core.ids import public_id
from app.orders.schemas.lines import MoneyOut
from app.payments.models import PaymentAttempt
from app.payments.rules import AttemptMethod, AttemptStatus

Url = Annotated[str, msgspec.Meta(min_length=10, max_length=1000, pattern="^https?://")]


class PayerOut(msgspec.Struct, frozen=True):
    """Who pays, as Stripe was told."""

    name: str
    email: str


class PayerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays, as Stripe is told: it writes there."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern="^[^@\\s]+@[^@\\s]+$")]


class AttemptIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the order is to be paid. `checkout` needs both addresses; without `payer` it is the organisation and whoever asks."""

    method: AttemptMethod
    payer: PayerIn | None = None
    success_url: Url | None = None
    cancel_url: Url | None = None


class TransferOut(msgspec.Struct, frozen=True):
    """Where a bank transfer goes, to the account that is this buyer's alone. `remaining` is what has not come yet."""

    remaining: MoneyOut
    bank_code: str | None
    bank_name: str | None
    branch_code: str | None
    branch_name: str | None
    account_type: str | None
    account_number: str | None
    account_holder_name: str | None


class AttemptOut(msgspec.Struct, frozen=True):
    """A try to pay an order. `client_secret` (cards, told once) and `publishable_key` are for Stripe's own fields in your page."""

    id: str
    order_id: str
    method: AttemptMethod
    status: AttemptStatus
    amount: MoneyOut
    received: MoneyOut
    payer: PayerOut
    url: str | None
    """Where the payer goes on, or finds what to show."""
    transfer: TransferOut | None
    client_secret: str | None
    publishable_key: str | None
    paid_by: str | None
    failure: str | None
    """Why it was not paid, by Stripe's code; another try may be."""
    started_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: PaymentAttempt, *, client_secret: str | None, publishable_key: str | None) -> "AttemptOut":
        """Shape a try; the key goes with the secret alone."""
        return cls(
            id=public_id("pat", row.id),
            order_id=public_id("ord", row.order_id),
            method=row.method,
            status=row.status,
            amount=MoneyOut(row.amount_minor, row.currency),
            received=MoneyOut(row.received_minor, row.currency),
            payer=PayerOut(row.payer_name, row.payer_email),
            url=row.url,
            transfer=_transfer(row),
            client_secret=client_secret,
            publishable_key=publishable_key if client_secret else None,
            paid_by=row.paid_by,
            failure=row.failure,
            started_at=row.started_at,
            expires_at=row.expires_at,
            paid_at=row.paid_at,
            version=row.version,
        )


def _transfer(row: PaymentAttempt) -> TransferOut | None:
    told: dict[str, Any] | None = row.instructions
    if told is None or "account_number" not in told:
        return None
    texts = (
        *("bank_code", "bank_name", "branch_code", "branch_name"),
        *("account_type", "account_number", "account_holder_name"),
    )
    remaining = MoneyOut(told["remaining_minor"], row.currency)
    return TransferOut(remaining, **{name: told[name] for name in texts})

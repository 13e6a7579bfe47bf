"""What does the desk send and see of disputes, and of payments that wait for it?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.orders.schemas.lines import MoneyOut
from app.orders.schemas.refunds import Note
from app.payments.models import Dispute, PaymentAttempt
from app.payments.rules import AttemptMethod, AttemptStatus, Bearer, DisputeOutcome


class ReleaseIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the payment is taken for final from now on."""

    note: Note


class EvidenceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is shown to the payer's bank. With `submit` it decides on that, and nothing can be added."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=15_000)]
    submit: bool


class PaymentDisputeOut(msgspec.Struct, frozen=True):
    """A payer's bank takes a payment back. Of a lost one: taken = returned (credits came back) + borne."""

    id: str
    order_id: str
    buyer_id: str
    payment_id: str
    outcome: DisputeOutcome
    status: str
    reason: str
    amount: MoneyOut
    taken: MoneyOut
    returned: MoneyOut
    borne: MoneyOut
    borne_by: Bearer | None
    evidence_due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Dispute) -> "PaymentDisputeOut":
        """Shape a dispute."""
        return cls(
            id=public_id("pdp", row.id),
            order_id=public_id("ord", row.order_id),
            buyer_id=public_id("org", row.buyer_id),
            payment_id=public_id("pat", row.attempt_id),
            outcome=row.outcome,
            status=row.status,
            reason=row.reason,
            amount=MoneyOut(row.amount_minor, row.currency),
            taken=MoneyOut(row.taken_minor, row.currency),
            returned=MoneyOut(row.returned_minor, row.currency),
            borne=MoneyOut(row.borne_minor, row.currency),
            borne_by=row.borne_by,
            evidence_due_at=row.evidence_due_at,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            version=row.version,
        )


class DeskAttemptOut(msgspec.Struct, frozen=True):
    """A try to pay through Stripe, as the desk sees it. Of a `mismatch`, `failure` names what does not fit."""

    id: str
    order_id: str
    buyer_id: str
    method: AttemptMethod
    status: AttemptStatus
    amount: MoneyOut
    received: MoneyOut
    risk_level: str | None
    failure: str | None
    intent_id: str | None
    started_at: datetime
    paid_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: PaymentAttempt) -> "DeskAttemptOut":
        """Shape a try for the operator."""
        return cls(
            id=public_id("pat", row.id),
            order_id=public_id("ord", row.order_id),
            buyer_id=public_id("org", row.org_id),
            method=row.method,
            status=row.status,
            amount=MoneyOut(row.amount_minor, row.currency),
            received=MoneyOut(row.received_minor, row.currency),
            risk_level=row.risk_level,
            failure=row.failure,
            intent_id=row.intent_id,
            started_at=row.started_at,
            paid_at=row.paid_at,
            version=row.version,
        )

"""Which payments are tried through Stripe, what was asked of it, and what did it tell us?"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.payments.rules import AttemptMethod, AttemptStatus, CallStatus


class EventStatus(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    """It tells of nothing that concerns us."""


class StripeCustomer(Table):
    """A buyer as Stripe knows it. Bank transfers need one: its virtual account is the customer's."""

    __tablename__ = "stripe_customer"
    __table_args__ = (
        Index("uq_stripe_customer_org", "org_id", unique=True),
        Index("uq_stripe_customer", "customer_id", unique=True, postgresql_where=text("customer_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    customer_id: Mapped[str | None]
    """Stripe's id; null until Stripe has answered."""
    created_at: Mapped[Moment]


class PaymentAttempt(Table):
    """A try to pay what an order expects through Stripe. Several may be open; the first whose money comes pays."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        CheckConstraint(one_of("status", *AttemptStatus), name="status"),
        CheckConstraint(one_of("method", *AttemptMethod), name="method"),
        CheckConstraint("amount_minor > 0 and received_minor >= 0", name="positive"),
        ForeignKeyConstraint(["org_id", "payment_id"], ["payment.org_id", "payment.id"]),
        Index("ix_payment_attempt_payment", "org_id", "payment_id", "id"),
        Index("uq_payment_attempt_intent", "intent_id", unique=True, postgresql_where=text("intent_id is not null")),
        Index("uq_payment_attempt_session", "session_id", unique=True, postgresql_where=text("session_id is not null")),
        Index("uq_payment_attempt_id", "id", unique=True),
        Index("ix_payment_attempt_desk", "desk_id", "status", "id"),
        Index("ix_payment_attempt_charge", "charge_id", postgresql_where=text("charge_id is not null")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    payment_id: Mapped[UUID]
    order_id: Mapped[UUID]
    method: Mapped[AttemptMethod] = mapped_column(Text)
    amount_minor: Mapped[Big]
    currency: Mapped[str]
    status: Mapped[AttemptStatus] = mapped_column(Text)
    intent_id: Mapped[str | None]
    session_id: Mapped[str | None]
    charge_id: Mapped[str | None]
    url: Mapped[str | None]
    """Where the payer goes on: a page of Stripe's."""
    instructions: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Where a bank transfer goes, or what is shown at the konbini."""
    paid_by: Mapped[str | None]
    """What was paid with, where the payer chose on the page."""
    risk_level: Mapped[str | None]
    received_minor: Mapped[Big] = mapped_column(server_default=text("0"))
    failure: Mapped[str | None]
    """Stripe's code of why it was not paid."""
    payer_name: Mapped[str]
    payer_email: Mapped[str]
    language: Mapped[str]
    success_url: Mapped[str | None]
    cancel_url: Mapped[str | None]
    """Where Stripe's page sends the payer back to."""
    started_by: Mapped[UUID]
    started_at: Mapped[Moment]
    expires_at: Mapped[MaybeMoment]
    paid_at: Mapped[MaybeMoment]
    closed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class StripeCall(Table):
    """One write that Stripe is asked for. The row, with its key, is there before the call; see `flow.calls`."""

    __tablename__ = "stripe_call"
    __table_args__ = (
        CheckConstraint(one_of("status", *CallStatus), name="status"),
        UniqueConstraint("key"),
        Index("uq_stripe_call_subject", "org_id", "subject_id", "kind", "n", unique=True),
        Index(
            "ix_stripe_call_open", "org_id", "id", postgresql_where=text("status in ('planned', 'sending', 'unknown')")
        ),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The desk: it is its account at Stripe."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    """What it is for: an attempt, a refund, a payout."""
    subject_org_id: Mapped[UUID]
    n: Mapped[int] = mapped_column(server_default=text("1"))
    """Counts the calls of one kind for one subject: a new one is made only when the one before was definitely refused."""
    key: Mapped[str]
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[CallStatus] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    first_sent_at: Mapped[MaybeMoment]
    object_id: Mapped[str | None]
    why: Mapped[str | None]
    """Stripe's code and words of a refusal, or why the answer is not known."""
    created_at: Mapped[Moment]
    done_at: Mapped[MaybeMoment]


class StripeEvent(Table):
    """What Stripe sent us, once for each of its ids. Its content is never acted upon: the object is asked for anew."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        CheckConstraint(one_of("status", *EventStatus), name="status"),
        Index("uq_stripe_event_id", "org_id", "id", unique=True),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    """Ours, for the job that takes it further."""
    type: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    account: Mapped[str | None]
    livemode: Mapped[bool]
    created_at: Mapped[Moment]
    received_at: Mapped[Moment]
    swept: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether we had to ask for it: no webhook brought it."""
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As it came; null when it was asked for."""
    status: Mapped[EventStatus] = mapped_column(Text)
    outcome: Mapped[str | None]
    done_at: Mapped[MaybeMoment]

"""What do we ask Stripe to make? Plain data; amounts are in the currency's minor unit, moments in UTC."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Method(StrEnum):
    """How a payer pays through Stripe, in Stripe's words."""

    CARD = "card"
    BANK_TRANSFER = "customer_balance"
    KONBINI = "konbini"


class NewCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A payer to be made."""

    reference: str
    name: str
    email: str
    language: str


class NewIntent(msgspec.Struct, frozen=True, kw_only=True):
    """A payment to be expected. Bank transfers and konbini are confirmed at once, for instructions to be had; cards by the payer.

    `payer_name` and `payer_email` are needed for konbini; `expires_after_days` is konbini's alone.
    """

    reference: str
    customer_id: str
    method: Method
    amount_minor: int
    currency: str
    description: str
    transfer_group: str
    facts: Mapping[str, str]
    """More metadata: ids of ours, for whoever looks at it there."""
    payer_name: str
    payer_email: str
    expires_after_days: int | None


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """A page to pay on. Its PaymentIntent carries the same reference, transfer group and facts."""

    reference: str
    customer_id: str
    methods: tuple[Method, ...]
    amount_minor: int
    currency: str
    title: str
    description: str
    transfer_group: str
    facts: Mapping[str, str]
    success_url: str
    cancel_url: str
    expires_at: datetime
    language: str


class NewRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money to go back to whoever paid an intent, whole or in part."""

    reference: str
    intent_id: str
    amount_minor: int
    reason: str | None
    """Stripe's words: duplicate, fraudulent, requested_by_customer; or none."""
    payer_email: str | None
    """Where the payer of a bank transfer or at a konbini is asked for an account."""
    facts: Mapping[str, str]


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A provider to be paid through Stripe."""

    reference: str
    country: str
    email: str
    business_name: str


class NewTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """Money to go from our balance to a connected account. `source_charge_id` ties it to a charge's own funds."""

    reference: str
    destination: str
    amount_minor: int
    currency: str
    transfer_group: str | None
    source_charge_id: str | None
    description: str
    facts: Mapping[str, str]


class NewReversal(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a transfer to come back."""

    reference: str
    transfer_id: str
    amount_minor: int
    description: str
    facts: Mapping[str, str]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown to the payer's bank in a dispute. `submit` ends it: nothing can be added later."""

    dispute_id: str
    product_description: str
    customer_name: str
    customer_email: str
    service_date: str
    uncategorized_text: str
    submit: bool

"""What does Stripe show us, as far as we look? Plain data; amounts are in the currency's minor unit, moments in UTC."""

from datetime import datetime

import msgspec

API_VERSION = "2026-05-27.dahlia"
"""The version that every request names: the answers keep the shape that they had when this was written."""

REFERENCE = "offsetdesk_id"
"""The key in the metadata of everything we make there, whose value is our own id of it."""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A payer."""

    id: str
    livemode: bool
    reference: str | None
    """Our own id in its metadata; so in all that follow."""


class TransferInstructions(msgspec.Struct, frozen=True, kw_only=True):
    """Where a Japanese bank transfer goes: a virtual account of this customer's (type `zengin`)."""

    hosted_url: str | None
    remaining_minor: int | None
    bank_code: str | None
    bank_name: str | None
    branch_code: str | None
    branch_name: str | None
    account_type: str | None
    account_number: str | None
    account_holder_name: str | None


class KonbiniInstructions(msgspec.Struct, frozen=True, kw_only=True):
    """What the payer shows at the counter, and until when."""

    hosted_url: str | None
    expires_at: datetime


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A PaymentIntent. `currency` is in capitals, as everywhere here."""

    id: str
    livemode: bool
    reference: str | None
    status: str
    amount_minor: int
    received_minor: int
    currency: str
    customer_id: str | None
    client_secret: str | None
    charge_id: str | None
    methods: tuple[str, ...]
    transfer_group: str | None
    instructions: TransferInstructions | KonbiniInstructions | None
    last_error: str | None
    """The code of the last refused attempt to pay, such as `card_declined`."""
    created_at: datetime


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """Money that was taken. `risk_level` is Radar's: normal, elevated, highest, or one that is not scored."""

    id: str
    livemode: bool
    intent_id: str | None
    status: str
    amount_minor: int
    refunded_minor: int
    currency: str
    disputed: bool
    risk_level: str | None
    method: str | None
    balance_transaction_id: str | None
    created_at: datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A Checkout Session: a page of Stripe's own on which somebody pays."""

    id: str
    livemode: bool
    reference: str | None
    status: str
    payment_status: str
    url: str | None
    intent_id: str | None
    amount_minor: int
    currency: str
    expires_at: datetime


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money on its way back to a payer. `status` is pending, requires_action, succeeded, failed or canceled."""

    id: str
    reference: str | None
    status: str
    amount_minor: int
    currency: str
    charge_id: str | None
    intent_id: str | None
    failure_reason: str | None
    balance_transaction_id: str | None
    created_at: datetime


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A connected account: a provider that is paid through Stripe."""

    id: str
    reference: str | None
    country: str | None
    details_submitted: bool
    payouts_enabled: bool
    transfers: str
    """Its capability to receive transfers: active, pending or inactive."""
    due: tuple[str, ...]
    """What Stripe still wants to know of it."""
    disabled_reason: str | None


class AccountLink(msgspec.Struct, frozen=True, kw_only=True):
    """A page of Stripe's, good once and for minutes, on which a provider gives what Stripe wants to know."""

    url: str
    expires_at: datetime


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Money moved from our balance to a connected account's."""

    id: str
    livemode: bool
    reference: str | None
    amount_minor: int
    reversed_minor: int
    currency: str
    destination: str | None
    transfer_group: str | None
    balance_transaction_id: str | None
    created_at: datetime


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a transfer that came back."""

    id: str
    reference: str | None
    transfer_id: str
    amount_minor: int
    currency: str
    balance_transaction_id: str | None
    created_at: datetime


class Payout(msgspec.Struct, frozen=True, kw_only=True):
    """Money sent from our balance to our bank. `status` is paid, pending, in_transit, canceled or failed."""

    id: str
    livemode: bool
    status: str
    amount_minor: int
    currency: str
    automatic: bool
    arrives_at: datetime
    failure_code: str | None
    balance_transaction_id: str | None
    created_at: datetime


class BalanceTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """One line of Stripe's own book about our balance: `net_minor` = `amount_minor` - `fee_minor`; signs are Stripe's."""

    id: str
    type: str
    reporting_category: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    source_id: str | None
    status: str
    created_at: datetime
    available_at: datetime


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """A payer's bank takes the money back and asks. Lost and won are final."""

    id: str
    livemode: bool
    charge_id: str
    intent_id: str | None
    status: str
    reason: str
    amount_minor: int
    currency: str
    evidence_due_at: datetime | None
    balance_transactions: tuple[BalanceTransaction, ...]
    created_at: datetime


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """That something changed; what it is now is asked for anew. `account` is a connected account, None for our own."""

    id: str
    type: str
    object_kind: str
    object_id: str | None
    """None for the few that have none: a `balance`, an invoice that is still to come."""
    account: str | None
    livemode: bool
    api_version: str | None
    created_at: datetime

"""How does Stripe write what payers have to do with? Field for field."""

from typing import Literal

import msgspec

from integrations.stripe.wire.values import Currency, Expandable, Id, Metadata, Minor, Moment, Page


class Customer(msgspec.Struct, frozen=True):
    """The Customer object."""

    object: Literal["customer"]
    id: Id
    livemode: bool
    metadata: Metadata | None = None


class Zengin(msgspec.Struct, frozen=True):
    """A bank account in Japan, in `financial_addresses`."""

    bank_code: str | None = None
    bank_name: str | None = None
    branch_code: str | None = None
    branch_name: str | None = None
    account_type: str | None = None
    account_number: str | None = None
    account_holder_name: str | None = None


class FinancialAddress(msgspec.Struct, frozen=True):
    """One way to reach the customer's balance."""

    type: str
    zengin: Zengin | None = None


class BankTransfer(msgspec.Struct, frozen=True):
    """`next_action.display_bank_transfer_instructions`."""

    amount_remaining: Minor | None = None
    hosted_instructions_url: Page | None = None
    financial_addresses: list[FinancialAddress] | None = None


class KonbiniDetails(msgspec.Struct, frozen=True):
    """`next_action.konbini_display_details`."""

    expires_at: Moment
    hosted_voucher_url: Page | None = None


class NextAction(msgspec.Struct, frozen=True):
    """What the payer has to do."""

    display_bank_transfer_instructions: BankTransfer | None = None
    konbini_display_details: KonbiniDetails | None = None


class PaymentError(msgspec.Struct, frozen=True):
    """`last_payment_error`: not every error has a code."""

    type: str
    code: str | None = None


class PaymentIntent(msgspec.Struct, frozen=True):
    """The PaymentIntent object."""

    object: Literal["payment_intent"]
    id: Id
    livemode: bool
    status: str
    amount: Minor
    amount_received: Minor
    currency: Currency
    payment_method_types: list[str]
    created: Moment
    customer: Expandable = None
    client_secret: str | None = None
    latest_charge: Expandable = None
    transfer_group: str | None = None
    next_action: NextAction | None = None
    last_payment_error: PaymentError | None = None
    metadata: Metadata | None = None


class Outcome(msgspec.Struct, frozen=True):
    """`charge.outcome`."""

    risk_level: str | None = None


class MethodDetails(msgspec.Struct, frozen=True):
    """`charge.payment_method_details`."""

    type: str


class Charge(msgspec.Struct, frozen=True):
    """The Charge object."""

    object: Literal["charge"]
    id: Id
    livemode: bool
    status: str
    amount: Minor
    amount_refunded: Minor
    currency: Currency
    disputed: bool
    created: Moment
    payment_intent: Expandable = None
    outcome: Outcome | None = None
    payment_method_details: MethodDetails | None = None
    balance_transaction: Expandable = None


class CheckoutSession(msgspec.Struct, frozen=True):
    """The Checkout Session object, of mode `payment`: there amount, currency and status are never null."""

    object: Literal["checkout.session"]
    id: Id
    livemode: bool
    status: str
    payment_status: str
    amount_total: Minor
    currency: Currency
    expires_at: Moment
    url: Page | None = None
    payment_intent: Expandable = None
    metadata: Metadata | None = None


class Refund(msgspec.Struct, frozen=True):
    """The Refund object."""

    object: Literal["refund"]
    id: Id
    status: str
    amount: Minor
    currency: Currency
    created: Moment
    charge: Expandable = None
    payment_intent: Expandable = None
    failure_reason: str | None = None
    balance_transaction: Expandable = None
    metadata: Metadata | None = None

"""How does Stripe write what moves our balance, and whom it pays? Field for field."""

from typing import Literal

import msgspec

from integrations.stripe.wire.values import Currency, Expandable, Id, Metadata, Minor, Moment, Page, Ref, SignedMinor


class Capabilities(msgspec.Struct, frozen=True):
    """`account.capabilities`; one that was never asked for is not there."""

    transfers: str = "inactive"


class Requirements(msgspec.Struct, frozen=True):
    """`account.requirements`."""

    currently_due: list[str] | None = None
    past_due: list[str] | None = None
    disabled_reason: str | None = None


class Account(msgspec.Struct, frozen=True):
    """The Account object."""

    object: Literal["account"]
    id: Id
    details_submitted: bool
    payouts_enabled: bool
    country: str | None = None
    capabilities: Capabilities = Capabilities()
    requirements: Requirements = Requirements()
    metadata: Metadata | None = None


class AccountLink(msgspec.Struct, frozen=True):
    """The Account Link object."""

    object: Literal["account_link"]
    url: Page
    expires_at: Moment


class Transfer(msgspec.Struct, frozen=True):
    """The Transfer object."""

    object: Literal["transfer"]
    id: Id
    livemode: bool
    amount: Minor
    amount_reversed: Minor
    currency: Currency
    created: Moment
    destination: Expandable = None
    transfer_group: str | None = None
    balance_transaction: Expandable = None
    metadata: Metadata | None = None


class TransferReversal(msgspec.Struct, frozen=True):
    """The Transfer Reversal object."""

    object: Literal["transfer_reversal"]
    id: Id
    transfer: Id | Ref
    amount: Minor
    currency: Currency
    created: Moment
    balance_transaction: Expandable = None
    metadata: Metadata | None = None


class Payout(msgspec.Struct, frozen=True):
    """The Payout object. Its amount may be below zero: Stripe takes a debt from our bank."""

    object: Literal["payout"]
    id: Id
    livemode: bool
    status: str
    amount: SignedMinor
    currency: Currency
    automatic: bool
    arrival_date: Moment
    created: Moment
    failure_code: str | None = None
    balance_transaction: Expandable = None


class BalanceTransaction(msgspec.Struct, frozen=True):
    """The Balance Transaction object."""

    object: Literal["balance_transaction"]
    id: Id
    type: str
    reporting_category: str
    amount: SignedMinor
    fee: SignedMinor
    net: SignedMinor
    currency: Currency
    status: str
    created: Moment
    available_on: Moment
    source: Expandable = None


class EvidenceDetails(msgspec.Struct, frozen=True):
    """`dispute.evidence_details`."""

    due_by: Moment | None = None


class Dispute(msgspec.Struct, frozen=True):
    """The Dispute object."""

    object: Literal["dispute"]
    id: Id
    livemode: bool
    charge: Id | Ref
    status: str
    reason: str
    amount: Minor
    currency: Currency
    created: Moment
    evidence_details: EvidenceDetails
    balance_transactions: list[BalanceTransaction]
    payment_intent: Expandable = None

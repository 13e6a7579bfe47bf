"""What do Stripe's objects mean in our words? Pure: bytes in, a shape out, or `CannotBeRead`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

import msgspec

from integrations.stripe import shapes
from integrations.stripe.wire import balance, payments
from integrations.stripe.wire.envelopes import Event
from integrations.stripe.wire.values import Expandable, Metadata, Ref

_CANNOT_BE_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError)

_S = TypeVar("_S")
_W = TypeVar("_W")

Bytes: TypeAlias = bytes | msgspec.Raw
Reader: TypeAlias = Callable[[Bytes], _S]


class CannotBeRead(Exception):
    """These bytes are not the object that was expected, or contradict themselves."""


def customer(body: Bytes) -> shapes.Customer:
    """Read a Customer. This and all below raise `CannotBeRead`."""
    read = decoded(body, payments.Customer)
    return shapes.Customer(id=read.id, livemode=read.livemode, reference=_reference(read.metadata))


def intent(body: Bytes) -> shapes.Intent:
    """Read a PaymentIntent; an error without a code is told by its type."""
    read = decoded(body, payments.PaymentIntent)
    error = read.last_payment_error
    return shapes.Intent(
        id=read.id,
        livemode=read.livemode,
        reference=_reference(read.metadata),
        status=read.status,
        amount_minor=read.amount,
        received_minor=read.amount_received,
        currency=read.currency.upper(),
        customer_id=_id(read.customer),
        client_secret=read.client_secret,
        charge_id=_id(read.latest_charge),
        methods=tuple(read.payment_method_types),
        transfer_group=read.transfer_group,
        instructions=_instructions(read.next_action),
        last_error=None if error is None else error.code or error.type,
        created_at=_moment(read.created),
    )


def charge(body: Bytes) -> shapes.Charge:
    """Read a Charge."""
    read = decoded(body, payments.Charge)
    return shapes.Charge(
        id=read.id,
        livemode=read.livemode,
        intent_id=_id(read.payment_intent),
        status=read.status,
        amount_minor=read.amount,
        refunded_minor=read.amount_refunded,
        currency=read.currency.upper(),
        disputed=read.disputed,
        risk_level=None if read.outcome is None else read.outcome.risk_level,
        method=None if read.payment_method_details is None else read.payment_method_details.type,
        balance_transaction_id=_id(read.balance_transaction),
        created_at=_moment(read.created),
    )


def session(body: Bytes) -> shapes.Session:
    """Read a Checkout Session."""
    read = decoded(body, payments.CheckoutSession)
    return shapes.Session(
        id=read.id,
        livemode=read.livemode,
        reference=_reference(read.metadata),
        status=read.status,
        payment_status=read.payment_status,
        url=read.url,
        intent_id=_id(read.payment_intent),
        amount_minor=read.amount_total,
        currency=read.currency.upper(),
        expires_at=_moment(read.expires_at),
    )


def refund(body: Bytes) -> shapes.Refund:
    """Read a Refund."""
    read = decoded(body, payments.Refund)
    return shapes.Refund(
        id=read.id,
        reference=_reference(read.metadata),
        status=read.status,
        amount_minor=read.amount,
        currency=read.currency.upper(),
        charge_id=_id(read.charge),
        intent_id=_id(read.payment_intent),
        failure_reason=read.failure_reason,
        balance_transaction_id=_id(read.balance_transaction),
        created_at=_moment(read.created),
    )


def account(body: Bytes) -> shapes.Account:
    """Read an Account; what is overdue is due too, and named once."""
    read = decoded(body, balance.Account)
    wanted = (*(read.requirements.currently_due or ()), *(read.requirements.past_due or ()))
    return shapes.Account(
        id=read.id,
        reference=_reference(read.metadata),
        country=read.country,
        details_submitted=read.details_submitted,
        payouts_enabled=read.payouts_enabled,
        transfers=read.capabilities.transfers,
        due=tuple(dict.fromkeys(wanted)),
        disabled_reason=read.requirements.disabled_reason,
    )


def account_link(body: Bytes) -> shapes.AccountLink:
    """Read an Account Link."""
    read = decoded(body, balance.AccountLink)
    return shapes.AccountLink(url=read.url, expires_at=_moment(read.expires_at))


def transfer(body: Bytes) -> shapes.Transfer:
    """Read a Transfer."""
    read = decoded(body, balance.Transfer)
    return shapes.Transfer(
        id=read.id,
        livemode=read.livemode,
        reference=_reference(read.metadata),
        amount_minor=read.amount,
        reversed_minor=read.amount_reversed,
        currency=read.currency.upper(),
        destination=_id(read.destination),
        transfer_group=read.transfer_group,
        balance_transaction_id=_id(read.balance_transaction),
        created_at=_moment(read.created),
    )


def reversal(body: Bytes) -> shapes.Reversal:
    """Read a Transfer Reversal."""
    read = decoded(body, balance.TransferReversal)
    return shapes.Reversal(
        id=read.id,
        reference=_reference(read.metadata),
        transfer_id=_known(read.transfer),
        amount_minor=read.amount,
        currency=read.currency.upper(),
        balance_transaction_id=_id(read.balance_transaction),
        created_at=_moment(read.created),
    )


def payout(body: Bytes) -> shapes.Payout:
    """Read a Payout."""
    read = decoded(body, balance.Payout)
    return shapes.Payout(
        id=read.id,
        livemode=read.livemode,
        status=read.status,
        amount_minor=read.amount,
        currency=read.currency.upper(),
        automatic=read.automatic,
        arrives_at=_moment(read.arrival_date),
        failure_code=read.failure_code,
        balance_transaction_id=_id(read.balance_transaction),
        created_at=_moment(read.created),
    )


def balance_transaction(body: Bytes) -> shapes.BalanceTransaction:
    """Read a Balance Transaction; its net is its amount less its fee, or it cannot be read."""
    return _line(decoded(body, balance.BalanceTransaction))


def dispute(body: Bytes) -> shapes.Dispute:
    """Read a Dispute, with what it moved."""
    read = decoded(body, balance.Dispute)
    due_by = read.evidence_details.due_by
    return shapes.Dispute(
        id=read.id,
        livemode=read.livemode,
        charge_id=_known(read.charge),
        intent_id=_id(read.payment_intent),
        status=read.status,
        reason=read.reason,
        amount_minor=read.amount,
        currency=read.currency.upper(),
        evidence_due_at=None if due_by is None else _moment(due_by),
        balance_transactions=tuple(_line(line) for line in read.balance_transactions),
        created_at=_moment(read.created),
    )


def event(body: Bytes) -> shapes.Event:
    """Read an Event."""
    return event_of(decoded(body, Event))


def event_of(read: Event) -> shapes.Event:
    """An event in our words: what happened to which object; the object's snapshot in it is not looked at."""
    return shapes.Event(
        id=read.id,
        type=read.type,
        object_kind=read.data.object.object,
        object_id=read.data.object.id,
        account=read.account,
        livemode=read.livemode,
        api_version=read.api_version,
        created_at=_moment(read.created),
    )


def decoded(body: Bytes, of: type[_W]) -> _W:
    """Bytes as one of the structs of `wire`. Raises `CannotBeRead`, which tells where but never what stood there."""
    try:
        return msgspec.json.decode(body, type=of)
    except _CANNOT_BE_READ as error:
        raise CannotBeRead(type(error).__name__) from error


def _line(read: balance.BalanceTransaction) -> shapes.BalanceTransaction:
    if read.net != read.amount - read.fee:
        raise CannotBeRead("a net that is not amount less fee")
    return shapes.BalanceTransaction(
        id=read.id,
        type=read.type,
        reporting_category=read.reporting_category,
        amount_minor=read.amount,
        fee_minor=read.fee,
        net_minor=read.net,
        currency=read.currency.upper(),
        source_id=_id(read.source),
        status=read.status,
        created_at=_moment(read.created),
        available_at=_moment(read.available_on),
    )


def _instructions(
    action: payments.NextAction | None,
) -> shapes.TransferInstructions | shapes.KonbiniInstructions | None:
    if action is None:
        return None
    if (konbini := action.konbini_display_details) is not None:
        return shapes.KonbiniInstructions(hosted_url=konbini.hosted_voucher_url, expires_at=_moment(konbini.expires_at))
    told = action.display_bank_transfer_instructions
    if told is None:
        return None
    known = (one.zengin for one in told.financial_addresses or () if one.type == "zengin")
    bank = next((one for one in known if one is not None), payments.Zengin())
    return shapes.TransferInstructions(
        hosted_url=told.hosted_instructions_url,
        remaining_minor=told.amount_remaining,
        bank_code=bank.bank_code,
        bank_name=bank.bank_name,
        branch_code=bank.branch_code,
        branch_name=bank.branch_name,
        account_type=bank.account_type,
        account_number=bank.account_number,
        account_holder_name=bank.account_holder_name,
    )


def _reference(metadata: Metadata | None) -> str | None:
    return (metadata or {}).get(shapes.REFERENCE)


def _id(told: Expandable) -> str | None:
    return None if told is None else _known(told)


def _known(told: str | Ref) -> str:
    return told.id if isinstance(told, Ref) else told


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

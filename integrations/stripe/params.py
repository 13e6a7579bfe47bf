"""In which parameters does Stripe take what we ask? Pure; their names and kinds are checked against stripe-python's own.

Amounts go as whole numbers of the currency's minor unit: for yen that is the yen itself (docs.stripe.com/currencies,
zero-decimal). A parameter that is None is left out.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, assert_never, cast

from stripe.params import (
    AccountCreateParams,
    AccountLinkCreateParams,
    CustomerCreateParams,
    DisputeUpdateParams,
    DisputeUpdateParamsEvidence,
    EventListParams,
    PaymentIntentCreateParams,
    RefundCreateParams,
    TransferCreateParams,
    TransferReversalCreateParams,
)
from stripe.params.checkout import SessionCreateParams

from integrations.stripe import asked
from integrations.stripe.asked import Method
from integrations.stripe.shapes import REFERENCE

KONBINI_DESCRIPTION_LETTERS: Final = 22
"""As many as the counter's screen shows (docs.stripe.com/api/payment_intents/create, konbini.product_description)."""


def of_customer(new: asked.NewCustomer) -> CustomerCreateParams:
    """A payer."""
    return {
        "name": new.name,
        "email": new.email,
        "preferred_locales": [new.language],
        "metadata": _metadata(new.reference, {}),
    }


def of_intent(new: asked.NewIntent) -> PaymentIntentCreateParams:
    """A payment. Bank transfers and konbini are confirmed in the same call, which makes their instructions."""
    params: PaymentIntentCreateParams = {
        "customer": new.customer_id,
        "amount": new.amount_minor,
        "currency": new.currency.lower(),
        "description": new.description,
        "transfer_group": new.transfer_group,
        "metadata": _metadata(new.reference, new.facts),
    }
    _allow(params, (new.method,))
    match new.method:
        case Method.CARD:
            return params
        case Method.BANK_TRANSFER:
            _add_bank_transfer(params)
        case Method.KONBINI:
            _add_konbini(params, new)
        case _:
            assert_never(new.method)
    return params


def of_session(new: asked.NewSession) -> SessionCreateParams:
    """A page with one line on it. A page whose payer may transfer from a bank says which kind of transfer."""
    params: SessionCreateParams = {
        "mode": "payment",
        "customer": new.customer_id,
        "client_reference_id": new.reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": new.currency.lower(),
                    "unit_amount": new.amount_minor,
                    "product_data": {"name": new.title, "description": new.description},
                },
            }
        ],
        "payment_intent_data": {
            "description": new.description,
            "transfer_group": new.transfer_group,
            "metadata": _metadata(new.reference, new.facts),
        },
        "success_url": new.success_url,
        "cancel_url": new.cancel_url,
        "expires_at": int(new.expires_at.timestamp()),
        "locale": cast("Any", new.language),
        "metadata": _metadata(new.reference, new.facts),
    }
    _allow(params, new.methods)
    if Method.BANK_TRANSFER in new.methods:
        params["payment_method_options"] = {
            "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
        }
    return params


def of_refund(new: asked.NewRefund) -> RefundCreateParams:
    """Money back. The payer of a bank transfer or at a konbini is asked by mail where to (docs.stripe.com/refunds)."""
    params: RefundCreateParams = {
        "payment_intent": new.intent_id,
        "amount": new.amount_minor,
        "metadata": _metadata(new.reference, new.facts),
    }
    if new.reason is not None:
        params["reason"] = cast("Any", new.reason)
    if new.payer_email is not None:
        params["instructions_email"] = new.payer_email
    return params


def of_account(new: asked.NewAccount) -> AccountCreateParams:
    """A provider with an Express dashboard, who is paid by transfers.

    Under Stripe's full service agreement: the recipient one is for other countries than the platform's
    (docs.stripe.com/connect/service-agreement-types). That Stripe grants `transfers` without `card_payments` to a
    platform in Japan could not be verified; if it does not, the call is refused and says so.
    """
    return {
        "type": "express",
        "country": new.country,
        "email": new.email,
        "business_profile": {"name": new.business_name},
        "capabilities": {"transfers": {"requested": True}},
        "metadata": _metadata(new.reference, {}),
    }


def of_account_link(account_id: str, *, return_url: str, refresh_url: str) -> AccountLinkCreateParams:
    """The page on which a provider tells Stripe who it is."""
    return {
        "account": account_id,
        "type": "account_onboarding",
        "return_url": return_url,
        "refresh_url": refresh_url,
    }


def of_transfer(new: asked.NewTransfer) -> TransferCreateParams:
    """Money to a provider."""
    params: TransferCreateParams = {
        "destination": new.destination,
        "amount": new.amount_minor,
        "currency": new.currency.lower(),
        "description": new.description,
        "metadata": _metadata(new.reference, new.facts),
    }
    if new.transfer_group is not None:
        params["transfer_group"] = new.transfer_group
    if new.source_charge_id is not None:
        params["source_transaction"] = new.source_charge_id
    return params


def of_reversal(new: asked.NewReversal) -> TransferReversalCreateParams:
    """Money back from a provider."""
    return {
        "amount": new.amount_minor,
        "description": new.description,
        "metadata": _metadata(new.reference, new.facts),
    }


def of_evidence(evidence: asked.Evidence) -> DisputeUpdateParams:
    """What is shown in a dispute. An empty value would erase what is there already, so it is left out."""
    shown: DisputeUpdateParamsEvidence = {
        "product_description": evidence.product_description,
        "customer_name": evidence.customer_name,
        "customer_email_address": evidence.customer_email,
        "service_date": evidence.service_date,
        "uncategorized_text": evidence.uncategorized_text,
    }
    filled = {name: value for name, value in shown.items() if value}
    return {"evidence": cast("DisputeUpdateParamsEvidence", filled), "submit": evidence.submit}


def of_undelivered(since: datetime, before: str | None, *, limit: int) -> EventListParams:
    """Events that some endpoint has not accepted, those still being tried among them (docs.stripe.com/api/events/list)."""
    params: EventListParams = {"created": {"gte": int(since.timestamp())}, "delivery_success": False, "limit": limit}
    if before is not None:
        params["starting_after"] = before
    return params


def _allow(params: PaymentIntentCreateParams | SessionCreateParams, methods: Iterable[Method]) -> None:
    """Only these ways to pay, and refused if one of them is not to be had.

    The library's types are those of a later version of the API, which has only `allowed_payment_method_types`: that
    drops in silence what is not to be had (docs.stripe.com/changelog/endive/2026-09-30). API_VERSION takes this one.
    """
    cast("dict[str, object]", params)["payment_method_types"] = [method.value for method in methods]


def _add_bank_transfer(params: PaymentIntentCreateParams) -> None:
    """docs.stripe.com/payments/bank-transfers/accept-a-payment, Japan."""
    params["payment_method_data"] = {"type": "customer_balance"}
    params["payment_method_options"] = {
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    }
    params["confirm"] = True


def _add_konbini(params: PaymentIntentCreateParams, new: asked.NewIntent) -> None:
    """docs.stripe.com/payments/konbini/accept-a-payment."""
    params["payment_method_data"] = {
        "type": "konbini",
        "billing_details": {"name": new.payer_name, "email": new.payer_email},
    }
    shown = new.description[:KONBINI_DESCRIPTION_LETTERS]
    params["payment_method_options"] = {"konbini": {"product_description": shown}}
    if new.expires_after_days is not None:
        params["payment_method_options"]["konbini"] = {
            "product_description": shown,
            "expires_after_days": new.expires_after_days,
        }
    params["confirm"] = True


def _metadata(reference: str, facts: Mapping[str, str]) -> dict[str, str]:
    assert REFERENCE not in facts, "The reference is not for facts to change."
    return {REFERENCE: reference, **facts}

"""How do customers and accounts look, and what Stripe holds for them?"""

from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.plain import ADDRESS, empty_list, seen

_CUSTOMER: Final[dict[str, Any]] = {
    "address": None,
    "balance": 0,
    "currency": None,
    "default_source": None,
    "delinquent": False,
    "discount": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "next_invoice_sequence": 1,
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}
_NOTHING_DUE: Final[dict[str, Any]] = {
    "alternatives": [],
    "current_deadline": None,
    "currently_due": [],
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


def customer(thing: Thing, _act: Act) -> dict[str, Any]:
    """A customer."""
    return _CUSTOMER | seen(thing, livemode=True) | {"invoice_prefix": thing["id"][-8:].upper()}


def cash_balance(thing: Thing, _act: Act) -> dict[str, Any]:
    """What is held for a customer; it has no id."""
    settings = {"reconciliation_mode": "automatic", "using_merchant_default": True}
    shown = seen(thing, livemode=True) | {"customer_account": None, "settings": settings}
    return {name: value for name, value in shown.items() if name not in {"id", "created"}}


def cash_movement(thing: Thing, _act: Act) -> dict[str, Any]:
    """How that came or went."""
    return seen(thing, livemode=True) | {"customer_account": None}


def account(thing: Thing, _act: Act) -> dict[str, Any]:
    """A connected account: Stripe asks it what it wants to know, and it sees an Express page of Stripe's."""
    due = thing["_due_facts"]
    return seen(thing, livemode=False) | {
        "business_profile": _profile(thing),
        "capabilities": thing["_capabilities"],
        "charges_enabled": thing["payouts_enabled"],
        "company": {"name": thing["_company"]},
        "controller": {
            "type": "application",
            "is_controller": True,
            "fees": {"payer": "application_express"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "default_currency": "jpy",
        "external_accounts": empty_list(f"/v1/accounts/{thing['id']}/external_accounts"),
        "future_requirements": _NOTHING_DUE,
        "requirements": _NOTHING_DUE
        | {"currently_due": due, "eventually_due": due, "past_due": due, "disabled_reason": thing["_disabled"]},
        "settings": _settings(),
        "tos_acceptance": {"date": thing["created"] if thing["details_submitted"] else None},
        "type": "express",
    }


def _profile(thing: Thing) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("annual_revenue", "estimated_worker_count", "support_email", "support_phone", "support_url")
    )
    return {**nothing, "support_address": ADDRESS, **thing["_profile"]}


def _settings() -> dict[str, Any]:
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Asia/Tokyo"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 4, "interval": "weekly", "weekly_anchor": "friday"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }

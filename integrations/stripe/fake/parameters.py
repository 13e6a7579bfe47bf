"""What may be asked of each operation? As Stripe's OpenAPI document (2026-05-27.dahlia) names it, as far as we serve it.

A parameter of Stripe's that is not here is refused as unknown: this double rather says no than acts as if it had heard.
"""

from typing import Final

from integrations.stripe.fake.form import CREATED, FLAG, METADATA, NAME, WHOLE, Group, Many, Shape, one_of, text
from integrations.stripe.fake.shown.disputes import EVIDENCE

KINDS: Final = one_of("card", "customer_balance", "konbini")
ADDRESS: Final = Group(dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"), NAME))

_EXPAND: Final[dict[str, Shape]] = {"expand": Many(NAME)}
_PAGE: Final[dict[str, Shape]] = _EXPAND | {
    "limit": WHOLE,
    "starting_after": NAME,
    "ending_before": NAME,
    "created": CREATED,
}

NOTHING: Final = Group(_EXPAND)
"""For whatever takes no more than `expand`."""


def listed(*fields: str) -> Group:
    """A list, with these filters."""
    filters: dict[str, Shape] = dict.fromkeys(fields, NAME)
    return Group(_PAGE | filters)


UNDATED: Final = Group({name: shape for name, shape in _PAGE.items() if name != "created"})
"""A list that cannot be filtered by when."""
EVENTS: Final = Group(_PAGE | {"type": NAME, "types": Many(NAME), "delivery_success": FLAG})

CUSTOMER: Final = Group(
    _EXPAND
    | {
        "name": text(most=256),
        "email": text(most=512),
        "phone": text(most=20),
        "description": NAME,
        "metadata": METADATA,
        "preferred_locales": Many(NAME),
    }
)

_PAYER: Final = Group({"name": NAME, "email": NAME, "phone": NAME, "address": ADDRESS})
_METHOD: Final = Group(
    {
        "type": one_of("customer_balance", "konbini"),
        "billing_details": _PAYER,
        "customer_balance": Group({}),
        "konbini": Group({}),
    },
    ("type",),
)
_TRANSFER_OPTIONS: Final = Group(
    {
        "funding_type": one_of("bank_transfer"),
        "bank_transfer": Group(
            {
                "type": one_of("jp_bank_transfer"),
                "requested_address_types": Many(one_of("zengin")),
            },
            ("type",),
        ),
    }
)
_KONBINI_OPTIONS: Final = Group(
    {
        "confirmation_number": text(most=11),
        "expires_after_days": WHOLE,
        "expires_at": WHOLE,
        "product_description": text(most=22),
    }
)
_OPTIONS: Final = Group(
    {
        "card": Group({"request_three_d_secure": one_of("any", "automatic", "challenge")}),
        "customer_balance": _TRANSFER_OPTIONS,
        "konbini": _KONBINI_OPTIONS,
    }
)
_CONFIRMED: Final[dict[str, Shape]] = _EXPAND | {
    "payment_method": NAME,
    "payment_method_data": _METHOD,
    "payment_method_options": _OPTIONS,
    "return_url": NAME,
    "receipt_email": NAME,
    "off_session": FLAG,
    "error_on_requires_action": FLAG,
}
CONFIRM: Final = Group(_CONFIRMED)
INTENT: Final = Group(
    _CONFIRMED
    | {
        "amount": WHOLE,
        "currency": NAME,
        "customer": NAME,
        "description": text(most=1000),
        "metadata": METADATA,
        "payment_method_types": Many(KINDS),
        "automatic_payment_methods": Group(
            {"enabled": FLAG, "allow_redirects": one_of("always", "never")}, ("enabled",)
        ),
        "capture_method": one_of("automatic", "automatic_async"),
        "confirm": FLAG,
        "statement_descriptor": text(most=22),
        "statement_descriptor_suffix": text(most=22),
        "transfer_group": NAME,
    },
    ("amount", "currency"),
)
CANCEL: Final = Group(
    _EXPAND | {"cancellation_reason": one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")}
)
METHOD: Final = Group({**_EXPAND, **_METHOD.fields}, ("type",))

_PRODUCT: Final = Group({"name": NAME, "description": text(most=40000), "metadata": METADATA}, ("name",))
_PRICE: Final = Group(
    {
        "currency": NAME,
        "unit_amount": WHOLE,
        "product_data": _PRODUCT,
        "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    },
    ("currency", "unit_amount", "product_data"),
)
SESSION: Final = Group(
    _EXPAND
    | {
        "mode": one_of("payment", "setup", "subscription"),
        "line_items": Many(Group({"price_data": _PRICE, "quantity": WHOLE}, ("price_data",))),
        "customer": NAME,
        "customer_email": NAME,
        "client_reference_id": text(most=200),
        "success_url": NAME,
        "cancel_url": NAME,
        "expires_at": WHOLE,
        "locale": one_of("auto", "en", "ja"),
        "metadata": METADATA,
        "payment_intent_data": Group(
            {"description": text(most=1000), "metadata": METADATA, "receipt_email": NAME, "transfer_group": NAME}
        ),
        "payment_method_types": Many(KINDS),
        "payment_method_options": Group(
            {
                "card": Group({"request_three_d_secure": one_of("any", "automatic", "challenge")}),
                "customer_balance": _TRANSFER_OPTIONS,
                "konbini": Group({"expires_after_days": WHOLE}),
            }
        ),
        "submit_type": one_of("auto", "book", "donate", "pay"),
    },
    ("mode",),
)
SESSIONS: Final = Group(
    _PAGE
    | {
        "customer": NAME,
        "payment_intent": NAME,
        "status": one_of("complete", "expired", "open"),
        "customer_details": Group({"email": NAME}),
    }
)

REFUND: Final = Group(
    _EXPAND
    | {
        "amount": WHOLE,
        "charge": NAME,
        "payment_intent": NAME,
        "instructions_email": NAME,
        "metadata": METADATA,
        "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
    }
)

_CAPABILITY: Final = Group({"requested": FLAG})
ACCOUNT: Final = Group(
    _EXPAND
    | {
        "type": one_of("custom", "express", "standard"),
        "country": NAME,
        "email": NAME,
        "business_type": one_of("company", "government_entity", "individual", "non_profit"),
        "business_profile": Group(
            {"name": NAME, "url": NAME, "mcc": NAME, "product_description": text(most=40000), "support_email": NAME}
        ),
        "company": Group({"name": text(most=100)}),
        "capabilities": Group({"card_payments": _CAPABILITY, "transfers": _CAPABILITY}),
        "controller": Group(
            {
                "fees": Group({"payer": one_of("account", "application")}),
                "losses": Group({"payments": one_of("application", "stripe")}),
                "requirement_collection": one_of("application", "stripe"),
                "stripe_dashboard": Group({"type": one_of("express", "full", "none")}),
            }
        ),
        "default_currency": NAME,
        "metadata": METADATA,
    }
)
ACCOUNT_LINK: Final = Group(
    _EXPAND
    | {
        "account": NAME,
        "type": one_of("account_onboarding", "account_update"),
        "refresh_url": NAME,
        "return_url": NAME,
        "collect": one_of("currently_due", "eventually_due"),
    },
    ("account", "type"),
)
TRANSFER: Final = Group(
    _EXPAND
    | {
        "amount": WHOLE,
        "currency": NAME,
        "destination": NAME,
        "description": NAME,
        "metadata": METADATA,
        "source_transaction": NAME,
        "transfer_group": NAME,
    },
    ("currency", "destination"),
)
REVERSAL: Final = Group(_EXPAND | {"amount": WHOLE, "description": NAME, "metadata": METADATA})
LINES: Final = listed("currency", "payout", "source", "type")
DISPUTE: Final = Group(
    _EXPAND | {"evidence": Group(dict.fromkeys(EVIDENCE, text(most=20000))), "metadata": METADATA, "submit": FLAG}
)

"""How does a Checkout Session look?"""

from typing import Any, Final

from integrations.stripe.fake.act import CURRENCY, Act
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.options import options
from integrations.stripe.fake.shown.plain import seen

_SESSION: Final[dict[str, Any]] = {
    "adaptive_pricing": {"enabled": False},
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency": CURRENCY,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
    "customer_account": None,
    "discounts": [],
    "invoice": None,
    "invoice_creation": {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": None,
            "metadata": {},
            "rendering_options": None,
        },
    },
    "mode": "payment",
    "origin_context": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page",
    "wallet_options": None,
}


def session(thing: Thing, act: Act) -> dict[str, Any]:
    """A session; its address is there while it is open."""
    is_open = thing["status"] == "open"
    kinds = thing["payment_method_types"]
    return (
        _SESSION
        | seen(thing, livemode=True)
        | {
            "amount_subtotal": thing["amount_total"],
            "customer_creation": None if thing["customer"] else "if_required",
            "customer_details": _details(thing, act),
            "payment_method_options": options(kinds, thing["payment_method_options"], for_session=True),
            "url": f"https://checkout.stripe.com/c/pay/{thing['id']}" if is_open else None,
        }
    )


def _details(thing: Thing, act: Act) -> dict[str, Any] | None:
    if thing["customer"] is None:
        return None
    customer = act.see(thing["customer"])
    return {
        "address": None,
        "business_name": None,
        "email": customer["email"],
        "individual_name": None,
        "name": customer["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }

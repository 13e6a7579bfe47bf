"""How do the options of a method look, and what is the payer asked to do next?"""

from typing import Any, Final

from integrations.stripe.fake.act import CURRENCY
from integrations.stripe.fake.ids import digits, letters
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.plain import ADDRESS

_STORES: Final = ("familymart", "lawson", "ministop", "seicomart")
_BANK: Final = ("0000", "テスト銀行")
"""A bank that does not exist."""


def options(kinds: list[str], given: dict[str, Any], *, for_session: bool) -> dict[str, Any]:
    """What was asked for, filled up with what goes without saying."""
    unasked: dict[str, Any] = {
        "card": {"installments": None, "mandate_options": None, "network": None}
        | {"request_three_d_secure": "automatic"},
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}},
        "konbini": {"confirmation_number": None, "expires_after_days": None, "expires_at": None}
        | {"product_description": None},
    }
    if for_session:
        unasked["card"] = {"request_three_d_secure": "automatic"}
        unasked["konbini"] = {"expires_after_days": None}
    return {kind: unasked[kind] | given.get(kind, {}) for kind in kinds}


def next_action(intent: Thing, method: Thing | None) -> dict[str, Any] | None:
    """What the payer has to do now, if anything."""
    if intent["status"] != "requires_action" or method is None:
        return None
    match method["type"]:
        case "customer_balance":
            return {"type": "display_bank_transfer_instructions"} | {
                "display_bank_transfer_instructions": _bank_instructions(intent)
            }
        case "konbini":
            return {"type": "konbini_display_details", "konbini_display_details": _voucher(intent)}
        case _:
            url = f"https://hooks.stripe.com/3d_secure_2/hosted?{letters(intent['id'], 24)}"
            return {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}


def _bank_instructions(intent: Thing) -> dict[str, Any]:
    """The virtual account is the customer's: it is the same for each of its intents."""
    customer = intent["customer"]
    bank_code, bank_name = _BANK
    zengin = {
        "account_holder_address": ADDRESS | {"country": "JP"},
        "account_holder_name": "ｵﾌｾﾂﾄﾃﾞｽｸ(ｶ",
        "account_number": digits(f"{customer}:account", 7),
        "account_type": "futsu",
        "bank_address": ADDRESS | {"country": "JP"},
        "bank_code": bank_code,
        "bank_name": bank_name,
        "branch_code": digits(f"{customer}:branch", 3),
        "branch_name": "テスト支店",
    }
    return {
        "amount_remaining": intent["amount"] - intent["_funded"],
        "currency": CURRENCY,
        "financial_addresses": [{"supported_networks": ["zengin"], "type": "zengin", "zengin": zengin}],
        "hosted_instructions_url": f"https://payments.stripe.com/bank_transfers/instructions/test_{customer}",
        "reference": None,
        "type": "jp_bank_transfer",
    }


def _voucher(intent: Thing) -> dict[str, Any]:
    voucher = intent["_voucher"]
    at_store = {"confirmation_number": voucher["confirmation_number"], "payment_code": voucher["payment_code"]}
    return {
        "expires_at": voucher["expires_at"],
        "hosted_voucher_url": f"https://payments.stripe.com/konbini/voucher/test_{letters(intent['id'], 32)}",
        "stores": dict.fromkeys(_STORES, at_store),
    }

"""How does a dispute look?"""

from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts.cards import card_of
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.money import balance_transaction
from integrations.stripe.fake.shown.plain import seen

EVIDENCE: Final = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
"""What can be shown to the payer's bank."""
_NETWORK_REASONS: Final = {"fraudulent": "10.4", "product_not_received": "13.1"}


def dispute(thing: Thing, act: Act) -> dict[str, Any]:
    """A dispute, with the lines of the balance that it moved."""
    case = {
        "brand": card_of(thing["_token"]).brand,
        "case_type": "chargeback",
        "network_reason_code": _NETWORK_REASONS.get(thing["reason"]),
    }
    return seen(thing, livemode=True) | {
        "balance_transactions": [balance_transaction(act.see(name), act) for name in thing["_lines"]],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | thing["_evidence"] | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": thing["_due_by"],
            "enhanced_eligibility": {},
            "has_evidence": bool(thing["_evidence"]),
            "past_due": act.now > thing["_due_by"],
            "submission_count": thing["_submitted"],
        },
        "is_charge_refundable": False,
        "payment_method_details": {"card": case, "type": "card"},
    }

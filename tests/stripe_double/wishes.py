"""What does a test ask Stripe for? One thing of each kind that the port can ask."""

import secrets
from datetime import UTC, datetime, timedelta

from integrations.stripe import asked

CUSTOMER = asked.NewCustomer(reference="c1", name="株式会社鷗商事", email="payer@buyer.example", language="ja")
ACCOUNT = asked.NewAccount(reference="a1", country="JP", email="p@provider.example", business_name="森の会")
LINKS = {"return_url": "https://desk.example/back", "refresh_url": "https://desk.example/again"}
TRANSFER = asked.NewTransfer(
    reference="t1",
    destination="acct_1",
    amount_minor=4000,
    currency="JPY",
    transfer_group="o1",
    source_charge_id=None,
    description="OD-1",
    facts={"order": "OD-1"},
)
REVERSAL = asked.NewReversal(reference="v1", transfer_id="tr_1", amount_minor=400, description="OD-1", facts={})
EVIDENCE = asked.Evidence(
    dispute_id="dp_1",
    product_description="J-クレジット 12 t",
    customer_name="株式会社鷗商事",
    customer_email="payer@buyer.example",
    service_date="2026-11-24",
    uncategorized_text="",
    submit=True,
)


def intent(customer_id: str) -> asked.NewIntent:
    """A payment by card."""
    return asked.NewIntent(
        reference="i0",
        customer_id=customer_id,
        method=asked.Method.CARD,
        amount_minor=5000,
        currency="JPY",
        description="OD-1",
        transfer_group="o1",
        facts={"order": "OD-1"},
        payer_name="株式会社鷗商事",
        payer_email="payer@buyer.example",
        expires_after_days=None,
    )


def refund(intent_id: str) -> asked.NewRefund:
    """A part of a payment of 5,000 yen."""
    return asked.NewRefund(
        reference="r1", intent_id=intent_id, amount_minor=2000, reason=None, payer_email=None, facts={}
    )


def session(customer_id: str) -> asked.NewSession:
    """A page on which a payer may pay in every way, for an hour from now."""
    return asked.NewSession(
        reference="s1",
        customer_id=customer_id,
        methods=tuple(asked.Method),
        amount_minor=5000,
        currency="JPY",
        title="J-クレジット",
        description="OD-1",
        transfer_group="o1",
        facts={},
        success_url="https://desk.example/paid",
        cancel_url="https://desk.example/left",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        language="ja",
    )


def key() -> str:
    """A key that was never used."""
    return secrets.token_hex(16)

"""What would Stripe answer, honestly, to what the tests ask? One object of each kind, and the shape that it is read as."""

from datetime import UTC, datetime

from integrations.stripe import asked, shapes
from integrations.stripe.asked import Method

REFERENCE = "01890000-0000-7000-8000-000000000001"
MADE = 1_764_500_000
LATER = MADE + 86_400
OURS = {shapes.REFERENCE: REFERENCE, "order": "or_1"}
AT = datetime.fromtimestamp(MADE, UTC)
THEN = datetime.fromtimestamp(LATER, UTC)

CUSTOMER = {"id": "cus_1", "object": "customer", "livemode": False, "created": MADE, "metadata": OURS}
ZENGIN = {
    "bank_code": "0001",
    "bank_name": "みずほ銀行",
    "branch_code": "001",
    "branch_name": "東京営業部",
    "account_type": "futsu",
    "account_number": "1234567",
    "account_holder_name": "カ)ドウクス",
    "account_holder_address": {},
    "bank_address": {},
}
TRANSFER_ACTION = {
    "type": "display_bank_transfer_instructions",
    "display_bank_transfer_instructions": {
        "type": "jp_bank_transfer",
        "amount_remaining": 108_000,
        "currency": "jpy",
        "hosted_instructions_url": "https://pay.example/1",
        "financial_addresses": [{"type": "zengin", "zengin": ZENGIN, "supported_networks": ["zengin"]}],
    },
}
KONBINI_ACTION = {
    "type": "konbini_display_details",
    "konbini_display_details": {"expires_at": LATER, "hosted_voucher_url": "https://pay.example/2", "stores": {}},
}
INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "livemode": False,
    "status": "requires_action",
    "amount": 108_000,
    "amount_received": 0,
    "currency": "jpy",
    "customer": "cus_1",
    "client_secret": "pi_1_secret_x",
    "latest_charge": None,
    "payment_method_types": ["customer_balance"],
    "transfer_group": "or_1",
    "next_action": TRANSFER_ACTION,
    "last_payment_error": None,
    "created": MADE,
    "metadata": OURS,
}
CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "livemode": False,
    "payment_intent": "pi_1",
    "status": "succeeded",
    "amount": 108_000,
    "amount_refunded": 0,
    "currency": "jpy",
    "disputed": False,
    "outcome": {"risk_level": "normal", "risk_score": 12, "type": "authorized"},
    "payment_method_details": {"type": "card", "card": {}},
    "balance_transaction": "txn_1",
    "created": MADE,
}
SESSION = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "livemode": False,
    "status": "open",
    "payment_status": "unpaid",
    "url": "https://checkout.example/1",
    "payment_intent": None,
    "amount_total": 108_000,
    "currency": "jpy",
    "expires_at": LATER,
    "metadata": OURS,
}
REFUND = {
    "id": "re_1",
    "object": "refund",
    "status": "pending",
    "amount": 8_000,
    "currency": "jpy",
    "charge": "ch_1",
    "payment_intent": "pi_1",
    "balance_transaction": "txn_2",
    "created": MADE,
    "metadata": OURS,
}
ACCOUNT = {
    "id": "acct_1",
    "object": "account",
    "country": "JP",
    "details_submitted": False,
    "payouts_enabled": False,
    "capabilities": {"transfers": "pending"},
    "requirements": {"currently_due": ["a", "b"], "past_due": ["b", "c"], "disabled_reason": "requirements.past_due"},
    "metadata": OURS,
}
ACCOUNT_LINK = {
    "object": "account_link",
    "created": MADE,
    "expires_at": LATER,
    "url": "https://connect.example/1",
}
TRANSFER = {
    "id": "tr_1",
    "object": "transfer",
    "livemode": False,
    "amount": 90_000,
    "amount_reversed": 0,
    "currency": "jpy",
    "destination": "acct_1",
    "transfer_group": "or_1",
    "balance_transaction": "txn_3",
    "created": MADE,
    "metadata": OURS,
}
REVERSAL = {
    "id": "trr_1",
    "object": "transfer_reversal",
    "amount": 5_000,
    "currency": "jpy",
    "transfer": "tr_1",
    "balance_transaction": "txn_4",
    "created": MADE,
    "metadata": OURS,
}
PAYOUT = {
    "id": "po_1",
    "object": "payout",
    "livemode": False,
    "status": "in_transit",
    "amount": 50_000,
    "currency": "jpy",
    "automatic": True,
    "arrival_date": LATER,
    "failure_code": None,
    "balance_transaction": "txn_5",
    "created": MADE,
}
LINE = {
    "id": "txn_1",
    "object": "balance_transaction",
    "type": "charge",
    "reporting_category": "charge",
    "amount": 108_000,
    "fee": 3_888,
    "net": 104_112,
    "currency": "jpy",
    "source": "ch_1",
    "status": "pending",
    "created": MADE,
    "available_on": LATER,
}
DISPUTE = {
    "id": "du_1",
    "object": "dispute",
    "livemode": False,
    "charge": "ch_1",
    "payment_intent": "pi_1",
    "status": "needs_response",
    "reason": "fraudulent",
    "amount": 108_000,
    "currency": "jpy",
    "evidence_details": {"due_by": LATER, "has_evidence": False},
    "balance_transactions": [LINE | {"id": "txn_6", "type": "adjustment", "amount": -108_000, "net": -111_888}],
    "created": MADE,
}
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "livemode": False,
    "api_version": shapes.API_VERSION,
    "created": MADE,
    "data": {"object": INTENT},
    "pending_webhooks": 1,
    "request": {"id": None, "idempotency_key": None},
}
OBJECTS = (
    CUSTOMER, INTENT, CHARGE, SESSION, REFUND, ACCOUNT, ACCOUNT_LINK, TRANSFER, REVERSAL, PAYOUT, LINE, DISPUTE, EVENT,
)  # fmt: skip

NEW_CUSTOMER = asked.NewCustomer(reference=REFERENCE, name="株式会社鷗", email="a@example.com", language="ja")
NEW_INTENT = asked.NewIntent(
    reference=REFERENCE,
    customer_id="cus_1",
    method=Method.BANK_TRANSFER,
    amount_minor=108_000,
    currency="JPY",
    description="J-クレジット 120 t",
    transfer_group="or_1",
    facts={"order": "or_1"},
    payer_name="鷗 太郎",
    payer_email="a@example.com",
    expires_after_days=None,
)
NEW_SESSION = asked.NewSession(
    reference=REFERENCE,
    customer_id="cus_1",
    methods=(Method.CARD, Method.BANK_TRANSFER),
    amount_minor=108_000,
    currency="JPY",
    title="J-クレジット",
    description="120 t",
    transfer_group="or_1",
    facts={"order": "or_1"},
    success_url="https://desk.example/ok",
    cancel_url="https://desk.example/no",
    expires_at=THEN,
    language="ja",
)
NEW_REFUND = asked.NewRefund(
    reference=REFERENCE,
    intent_id="pi_1",
    amount_minor=8_000,
    reason="requested_by_customer",
    payer_email="a@example.com",
    facts={"order": "or_1"},
)
NEW_ACCOUNT = asked.NewAccount(reference=REFERENCE, country="JP", email="p@example.com", business_name="森林組合")
NEW_TRANSFER = asked.NewTransfer(
    reference=REFERENCE,
    destination="acct_1",
    amount_minor=90_000,
    currency="JPY",
    transfer_group="or_1",
    source_charge_id="ch_1",
    description="代金",
    facts={"order": "or_1"},
)
NEW_REVERSAL = asked.NewReversal(
    reference=REFERENCE, transfer_id="tr_1", amount_minor=5_000, description="返金", facts={"order": "or_1"}
)
EVIDENCE = asked.Evidence(
    dispute_id="du_1",
    product_description="Retired credits",
    customer_name="鷗 太郎",
    customer_email="a@example.com",
    service_date="2026-11-30",
    uncategorized_text="",
    submit=True,
)

"""What leaves us for Stripe: is every request one that Stripe's document allows, with its headers and nothing else?"""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import msgspec
import pytest

from integrations.http import REQUEST_ID_HEADER
from integrations.stripe import shapes
from integrations.stripe.asked import Method
from integrations.stripe.client import Absent, NotSent
from integrations.stripe.keys import NotASecretKey
from integrations.stripe.live import StripeLive
from integrations.stripe.params import KONBINI_DESCRIPTION_LETTERS
from tests.contracts.stripe import honest
from tests.contracts.stripe.acts import FINDS, KEY, PAGES, QUESTIONS, WRITES, Act
from tests.contracts.stripe.judge import request_faults
from tests.contracts.stripe.scripted import PATIENT, TEST_KEY, Asked, Says, Scripted, client_of, page, scripted

EVERY = [*WRITES, *QUESTIONS, *FINDS, *PAGES]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


def name_of(act: Act) -> str:
    return f"{act.method} {act.name} {act.path}"


def faults_of(asked: Asked) -> list[str]:
    return request_faults(
        asked.method,
        asked.path,
        query=asked.query,
        content_type=asked.headers.get("content-type"),
        body=asked.body,
    )


async def asked_by(server: Scripted, act: Act) -> Asked:
    server.says(Says(page() if act in FINDS else act.answer))
    async with client_of(server.url) as stripe:
        await act.run(stripe)
    return server.asked[0]


@pytest.mark.parametrize("act", EVERY, ids=name_of)
async def test_every_request_is_one_that_stripes_document_allows(server: Scripted, act: Act) -> None:
    asked = await asked_by(server, act)
    assert (asked.method, asked.path) == (act.method, act.path)
    assert faults_of(asked) == []


@pytest.mark.parametrize("act", EVERY, ids=name_of)
async def test_every_request_names_the_version_the_key_and_our_request(server: Scripted, act: Act) -> None:
    asked = await asked_by(server, act)
    assert asked.headers["stripe-version"] == shapes.API_VERSION
    assert asked.headers["authorization"] == f"Bearer {TEST_KEY}"
    assert asked.headers[REQUEST_ID_HEADER.lower()] == "req_of_ours"
    assert asked.headers.get("idempotency-key") == (KEY if act in WRITES else None)


@pytest.mark.parametrize("act", [WRITES[0], QUESTIONS[0]], ids=name_of)
async def test_nothing_is_told_of_this_machine(server: Scripted, act: Act) -> None:
    asked = await asked_by(server, act)
    ours = {"accept", "accept-encoding", "authorization", "connection", "host", "stripe-version", "user-agent"}
    write = {"content-length", "content-type", "idempotency-key"}
    assert set(asked.headers) == ours | {REQUEST_ID_HEADER.lower()} | (write if act in WRITES else set())
    assert asked.headers["user-agent"] == "OffsetDesk"


async def test_telemetry_of_one_call_does_not_go_out_with_the_next(server: Scripted) -> None:
    server.says(Says(honest.CUSTOMER, headers=(("Request-Id", "req_stripe"), ("Stripe-Notice", "Do upgrade."))))
    async with client_of(server.url) as stripe:
        await WRITES[0].run(stripe)
        await WRITES[0].run(stripe)
    assert not [name for name in server.asked[1].headers if "telemetry" in name or "client" in name]


async def test_no_log_tells_of_a_payer_or_of_the_key(server: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.says(Says(page(honest.CUSTOMER)))
    async with client_of(server.url) as stripe:
        await stripe.find_customer(honest.REFERENCE, email="canary@example.com")
        await stripe.make_customer(msgspec.structs.replace(honest.NEW_CUSTOMER, name="canary"), key=KEY)
    assert caplog.text
    assert "canary" not in caplog.text
    assert TEST_KEY not in caplog.text


@dataclass(frozen=True)
class Form:
    """A write and the whole of what it has to say, in Stripe's words."""

    run: Callable[[StripeLive], object]
    says: dict[str, str]


METADATA = {f"metadata[{shapes.REFERENCE}]": honest.REFERENCE, "metadata[order]": "or_1"}
INTENT = {
    "customer": "cus_1",
    "amount": "108000",
    "currency": "jpy",
    "description": "J-クレジット 120 t",
    "transfer_group": "or_1",
    **METADATA,
}
LONG = "J-クレジット 120 t の無効化を含む代金"
FORMS = {
    "a card waits for its payer": Form(
        lambda s: s.make_intent(msgspec.structs.replace(honest.NEW_INTENT, method=Method.CARD), key=KEY),
        INTENT | {"payment_method_types[0]": "card"},
    ),
    "a bank transfer is confirmed at once": Form(
        lambda s: s.make_intent(honest.NEW_INTENT, key=KEY),
        INTENT
        | {
            "payment_method_types[0]": "customer_balance",
            "payment_method_data[type]": "customer_balance",
            "payment_method_options[customer_balance][funding_type]": "bank_transfer",
            "payment_method_options[customer_balance][bank_transfer][type]": "jp_bank_transfer",
            "confirm": "true",
        },
    ),
    "a konbini slip fits the counter's screen": Form(
        lambda s: s.make_intent(
            msgspec.structs.replace(honest.NEW_INTENT, method=Method.KONBINI, expires_after_days=7, description=LONG),
            key=KEY,
        ),
        INTENT
        | {
            "description": LONG,
            "payment_method_types[0]": "konbini",
            "payment_method_data[type]": "konbini",
            "payment_method_data[billing_details][name]": "鷗 太郎",
            "payment_method_data[billing_details][email]": "a@example.com",
            "payment_method_options[konbini][product_description]": LONG[:KONBINI_DESCRIPTION_LETTERS],
            "payment_method_options[konbini][expires_after_days]": "7",
            "confirm": "true",
        },
    ),
    "a page carries the reference twice": Form(
        lambda s: s.make_session(honest.NEW_SESSION, key=KEY),
        {
            "mode": "payment",
            "customer": "cus_1",
            "client_reference_id": honest.REFERENCE,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "jpy",
            "line_items[0][price_data][unit_amount]": "108000",
            "line_items[0][price_data][product_data][name]": "J-クレジット",
            "line_items[0][price_data][product_data][description]": "120 t",
            "payment_intent_data[description]": "120 t",
            "payment_intent_data[transfer_group]": "or_1",
            **{
                f"payment_intent_data[metadata]{name.removeprefix('metadata')}": told for name, told in METADATA.items()
            },
            "success_url": "https://desk.example/ok",
            "cancel_url": "https://desk.example/no",
            "expires_at": str(honest.LATER),
            "locale": "ja",
            "payment_method_types[0]": "card",
            "payment_method_types[1]": "customer_balance",
            "payment_method_options[customer_balance][funding_type]": "bank_transfer",
            "payment_method_options[customer_balance][bank_transfer][type]": "jp_bank_transfer",
            **METADATA,
        },
    ),
    "a refund says where its payer is asked": Form(
        lambda s: s.make_refund(honest.NEW_REFUND, key=KEY),
        {
            "payment_intent": "pi_1",
            "amount": "8000",
            "reason": "requested_by_customer",
            "instructions_email": "a@example.com",
            **METADATA,
        },
    ),
    "a refund to a card needs no more": Form(
        lambda s: s.make_refund(
            msgspec.structs.replace(honest.NEW_REFUND, reason=None, payer_email=None, facts={}), key=KEY
        ),
        {"payment_intent": "pi_1", "amount": "8000", f"metadata[{shapes.REFERENCE}]": honest.REFERENCE},
    ),
    "a transfer may stand alone": Form(
        lambda s: s.make_transfer(
            msgspec.structs.replace(honest.NEW_TRANSFER, transfer_group=None, source_charge_id=None), key=KEY
        ),
        {"destination": "acct_1", "amount": "90000", "currency": "jpy", "description": "代金", **METADATA},
    ),
    "what is empty erases no evidence": Form(
        lambda s: s.submit_evidence(honest.EVIDENCE, key=KEY),
        {
            "evidence[product_description]": "Retired credits",
            "evidence[customer_name]": "鷗 太郎",
            "evidence[customer_email_address]": "a@example.com",
            "evidence[service_date]": "2026-11-30",
            "submit": "true",
        },
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
async def test_a_write_says_just_this(server: Scripted, form: Form) -> None:
    server.says(Says(b"", 500))
    async with client_of(server.url) as stripe:
        await form.run(stripe)
    (asked,) = server.asked
    assert dict(asked.form) == form.says
    assert len(asked.form) == len(form.says)
    assert faults_of(asked) == []


@pytest.mark.parametrize(
    "stripe_id", ["", "..", "pi_1/cancel", "pi 1", "pi_1?expand=x", "ｐｉ_1", "pi_1\n", "x" * 70_000]
)
async def test_an_id_that_is_none_of_stripes_is_not_asked_for(server: Scripted, stripe_id: str) -> None:
    server.says(Says(honest.INTENT))
    async with client_of(server.url) as stripe:
        assert isinstance(await stripe.cancel_intent(stripe_id, key=KEY), NotSent)
        assert not isinstance(await stripe.intent(stripe_id), Absent)
        assert not isinstance(await stripe.find_reversal(honest.REFERENCE, transfer_id=stripe_id), Absent)
    assert server.asked == []


@pytest.mark.parametrize("key", ["", "k" * 256, "a\r\nStripe-Account: acct_2", "鍵"])
async def test_a_key_that_is_no_header_stops_us(server: Scripted, key: str) -> None:
    server.says(Says(honest.CUSTOMER))
    async with client_of(server.url) as stripe:
        with pytest.raises(AssertionError):
            await stripe.make_customer(honest.NEW_CUSTOMER, key=key)
    assert server.asked == []


@pytest.mark.parametrize(
    ("key", "livemode"), [("sk_test_1", False), ("rk_test_1", False), ("sk_live_1", True), ("rk_live_1", True)]
)
async def test_the_key_tells_whether_money_is_real(key: str, livemode: bool) -> None:
    async with client_of("http://127.0.0.1:1", key=key) as stripe:
        assert stripe.livemode is livemode


@pytest.mark.parametrize(
    "key", ["", "pk_test_secret", "sk_test_", "sk_prod_secret", "sk_test_secret\n", " sk_test_secret"]
)
def test_what_is_no_secret_key_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(NotASecretKey) as refused:
        StripeLive("http://127.0.0.1:1", secret_key=key, timeouts=PATIENT, request_id=lambda: "r")
    assert "secret" not in str(refused.value)

"""Does the judge find what is wrong with a request or an answer, and nothing wrong with Stripe's own examples?"""

import copy
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.stripe import form
from tests.contracts.stripe.cut import HERE
from tests.contracts.stripe.document import FORM, stripe
from tests.contracts.stripe.judge import answer_faults, object_faults, request_faults

EXAMPLES: dict[str, dict[str, Any]] = json.loads((HERE / "fixtures.json").read_bytes())
"""Stripe's own (SOURCE.txt)."""

BANK_TRANSFER = (
    "amount=5000&currency=jpy&customer=cus_1&confirm=true&payment_method_types[0]=customer_balance"
    "&payment_method_data[type]=customer_balance&payment_method_options[customer_balance][funding_type]=bank_transfer"
    "&payment_method_options[customer_balance][bank_transfer][type]=jp_bank_transfer&metadata[offsetdesk_id]=1"
    "&transfer_group=o1&expand[]=latest_charge.balance_transaction"
)
SESSION = (
    "mode=payment&customer=cus_1&locale=ja&expires_at=1800000000&success_url=https%3A%2F%2Fa.example%2F&"
    "line_items%5B0%5D%5Bquantity%5D=1&line_items[0][price_data][currency]=jpy&line_items[0][price_data][unit_amount]=9"
    "&line_items[0][price_data][product_data][name]=x&payment_intent_data[metadata][offsetdesk_id]=1"
)


def asked(method: str, target: str, body: str = "", content_type: str | None = FORM) -> list[str]:
    path, _, query = target.partition("?")
    return request_faults(method, path, query=query, content_type=content_type, body=body.encode())


def told(target: str, shown: Any, status: int = 200, method: str = "GET") -> list[str]:
    return answer_faults(method, target, status=status, body=json.dumps(shown).encode())


def altered(name: str, **fields: Any) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLES[name]) | fields


def event(carried: Any, **fields: Any) -> dict[str, Any]:
    shown = {"id": "evt_1", "object": "event", "type": "charge.succeeded", "api_version": stripe().version}
    return shown | {"created": 1, "livemode": False, "pending_webhooks": 0, "data": {"object": carried}} | fields


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_stripes_own_examples_are_right(name: str) -> None:
    assert object_faults(EXAMPLES[name]) == []


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/v1/payment_intents", BANK_TRANSFER),
        ("POST", "/v1/checkout/sessions", SESSION),
        ("POST", "/v1/payment_intents/pi_1/cancel", ""),
        ("POST", "/v1/refunds", "payment_intent=pi_1&amount=5&reason=fraudulent&instructions_email=a%40b.example"),
        ("POST", "/v1/accounts", "type=express&country=JP&capabilities[transfers][requested]=true&metadata="),
        ("POST", "/v1/webhook_endpoints", "url=https://a.example&enabled_events[0]=charge.refunded"),
        ("GET", "/v1/refunds?limit=100&created[gte]=5&expand[]=data.charge.balance_transaction", ""),
        ("GET", "/v1/refunds?created=5&expand[0]=data.charge&expand[1]=data.payment_intent", ""),
        ("GET", "/v1/checkout/sessions/cs_1?expand[]=line_items", ""),
        ("GET", "/v1/events?delivery_success=false&types[]=charge.refunded", ""),
        ("GET", "/v1/balance", ""),
    ],
)
def test_a_right_request_has_no_faults(method: str, target: str, body: str) -> None:
    assert asked(method, target, body) == []


@pytest.mark.parametrize(
    ("method", "target", "body", "fault"),
    [
        ("POST", "/v1/refund", "", "POST /v1/refund: no such operation"),
        ("DELETE", "/v1/refunds", "", "DELETE /v1/refunds: no such operation"),
        (
            "POST",
            "/v1/refunds",
            "pament_intent=pi_1",
            "(form): Additional properties are not allowed ('pament_intent' ",
        ),
        ("POST", "/v1/refunds?amount=1", "", "(form): Additional properties are not allowed ('amount' "),
        ("GET", "/v1/refunds", "limit=1", "(form): Additional properties are not allowed ('limit' "),
        ("GET", "/v1/refunds?created[after]=1", "", "created: Additional properties are not allowed ('after' "),
        ("POST", "/v1/payment_intents", "amount=1", '(form): "currency" is a required property'),
        ("POST", "/v1/refunds", "amount=1.0", 'amount: "1.0" is not of type "integer"'),
        ("POST", "/v1/refunds", "amount=1,000", 'amount: "1,000" is not of type "integer"'),
        ("POST", "/v1/refunds", "amount=", 'amount: "" is not of type "integer"'),
        ("POST", "/v1/refunds", "refund_application_fee=True", 'refund_application_fee: "True" is not of type "bool'),
        ("POST", "/v1/refunds", "currency=JPY", 'currency: "JPY" is not a "currency"'),
        ("POST", "/v1/refunds", "reason=because", 'reason: "because" is not one of '),
        ("POST", "/v1/refunds", f"charge={'x' * 5001}", "charge: "),
        ("GET", f"/v1/charges/{'x' * 5001}", "", "charge: "),
        ("POST", "/v1/refunds", "metadata=x", 'metadata: "x" is not one of ""'),
        ("POST", "/v1/refunds", "metadata[]=x", 'metadata: ["x"] is not valid under any'),
        ("POST", "/v1/refunds", "metadata[a][b]=x", 'metadata[a]: {"b":"x"} is not of type "string"'),
        ("POST", "/v1/refunds", "metadata.a=x", "(form): Additional properties are not allowed ('metadata.a' "),
        ("POST", "/v1/refunds", 'metadata={"a":"x"}', "metadata: "),
        ("POST", "/v1/refunds", "expand=charge", 'expand: "charge" is not of type "array"'),
        ("POST", "/v1/refunds", "expand[1]=charge", 'expand: {"1":"charge"} is not of type "array"'),
        ("POST", "/v1/refunds", "expand[a]=charge", 'expand: {"a":"charge"} is not of type "array"'),
        ("POST", "/v1/refunds", "expand[0]=charges", "expand: charges cannot be expanded"),
        ("POST", "/v1/refunds", "expand[]=charge.amount", "expand: charge.amount cannot be expanded"),
        ("GET", "/v1/refunds?expand[]=charge", "", "expand: charge cannot be expanded"),
        ("GET", "/v1/refunds?expand[]=data.charge.transfer.reversals.data", "", "expand: data.charge.transfer.rev"),
        ("POST", "/v1/refunds", "amount=1&amount=1", "amount: it is given twice"),
        ("POST", "/v1/refunds", "metadata[a]=1&metadata[a][b]=1", "metadata[a][b]: a is a value already"),
        ("POST", "/v1/refunds", "metadata[a]=1&metadata[]=1", "metadata[]: metadata is no such list already"),
        ("POST", "/v1/refunds", "expand[][0]=charge", "expand[][0]: only the last brackets may be empty"),
        ("POST", "/v1/refunds", "metadata[a=1", "metadata[a: its brackets do not close"),
        ("POST", "/v1/refunds", "amount", "This is no form: "),
        ("POST", "/v1/refunds", "reason=%ff", "This is no form: "),
        ("POST", "/v1/refunds", "reason=é", "(form): a byte is not percent-encoded"),
        (
            "POST",
            "/v1/checkout/sessions",
            SESSION + "&line_items[0][price_data][product_data][colour]=x",
            "line_items[0][price_data][product_data]: Additional properties are not allowed ('colour' ",
        ),
        (
            "POST",
            "/v1/checkout/sessions",
            SESSION.replace("[unit_amount]=9", "[unit_amount]=9.5"),
            'line_items[0][price_data][unit_amount]: "9.5" is not of type "integer"',
        ),
        (
            "POST",
            "/v1/payment_intents",
            BANK_TRANSFER.replace("jp_bank_transfer", "zengin"),
            'payment_method_options[customer_balance][bank_transfer][type]: "zengin" is not one of ',
        ),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_and_only_that(method: str, target: str, body: str, fault: str) -> None:
    found = asked(method, target, body)
    assert len(found) == 1, found
    assert found[0].startswith(fault), found


def test_a_form_sent_as_something_else_is_told() -> None:
    assert asked("POST", "/v1/refunds", '{"amount":1}', "application/json") == [
        f"(form): it is sent as application/json, and not as {FORM}"
    ]
    assert asked("POST", "/v1/refunds", "amount=1", None) == [f"(form): it is sent as None, and not as {FORM}"]
    assert asked("POST", "/v1/refunds", "amount=1", f"{FORM}; charset=utf-8") == []
    assert asked("GET", "/v1/refunds", "", None) == []


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=12)


@given(st.dictionaries(NAMES, st.text(max_size=20), max_size=5), st.lists(st.text(max_size=20), max_size=4))
def test_a_form_is_read_as_it_was_written(facts: dict[str, str], listed: list[str]) -> None:
    pairs = [(f"metadata[{name}]", text) for name, text in facts.items()]
    for written in ([f"expand[{n}]" for n in range(len(listed))], ["expand[]"] * len(listed)):
        tree, faults = form.parsed(urlencode([*pairs, *zip(written, listed, strict=True)]))
        assert faults == []
        operation = stripe().operation("POST", "/v1/refunds")
        assert operation is not None
        given_back = form.typed(tree, operation[0].form, stripe())
        assert given_back.get("metadata", {}) == facts
        assert given_back.get("expand", []) == listed


@given(st.text(max_size=60) | st.lists(st.sampled_from(["amount", "[", "]", "=", "&", "a", "0", "%"])).map("".join))
def test_any_text_at_all_is_judged(text: str) -> None:
    assert isinstance(asked("POST", "/v1/refunds", text), list)


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_no_answer(body: bytes) -> None:
    assert answer_faults("GET", "/v1/balance", status=200, body=body)


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (altered("payment_intent", amount=100.0), 'amount: 100.0 is not of type "integer"'),
        (altered("payment_intent", amount="100"), 'amount: "100" is not of type "integer"'),
        (altered("payment_intent", amount=None), 'amount: null is not of type "integer"'),
        (altered("payment_intent", status="paid"), 'status: "paid" is not one of '),
        (altered("payment_intent", currency="JPY"), 'currency: "JPY" is not a "currency"'),
        (altered("payment_intent", id="x" * 5001), "id: "),
        (altered("payment_intent", colour=1), "(answer): Additional properties are not allowed ('colour' "),
        (altered("payment_intent", metadata={"a": 1}), 'metadata.a: 1 is not of type "string"'),
        (altered("payment_intent", metadata=None), 'metadata: null is not of type "object"'),
        (altered("payment_intent", latest_charge=7), "latest_charge: 7 is not valid under any of the schemas"),
        (
            altered("payment_intent", latest_charge=altered("charge", paid="yes")),
            'latest_charge.paid: "yes" is not of type "boolean"',
        ),
        (
            altered("charge", balance_transaction=altered("balance_transaction", net=None)),
            'balance_transaction.net: null is not of type "integer"',
        ),
        (
            altered("charge", review={"id": "prv_1", "object": "review"}),
            'review: {"id":"prv_1","object":"review"} is not valid',
        ),
        (altered("deleted_customer", deleted=False), "(answer): Additional properties are not allowed ('deleted' "),
        ({"object": "invoice"}, "object: invoice is not in our part of the document"),
        ({"id": "x"}, "object: it says of no object what it is"),
        ([], "object: it says of no object what it is"),
        (event(altered("charge", paid=1)), 'data.object.paid: 1 is not of type "boolean"'),
        (event(None), "data.object.object: it says of no object what it is"),
        (event(altered("charge"), type="charge.paid"), "type: there is no event charge.paid"),
        (event(altered("charge"), api_version="2017-08-15"), "api_version: 2017-08-15 is not the document's"),
    ],
)
def test_a_wrong_object_is_told_what_is_wrong(shown: Any, fault: str) -> None:
    found = object_faults(shown)
    assert any(one.startswith(fault) for one in found), found


def test_every_field_that_must_be_there_is_missed() -> None:
    for name, shown in EXAMPLES.items():
        schema = stripe().objects[(shown["object"], shown.get("deleted", False))]
        for required in set(schema["required"]) - {"object", "deleted"}:
            less = {key: value for key, value in shown.items() if key != required}
            assert object_faults(less) == [f'(answer): "{required}" is a required property'], name


def test_what_may_be_null_and_what_is_expanded_are_right() -> None:
    charge = altered("charge", balance_transaction=EXAMPLES["balance_transaction"], failure_code=None)
    assert object_faults(altered("payment_intent", latest_charge=charge, customer=EXAMPLES["deleted_customer"])) == []
    assert object_faults(altered("payment_intent", latest_charge=None)) == []
    assert object_faults(event(EXAMPLES["charge"])) == []


def test_an_answer_is_held_to_its_own_operation() -> None:
    listed = {"object": "list", "data": [EXAMPLES["refund"]], "has_more": False, "url": "/v1/refunds"}
    assert told("/v1/refunds", listed) == []
    assert told("/v1/refunds", listed | {"url": "/v1/charges"}) == ['url: "/v1/charges" does not match "^/v1/refunds"']
    assert told("/v1/refunds", listed | {"data": [altered("refund", amount="1")]}) == [
        'data.0.amount: "1" is not of type "integer"'
    ]
    assert told("/v1/refunds/re_1", EXAMPLES["charge"])
    assert told("/v1/customers/cus_1", EXAMPLES["customer"]) == []
    assert told("/v1/customers/cus_1", EXAMPLES["deleted_customer"]) == []
    assert told("/v1/refunds", EXAMPLES["refund"], method="POST") == []


def test_events_in_a_list_are_looked_into() -> None:
    listed = {"object": "list", "has_more": False, "url": "/v1/events"}
    assert told("/v1/events", listed | {"data": [event(EXAMPLES["charge"])]}) == []
    assert told("/v1/events", listed | {"data": [event(EXAMPLES["charge"]), event(altered("charge", paid=1))]}) == [
        'data.1.data.object.paid: 1 is not of type "boolean"'
    ]


def test_an_error_is_held_to_the_envelope_of_errors() -> None:
    right = {"error": {"type": "card_error", "code": "card_declined", "message": "No.", "param": "amount"}}
    assert told("/v1/refunds/re_1", right, 404) == []
    assert told("/v1/nothing", right, 404) == []
    assert told("/v1/refunds/re_1", right, 200)
    assert told("/v1/refunds/re_1", {"error": {"type": "invalid"}}, 400)[0].startswith('error.type: "invalid" is not ')
    assert told("/v1/refunds/re_1", {"error": {}}, 400) == ['error: "type" is a required property']
    assert told("/v1/refunds/re_1", {"message": "no"}, 500)
    assert answer_faults("GET", "/v1/refunds", status=502, body=b"<html>")[0].startswith("(answer): it is no JSON: ")


def test_a_status_that_stripe_never_tells_is_told() -> None:
    assert told("/v1/refunds", EXAMPLES["refund"], 201, "POST") == ["(status): 201 is never told"]
    assert told("/v1/nothing", {}) == ["GET /v1/nothing: no such operation, and yet 200"]


def test_some_thousand_are_judged_in_a_moment() -> None:
    asked("POST", "/v1/payment_intents", BANK_TRANSFER)
    started = time.monotonic()
    for _ in range(2000):
        assert not asked("POST", "/v1/payment_intents", BANK_TRANSFER)
        assert not object_faults(EXAMPLES["payment_intent"])
    assert time.monotonic() - started < 20

"""Does the fake Stripe answer whatever it is sent with an answer or a refusal of Stripe's, and never with a traceback?"""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.form import Asked, Either, Group, Many, Shape, read_form
from integrations.stripe.fake.refusals import Misread
from integrations.stripe.fake.routes import ROUTES, Route
from tests.contracts.stripe.document import stripe
from tests.contracts.stripe.fake_stage import FakeStage
from tests.contracts.stripe.judge import answer_faults

WORDS = st.sampled_from(
    ["1", "500", "10000", "-1", "0", "jpy", "usd", "true", "false", "card", "konbini", "customer_balance",
     "pm_card_visa", "pm_card_chargeDeclined", "bank_transfer", "jp_bank_transfer", "express", "payment", "pi_no",
     "account_onboarding", "x@example.jp", "", "é", "\x00", "9" * 18]
)  # fmt: skip
VALUES = WORDS | st.text(max_size=30).filter(lambda text: text.isprintable())
CARD = {"amount": "900", "currency": "jpy", "payment_method_types[0]": "card"}
BANK = {"amount": "900", "currency": "jpy", "payment_method_types[0]": "customer_balance", "confirm": "true"}
BANK |= {"payment_method_data[type]": "customer_balance", "customer": "CUSTOMER"}
BANK |= {"payment_method_options[customer_balance][funding_type]": "bank_transfer"}
BANK |= {"payment_method_options[customer_balance][bank_transfer][type]": "jp_bank_transfer"}
KONBINI = {"amount": "900", "currency": "jpy", "payment_method_types[0]": "konbini", "confirm": "true"}
KONBINI |= {"payment_method_data[type]": "konbini", "payment_method_data[billing_details][name]": "x"}
KONBINI |= {"payment_method_data[billing_details][email]": "x@example.jp"}
PAGE = {"mode": "payment", "success_url": "https://example.jp", "line_items[0][price_data][currency]": "jpy"}
PAGE |= {"line_items[0][price_data][unit_amount]": "900", "line_items[0][price_data][product_data][name]": "x"}
RIGHT = {
    "/v1/payment_intents": [CARD, CARD | {"confirm": "true", "payment_method": "pm_card_visa"}, BANK, KONBINI],
    "/v1/payment_intents/{id}/confirm": [{"payment_method": "pm_card_visa"}],
    "/v1/checkout/sessions": [PAGE, PAGE | {"customer": "CUSTOMER"}],
    "/v1/refunds": [{"payment_intent": "PAID", "amount": "1"}],
    "/v1/transfers": [{"destination": "ACCOUNT", "amount": "1", "currency": "jpy"}],
    "/v1/accounts": [{"type": "express", "capabilities[transfers][requested]": "true"}],
    "/v1/account_links": [{"account": "ACCOUNT", "type": "account_onboarding"}],
}
"""Requests that are right until something is changed in them. Names in capitals stand for what the test has made."""


def names_in(shape: Shape, inside: str) -> list[str]:
    """The names of all values that a shape has, with the brackets that they are written in."""
    match shape:
        case Group():
            return [name for field, each in shape.fields.items() for name in names_in(each, f"{inside}[{field}]")]
        case Many():
            return names_in(shape.of, f"{inside}[0]")
        case Either():
            return [inside, *names_in(shape.many, inside)]
        case _:
            return [inside]


def flat(name: str) -> str:
    """`[a][b]` as it is written at the top: `a[b]`."""
    first, _, rest = name[1:].partition("]")
    return first + rest


@st.composite
def asked(draw: st.DrawFn) -> tuple[Route, list[tuple[str, str]]]:
    route = draw(st.sampled_from(ROUTES))
    known = [flat(name) for name in names_in(route.takes, "")]
    names = st.sampled_from(known) | st.text("ab[]0", min_size=1, max_size=8)
    right = draw(st.sampled_from([{}, *RIGHT.get(route.path, [])])) if route.method == "POST" else {}
    wrong = dict(draw(st.lists(st.tuples(names, VALUES), max_size=3)))
    return route, list((right | wrong).items())


@pytest.fixture(scope="module")
def asking(fake_stripe: FakeStripeProcess) -> Any:
    with FakeStage(fake_stripe) as stage:
        customer = stage.customer()
        paid = stage.paid_by_card(customer, 90_000, card="pm_card_bypassPending").id
        made = {"CUSTOMER": customer, "PAID": paid, "ACCOUNT": stage.account()}
        made |= {"INTENT": stage.card_intent(customer).id}
        yield stage, made


@settings(max_examples=300)
@given(request=asked(), which=st.sampled_from(["CUSTOMER", "INTENT", "PAID", "ACCOUNT", "no"]))
def test_any_request_is_answered_as_stripe_answers(
    asking: Any, request: tuple[Route, list[tuple[str, str]]], which: str
) -> None:
    stage, made = asking
    route, pairs = request
    path = route.path.replace("{id}", made.get(which, "no")).replace("{reversal}", "no")
    form = "&".join(f"{quote(name, safe='[]')}={quote(made.get(value, value))}" for name, value in pairs)
    if route.method == "GET":
        reply = stage.raw.get(f"{path}?{form}")
    else:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        reply = stage.raw.post(path, content=form.encode(), headers=kind)
    assert reply.status_code in {200, 400, 402, 404}, reply.text
    expanded = any(name.startswith("expand") for name, _ in pairs)
    if stripe().operation(route.method, path) is not None and not (expanded and reply.status_code == 200):
        assert answer_faults(route.method, path, status=reply.status_code, body=reply.content) == []


@given(st.lists(st.tuples(st.text("ab[]01", max_size=8), st.text(max_size=3)), max_size=6))
def test_any_form_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    for shape in (Group({}), Group({"a": Many(Group({"b": Group({})})), "b": Group({"a": Group({})})})):
        read: Asked = {}
        with suppress(Misread):
            read = read_form(pairs, shape)
        assert read.keys() <= shape.fields.keys()

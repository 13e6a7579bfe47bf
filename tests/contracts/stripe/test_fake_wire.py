"""Does the fake Stripe speak as Stripe does: keys, versions, parameters, lists, expansions, errors?"""

import httpx
import pytest
import stripe

from integrations.stripe.shapes import API_VERSION
from tests.contracts.stripe.fake_stage import FakeStage


def error_of(reply: httpx.Response) -> dict[str, str]:
    return reply.json()["error"]


def test_a_wrong_key_is_401_and_no_key_is_too(stage: FakeStage) -> None:
    for headers in ({"Authorization": "Bearer sk_test_another"}, {"Authorization": "Basic abc"}):
        reply = stage.raw.get("/v1/balance", headers=headers)
        assert reply.status_code == 401
        assert error_of(reply)["type"] == "invalid_request_error"
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_test_no", base_addresses={"api": stage.server.base_url}).v1.balance.retrieve()


def test_another_version_than_the_one_it_speaks_is_refused(stage: FakeStage) -> None:
    assert stage.raw.get("/v1/balance", headers={"Stripe-Version": "2020-08-27"}).status_code == 400
    assert stage.raw.get("/v1/balance").headers["stripe-version"] == API_VERSION


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"currency": "jpy"}, "parameter_missing", "amount"),
        ({"amount": "100", "currency": "jpy", "colour": "red"}, "parameter_unknown", "colour"),
        ({"amount": "ten", "currency": "jpy"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "jpy"}, "parameter_invalid_empty", "amount"),
        ({"amount": "10", "currency": "jpy"}, "amount_too_small", "amount"),
        ({"amount": "100000000", "currency": "jpy"}, "amount_too_large", "amount"),
        ({"amount": "100", "currency": "usd"}, None, "currency"),
        ({"amount": "100", "currency": "jpy", "customer": "cus_no"}, "resource_missing", "customer"),
        ({"amount": "100", "currency": "jpy", "metadata[a][b]": "c"}, None, "metadata[a]"),
        ({"amount": "100", "currency": "jpy", "payment_method_types[0]": "cash"}, None, "payment_method_types[0]"),
        (
            {"amount": "100", "currency": "jpy", "payment_method_options[konbini][colour]": "red"},
            "parameter_unknown",
            "payment_method_options[konbini][colour]",
        ),
        ({"amount[": "1"}, "parameter_unknown", "amount["),
    ],
)
def test_parameters_are_read_strictly(stage: FakeStage, form: dict[str, str], code: str | None, param: str) -> None:
    reply = stage.post("/v1/payment_intents", form)
    assert reply.status_code == 400
    assert (error_of(reply).get("code"), error_of(reply)["param"]) == (code, param)
    assert error_of(reply)["request_log_url"].endswith(reply.headers["request-id"])


def test_a_body_that_is_no_form_is_refused(stage: FakeStage) -> None:
    assert stage.raw.post("/v1/customers", json={"name": "x"}).status_code == 400
    broken = {"content-type": "application/x-www-form-urlencoded"}
    assert stage.raw.post("/v1/customers", content=b"name=\xff", headers=broken).status_code == 400
    assert stage.raw.post("/v1/customers", content=b"name=%ff", headers=broken).status_code == 400


def test_what_is_not_there_is_404_and_says_what(stage: FakeStage) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stage.api.payment_intents.retrieve("pi_nothing")
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (404, "resource_missing", "intent")
    assert stage.raw.get("/v1/moods").status_code == 404
    assert stage.raw.delete("/v1/customers/x").status_code == 404


def test_lists_go_back_and_forth_and_never_lose_an_entry(stage: FakeStage) -> None:
    customer = stage.customer()
    made = [stage.card_intent(customer, 100 + n).id for n in range(7)]
    whole = stage.api.payment_intents.list({"customer": customer, "limit": 3})
    assert [one.id for one in whole.auto_paging_iter()] == made[::-1]
    forward = stage.api.payment_intents.list({"customer": customer, "limit": 3, "ending_before": made[1]})
    assert [one.id for one in forward.data] == [made[4], made[3], made[2]]
    assert forward.has_more
    last = stage.api.payment_intents.list({"customer": customer, "limit": 100, "ending_before": made[4]})
    assert [one.id for one in last.data] == [made[6], made[5]]
    assert not last.has_more
    for asked in ({"limit": 0}, {"limit": 101}, {"starting_after": "pi_nothing"}):
        assert stage.raw.get("/v1/payment_intents", params=asked).status_code == 400


def test_lists_know_when_things_were_made(own_stage: FakeStage) -> None:
    from integrations.stripe.fake.admin import forward

    early = own_stage.api.customers.create({"email": "a@example.jp"})
    own_stage.server.admin.ask(forward(1000))
    late = own_stage.api.customers.create({"email": "a@example.jp"})

    def listed(**created: int) -> list[str]:
        return [one.id for one in own_stage.api.customers.list({"email": "a@example.jp", "created": created}).data]

    assert listed(gte=early.created) == [late.id, early.id]
    assert listed(gt=early.created) == [late.id]
    assert listed(lt=late.created) == [early.id]
    assert listed(gte=early.created, lte=early.created) == [early.id]
    assert listed(gt=late.created) == []


def test_ids_become_things_where_they_are_expanded(stage: FakeStage) -> None:
    customer = stage.customer()
    paid = stage.paid_by_card(customer)
    whole = stage.intent(paid.id, "latest_charge.balance_transaction", "customer")
    assert whole.latest_charge.balance_transaction.amount == 10_000
    assert whole.customer.id == customer
    listed = stage.api.payment_intents.list({"customer": customer, "expand": ["data.latest_charge"]})
    assert listed.data[0].latest_charge.payment_intent == paid.id
    for path in ("moods", "latest_charge.moods", "a.b.c.d.e", "amount.b"):
        reply = stage.raw.get(f"/v1/payment_intents/{paid.id}", params={"expand[]": path})
        assert (reply.status_code, error_of(reply)["param"]) == (400, "expand"), path


def test_a_connected_accounts_things_are_its_own(stage: FakeStage) -> None:
    account = stage.account()
    there = {"stripe_account": account}
    hers = stage.api.customers.create({"name": "hers"}, there)
    assert stage.api.customers.retrieve(hers.id, options=there).name == "hers"
    with pytest.raises(stripe.InvalidRequestError):
        stage.api.customers.retrieve(hers.id)
    assert stage.raw.get("/v1/balance", headers={"Stripe-Account": "acct_no"}).status_code == 403
    ours = stage.customer()
    assert stage.raw.get(f"/v1/customers/{ours}", headers={"Stripe-Account": account}).status_code == 404


def test_customers_are_found_by_mail_and_changed(stage: FakeStage) -> None:
    made = stage.api.customers.create({"email": "taro@example.jp", "metadata": {"a": "1", "b": "2"}})
    stage.api.customers.create({"email": "Taro@example.jp"})
    assert [one.id for one in stage.api.customers.list({"email": "taro@example.jp"}).data] == [made.id]
    changed = stage.api.customers.update(made.id, {"metadata": {"b": "3"}, "name": "太郎"})
    assert (changed.metadata.to_dict(), changed.name) == ({"a": "1", "b": "3"}, "太郎")

"""Does a payment go the way that Stripe documents, by card, by bank transfer, at a konbini, on a page of Stripe's?"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import stripe

from integrations.stripe.fake import scene
from integrations.stripe.fake.acts.cards import CARDS
from integrations.stripe.fake.admin import forward
from tests.contracts.stripe.fake_stage import DAY_S, PAYER, FakeStage

NOT_TAKEN = [(token, card.decline) for token, card in CARDS.items() if card.decline is not None]


def told_of(stage: FakeStage, name: str) -> list[str]:
    """The kinds of events about one thing, the oldest first."""
    events = stage.book.objects["event"]
    return [event["type"] for event in events if event["data"]["object"].get("id") == name]


def test_a_card_payment_goes_step_by_step(stage: FakeStage) -> None:
    intent = stage.card_intent(stage.customer())
    assert (intent.status, intent.next_action) == ("requires_payment_method", None)
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    paid = stage.wish(scene.PayByCard(intent.id, "pm_card_visa"))
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 10_000)
    charge = stage.api.charges.retrieve(paid["latest_charge"], {"expand": ["balance_transaction"]})
    assert (charge.outcome.risk_level, charge.paid, charge.balance_transaction.fee) == ("normal", True, 360)
    assert told_of(stage, intent.id) == ["payment_intent.created", "payment_intent.succeeded"]
    assert told_of(stage, charge.id) == ["charge.succeeded", "charge.updated"]


def test_an_intent_with_a_method_awaits_its_confirmation(stage: FakeStage) -> None:
    intent = stage.card_intent(stage.customer(), payment_method="pm_card_visa")
    assert intent.status == "requires_confirmation"
    assert stage.api.payment_intents.confirm(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stage.api.payment_intents.confirm(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert caught.value.error.payment_intent.status == "succeeded"


@pytest.mark.parametrize(("token", "decline"), NOT_TAKEN, ids=[token for token, _ in NOT_TAKEN])
def test_a_declined_card_is_402_and_may_be_followed_by_another(stage: FakeStage, token: str, decline) -> None:
    intent = stage.card_intent(stage.customer())
    with pytest.raises(stripe.CardError) as caught:
        stage.api.payment_intents.confirm(intent.id, {"payment_method": token})
    assert (caught.value.code, caught.value.error.decline_code) == (decline.code, decline.reason)
    left = stage.intent(intent.id)
    assert (left.status, left.last_payment_error.code) == ("requires_payment_method", decline.code)
    failed = stage.api.charges.retrieve(left.latest_charge)
    assert (failed.status, failed.paid, failed.balance_transaction) == ("failed", False, None)
    assert told_of(stage, intent.id)[-1] == "payment_intent.payment_failed"
    assert stage.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(
    ("token", "level"), [("pm_card_riskLevelElevated", "elevated"), ("pm_card_riskLevelHighest", "highest")]
)
def test_a_risky_card_pays_and_its_charge_says_so(stage: FakeStage, token: str, level: str) -> None:
    paid = stage.paid_by_card(stage.customer(), card=token)
    assert stage.intent(paid.id, "latest_charge").latest_charge.outcome.risk_level == level


@pytest.mark.parametrize("passed", [True, False])
def test_a_card_may_ask_its_payer_first(stage: FakeStage, passed: bool) -> None:
    intent = stage.paid_by_card(stage.customer(), card="pm_card_authenticationRequired")
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    after = stage.wish(scene.ShowWho(intent.id, passed))
    assert after["status"] == ("succeeded" if passed else "requires_payment_method")


def test_a_transfer_is_paid_by_what_arrives_on_the_customers_own_account(stage: FakeStage) -> None:
    customer = stage.customer()
    intent = stage.transfer_intent(customer)
    shown = intent.next_action.display_bank_transfer_instructions
    assert (intent.status, shown.type, shown.amount_remaining) == ("requires_action", "jp_bank_transfer", 10_000)
    account = shown.financial_addresses[0].zengin
    again = stage.transfer_intent(customer, 700).next_action.display_bank_transfer_instructions
    assert again.financial_addresses[0].zengin.account_number == account.account_number
    stage.wish(scene.FundTransfer(customer, 10_000))
    paid = stage.intent(intent.id, "latest_charge.balance_transaction")
    assert (paid.status, paid.amount_received, paid.next_action) == ("succeeded", 10_000, None)
    assert paid.latest_charge.id.startswith("py_")
    assert paid.latest_charge.balance_transaction.type == "payment"


def test_a_short_transfer_pays_a_part_and_waits_for_the_rest(stage: FakeStage) -> None:
    customer = stage.customer()
    intent = stage.transfer_intent(customer)
    stage.wish(scene.FundTransfer(customer, 4_000))
    part = stage.intent(intent.id)
    assert part.status == "requires_action"
    assert part.next_action.display_bank_transfer_instructions.amount_remaining == 6_000
    assert told_of(stage, intent.id)[-1] == "payment_intent.partially_funded"
    stage.wish(scene.FundTransfer(customer, 6_000))
    assert stage.intent(intent.id).status == "succeeded"
    moved = stage.api.customers.cash_balance_transactions.list(customer).data
    assert [(one.type, one.net_amount) for one in reversed(moved)] == [
        ("funded", 4_000), ("applied_to_payment", -4_000), ("funded", 6_000), ("applied_to_payment", -6_000),
    ]  # fmt: skip


def test_the_rest_of_an_ample_transfer_stays_with_the_customer_and_pays_the_next(stage: FakeStage) -> None:
    customer = stage.customer()
    stage.transfer_intent(customer, 10_000)
    stage.wish(scene.FundTransfer(customer, 12_500))
    assert stage.api.customers.cash_balance.retrieve(customer).available.to_dict() == {"jpy": 2_500}
    about = [one["data"]["object"] for one in stage.book.objects["event"] if one["type"].startswith("cash_balance.")]
    assert {"customer": customer, "available": {"jpy": 2_500}}.items() <= about[-1].items()
    assert stage.transfer_intent(customer, 2_500).status == "succeeded"
    assert stage.api.customers.cash_balance.retrieve(customer).available is None


def test_a_transfer_pays_those_who_want_exactly_so_much_rather_than_the_oldest(stage: FakeStage) -> None:
    customer = stage.customer()
    wanted = {amount: stage.transfer_intent(customer, amount).id for amount in (5_000, 3_000, 4_000)}
    stage.wish(scene.FundTransfer(customer, 7_000))
    assert {amount: stage.intent(name).status for amount, name in wanted.items()} == {
        5_000: "requires_action", 3_000: "succeeded", 4_000: "succeeded",
    }  # fmt: skip


def test_what_a_given_up_intent_had_got_pays_the_next_one(stage: FakeStage) -> None:
    customer = stage.customer()
    first = stage.transfer_intent(customer, 10_000)
    stage.wish(scene.FundTransfer(customer, 4_000))
    second = stage.transfer_intent(customer, 4_000)
    assert second.status == "requires_action"
    canceled = stage.api.payment_intents.cancel(first.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert stage.intent(second.id).status == "succeeded"


def test_what_is_paid_or_canceled_cannot_be_canceled(stage: FakeStage) -> None:
    paid = stage.paid_by_card(stage.customer())
    gone = stage.api.payment_intents.cancel(stage.card_intent(stage.customer()).id)
    for intent in (paid, gone):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            stage.api.payment_intents.cancel(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"


def test_transfers_and_konbini_say_what_they_lack(stage: FakeStage) -> None:
    form = {"amount": "500", "currency": "jpy", "payment_method_types[0]": "customer_balance", "confirm": "true"}
    form |= {"payment_method_data[type]": "customer_balance"}
    assert stage.post("/v1/payment_intents", form).json()["error"]["param"] == "customer"
    whole = form | {"customer": stage.customer()}
    assert "funding_type" in stage.post("/v1/payment_intents", whole).json()["error"]["param"]
    konbini = {"amount": "500", "currency": "jpy", "payment_method_types[0]": "konbini", "confirm": "true"}
    konbini |= {"payment_method_data[type]": "konbini"}
    assert "billing_details" in stage.post("/v1/payment_intents", konbini).json()["error"]["param"]
    with pytest.raises(stripe.InvalidRequestError):
        stage.konbini_intent(stage.customer(), 300_001)


def test_a_voucher_lasts_to_the_end_of_its_day_in_japan(stage: FakeStage) -> None:
    intent = stage.konbini_intent(stage.customer(), expires_after_days=2)
    shown = intent.next_action.konbini_display_details
    ends = datetime.fromtimestamp(shown.expires_at, UTC) + timedelta(hours=9)
    made = datetime.fromtimestamp(intent.created, UTC) + timedelta(hours=9)
    assert (ends.hour, ends.minute, ends.second, ends.date() - made.date()) == (23, 59, 59, timedelta(days=2))
    assert shown.stores.lawson.payment_code


def test_a_voucher_is_paid_at_once_or_after_some_time(stage: FakeStage) -> None:
    at_once, later = (stage.konbini_intent(stage.customer()) for _ in range(2))
    assert stage.wish(scene.PayAtKonbini(at_once.id))["status"] == "succeeded"
    assert stage.wish(scene.PayAtKonbini(later.id, settles=False))["status"] == "processing"
    assert stage.wish(scene.SettleKonbini(later.id, succeeds=True))["status"] == "succeeded"
    assert told_of(stage, later.id)[-2:] == ["payment_intent.processing", "payment_intent.succeeded"]


def test_a_voucher_expires_when_its_time_comes(own_stage: FakeStage) -> None:
    intent = own_stage.konbini_intent(own_stage.customer(), expires_after_days=1)
    own_stage.server.admin.ask(forward(2 * DAY_S))
    late = own_stage.intent(intent.id)
    assert late.status == "requires_payment_method"
    assert late.last_payment_error.code == "payment_intent_payment_attempt_expired"
    with pytest.raises(httpx.HTTPStatusError):
        own_stage.wish(scene.PayAtKonbini(intent.id))


def test_a_page_is_paid_by_card_at_once(stage: FakeStage) -> None:
    session = stage.session(stage.customer())
    assert (session.status, session.payment_intent, session.amount_total) == ("open", None, 10_000)
    done = stage.wish(scene.CompleteSession(session.id, "pm_card_visa"))
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    intent = stage.intent(done["payment_intent"])
    assert (intent.status, intent.transfer_group) == ("succeeded", "order-1")
    assert intent.metadata["offsetdesk_id"] == "of-a-session"
    found = stage.api.checkout.sessions.list({"payment_intent": intent.id})
    assert [one.id for one in found.data] == [session.id]


def test_a_page_stays_open_when_the_card_is_declined_or_asks(stage: FakeStage) -> None:
    session = stage.session(stage.customer())
    with pytest.raises(httpx.HTTPStatusError) as caught:
        stage.wish(scene.CompleteSession(session.id, "pm_card_chargeDeclined"))
    assert caught.value.response.status_code == 402
    asking = stage.wish(scene.CompleteSession(session.id, "pm_card_authenticationRequired"))
    assert asking["status"] == "open"
    stage.wish(scene.ShowWho(asking["payment_intent"], passed=True))
    done = stage.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert told_of(stage, session.id) == ["checkout.session.completed"]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_page_left_for_a_konbini_hears_of_it_later(stage: FakeStage, arrives: bool) -> None:
    session = stage.session(stage.customer())
    left = stage.wish(scene.CompleteSession(session.id, "konbini", PAYER["name"], PAYER["email"]))
    assert (left["status"], left["payment_status"]) == ("complete", "unpaid")
    name = left["payment_intent"]
    stage.wish(scene.PayAtKonbini(name) if arrives else scene.ExpireVoucher(name))
    later = stage.api.checkout.sessions.retrieve(session.id)
    assert later.payment_status == ("paid" if arrives else "unpaid")
    last = f"checkout.session.async_payment_{'succeeded' if arrives else 'failed'}"
    assert told_of(stage, session.id) == ["checkout.session.completed", last]


def test_a_page_left_for_a_bank_transfer_hears_of_it_later(stage: FakeStage) -> None:
    customer = stage.customer()
    session = stage.session(customer)
    left = stage.wish(scene.CompleteSession(session.id, "customer_balance"))
    assert (left["status"], left["payment_status"]) == ("complete", "unpaid")
    stage.wish(scene.FundTransfer(customer, 10_000))
    assert stage.api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_page_expires_once_and_not_when_it_was_used(own_stage: FakeStage) -> None:
    stage, customer = own_stage, own_stage.customer()
    asked, late, used = (stage.session(customer) for _ in range(3))
    assert stage.api.checkout.sessions.expire(asked.id).status == "expired"
    stage.wish(scene.CompleteSession(used.id, "pm_card_visa"))
    stage.server.admin.ask(forward(DAY_S + 1))
    statuses = [stage.api.checkout.sessions.retrieve(one.id).status for one in (asked, late, used)]
    assert statuses == ["expired", "expired", "complete"]
    for session in (asked, used):
        with pytest.raises(stripe.InvalidRequestError):
            stage.api.checkout.sessions.expire(session.id)

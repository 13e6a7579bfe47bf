"""Does everything that the fake Stripe shows fit Stripe's published OpenAPI document?"""

from urllib.parse import urlencode

import httpx
import pytest

from integrations.stripe.fake import scene
from integrations.stripe.fake.acts.cards import CARDS
from integrations.stripe.fake.reading import read_view
from integrations.stripe.fake.routes import ROUTES
from tests.contracts.stripe.document import stripe
from tests.contracts.stripe.fake_stage import PAYER, FakeStage
from tests.contracts.stripe.judge import answer_faults, object_faults, request_faults

BEYOND = {"POST /v1/customers/{id}", "POST /v1/payment_methods"}
"""What this fake offers and our own part of Stripe's document does not hold: our client never asks for it."""

TYPES = {
    "account.updated", "cash_balance.funds_available", "charge.dispute.closed", "charge.dispute.created",
    "charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.failed",
    "charge.refund.updated", "charge.refunded", "charge.succeeded", "charge.updated",
    "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded", "checkout.session.completed",
    "checkout.session.expired", "customer.created", "customer_cash_balance_transaction.created",
    "payment_intent.canceled", "payment_intent.created", "payment_intent.partially_funded",
    "payment_intent.payment_failed", "payment_intent.processing", "payment_intent.requires_action",
    "payment_intent.succeeded", "payout.created", "payout.failed", "payout.paid", "payout.updated", "refund.created",
    "refund.failed", "refund.updated", "transfer.created", "transfer.reversed",
}  # fmt: skip
"""Whatever is told, under Stripe's names."""


@pytest.fixture
def full_stage(own_stage: FakeStage) -> FakeStage:
    """A fake in which everything happened once."""
    stage, customer = own_stage, own_stage.customer()
    for token in CARDS:
        form = {"amount": "3000", "currency": "jpy", "payment_method_types[0]": "card", "payment_method": token}
        stage.post("/v1/payment_intents", form | {"confirm": "true", "customer": customer})
    stage.paid_by_card(customer, 500_000, card="pm_card_bypassPending")
    stage.card_intent(customer, payment_method="pm_card_visa")
    short, ample, gone = (stage.transfer_intent(customer, amount) for amount in (9_000, 2_000, 8_000))
    stage.wish(scene.FundTransfer(customer, 2_000))
    stage.wish(scene.FundTransfer(customer, 4_000))
    stage.api.payment_intents.cancel(gone.id)
    paid, expired, waits, slow = (stage.konbini_intent(customer) for _ in range(4))
    stage.wish(scene.PayAtKonbini(paid.id))
    stage.wish(scene.ExpireVoucher(expired.id))
    stage.wish(scene.PayAtKonbini(slow.id, settles=False))
    assert (short.status, waits.status) == ("requires_action", "requires_action")
    stage.api.refunds.create({"payment_intent": ample.id, "reason": "duplicate", "metadata": {"a": "b"}})
    settled = stage.api.refunds.create({"payment_intent": paid.id, "amount": 100})
    stage.wish(scene.AdvanceRefund(settled.id))
    failing = stage.paid_by_card(customer, card="pm_card_refundFail")
    stage.wish(scene.FailRefund(stage.api.refunds.create({"payment_intent": failing.id}).id))
    stage.wish(scene.FundTransfer(stage.customer(), 300))
    _pages(stage, customer)
    _providers(stage)
    _disputes(stage, customer)
    return stage


def _pages(stage: FakeStage, customer: str) -> None:
    opened, expired, carded, *left = (stage.session(customer) for _ in range(5))
    stage.api.checkout.sessions.expire(expired.id)
    stage.wish(scene.CompleteSession(carded.id, "pm_card_visa"))
    for session, wish in zip(left, (scene.PayAtKonbini, scene.ExpireVoucher), strict=True):
        done = stage.wish(scene.CompleteSession(session.id, "konbini", PAYER["name"], PAYER["email"]))
        stage.wish(wish(done["payment_intent"]))
    assert opened.status == "open"


def _providers(stage: FakeStage) -> None:
    stage.account(onboarded=False)
    account = stage.account()
    transfer = stage.api.transfers.create({"amount": 9_000, "currency": "jpy", "destination": account})
    stage.api.transfers.reversals.create(transfer.id, {"amount": 1_000, "description": "too much"})
    stage.wish(scene.MakePayout(None, account))
    by_hand, by_itself = stage.wish(scene.MakePayout(1_000)), stage.wish(scene.MakePayout(None))
    stage.wish(scene.PayoutPaid(by_hand["id"]))
    stage.wish(scene.PayoutFailed(by_itself["id"]))


def _disputes(stage: FakeStage, customer: str) -> None:
    for won in (True, False):
        charge = stage.paid_by_card(customer).latest_charge
        dispute = stage.wish(scene.OpenDispute(charge))
        stage.api.disputes.update(dispute["id"], {"evidence": {"customer_name": "x"}, "submit": True})
        stage.wish(scene.DecideDispute(dispute["id"], won))


def test_every_thing_and_every_event_is_what_the_document_says(full_stage: FakeStage) -> None:
    book = full_stage.book
    things = [(kind, thing) for kind, found in book.objects.items() for thing in found]
    outside = {
        kind for kind, thing in things if object_faults(thing) == [f"object: {kind} is not in our part of the document"]
    }
    assert outside <= {"payment_method"}
    wrong = [
        f"{thing['id']}: {fault}" for kind, thing in things if kind not in outside for fault in object_faults(thing)
    ]
    assert wrong == []
    assert len(things) > 200
    assert {kind for kind, found in book.objects.items() if not found} == set()
    assert {event["type"] for event in book.objects["event"]} == TYPES


def test_the_book_alone_tells_the_same(full_stage: FakeStage) -> None:
    running = full_stage.book
    alone = read_view(full_stage.server.book)
    assert alone.objects == running.objects
    assert (alone.charged, alone.refunded, alone.balances) == (running.charged, running.refunded, running.balances)
    assert set(running.charged.values()) == {1}


def _replies(stage: FakeStage) -> list[tuple[str, str, httpx.Response]]:
    """Each question that can be asked, once for each kind of thing, and again for something that is not there."""
    found = stage.book.objects
    asked = []
    for route in ROUTES:
        if route.method != "GET" or f"GET {route.path}" in BEYOND:
            continue
        collection = route.path.split("/")[2]
        kind = "checkout.session" if collection == "checkout" else collection.removesuffix("s")
        if "reversals" in route.path:
            reversal = found["transfer_reversal"][0]
            paths = [route.path.replace("{id}", reversal["transfer"]).replace("{reversal}", reversal["id"])]
        else:
            paths = [route.path.replace("{id}", thing["id"]) for thing in found.get(kind, [{"id": ""}])[:5]]
        asked += [("GET", path, stage.raw.get(path)) for path in paths]
        if "{id}" in route.path:
            path = route.path.replace("{id}", "nothing").replace("{reversal}", "nothing")
            asked.append(("GET", path, stage.raw.get(path)))
    return asked


def test_every_answer_is_what_the_document_promises(full_stage: FakeStage) -> None:
    replies = _replies(full_stage)
    wrong = [
        f"{method} {path} is told {reply.status_code}: {fault}"
        for method, path, reply in replies
        for fault in answer_faults(method, path, status=reply.status_code, body=reply.content)
    ]
    assert wrong == []
    assert len(replies) > 60
    assert {reply.status_code for _, _, reply in replies} == {200, 404}


def test_whatever_is_served_is_in_the_document() -> None:
    for route in ROUTES:
        named = f"{route.method} {route.path}"
        path = route.path.replace("{id}", "x").replace("{reversal}", "y")
        assert (stripe().operation(route.method, path) is None) == (named in BEYOND), named


def test_what_the_document_does_not_know_is_refused_here_too(stage: FakeStage) -> None:
    """The same mistakes are seen by the judge and by the fake."""
    mistakes = [
        ("/v1/payment_intents", {"amount": "100"}),
        ("/v1/payment_intents", {"amount": "x", "currency": "jpy"}),
        ("/v1/payment_intents", {"amount": "100", "currency": "jpy", "colour": "red"}),
        ("/v1/refunds", {"payment_intent": "pi_1", "reason": "mood"}),
        ("/v1/accounts", {"type": "express", "capabilities[transfers]": "yes"}),
        ("/v1/account_links", {"account": "acct_1"}),
        ("/v1/transfers", {"amount": "1", "currency": "jpy"}),
        ("/v1/checkout/sessions", {"mode": "payment", "line_items[0][price_data][currency]": "jpy", "locale": "xx"}),
        ("/v1/customers", {"name": "x" * 257}),
    ]
    for path, form in mistakes:
        kind = "application/x-www-form-urlencoded"
        assert request_faults("POST", path, query="", content_type=kind, body=urlencode(form).encode()), (path, form)
        assert stage.post(path, form).status_code == 400, (path, form)

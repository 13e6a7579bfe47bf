"""Is all that our client asks of the fake Stripe, and all that the fake tells, what Stripe's own document allows?"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from integrations.http import Timeouts
from integrations.stripe import asked, shapes
from integrations.stripe.asked import Method
from integrations.stripe.client import BalancePage, EventPage
from integrations.stripe.fake import admin, scene
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.refusals import Refused
from integrations.stripe.fake.routes import route_of
from integrations.stripe.live import StripeLive
from tests.contracts.stripe.cut import OPERATIONS
from tests.contracts.stripe.judge import object_faults
from tests.contracts.stripe.recorder import Recorder
from tests.stripe_double import wishes

KEY = "sk_test_offsetdesk"
PATIENT = Timeouts(connect_s=5, read_s=10, write_s=10, pool_s=5, total_s=15)

KINDS = {
    "account",
    "balance_transaction",
    "charge",
    "checkout.session",
    "customer",
    "customer_cash_balance_transaction",
    "dispute",
    "event",
    "payment_intent",
    "payment_method",
    "payout",
    "refund",
    "transfer",
    "transfer_reversal",
}

NOT_PLAYED = {
    ("GET", "/v1/customers/{customer}/cash_balance_transactions/{transaction}"),
    ("GET", "/v1/webhook_endpoints"),
    ("POST", "/v1/webhook_endpoints"),
}
"""Operations of our part of the document that the fake does not have."""


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeStripeProcess]:
    with FakeStripeProcess(tmp_path / "book", secret_key=KEY, admin_secret="admin", webhooks=None) as running:
        yield running


@pytest.fixture
def recorder(fake: FakeStripeProcess) -> Iterator[Recorder]:
    with Recorder(fake.base_url) as listening:
        yield listening


@pytest.fixture
async def stripe(recorder: Recorder) -> AsyncIterator[StripeLive]:
    client = StripeLive(recorder.url, secret_key=KEY, timeouts=PATIENT, request_id=lambda: "req")
    yield client
    await client.aclose()


class Street:
    """Payers, providers and banks, each thing they do done once through our client, the rest by the stage's hands."""

    def __init__(self, stripe: StripeLive, fake: FakeStripeProcess) -> None:
        self._stripe = stripe
        self._admin = fake.admin
        self._taken = 0

    def wish(self, wanted: scene.Wish) -> dict[str, Any]:
        return self._admin.ask(admin.wish(wanted))

    def forward(self) -> None:
        """A month passes: what was paid becomes available."""
        self._admin.ask(admin.forward(30 * 24 * 3600))

    def reference(self) -> str:
        self._taken += 1
        return f"ref-{self._taken}"

    async def payer(self) -> str:
        made = await self._stripe.make_customer(
            asked.NewCustomer(reference=self.reference(), name="株式会社鷗商事", email="p@b.example", language="ja"),
            key=wishes.key(),
        )
        assert isinstance(made, shapes.Customer), made
        return made.id

    async def intent(self, customer_id: str, method: Method) -> shapes.Intent:
        new = msgspec.structs.replace(wishes.intent(customer_id), reference=self.reference(), method=method)
        made = await self._stripe.make_intent(new, key=wishes.key())
        assert isinstance(made, shapes.Intent), made
        return made

    async def paid(self, customer_id: str, method: Method) -> shapes.Intent:
        intent = await self.intent(customer_id, method)
        match method:
            case Method.CARD:
                self.wish(scene.PayByCard(intent.id, "pm_card_visa"))
            case Method.BANK_TRANSFER:
                self.wish(scene.FundTransfer(customer_id, 2000))
                self.wish(scene.FundTransfer(customer_id, 3500))
            case Method.KONBINI:
                self.wish(scene.PayAtKonbini(intent.id))
        found = await self._stripe.intent(intent.id)
        assert isinstance(found, shapes.Intent), found
        assert found.status == "succeeded", found
        return found

    async def refunded(self, intent: shapes.Intent) -> shapes.Refund:
        card = intent.methods == (Method.CARD,)
        new = msgspec.structs.replace(
            wishes.refund(intent.id), reference=self.reference(), payer_email=None if card else "p@b.example"
        )
        made = await self._stripe.make_refund(new, key=wishes.key())
        assert isinstance(made, shapes.Refund), made
        return made


async def pay_and_give_back(street: Street, stripe: StripeLive) -> None:
    for method in Method:
        customer = await street.payer()
        intent = await street.paid(customer, method)
        refund = await street.refunded(intent)
        if method is not Method.CARD:
            street.wish(scene.AdvanceRefund(refund.id))
            street.wish(scene.SettleRefund(refund.id))
        assert isinstance(await stripe.find_refund(refund.reference or "", intent_id=intent.id), shapes.Refund)
        assert isinstance(await stripe.find_intent(intent.reference or "", customer_id=customer), shapes.Intent)
        assert isinstance(await stripe.charge(intent.charge_id or ""), shapes.Charge)
        given_up = await stripe.cancel_intent((await street.intent(customer, method)).id, key=wishes.key())
        assert isinstance(given_up, shapes.Intent), given_up


async def pay_on_pages(street: Street, stripe: StripeLive) -> None:
    customer = await street.payer()
    for method in ("pm_card_visa", "customer_balance", "konbini", None):
        new = msgspec.structs.replace(wishes.session(customer), reference=street.reference())
        session = await stripe.make_session(new, key=wishes.key())
        assert isinstance(session, shapes.Session), session
        if method is None:
            await stripe.expire_session(session.id, key=wishes.key())
        else:
            street.wish(scene.CompleteSession(session.id, method))
        assert isinstance(await stripe.session(session.id), shapes.Session)
        assert isinstance(await stripe.find_session(new.reference, customer_id=customer), shapes.Session)


async def pay_providers(street: Street, stripe: StripeLive) -> None:
    account = await stripe.make_account(
        msgspec.structs.replace(wishes.ACCOUNT, reference=street.reference()), key=wishes.key()
    )
    assert isinstance(account, shapes.Account), account
    link = await stripe.make_account_link(account.id, **wishes.LINKS, key=wishes.key())
    assert isinstance(link, shapes.AccountLink), link
    street.wish(scene.OnboardAccount(account.id))
    charged = await street.paid(await street.payer(), Method.CARD)
    new = msgspec.structs.replace(
        wishes.TRANSFER, reference=street.reference(), destination=account.id, source_charge_id=charged.charge_id
    )
    transfer = await stripe.make_transfer(new, key=wishes.key())
    assert isinstance(transfer, shapes.Transfer), transfer
    back = msgspec.structs.replace(wishes.REVERSAL, reference=street.reference(), transfer_id=transfer.id)
    reversal = await stripe.make_reversal(back, key=wishes.key())
    assert isinstance(reversal, shapes.Reversal), reversal
    assert await stripe.find_reversal(back.reference, transfer_id=transfer.id) == reversal
    assert isinstance(await stripe.find_transfer(new.reference, destination=account.id), shapes.Transfer)
    assert isinstance(await stripe.find_account(account.reference or ""), shapes.Account)
    street.wish(scene.DisableAccount(account.id))


async def dispute_and_pay_out(street: Street, stripe: StripeLive) -> None:
    for won in (True, False):
        charged = await street.paid(await street.payer(), Method.CARD)
        dispute_id = street.wish(scene.OpenDispute(charged.charge_id or ""))["id"]
        evidence = msgspec.structs.replace(wishes.EVIDENCE, dispute_id=dispute_id)
        assert isinstance(await stripe.submit_evidence(evidence, key=wishes.key()), shapes.Dispute)
        street.wish(scene.DecideDispute(dispute_id, won))
    street.forward()
    for finish in (scene.PayoutPaid, scene.PayoutFailed):
        payout_id = street.wish(scene.MakePayout(1000))["id"]
        street.wish(finish(payout_id))
        assert isinstance(await stripe.payout(payout_id), shapes.Payout)


async def ask_for_lists(stripe: StripeLive) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    events = await stripe.undelivered(since=since, before=None)
    assert isinstance(events, EventPage), events
    lines = await stripe.balance_lines(after=None, limit=3)
    assert isinstance(lines, BalancePage), lines
    more = await stripe.balance_lines(after=lines.lines[-1].id, limit=100)
    assert isinstance(more, BalancePage), more
    assert isinstance(await stripe.balance_transaction(lines.lines[0].id), shapes.BalanceTransaction)


async def ask_for_the_rest(url: str, objects: dict[str, list[dict[str, Any]]]) -> None:
    """What our client does not ask for, and what is refused."""
    customer, intent, transfer = (objects[kind][0]["id"] for kind in ("customer", "payment_intent", "transfer"))
    whole = "expand[]=data.latest_charge.balance_transaction&expand[]=data.customer"
    asked_for = [
        *(f"/v1/{kind}?limit=2" for kind in ("charges", "customers", "disputes", "events", "payouts", "refunds")),
        f"/v1/payment_intents?limit=100&{whole}",
        f"/v1/payment_intents/{intent}?expand[]=latest_charge.balance_transaction&expand[]=payment_method",
        f"/v1/customers/{customer}/cash_balance",
        f"/v1/customers/{customer}/cash_balance_transactions",
        f"/v1/transfers/{transfer}/reversals?expand[]=data.balance_transaction",
        "/v1/balance",
    ]
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": shapes.API_VERSION}
    async with httpx.AsyncClient(base_url=url, headers=headers) as anybody:
        assert {(await anybody.get(path)).status_code for path in asked_for} == {200}
        assert (await anybody.get("/v1/refunds/re_none")).status_code == 404
        over = {"payment_intent": intent, "amount": "99999999"}
        assert (await anybody.post("/v1/refunds", data=over)).status_code == 400
        declined = {"amount": "500", "currency": "jpy", "confirm": "true", "payment_method": "pm_card_chargeDeclined"}
        ways = {"payment_method_types[]": "card"}
        assert (await anybody.post("/v1/payment_intents", data=declined | ways)).status_code == 402
        nobody = {"Authorization": "Bearer sk_test_wrong"}
        assert (await anybody.get("/v1/balance", headers=nobody)).status_code == 401


async def test_all_that_was_said_in_whole_flows_keeps_to_the_document(
    stripe: StripeLive, fake: FakeStripeProcess, recorder: Recorder
) -> None:
    street = Street(stripe, fake)
    await pay_and_give_back(street, stripe)
    await pay_on_pages(street, stripe)
    await pay_providers(street, stripe)
    await dispute_and_pay_out(street, stripe)
    await ask_for_lists(stripe)
    objects = fake.admin.ask(admin.show_book()).objects
    await ask_for_the_rest(recorder.url, objects)
    said = len(recorder.exchanges)
    assert said > 80
    assert str(recorder.verdict()) == f"{said} requests and {said} answers: 0 errors"
    assert {kind for kind, things in objects.items() if things} >= KINDS
    for things in objects.values():
        for thing in things:
            assert object_faults(thing) == [], thing


def test_every_operation_of_our_part_of_the_document_is_played_but_those_listed() -> None:
    ours = {(method.upper(), path) for path, methods in OPERATIONS.items() for method in methods}
    absent = {(method, path) for method, path in ours if not served(method, path)}
    assert absent == NOT_PLAYED


async def test_a_parameter_that_the_document_does_not_know_is_refused_by_the_fake_too(recorder: Recorder) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": shapes.API_VERSION}
    async with httpx.AsyncClient(base_url=recorder.url, headers=headers) as anybody:
        reply = await anybody.post("/v1/refunds", data={"pament_intent": "pi_1"})
        assert reply.status_code == 400
        assert reply.json()["error"]["code"] == "parameter_unknown"
    assert len(recorder.verdict().asked) == 1
    assert recorder.verdict().told == ()


def served(method: str, path: str) -> bool:
    try:
        route_of(method, path)
    except Refused:
        return False
    return True

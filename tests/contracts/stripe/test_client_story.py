"""Does every method of our client do at a Stripe what its name says, and is all that is said between them Stripe's language?"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import msgspec
import pytest

from integrations.stripe import asked, shapes
from integrations.stripe.asked import Method
from integrations.stripe.client import Absent, BalancePage, LookupFailed, NotSent, Refused, Stripe, Unknown
from integrations.stripe.fake import scene
from integrations.stripe.fake.admin import forward
from tests.contracts.stripe import honest
from tests.contracts.stripe.fake_stage import DAY_S, SECRET_KEY, FakeStage
from tests.contracts.stripe.recorder import Recorder
from tests.contracts.stripe.scripted import client_of

_A = TypeVar("_A")
_N = TypeVar("_N", bound=msgspec.Struct)
_numbers = count(1)


@pytest.fixture(name="reference")
def a_reference() -> str:
    """A test's own: the Stripe before us is shared."""
    return f"story-{next(_numbers)}"


@pytest.fixture
def heard(stage: FakeStage) -> Iterator[Recorder]:
    with Recorder(stage.server.base_url) as recorder:
        yield recorder


@pytest.fixture
async def stripe(heard: Recorder) -> AsyncIterator[Stripe]:
    """Our client; at the end all that it said, and all that it was told, has to keep to Stripe's document."""
    async with client_of(heard.url, key=SECRET_KEY) as client:
        yield client
    told = heard.verdict()
    assert str(told).endswith(": 0 errors"), str(told)
    assert told.requests > 0


def is_a(kind: type[_A], answer: object) -> _A:
    assert isinstance(answer, kind), answer
    return answer


def of(reference: str, new: _N, **more: Any) -> _N:
    """Something to be made under a test's reference, for a payer with its address."""
    address = {"email": f"{reference}@example.jp"} if isinstance(new, asked.NewCustomer) else {}
    return msgspec.structs.replace(new, **({"reference": reference} | address | more))


async def paying(stripe: Stripe, reference: str, **more: Any) -> shapes.Intent:
    customer = is_a(
        shapes.Customer, await stripe.make_customer(of(reference, honest.NEW_CUSTOMER), key=f"{reference} customer")
    )
    new = of(reference, honest.NEW_INTENT, customer_id=customer.id, **more)
    return is_a(shapes.Intent, await stripe.make_intent(new, key=f"{reference} intent"))


async def charged(stage: FakeStage, stripe: Stripe, reference: str) -> tuple[shapes.Intent, shapes.Charge]:
    intent = await paying(stripe, reference, method=Method.CARD)
    stage.wish(scene.PayByCard(intent.id, "pm_card_visa"))
    paid = is_a(shapes.Intent, await stripe.intent(intent.id))
    assert paid.charge_id is not None
    return paid, is_a(shapes.Charge, await stripe.charge(paid.charge_id))


async def connected(stage: FakeStage, stripe: Stripe, reference: str) -> shapes.Account:
    made = is_a(
        shapes.Account, await stripe.make_account(of(reference, honest.NEW_ACCOUNT), key=f"{reference} account")
    )
    stage.wish(scene.OnboardAccount(made.id))
    return is_a(shapes.Account, await stripe.account(made.id))


async def test_a_card_payment_is_taken_and_booked(stage: FakeStage, stripe: Stripe, reference: str) -> None:
    intent, charge = await charged(stage, stripe, reference)
    assert (intent.status, intent.received_minor, intent.currency) == ("succeeded", 108_000, "JPY")
    assert (charge.intent_id, charge.risk_level, charge.method) == (intent.id, "normal", "card")
    assert charge.balance_transaction_id is not None
    line = is_a(shapes.BalanceTransaction, await stripe.balance_transaction(charge.balance_transaction_id))
    assert (line.source_id, line.amount_minor, line.net_minor) == (charge.id, 108_000, 108_000 - line.fee_minor)
    assert await stripe.find_customer(reference, email=f"{reference}@example.jp") == shapes.Customer(
        id=str(intent.customer_id), livemode=False, reference=reference
    )
    assert await stripe.find_intent(reference, customer_id=str(intent.customer_id)) == intent
    assert await stripe.find_intent("another", customer_id=str(intent.customer_id)) == Absent()
    assert is_a(Refused, await stripe.cancel_intent(intent.id, key=f"{reference} too late")).status == 400


async def test_a_declined_card_says_why(stage: FakeStage, stripe: Stripe, reference: str) -> None:
    intent = await paying(stripe, reference, method=Method.CARD)
    assert (intent.status, intent.methods, intent.client_secret is not None) == (
        "requires_payment_method",
        ("card",),
        True,
    )
    stage.raw.post(f"/v1/payment_intents/{intent.id}/confirm", data={"payment_method": "pm_card_chargeDeclined"})
    assert is_a(shapes.Intent, await stripe.intent(intent.id)).last_error == "card_declined"
    canceled = is_a(shapes.Intent, await stripe.cancel_intent(intent.id, key=f"{reference} cancel"))
    assert (canceled.id, canceled.status) == (intent.id, "canceled")


async def test_a_bank_transfer_is_told_where_it_goes_and_may_come_in_parts(
    stage: FakeStage, stripe: Stripe, reference: str
) -> None:
    intent = await paying(stripe, reference)
    told = is_a(shapes.TransferInstructions, intent.instructions)
    assert (intent.status, told.remaining_minor) == ("requires_action", 108_000)
    assert told.account_number
    assert told.bank_code
    stage.wish(scene.FundTransfer(str(intent.customer_id), 8_000))
    part = is_a(shapes.Intent, await stripe.intent(intent.id))
    assert is_a(shapes.TransferInstructions, part.instructions).remaining_minor == 100_000
    stage.wish(scene.FundTransfer(str(intent.customer_id), 100_000))
    assert is_a(shapes.Intent, await stripe.intent(intent.id)).status == "succeeded"


async def test_a_konbini_slip_has_a_page_and_an_end(stage: FakeStage, stripe: Stripe, reference: str) -> None:
    intent = await paying(stripe, reference, method=Method.KONBINI, expires_after_days=5)
    slip = is_a(shapes.KonbiniInstructions, intent.instructions)
    assert slip.hosted_url
    assert intent.created_at + timedelta(days=4) < slip.expires_at < intent.created_at + timedelta(days=7)
    stage.wish(scene.PayAtKonbini(intent.id))
    assert is_a(shapes.Intent, await stripe.intent(intent.id)).status == "succeeded"


async def test_a_page_is_paid_on_or_closed(stage: FakeStage, stripe: Stripe, reference: str) -> None:
    customer = is_a(
        shapes.Customer, await stripe.make_customer(of(reference, honest.NEW_CUSTOMER), key=f"{reference} customer")
    )
    new = of(
        reference,
        honest.NEW_SESSION,
        customer_id=customer.id,
        methods=tuple(Method),
        expires_at=datetime.now(UTC) + timedelta(hours=2),
    )
    page = is_a(shapes.Session, await stripe.make_session(new, key=f"{reference} page"))
    assert (page.status, page.payment_status, page.amount_minor) == ("open", "unpaid", 108_000)
    assert page.url
    assert await stripe.find_session(reference, customer_id=customer.id) == page
    stage.wish(scene.CompleteSession(page.id, "pm_card_visa"))
    paid = is_a(shapes.Session, await stripe.session(page.id))
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    intent = is_a(shapes.Intent, await stripe.intent(str(paid.intent_id)))
    assert (intent.reference, intent.transfer_group) == (reference, "or_1")
    assert is_a(Refused, await stripe.expire_session(page.id, key=f"{reference} too late")).status == 400
    other = msgspec.structs.replace(new, reference=f"{reference} too")
    unused = is_a(shapes.Session, await stripe.make_session(other, key=f"{reference} another page"))
    closed = is_a(shapes.Session, await stripe.expire_session(unused.id, key=f"{reference} close"))
    assert (closed.status, closed.url) == ("expired", None)


async def test_money_goes_back_in_parts_and_never_more_than_came(
    stage: FakeStage, stripe: Stripe, reference: str
) -> None:
    intent, charge = await charged(stage, stripe, reference)
    new = of(reference, honest.NEW_REFUND, intent_id=intent.id, payer_email=None)
    refund = is_a(shapes.Refund, await stripe.make_refund(new, key=f"{reference} refund"))
    assert (refund.status, refund.charge_id, refund.amount_minor) == ("succeeded", charge.id, 8_000)
    assert await stripe.refund(refund.id) == refund
    assert await stripe.find_refund(reference, intent_id=intent.id) == refund
    assert is_a(shapes.Charge, await stripe.charge(charge.id)).refunded_minor == 8_000
    too_much = msgspec.structs.replace(new, reference=f"{reference} too", amount_minor=100_001)
    assert is_a(Refused, await stripe.make_refund(too_much, key=f"{reference} too much")).status == 400
    assert await stripe.find_refund("another", intent_id=intent.id) == Absent()


async def test_the_payer_of_a_bank_transfer_is_asked_where_its_money_goes(
    stage: FakeStage, stripe: Stripe, reference: str
) -> None:
    intent = await paying(stripe, reference)
    stage.wish(scene.FundTransfer(str(intent.customer_id), 108_000))
    new = of(reference, honest.NEW_REFUND, intent_id=intent.id)
    refund = is_a(shapes.Refund, await stripe.make_refund(new, key=f"{reference} refund"))
    assert refund.status in {"pending", "requires_action"}


async def test_a_provider_is_connected_paid_and_taken_back_from(
    stage: FakeStage, stripe: Stripe, reference: str
) -> None:
    made = is_a(
        shapes.Account, await stripe.make_account(of(reference, honest.NEW_ACCOUNT), key=f"{reference} account")
    )
    assert (made.country, made.details_submitted, made.transfers == "active") == ("JP", False, False)
    link = await stripe.make_account_link(
        made.id,
        return_url="https://desk.example/back",
        refresh_url="https://desk.example/again",
        key=f"{reference} link",
    )
    assert is_a(shapes.AccountLink, link).url
    provider = await connected(stage, stripe, reference)
    assert (provider.id, provider.transfers, provider.details_submitted) == (made.id, "active", True)
    assert await stripe.find_account(reference) == provider
    poor = of(reference, honest.NEW_TRANSFER, destination=made.id, source_charge_id=None)
    assert is_a(Refused, await stripe.make_transfer(poor, key=f"{reference} poor")).code == "balance_insufficient"
    _, charge = await charged(stage, stripe, reference)
    new = of(reference, honest.NEW_TRANSFER, destination=made.id, source_charge_id=charge.id)
    transfer = is_a(shapes.Transfer, await stripe.make_transfer(new, key=f"{reference} transfer"))
    assert (transfer.destination, transfer.amount_minor) == (made.id, 90_000)
    assert await stripe.find_transfer(reference, destination=made.id) == transfer
    back = of(reference, honest.NEW_REVERSAL, transfer_id=transfer.id)
    reversal = is_a(shapes.Reversal, await stripe.make_reversal(back, key=f"{reference} back"))
    assert await stripe.find_reversal(reference, transfer_id=transfer.id) == reversal
    assert is_a(shapes.Transfer, await stripe.transfer(transfer.id)).reversed_minor == 5_000


async def test_a_dispute_is_answered(stage: FakeStage, stripe: Stripe, reference: str) -> None:
    intent, charge = await charged(stage, stripe, reference)
    opened = stage.wish(scene.OpenDispute(charge.id))
    dispute = is_a(shapes.Dispute, await stripe.dispute(opened["id"]))
    assert (dispute.charge_id, dispute.intent_id, dispute.status) == (charge.id, intent.id, "needs_response")
    assert sum(line.net_minor for line in dispute.balance_transactions) < -108_000, "A fee comes with it."
    evidence = msgspec.structs.replace(honest.EVIDENCE, dispute_id=dispute.id)
    answered = is_a(shapes.Dispute, await stripe.submit_evidence(evidence, key=f"{reference} evidence"))
    assert (answered.id, answered.status) == (dispute.id, "under_review")
    assert is_a(shapes.Charge, await stripe.charge(charge.id)).disputed


async def test_the_book_read_forward_is_the_balance(own_stage: FakeStage) -> None:
    async with client_of(own_stage.server.base_url, key=SECRET_KEY) as stripe:
        assert await stripe.balance_lines(after=None, limit=3) == BalancePage((), more=False)
        customer = own_stage.customer()
        intents = [own_stage.paid_by_card(customer, 10_000 + n) for n in range(13)]
        own_stage.api.refunds.create({"payment_intent": intents[0].id, "amount": 1_000})
        own_stage.server.admin.ask(forward(10 * DAY_S))
        paid_out = own_stage.wish(scene.MakePayout(5_000))
        payout = is_a(shapes.Payout, await stripe.payout(paid_out["id"]))
        assert (payout.amount_minor, payout.currency) == (5_000, "JPY")
        lines: list[shapes.BalanceTransaction] = []
        pages, more = 0, True
        while more:
            read = is_a(BalancePage, await stripe.balance_lines(after=lines[-1].id if lines else None, limit=4))
            lines, more, pages = [*lines, *read.lines], read.more, pages + 1
        assert pages == 4
        assert [line.type for line in lines[-2:]] == ["refund", "payout"]
        assert [line.amount_minor for line in lines[:13]] == [10_000 + n for n in range(13)]
        assert len({line.id for line in lines}) == 15
        (ours,) = {name: sum_ for name, sum_ in own_stage.book.balances.items() if sum_}.values()
        assert sum(line.net_minor for line in lines) == ours


async def test_what_is_not_there_is_absent_and_with_a_wrong_key_nothing_is_known(
    stage: FakeStage, stripe: Stripe, reference: str
) -> None:
    for question in (stripe.intent, stripe.charge, stripe.session, stripe.refund, stripe.account, stripe.transfer):
        assert await question("xx_nothing") == Absent()
    for question in (stripe.payout, stripe.dispute, stripe.balance_transaction):
        assert await question("xx_nothing") == Absent()
    missing = is_a(Refused, await stripe.make_intent(of(reference, honest.NEW_INTENT), key=f"{reference} of nobody"))
    assert (missing.code, missing.parameter) == ("resource_missing", "customer")
    async with client_of(stage.server.base_url, key="sk_test_another") as stranger:
        is_a(NotSent, await stranger.make_customer(of(reference, honest.NEW_CUSTOMER), key="stranger"))
        is_a(LookupFailed, await stranger.find_account(reference))


async def test_a_key_makes_one_thing_and_another_thing_is_not_made_under_it(stripe: Stripe, reference: str) -> None:
    first = await stripe.make_customer(of(reference, honest.NEW_CUSTOMER), key=f"{reference} one")
    assert await stripe.make_customer(of(reference, honest.NEW_CUSTOMER), key=f"{reference} one") == is_a(
        shapes.Customer, first
    )
    other = asked.NewCustomer(reference=f"{reference} too", name="b", email="b@example.com", language="en")
    assert await stripe.make_customer(other, key=f"{reference} one") == Unknown("status 400: idempotency_error", 400)
    assert await stripe.find_customer(f"{reference} too", email="b@example.com") == Absent()

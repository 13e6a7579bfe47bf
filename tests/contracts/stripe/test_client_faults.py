"""What do we make of a Stripe at which things go wrong: is each act done once, and found, whatever was heard of it?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count

import msgspec
import pytest

from integrations.stripe import asked, shapes
from integrations.stripe.client import Absent, LookupFailed, NotSent, Stripe, Unknown
from integrations.stripe.fake import scene
from integrations.stripe.fake.messages import FaultName, Stage
from tests.contracts.stripe import honest
from tests.contracts.stripe.fake_stage import SECRET_KEY, FakeStage
from tests.contracts.stripe.scripted import HURRIED, client_of

_numbers = count(1)


@pytest.fixture
async def client(stage: FakeStage) -> AsyncIterator[Stripe]:
    async with client_of(stage.server.base_url, key=SECRET_KEY) as one:
        yield one


@dataclass(frozen=True)
class Case:
    """What a write hears of a fault, whether it was done, and whether its key keeps the failure for good."""

    hears: type
    done: bool
    kept: bool = False


WRITES = {
    FaultName.ACTS_THEN_DROPS: Case(Unknown, done=True),
    FaultName.ACTS_THEN_TIMES_OUT: Case(Unknown, done=True),
    FaultName.ACTS_THEN_HTML: Case(Unknown, done=True),
    FaultName.ACTS_THEN_FAILS: Case(Unknown, done=True),
    FaultName.ACTS_THEN_KEEPS_FAILURE: Case(Unknown, done=True, kept=True),
    FaultName.CUT_JSON: Case(Unknown, done=True),
    FaultName.DROPS_BEFORE_ACTING: Case(Unknown, done=False),
    FaultName.FAILS: Case(Unknown, done=False),
    FaultName.KEEPS_FAILURE: Case(Unknown, done=False, kept=True),
    FaultName.HTML: Case(Unknown, done=False),
    FaultName.DOWN: Case(Unknown, done=False),
    FaultName.TOO_MANY: Case(NotSent, done=False),
    FaultName.CONFLICT: Case(Unknown, done=False),
}


def payer() -> asked.NewCustomer:
    reference = f"payer-{next(_numbers)}"
    return msgspec.structs.replace(honest.NEW_CUSTOMER, reference=reference, email=f"{reference}@example.jp")


@pytest.mark.parametrize("fault", WRITES)
async def test_the_same_key_and_the_reference_tell_what_became_of_a_write(
    stage: FakeStage, client: Stripe, fault: FaultName
) -> None:
    case, new = WRITES[fault], payer()
    stage.fault(fault, delay_ms=200)
    assert isinstance(await client.make_customer(new, key=new.reference), case.hears)
    found = await client.find_customer(new.reference, email=new.email)
    assert isinstance(found, shapes.Customer if case.done else Absent)
    again = await client.make_customer(new, key=new.reference)
    if case.kept:
        assert isinstance(again, Unknown), "Stripe says the same for as long as it keeps the key."
    else:
        assert isinstance(again, shapes.Customer)
        assert not case.done or again == found
    made = stage.book.references["customer"].get(new.reference, 0)
    assert made == (1 if case.done or not case.kept else 0)


def test_every_fault_of_a_write_is_tried() -> None:
    assert set(FaultName) - set(WRITES) == {FaultName.SLOW}


async def test_a_key_is_in_use_while_its_write_is_slow(stage: FakeStage, client: Stripe) -> None:
    new = payer()
    stage.fault(FaultName.SLOW, delay_ms=1_500)
    first = asyncio.create_task(client.make_customer(new, key=new.reference))
    await asyncio.sleep(0.5)
    in_use = await client.make_customer(new, key=new.reference)
    assert in_use == Unknown("status 409: idempotency_key_in_use", 409)
    made = await first
    assert isinstance(made, shapes.Customer)
    assert await client.make_customer(new, key=new.reference) == made
    assert stage.book.references["customer"][new.reference] == 1


async def test_a_write_that_outlasted_our_patience_is_found(stage: FakeStage, client: Stripe) -> None:
    new = payer()
    stage.fault(FaultName.SLOW, delay_ms=1_500)
    async with client_of(stage.server.base_url, HURRIED, SECRET_KEY) as hurried:
        assert await hurried.make_customer(new, key=new.reference) == Unknown("ReadTimeout", None)
    async with asyncio.timeout(10):
        while isinstance(again := await client.make_customer(new, key=new.reference), Unknown):
            await asyncio.sleep(0.1)
    assert again == await client.find_customer(new.reference, email=new.email)
    assert stage.book.references["customer"][new.reference] == 1


READ_FAULTS = [
    FaultName.DROPS_BEFORE_ACTING,
    FaultName.CUT_JSON,
    FaultName.HTML,
    FaultName.FAILS,
    FaultName.DOWN,
    FaultName.TOO_MANY,
]


@pytest.mark.parametrize("fault", READ_FAULTS)
async def test_a_question_that_was_not_answered_proves_nothing(
    stage: FakeStage, client: Stripe, fault: FaultName
) -> None:
    new = payer()
    made = await client.make_customer(new, key=new.reference)
    stage.fault(fault, at=Stage.READ, times=3)
    assert isinstance(await client.find_customer(new.reference, email=new.email), LookupFailed)
    assert isinstance(await client.intent("pi_nothing"), LookupFailed)
    assert isinstance(await client.balance_lines(after=None, limit=10), LookupFailed)
    assert await client.find_customer(new.reference, email=new.email) == made
    assert await client.intent("pi_nothing") == Absent()


async def test_each_thing_is_found_after_its_answer_was_dropped(stage: FakeStage, client: Stripe) -> None:
    reference = f"all-{next(_numbers)}"

    def drop() -> None:
        stage.fault(FaultName.ACTS_THEN_DROPS)

    customer = stage.customer()
    charge = str(stage.paid_by_card(customer, 500_000).latest_charge)
    drop()
    new_account = msgspec.structs.replace(honest.NEW_ACCOUNT, reference=reference)
    assert isinstance(await client.make_account(new_account, key=f"{reference} account"), Unknown)
    account = await client.find_account(reference)
    assert isinstance(account, shapes.Account)
    stage.wish(scene.OnboardAccount(account.id))
    drop()
    new_intent = msgspec.structs.replace(honest.NEW_INTENT, reference=reference, customer_id=customer)
    assert isinstance(await client.make_intent(new_intent, key=f"{reference} intent"), Unknown)
    intent = await client.find_intent(reference, customer_id=customer)
    assert isinstance(intent, shapes.Intent)
    assert intent == await client.make_intent(new_intent, key=f"{reference} intent")
    stage.wish(scene.FundTransfer(customer, 108_000))
    drop()
    new_refund = msgspec.structs.replace(honest.NEW_REFUND, reference=reference, intent_id=intent.id)
    assert isinstance(await client.make_refund(new_refund, key=f"{reference} refund"), Unknown)
    assert isinstance(await client.find_refund(reference, intent_id=intent.id), shapes.Refund)
    drop()
    new_transfer = msgspec.structs.replace(
        honest.NEW_TRANSFER, reference=reference, destination=account.id, source_charge_id=charge
    )
    assert isinstance(await client.make_transfer(new_transfer, key=f"{reference} transfer"), Unknown)
    transfer = await client.find_transfer(reference, destination=account.id)
    assert isinstance(transfer, shapes.Transfer)
    drop()
    new_reversal = msgspec.structs.replace(honest.NEW_REVERSAL, reference=reference, transfer_id=transfer.id)
    assert isinstance(await client.make_reversal(new_reversal, key=f"{reference} reversal"), Unknown)
    assert isinstance(await client.find_reversal(reference, transfer_id=transfer.id), shapes.Reversal)
    held = stage.book.references
    kinds = ("account", "payment_intent", "refund", "transfer", "transfer_reversal")
    assert {kind: held[kind].get(reference) for kind in kinds} == dict.fromkeys(kinds, 1)


async def test_a_stripe_that_was_killed_and_came_back_has_it_still(own_stage: FakeStage) -> None:
    new = payer()
    async with client_of(own_stage.server.base_url, key=SECRET_KEY) as client:
        made = await client.make_customer(new, key=new.reference)
        own_stage.server.kill()
        assert isinstance(await client.make_customer(new, key=new.reference), NotSent)
        own_stage.server.restart()
        assert await client.make_customer(new, key=new.reference) == made
        assert await client.find_customer(new.reference, email=new.email) == made

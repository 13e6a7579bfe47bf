"""Is a provider paid through Stripe once, whatever happens on the way, and does the money come back where it must?"""

from datetime import timedelta
from typing import Any

from app.core.ids import new_id
from app.core.money import Money
from app.ledger import operations as ledger
from app.ledger.rules import payable, refunds
from app.payouts import operations
from app.payouts.operations import Returned
from app.payouts.rules import EarningKind
from integrations.stripe.fake.messages import FaultName
from integrations.stripe.fake.scene import DisableAccount, MakePayout, PayByCard, PayoutFailed, PayoutPaid
from tests.money.till import Till
from tests.payouts.counting_house import RETURNS, House, uuid_of
from tests.world import Party


async def fund(till: Till, minor: int) -> None:
    """The desk's balance at Stripe holds so much more: a buyer pays by a card whose money is available at once."""
    buyer = await till.buyer()
    begun = await till.begun(buyer, await till.order(buyer, 10, price=minor // 10), "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_bypassPending"))
    await till.settle()


async def transfers_of(house: House, payout_id: str) -> list[dict[str, Any]]:
    """What Stripe's book has of a payout."""
    found = (await house.till.book()).objects.get("transfer", [])
    return [each for each in found if each["metadata"].get("offsetdesk_id") == payout_id]


async def worked_off(house: House) -> None:
    """The jobs run, those that wait a few seconds too."""
    async with house.till.later(timedelta(minutes=5)):
        await house.till.settle()


async def test_a_transfer_pays_a_provider_once_and_the_book_follows(house: House) -> None:
    provider = await house.provider("stripe")
    await fund(house.till, 100_000)
    await house.sell(provider, 10)
    clearing, transit = await house.account("stripe:clearing"), await house.account("held:payouts")
    draft = await house.made(provider)
    assert (await house.approve(draft)).json()["status"] == "sending"
    assert (await house.move("payouts", f"/{draft['id']}/cancel", json={"reason": "x"})).status_code == 409
    minor = draft["statement"]["payout"]["amount"]
    assert await house.account("held:payouts") == transit + minor
    await worked_off(house)
    assert (await house.shown(draft))["status"] == "paid"
    [made] = await transfers_of(house, draft["id"])
    assert made["amount"] == minor
    assert (await house.account("stripe:clearing"), await house.account("held:payouts")) == (clearing + minor, transit)
    assert await house.payable(provider) == 0


async def test_a_lost_answer_and_a_second_call_make_one_transfer(house: House) -> None:
    provider = await house.provider("stripe")
    await fund(house.till, 100_000)
    await house.sell(provider, 10)
    draft = await house.made(provider)
    await house.approve(draft)
    await house.till.fault(FaultName.ACTS_THEN_DROPS, where="/transfers", times=1)
    await worked_off(house)
    await worked_off(house)
    async with house.till.later(timedelta(hours=1)):
        await house.till.settle()
    assert (await house.shown(draft))["status"] == "paid"
    assert len(await transfers_of(house, draft["id"])) == 1


async def test_what_stripe_refuses_failed_and_is_owed_again(house: House) -> None:
    provider = await house.provider("stripe")
    await house.sell(provider, 1_000, price=9_000)  # ¥9,000,000: more than the desk has there.
    payable = await house.payable(provider)
    draft = await house.made(provider)
    await house.approve(draft)
    await worked_off(house)
    shown = await house.shown(draft)
    assert (shown["status"], shown["reason"]) == ("failed", "balance_insufficient")
    assert await house.payable(provider) == payable
    await house.assert_agrees(provider)
    assert await transfers_of(house, draft["id"]) == []
    retried = await house.move("payouts", f"/{draft['id']}/retry")
    assert retried.status_code == 201, retried.text
    await fund(house.till, 12_000_000)
    await house.approve(retried.json())
    await worked_off(house)
    assert (await house.shown(retried.json()))["status"] == "paid"


async def test_an_account_that_stripe_has_stopped_is_not_paid_to(house: House) -> None:
    provider = await house.provider("stripe")
    await house.sell(provider, 10)
    draft = await house.made(provider)
    account_id = (await provider.get("/v1/payouts/stripe-account")).json()["account_id"]
    await house.till.do(DisableAccount(account_id))
    await house.till.settle()
    shown = (await provider.get("/v1/payouts/stripe-account")).json()
    assert (shown["transfers"], shown["disabled_reason"]) == ("inactive", "rejected.fraud")
    refused = await house.approve(draft)
    assert (refused.status_code, refused.json()["reason"]) == (409, "account_not_ready")


async def test_an_account_at_stripe_is_made_once_and_a_page_each_time(house: House) -> None:
    provider = await house.till.world.provider()
    by_key = await provider.post("/v1/payouts/stripe-account", RETURNS)
    assert by_key.json()["code"] == "payout_person_needed"
    assert (await provider.get("/v1/payouts/stripe-account")).status_code == 404
    person = await house.person_of(provider)
    await house.till.fault(FaultName.ACTS_THEN_DROPS, where="/accounts", times=1)
    silent = await person.post("/v1/payouts/stripe-account", json=RETURNS)
    assert (silent.status_code, silent.json()["code"]) == (503, "payment_provider_unreachable")
    first = await person.post("/v1/payouts/stripe-account", json=RETURNS)
    second = await person.post("/v1/payouts/stripe-account", json=RETURNS)
    assert (first.status_code, first.json()["account_id"]) == (200, second.json()["account_id"])
    assert second.json()["url"].startswith("https://")
    mine = (await house.till.book()).references["account"]
    assert mine[first.json()["id"]] == 1


async def test_what_a_provider_owes_is_taken_back_at_stripe(house: House) -> None:
    provider = await house.provider("stripe")
    await fund(house.till, 100_000)
    order_id = await house.sell(provider, 10)
    draft = await house.approved(provider)
    await worked_off(house)
    await owe(house, provider, order_id)
    balance = await house.balance(provider)
    assert (balance["available"]["amount"], balance["owed"]["amount"]) == (0, 10_500)
    assert (await house.make(provider)).json()["reason"] == "owed_by_provider"
    clearing = await house.account("stripe:clearing")
    much = await house.move("payouts", f"/{draft['id']}/reverse", json={"amount": 10_451, "note": "返金"})
    assert (much.status_code, much.json()["left_minor"]) == (409, 10_450)
    asked = await house.move("payouts", f"/{draft['id']}/reverse", json={"amount": 10_450, "note": "返金"})
    assert asked.json()["reversals"][0]["status"] == "asked", asked.text
    more = await house.move("payouts", f"/{draft['id']}/reverse", json={"amount": 1, "note": "返金"})
    assert more.json()["left_minor"] == 0
    await worked_off(house)
    shown = await house.shown(draft)
    assert (shown["reversals"][0]["status"], shown["reversed"]["amount"]) == ("made", 10_450)
    assert await house.account("stripe:clearing") == clearing - 10_450
    entries = (await provider.get("/v1/earnings")).json()["data"]
    assert [(each["kind"], each["net"]["amount"]) for each in entries if each["payout_id"] is None] == [
        ("correction", 10_450), ("refund", -10_500),
    ]  # fmt: skip
    await house.assert_agrees(provider)
    kinds = await house.kinds(draft["id"])
    assert "payout.reversed_elsewhere" not in kinds


async def owe(house: House, provider: Party, order_id: str) -> None:
    """The whole order is refunded after it was paid out, as orders book it."""
    refund_id, now = new_id(), house.till.world.now()
    returned = Returned(provider.org_id, uuid_of(order_id), refund_id, 10_000, 1_000)
    async with house.till.world.db.transaction(house.scope(provider)) as session:
        await ledger.post(
            session, source=payable(provider.org_id), target=refunds(None), amount=Money(11_000, "JPY"),
            reason="refund", subject_id=refund_id, counterparty_id=provider.org_id, booked_on=None, now=now,
        )  # fmt: skip
        await operations.give_back(session, returned, kind=EarningKind.REFUND, now=now)


async def test_what_stripe_sends_to_the_bank_is_followed_until_it_arrives(house: House) -> None:
    await fund(house.till, 71_000)
    clearing, transit = await house.account("stripe:clearing"), await house.account("stripe:transit")
    sent = await house.till.do(MakePayout(7_100))
    await house.till.settle()
    assert (await house.account("stripe:clearing"), await house.account("stripe:transit")) == (
        clearing + 7_100, transit - 7_100,
    )  # fmt: skip
    await house.till.do(PayoutPaid(sent["id"]))
    await house.till.settle()
    found = (await house.maker.get("/v1/admin/stripe-payouts", params={"limit": 100})).json()["data"]
    row = next(each for each in found if each["payout_id"] == sent["id"])
    assert (row["status"], row["amount"]["amount"]) == ("paid", 7_100)
    other = await house.line(7_099, "ｽﾄﾗｲﾌﾟ")
    wrong = await house.move("stripe-payouts", f"/{row['id']}/arrived", json={"bank_line_id": other})
    assert wrong.json()["code"] == "bank_line_does_not_fit"
    line = await house.line(7_100, "ｽﾄﾗｲﾌﾟ")
    arrived = await house.move("stripe-payouts", f"/{row['id']}/arrived", json={"bank_line_id": line})
    assert (arrived.status_code, arrived.json()["bank_line_id"]) == (200, line)
    assert await house.account("stripe:transit") == transit
    again = await house.move("stripe-payouts", f"/{row['id']}/arrived", json={"bank_line_id": line})
    assert again.json()["code"] == "invalid_state"


async def test_one_line_finds_its_payout_of_stripes_by_itself_and_two_find_a_person(house: House) -> None:
    await fund(house.till, 71_000)
    transit = await house.account("stripe:transit")
    for minor in (6_001, 6_002, 6_002):
        sent = await house.till.do(MakePayout(minor))
        await house.till.do(PayoutPaid(sent["id"]))
    await house.till.settle()
    one, twice = await house.line(6_001), await house.line(6_002)
    await house.till.owner.execute(
        "insert into job (id, name, ids, request_id, due) values (gen_random_uuid(), 'payouts.find_arrivals', '{}', 'req', now())"
    )
    await house.till.world.run_jobs()
    lines = [(await house.maker.get(f"/v1/admin/bank-lines/{line}")).json() for line in (one, twice)]
    assert [line["status"] for line in lines] == ["resolved", "for_a_person"]
    assert lines[0]["resolution"] == "stripe_payout_arrived"
    assert await house.account("stripe:transit") == transit - 12_004


async def test_a_payout_of_stripes_that_failed_is_in_its_balance_again(house: House) -> None:
    await fund(house.till, 71_000)
    clearing, transit = await house.account("stripe:clearing"), await house.account("stripe:transit")
    sent = await house.till.do(MakePayout(5_003))
    await house.till.do(PayoutPaid(sent["id"]))
    await house.till.settle()
    await house.till.do(PayoutFailed(sent["id"]))
    await house.till.settle()
    assert (await house.account("stripe:clearing"), await house.account("stripe:transit")) == (clearing, transit)
    found = (await house.maker.get("/v1/admin/stripe-payouts", params={"limit": 100})).json()["data"]
    row = next(each for each in found if each["payout_id"] == sent["id"])
    assert (row["status"], row["failure_code"]) == ("failed", "account_closed")
    line = await house.line(5_003)
    late = await house.move("stripe-payouts", f"/{row['id']}/arrived", json={"bank_line_id": line})
    assert late.json()["code"] == "invalid_state"

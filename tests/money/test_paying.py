"""Is an order paid through Stripe, by each way, and by nothing else?"""

from datetime import datetime, timedelta

from integrations.stripe.fake.messages import FaultName
from integrations.stripe.fake.scene import (
    CompleteSession,
    ExpireVoucher,
    FundTransfer,
    PayAtKonbini,
    PayByCard,
)
from tests.money.till import PUBLISHABLE_KEY, Till

WISH = {"beneficiary_name": "アオバ食品株式会社", "purpose": "OFFSET", "purpose_detail": "秋の展示会"}


async def test_a_card_pays_an_order_and_is_final_after_its_hold(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    begun = await till.begun(buyer, order, "card")
    assert (begun["status"], begun["publishable_key"]) == ("open", PUBLISHABLE_KEY)
    assert begun["client_secret"].startswith("pi_")

    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    await till.settle()

    paid = await till.attempt(buyer, begun)
    assert (paid["status"], paid["paid_by"], paid["client_secret"]) == ("paid", "card", None)
    shown = await till.shown(buyer, order)
    assert (shown["status"], shown["payment"]["status"], shown["payment"]["paid_by"]) == ("fulfilled", "paid", "card")
    final_at = datetime.fromisoformat(shown["payment"]["final_at"])
    assert final_at - datetime.fromisoformat(paid["paid_at"]) == timedelta(days=7)
    [waiting] = (await buyer.get("/v1/retirements")).json()["data"]
    assert (waiting["status"], datetime.fromisoformat(waiting["not_before"])) == ("queued", final_at)
    assert (await buyer.get("/v1/registry-tasks")).json()["data"] == []


async def test_what_a_card_paid_goes_to_the_registry_when_the_payment_is_final(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    await till.settle()

    tasks = "select count(*) from registry_task t join retirement r on r.id = t.retirement_id where r.order_id = $1"
    order_id = await till.owner.fetchval("select order_id from payment_attempt where method = 'card' order by id desc")
    async with till.later(timedelta(days=6, hours=23)):
        await till.settle()
        assert await till.owner.fetchval(tasks, order_id) == 0
    async with till.later(timedelta(days=7, hours=1)):
        await till.settle()
        assert await till.owner.fetchval(tasks, order_id) == 1


async def test_a_card_of_the_highest_risk_waits_for_a_person(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_riskLevelElevated"))
    await till.settle()
    shown = await till.shown(buyer, order)
    assert shown["status"] == "fulfilled"
    paid = await till.attempt(buyer, begun)
    final_at = datetime.fromisoformat(shown["payment"]["final_at"])
    assert final_at - datetime.fromisoformat(paid["paid_at"]) == timedelta(days=30)


async def test_a_bank_transfer_to_the_buyers_own_account_is_final_at_once(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "jp_bank_transfer")
    assert begun["transfer"]["remaining"] == order["total"]
    assert begun["transfer"]["account_number"]
    assert begun["client_secret"] is None

    intents = (await till.book()).objects["payment_intent"]
    customer = next(each["customer"] for each in intents if each["metadata"]["offsetdesk_id"] == begun["id"])
    await till.do(FundTransfer(customer, order["total"]["amount"] - 1_000))
    await till.settle()
    part = await till.attempt(buyer, begun)
    assert (part["status"], part["transfer"]["remaining"]["amount"]) == ("open", 1_000)
    assert (await till.shown(buyer, order))["status"] == "awaiting_payment"

    await till.do(FundTransfer(customer, 1_000))
    await till.settle()
    shown = await till.shown(buyer, order)
    assert (shown["status"], shown["payment"]["paid_by"]) == ("fulfilled", "jp_bank_transfer")
    assert shown["payment"]["final_at"] == (await till.attempt(buyer, begun))["paid_at"]


async def test_a_konbini_slip_pays_when_the_money_is_there_and_not_before(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, 2)
    begun = await till.begun(buyer, order, "konbini")
    assert begun["url"].startswith("https://")
    intent = await till.intent_of(begun["id"])
    await till.do(PayAtKonbini(intent, settles=True))
    await till.settle()
    shown = await till.shown(buyer, order)
    assert (shown["status"], shown["payment"]["paid_by"]) == ("fulfilled", "konbini")


async def test_a_page_of_stripes_takes_whatever_its_payer_chooses(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "checkout")
    assert begun["url"].startswith("http")
    pages = (await till.book()).objects["checkout.session"]
    page = next(each for each in pages if each["metadata"]["offsetdesk_id"] == begun["id"])
    await till.do(CompleteSession(page["id"], "pm_card_visa"))
    await till.settle()
    shown = await till.shown(buyer, order)
    assert (shown["status"], shown["payment"]["paid_by"]) == ("fulfilled", "card")


async def test_an_order_is_paid_once_and_what_came_twice_goes_back(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    before = await till.balances()
    first, second = [await till.begun(buyer, order, "card") for _ in range(2)]
    for begun in (first, second):
        await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    await till.settle()
    states = sorted([(await till.attempt(buyer, begun))["status"] for begun in (first, second)])
    assert states == ["paid", "returned"]
    after = await till.balances()
    total = order["total"]["amount"]
    assert after.get(f"refunds:{buyer.org_id.hex}", 0) in (total, 0)
    assert after.get("unapplied", 0) == before.get("unapplied", 0)


async def test_a_bank_transfer_to_the_desk_closes_what_is_open_at_stripe(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    begun = await till.begun(buyer, order, "card")
    await till.world.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    await till.world.run_jobs()
    async with till.later(timedelta(seconds=30)):
        await till.settle()
    assert (await till.attempt(buyer, begun))["status"] == "canceled"
    shown = await till.shown(buyer, order)
    assert (shown["payment"]["paid_by"], shown["payment"]["status"]) == ("bank_transfer", "paid")


async def test_the_same_request_is_answered_byte_for_byte_and_makes_one_intent(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    first = await till.begin(buyer, order, "card", key="one-intention")
    again = await till.begin(buyer, order, "card", key="one-intention")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    view = await till.book()
    assert view.references["payment_intent"][first.json()["id"]] == 1


async def test_a_lost_answer_is_asked_for_again_with_the_same_key(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    await till.fault(FaultName.ACTS_THEN_DROPS, where="payment_intents")
    lost = await till.begin(buyer, order, "card", key="lost")
    assert (lost.status_code, lost.json()["code"]) == (503, "payment_provider_unreachable")
    again = await till.begin(buyer, order, "card", key="lost")
    assert again.status_code == 201, again.text
    assert (await till.book()).references["payment_intent"][again.json()["id"]] == 1


async def test_an_expired_slip_ends_its_try_and_the_order_can_be_paid_otherwise(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, 2)
    begun = await till.begun(buyer, order, "konbini")
    await till.do(ExpireVoucher(await till.intent_of(begun["id"])))
    await till.settle()
    assert (await till.attempt(buyer, begun))["status"] in ("open", "canceled")
    card = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(card["id"]), "pm_card_visa"))
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"


async def test_what_cannot_be_paid_so_is_refused_by_name(till: Till) -> None:
    buyer = await till.buyer()
    dear = await till.order(buyer, 100, price=9_000)
    refused = await till.begin(buyer, dear, "konbini")
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_method_unavailable")
    assert refused.json()["most_minor"] == 300_000
    wrong = await till.begin(buyer, dear, "checkout", success_url="javascript:alert(1)")
    assert wrong.status_code == 422
    stranger = await till.buyer()
    assert (await till.begin(stranger, dear, "card")).status_code == 404
    await buyer.post(f"/v1/orders/{dear['id']}/cancel")
    late = await till.begin(buyer, dear, "card")
    assert (late.status_code, late.json()["code"], late.json()["state"]) == (409, "invalid_state", "canceled")

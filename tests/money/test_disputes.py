"""What becomes of an order whose payment its payer's bank takes back: before a registry has it, and after?"""

from datetime import timedelta
from typing import Any

from integrations.stripe.fake.scene import DecideDispute, OpenDispute, PayByCard
from tests.money.test_refunds import desk_people, keyed
from tests.money.till import Till
from tests.world import Party

WISH = {"beneficiary_name": "アオバ食品株式会社", "purpose": "OFFSET", "purpose_detail": "秋の展示会"}


async def disputed(till: Till, buyer: Party, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order that a card has paid and whose payer's bank takes the money back; the order, and the dispute there."""
    order = await till.order(buyer, **more)
    begun = await till.begun(buyer, order, "card")
    intent = await till.intent_of(begun["id"])
    await till.do(PayByCard(intent, "pm_card_visa"))
    await till.settle()
    charge = next(each for each in (await till.book()).objects["charge"] if each["payment_intent"] == intent)
    there = await till.do(OpenDispute(charge["id"]))
    await till.settle()
    return order, there


async def of_desk(till: Till, order: dict[str, Any]) -> dict[str, Any]:
    """The dispute as the operator sees it."""
    every = (await till.world.desk.get("/v1/admin/payment-disputes", params={"limit": 100})).json()["data"]
    return dict(next(each for each in every if each["order_id"] == order["id"]))


async def test_while_it_is_open_nothing_goes_to_a_registry(till: Till) -> None:
    buyer = await till.buyer()
    order, _ = await disputed(till, buyer, retire=WISH)
    shown = await of_desk(till, order)
    assert (shown["outcome"], shown["taken"], shown["amount"]) == ("open", order["total"], order["total"])
    assert (await till.balances())["disputes"] <= -order["total"]["amount"]
    async with till.later(timedelta(days=40)):
        await till.settle()
        [waiting] = (await buyer.get("/v1/retirements")).json()["data"]
    assert (waiting["status"], waiting["payment_disputed"]) == ("queued", True)
    refused = await till.world.desk.post(f"/v1/admin/orders/{order['id']}/release", {"note": "急ぎ"})
    assert (refused.status_code, refused.json()["state"]) == (409, "payment_disputed")


async def test_a_dispute_that_is_won_lets_everything_go_on(till: Till) -> None:
    buyer = await till.buyer()
    before = await till.balances()
    order, there = await disputed(till, buyer, retire=WISH)
    answered = await till.world.desk.post(
        f"/v1/admin/payment-disputes/{(await of_desk(till, order))['id']}/evidence",
        {"text": "無効化の記録", "submit": True},
    )
    assert answered.status_code == 202, answered.text
    async with till.later(timedelta(seconds=30)):
        await till.settle()
    await till.do(DecideDispute(there["id"], won=True))
    await till.settle()
    assert (await of_desk(till, order))["outcome"] == "won"
    after = await till.balances()
    assert after.get("disputes", 0) == before.get("disputes", 0)
    async with till.later(timedelta(days=8)):
        await till.settle()
        [going] = (await buyer.get("/v1/retirements")).json()["data"]
        assert going["payment_disputed"] is False
    order_id = await till.owner.fetchval("select order_id from dispute order by id desc limit 1")
    tasks = "select count(*) from registry_task t join retirement r on r.id = t.retirement_id where r.order_id = $1"
    assert await till.owner.fetchval(tasks, order_id) == 1


async def test_a_dispute_lost_before_a_registry_has_it_takes_the_credits_back(till: Till) -> None:
    buyer = await till.buyer()
    before = await till.balances()
    order, there = await disputed(till, buyer, retire=WISH)
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()
    lost = await of_desk(till, order)
    assert (lost["outcome"], lost["returned"], lost["borne"]["amount"]) == ("lost", order["total"], 0)
    assert (await till.shown(buyer, order))["status"] == "refunded"
    [retirement] = (await buyer.get("/v1/retirements")).json()["data"]
    assert retirement["status"] == "canceled"
    [holding] = (await buyer.get("/v1/holdings")).json()["data"]
    assert holding["quantity"] == 0
    after = await till.balances()
    for account in ("disputes", "held:orders", "write_off"):
        assert after.get(account, 0) == before.get(account, 0), account


async def test_a_dispute_lost_after_the_registry_has_it_is_borne_by_contract(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    begun = await till.begun(buyer, order, "card")
    intent = await till.intent_of(begun["id"])
    await till.do(PayByCard(intent, "pm_card_visa"))
    await till.settle()
    released = await till.world.desk.post(f"/v1/admin/orders/{order['id']}/release", {"note": "長年の取引先"})
    assert released.status_code == 200, released.text
    await till.settle()
    order_id = await till.owner.fetchval("select order_id from payment_attempt where intent_id = $1", intent)
    await till.owner.execute("update retirement set status = 'submitted' where order_id = $1", order_id)
    before = await till.balances()
    charge = next(each for each in (await till.book()).objects["charge"] if each["payment_intent"] == intent)
    there = await till.do(OpenDispute(charge["id"]))
    await till.settle()
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()
    lost = await of_desk(till, order)
    assert (lost["outcome"], lost["returned"]["amount"], lost["borne"]) == ("lost", 0, order["total"])
    assert lost["borne_by"] == "desk"
    after = await till.balances()
    assert after["write_off"] - before.get("write_off", 0) == -order["total"]["amount"]
    assert after.get("disputes", 0) == before.get("disputes", 0)


async def test_a_dispute_lost_after_goodwill_takes_the_whole_price_back_from_the_provider(till: Till) -> None:
    buyer, provider = await till.buyer(), await till.world.provider()
    before = await till.balances()
    order = await till.world.order(buyer, (await till.world.listing(provider, 10, price=3_000), 10))
    begun = await till.begun(buyer, order, "card")
    intent = await till.intent_of(begun["id"])
    await till.do(PayByCard(intent, "pm_card_visa"))
    await till.settle()
    first, second = await desk_people(till)
    wish = {"amount": 1_000, "note": "登録簿の遅れ"}
    proposed = (await first.post(f"/v1/admin/orders/{order['id']}/goodwill", json=wish, headers=keyed())).json()
    await second.post(f"/v1/admin/refunds/{proposed['id']}/confirm", headers=keyed())
    await till.settle()
    charge = next(each for each in (await till.book()).objects["charge"] if each["payment_intent"] == intent)
    there = await till.do(OpenDispute(charge["id"]))
    await till.settle()
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()
    lost = await of_desk(till, order)
    assert (lost["outcome"], lost["taken"]["amount"], lost["borne"]["amount"]) == ("lost", 32_000, 0)
    after = await till.balances()
    assert after.get(f"payable:{provider.org_id.hex}", 0) == 0, "It has its credits again, and none of their price."
    for account in ("disputes", "held:orders", "write_off"):
        assert after.get(account, 0) == before.get(account, 0), account
    assert (
        await till.owner.fetchval("select sum(net_minor)::bigint from earning where org_id = $1", provider.org_id) == 0
    )


async def test_a_dispute_that_is_told_before_its_payment_finds_it_paid_and_holds_it(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    begun = await till.begun(buyer, order, "card")
    intent = await till.intent_of(begun["id"])
    await till.do(PayByCard(intent, "pm_card_visa"))
    charge = next(each for each in (await till.book()).objects["charge"] if each["payment_intent"] == intent)
    await till.do(OpenDispute(charge["id"]))
    events = (await till.book()).objects["event"]
    await till.tell([each["id"] for each in events if each["type"] == "charge.dispute.created"][-1:])
    await till.world.run_jobs()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"
    async with till.later(timedelta(days=40)):
        await till.settle()
        [waiting] = (await buyer.get("/v1/retirements")).json()["data"]
    assert (waiting["status"], waiting["payment_disputed"]) == ("queued", True)
    order_id = await till.owner.fetchval("select order_id from payment_attempt where intent_id = $1", intent)
    assert await till.owner.fetchval("select bool_and(held) from earning where order_id = $1", order_id)


async def test_what_is_disputed_is_not_given_back_as_well(till: Till) -> None:
    buyer = await till.buyer()
    order, there = await disputed(till, buyer)
    refused = await till.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", {"note": "お客様のご要望"})
    assert (refused.status_code, refused.json()["state"]) == (409, "payment_disputed")
    await till.do(DecideDispute(there["id"], won=True))
    await till.settle()
    given = await till.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", {"note": "お客様のご要望"})
    assert given.status_code == 201, given.text
    await till.settle()
    assert (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()[0]["status"] == "succeeded"


async def test_money_that_came_twice_and_was_disputed_goes_back_once_and_the_order_stays(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    before = await till.balances()
    tries = [await till.begun(buyer, order, "card") for _ in range(2)]
    intents = [await till.intent_of(begun["id"]) for begun in tries]
    for intent in intents:
        await till.do(PayByCard(intent, "pm_card_visa"))
    charge = next(each for each in (await till.book()).objects["charge"] if each["payment_intent"] == intents[1])
    there = await till.do(OpenDispute(charge["id"]))
    paid = next(each for each in (await till.book()).objects["event"] if _is_success(each, intents[0]))
    await till.tell([paid["id"]])
    await till.world.run_jobs()
    await till.settle()
    [owed] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert owed["status"] == "failed", "Stripe refunds nothing that is disputed."
    by_bank = await till.world.desk.post(f"/v1/admin/refunds/{owed['id']}/by-bank")
    assert (by_bank.status_code, by_bank.json()["state"]) == (409, "payment_disputed")
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()
    [given] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert (given["status"], (await till.shown(buyer, order))["status"]) == ("succeeded", "fulfilled")
    after = await till.balances()
    assert after.get(f"refunds:{buyer.org_id.hex}", 0) == 0
    for account in ("disputes", "write_off", "unapplied"):
        assert after.get(account, 0) == before.get(account, 0), account


def _is_success(event: dict[str, Any], intent: str) -> bool:
    return event["type"] == "payment_intent.succeeded" and event["data"]["object"]["id"] == intent

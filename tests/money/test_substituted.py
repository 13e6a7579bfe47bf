"""What becomes of other credits, and of what the desk has put in for them, when a card's payment is taken back?"""

from typing import Any

import httpx

from integrations.stripe.fake.scene import DecideDispute, OpenDispute, PayByCard
from tests.money.test_disputes import of_desk
from tests.money.test_refunds import keyed, refunded
from tests.money.till import Till
from tests.orders.swaps import frozen, proposal, signed_in
from tests.world import Party

PRICE, DEARER, UNITS = 3_000, 4_000, 10
BORNE = (DEARER - PRICE) * UNITS * 11 // 10


async def short_by_card(till: Till) -> tuple[Party, dict[str, Any], str]:
    """A paid order whose lot cannot be carved; its buyer, and the intent at Stripe."""
    buyer, provider = await till.buyer(), await till.world.provider()
    listing = await till.world.listing(provider, UNITS, price=PRICE)
    order = await till.world.order(buyer, (listing, UNITS))
    await frozen(till.world, provider, listing)
    begun = await till.begun(buyer, order, "card")
    intent = await till.intent_of(begun["id"])
    await till.do(PayByCard(intent, "pm_card_visa"))
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "short"
    return buyer, order, intent


async def proposed(till: Till, order: dict[str, Any], *lines: tuple[int, str, int]) -> dict[str, Any]:
    person = await signed_in(till.world)
    answer = await person.post(
        f"/v1/admin/orders/{order['id']}/substitutions", json=proposal(till.world, *lines), headers=keyed()
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accept(buyer: Party, order: dict[str, Any], made: dict[str, Any]) -> httpx.Response:
    return await buyer.post(f"/v1/orders/{order['id']}/substitution/accept", {"substitution_id": made["id"]})


async def lose(till: Till, intent: str) -> None:
    """The payer's bank takes the money back, for good."""
    there = await till.do(OpenDispute(await charge_of(till, intent)))
    await till.settle()
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()


async def charge_of(till: Till, intent: str) -> str:
    charges = (await till.book()).objects["charge"]
    return str(next(each["id"] for each in charges if each["payment_intent"] == intent))


async def test_cheaper_credits_send_the_difference_back_through_stripe(till: Till) -> None:
    buyer, order, _ = await short_by_card(till)
    before, other = await till.balances(), await till.world.provider()
    made = await proposed(till, order, (1, await till.world.listing(other, UNITS, price=PRICE - 100), UNITS))
    assert (await accept(buyer, order, made)).status_code == 200
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"
    [back] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert (back["status"], back["amount"]["amount"]) == ("succeeded", 1_100)
    after = await till.balances()
    assert after["stripe:clearing"] - before["stripe:clearing"] in (1_100, -1_100)
    assert after[f"payable:{other.org_id.hex}"] == order["total"]["amount"] - 1_100
    whole = await refunded(till, order)
    assert whole.json()["amount"]["amount"] == order["total"]["amount"] - 1_100
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "refunded"


async def test_a_disputed_payment_lets_nobody_accept_and_a_lost_one_ends_the_proposal(till: Till) -> None:
    before = await till.balances()
    buyer, order, intent = await short_by_card(till)
    other = await till.world.provider()
    listing, next_one = [await till.world.listing(other, UNITS, price=DEARER) for _ in range(2)]
    made = await proposed(till, order, (1, listing, UNITS))
    assert made["borne"]["amount"] == BORNE
    await accept(buyer, order, made)
    await frozen(till.world, other, listing)
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "short", "And again."
    again = await proposed(till, order, (2, next_one, UNITS))
    there = await till.do(OpenDispute(await charge_of(till, intent)))
    await till.settle()
    refused = await accept(buyer, order, again)
    assert (refused.status_code, refused.json()["state"]) == (409, "payment_disputed")
    await till.do(DecideDispute(there["id"], won=False))
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "refunded"
    [seen, _] = (await buyer.get(f"/v1/orders/{order['id']}/substitutions")).json()
    assert (seen["id"], seen["status"]) == (again["id"], "withdrawn")
    after = await till.balances()
    for account in ("disputes", "held:orders", "write_off"):
        assert after.get(account, 0) == before.get(account, 0), account


async def test_a_dispute_lost_after_allocation_returns_what_the_desk_had_put_in(till: Till) -> None:
    before = await till.balances()
    buyer, order, intent = await short_by_card(till)
    other = await till.world.provider()
    made = await proposed(till, order, (1, await till.world.listing(other, UNITS, price=DEARER), UNITS))
    await accept(buyer, order, made)
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "fulfilled"
    assert (await till.balances())[f"payable:{other.org_id.hex}"] == order["total"]["amount"] + BORNE
    await lose(till, intent)
    lost = await of_desk(till, order)
    assert (lost["outcome"], lost["returned"], lost["borne"]["amount"]) == ("lost", order["total"], 0)
    after = await till.balances()
    for account in ("disputes", "held:orders", "write_off", f"payable:{other.org_id.hex}"):
        assert after.get(account, 0) == before.get(account, 0), account

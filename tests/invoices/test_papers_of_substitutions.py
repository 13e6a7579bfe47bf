"""Who invoices what, when other credits took the place of those that an order was short of?"""

from typing import Any

from tests.invoices.counter import OTHERS_NUMBER, SELLERS_NUMBER, Counter, plain_text
from tests.orders.swaps import frozen, proposal, signed_in
from tests.world import Party

KEY = "Idempotency-Key"


async def short(counter: Counter, buyer: Party, *, on_account: bool = False) -> dict[str, Any]:
    """A paid order of 4 t and 5 t at 4,500 yen, the second lot of which cannot be carved."""
    seller = await counter.seller(SELLERS_NUMBER)
    good, bad = [await counter.world.listing(seller, 10) for _ in range(2)]
    order = await counter.world.order(buyer, (good, 4), (bad, 5))
    await frozen(counter.world, seller, bad)
    if on_account:
        assert (await counter.owe(buyer, order)).status_code == 201
    else:
        await counter.world.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    await counter.world.run_jobs()
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert shown["status"] == "short"
    return dict(shown)


async def substituted(counter: Counter, buyer: Party, order: dict[str, Any], listing: str) -> dict[str, Any]:
    """Its second line is of another listing now, and all that follows has happened."""
    person = await signed_in(counter.world)
    at = f"/v1/admin/orders/{order['id']}/substitutions"
    wish = proposal(counter.world, (2, listing, 5))
    made = await person.post(at, json=wish, headers={KEY: order["id"]})
    assert made.status_code == 201, made.text
    answer = {"substitution_id": made.json()["id"]}
    taken = await buyer.post(f"/v1/orders/{order['id']}/substitution/accept", answer)
    assert taken.status_code == 200, taken.text
    await counter.world.run_jobs()
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert shown["status"] == "fulfilled"
    return dict(made.json())


async def test_the_invoice_has_what_was_supplied_and_the_receipt_what_was_paid(counter: Counter) -> None:
    buyer, other = await counter.buyer(), await counter.seller(OTHERS_NUMBER)
    order = await short(counter, buyer)
    listing = await counter.world.listing(other, 10, price=4_000)
    await substituted(counter, buyer, order, listing)
    await counter.invoice(buyer, order)
    [invoice] = await counter.papers(buyer, kind="invoice")
    assert invoice["total"]["amount"] == 4 * 4_950 + 5 * 4_400
    text = await counter.text(buyer, invoice)
    assert plain_text("当社が負担") not in text
    shown = (await buyer.get(f"/v1/papers/{invoice['id']}")).json()
    assert sorted(total["goods"]["amount"] for total in shown["totals"]) == [4 * 4_500, 5 * 4_000]
    [receipt] = await counter.papers(buyer, kind="receipt")
    assert receipt["total"]["amount"] == order["total"]["amount"]
    [back] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert back["amount"]["amount"] == 5 * 550
    assert await counter.papers(buyer, kind="return") == [], "What was never supplied is on no invoice."


async def test_a_receipt_that_comes_late_is_of_what_was_paid_all_the_same(counter: Counter) -> None:
    buyer, other = await counter.buyer(), await counter.seller(OTHERS_NUMBER)
    async with counter.silence():
        order = await short(counter, buyer)
        await substituted(counter, buyer, order, await counter.world.listing(other, 10, price=5_200))
    payment = (await buyer.get(f"/v1/orders/{order['id']}")).json()["payment"]
    answer = await buyer.post(f"/v1/orders/{order['id']}/receipt")
    assert (answer.status_code, payment["status"]) == (201, "paid"), answer.text
    assert answer.json()["total"]["amount"] == order["total"]["amount"]


async def test_what_the_desk_has_put_in_is_told_on_the_invoice(counter: Counter) -> None:
    buyer, other = await counter.buyer(), await counter.seller(OTHERS_NUMBER)
    order = await short(counter, buyer)
    made = await substituted(counter, buyer, order, await counter.world.listing(other, 10, price=5_000))
    assert made["borne"]["amount"] == 5 * 550
    await counter.invoice(buyer, order)
    [invoice] = await counter.papers(buyer, kind="invoice")
    assert invoice["total"]["amount"] == order["total"]["amount"] + 5 * 550
    assert plain_text("うち 2,750 円は当社が負担しました") in await counter.text(buyer, invoice)
    back = await counter.world.desk.post(
        f"/v1/admin/orders/{order['id']}/refunds", {"note": "返品", "lines": [{"n": 3, "quantity": 5}]}
    )
    assert back.json()["amount"]["amount"] == 5 * 4_950, "Its buyer had paid no more."


async def test_on_account_what_is_not_dearer_takes_the_place_and_less_is_owed(counter: Counter) -> None:
    buyer, other = await counter.buyer(), await counter.seller(OTHERS_NUMBER)
    await counter.credit(buyer)
    order = await short(counter, buyer, on_account=True)
    dear, cheap = [await counter.world.listing(other, 10, price=price) for price in (5_000, 4_000)]
    person = await signed_in(counter.world)
    at, wish = f"/v1/admin/orders/{order['id']}/substitutions", proposal(counter.world, (2, dear, 5))
    refused = await person.post(at, json=wish, headers={KEY: f"{order['id']}-dear"})
    assert (refused.status_code, refused.json()["state"]) == (409, "on_account")
    await substituted(counter, buyer, order, cheap)
    used = (await buyer.get("/v1/credit-line")).json()["used"]["amount"]
    assert used == 4 * 4_950 + 5 * 4_400
    assert await counter.balance(f"receivable:{buyer.org_id.hex}") == -used
    try:
        await counter.next_month()
        [monthly] = await counter.papers(buyer, kind="monthly_invoice")
        assert monthly["total"]["amount"] == used
    finally:
        counter.world.ahead -= counter.world.ahead

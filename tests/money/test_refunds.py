"""Does what is given back reach its buyer, its lots and the book, and never what is at a registry?"""

import secrets
from datetime import timedelta
from typing import Any

import httpx
import pytest

from integrations.stripe.fake.messages import FaultName
from integrations.stripe.fake.scene import FailRefund, PayByCard
from tests.money.till import Till
from tests.world import BASE_URL, PASSWORD, Party

WISH = {"beneficiary_name": "アオバ食品株式会社", "purpose": "OFFSET", "purpose_detail": "秋の展示会"}


async def paid_by_card(till: Till, buyer: Party, quantity: int = 10, **more: Any) -> dict[str, Any]:
    """An order that a card has paid."""
    order = await till.order(buyer, quantity, **more)
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    await till.settle()
    return order


async def refunded(till: Till, order: dict[str, Any], **wish: Any) -> httpx.Response:
    return await till.world.desk.post(f"/v1/admin/orders/{order['id']}/refunds", {"note": "お客様のご要望", **wish})


async def desk_people(till: Till) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Two people of the desk, signed in."""
    email = f"{secrets.token_hex(6)}@desk.test"
    first = till.world.client(Origin=BASE_URL)
    await first.post("/v1/sessions", json={"email": till.world.desk.email, "password": PASSWORD})
    person = {"email": email, "name": "二人目", "role": "admin", "password": PASSWORD}
    made = await first.post("/v1/members", json=person, headers={"Idempotency-Key": secrets.token_hex(8)})
    assert made.status_code == 201, made.text
    second = till.world.client(Origin=BASE_URL)
    await second.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    return first, second


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


async def test_a_whole_order_goes_back_through_stripe(till: Till) -> None:
    buyer = await till.buyer()
    before = await till.balances()
    order = await paid_by_card(till, buyer)
    answer = await refunded(till, order)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["way"], answer.json()["amount"]) == ("stripe", order["total"])
    await till.settle()
    shown = await till.shown(buyer, order)
    assert shown["status"] == "refunded"
    [own] = (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()
    assert (own["status"], own["amount"]) == ("succeeded", order["total"])
    assert "note" not in own
    after = await till.balances()
    assert after["stripe:clearing"] == before.get("stripe:clearing", 0)
    assert after.get(f"refunds:{buyer.org_id.hex}", 0) == 0
    [holding] = (await buyer.get("/v1/holdings")).json()["data"]
    assert (holding["quantity"], holding["held"]) == (0, 0)


async def test_part_of_an_order_goes_back_and_can_be_sold_again(till: Till) -> None:
    buyer, provider = await till.buyer(), await till.world.provider()
    listing = await till.world.listing(provider, 10, price=333)
    order = await till.world.order(buyer, (listing, 10))
    begun = await till.begun(buyer, order, "card")
    await till.do(PayByCard(await till.intent_of(begun["id"]), "pm_card_visa"))
    await till.settle()
    part = (await refunded(till, order, lines=[{"n": 1, "quantity": 3}])).json()
    assert part["amount"]["amount"] == 999 + (333 - 233)
    await till.settle()
    shown = await till.shown(buyer, order)
    assert (shown["status"], (await buyer.get("/v1/holdings")).json()["data"][0]["held"]) == ("fulfilled", 7)
    lot = await till.owner.fetchrow(
        "select free, sold, reserved from lot_stock s join listing l on l.lot_id = s.lot_id where l.org_id = $1",
        provider.org_id,
    )
    assert tuple(lot) == (3, 7, 0)
    too_many = await refunded(till, order, lines=[{"n": 1, "quantity": 8}])
    assert (too_many.status_code, too_many.json()["errors"][0]["code"]) == (422, "too_many")
    rest = await refunded(till, order)
    assert part["amount"]["amount"] + rest.json()["amount"]["amount"] == order["total"]["amount"]
    await till.settle()
    assert (await till.shown(buyer, order))["status"] == "refunded"
    assert (await till.balances()).get(f"payable:{provider.org_id.hex}", 0) == 0


async def test_a_short_order_is_given_back_in_part_and_the_rest_is_filled(till: Till) -> None:
    buyer, provider = await till.buyer(), await till.world.provider()
    listings = [await till.world.listing(provider, 10, price=1_000) for _ in range(2)]
    order = await till.world.order(buyer, *((listing, 4) for listing in listings))
    lot = (await provider.get(f"/v1/provider/listings/{listings[1]}")).json()["lot_id"]
    await till.world.desk.post(f"/v1/admin/lots/{lot}/freeze", {"note": "照会中"})
    await till.world.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    await till.world.run_jobs()
    assert (await till.shown(buyer, order))["status"] == "short"
    back = await refunded(till, order, lines=[{"n": 2, "quantity": 4}])
    assert (back.json()["way"], back.json()["amount"]["amount"]) == ("bank", 4_400)
    await till.world.run_jobs()
    shown = await till.shown(buyer, order)
    assert shown["status"] == "fulfilled"
    assert [each["quantity"] for each in (await buyer.get("/v1/holdings")).json()["data"]] == [4]
    assert (await till.balances())[f"payable:{provider.org_id.hex}"] == 4_400


async def test_a_refund_by_bank_is_done_when_the_bank_shows_it(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    await till.world.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    await till.world.run_jobs()
    back = (await refunded(till, order)).json()
    assert (back["way"], back["status"]) == ("bank", "due")
    await till.world.pay(("ヘンキン", -order["total"]["amount"]))
    lines = (await till.world.desk.get("/v1/admin/bank-lines", params={"status": "for_a_person"})).json()["data"]
    line = next(each for each in lines if each["amount"]["amount"] == -order["total"]["amount"])
    paid = {"bank_line_id": line["id"], "note": "総合振込"}
    done = await till.world.desk.post(f"/v1/admin/refunds/{back['id']}/paid", paid)
    assert (done.status_code, done.json()["status"]) == (200, "succeeded"), done.text
    again = await till.world.desk.post(f"/v1/admin/refunds/{back['id']}/paid", paid)
    assert (again.status_code, again.json()["code"]) == (409, "refund_not_payable")
    after = await till.balances()
    assert after.get(f"refunds:{buyer.org_id.hex}", 0) == 0


async def test_what_is_on_its_way_to_a_registry_is_never_given_back(till: Till) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer, retire=WISH)
    await till.world.pay((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    await till.world.run_jobs()
    answer = await refunded(till, order)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_refund")


async def test_goodwill_takes_two_people_and_the_desk_bears_it(till: Till) -> None:
    buyer = await till.buyer()
    order = await paid_by_card(till, buyer, retire=WISH)
    before = await till.balances()
    first, second = await desk_people(till)
    at = f"/v1/admin/orders/{order['id']}/goodwill"
    wish = {"amount": 1_000, "note": "登録簿の遅れ"}
    by_key = await till.world.desk.post(at, wish)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "refund_needs_person")
    proposed = (await first.post(at, json=wish, headers=keyed())).json()
    assert proposed["status"] == "proposed"
    assert (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json() == []
    alone = await first.post(f"/v1/admin/refunds/{proposed['id']}/confirm", headers=keyed())
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed_for_refund")
    confirmed = await second.post(f"/v1/admin/refunds/{proposed['id']}/confirm", headers=keyed())
    assert confirmed.json()["status"] == "due"
    await till.settle()
    assert (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()[0]["status"] == "succeeded"
    after = await till.balances()
    assert after["write_off"] - before.get("write_off", 0) == -1_000
    assert (await till.shown(buyer, order))["status"] == "fulfilled"
    much = await first.post(at, json=wish | {"amount": order["total"]["amount"]}, headers=keyed())
    assert (much.status_code, much.json()["code"]) == (409, "nothing_to_refund")


async def test_a_refund_whose_answer_was_lost_is_made_once(till: Till) -> None:
    buyer = await till.buyer()
    order = await paid_by_card(till, buyer)
    await till.fault(FaultName.ACTS_THEN_DROPS, where="refunds")
    back = (await refunded(till, order)).json()

    async with till.later(timedelta(minutes=5)):
        await till.settle()
    view = await till.book()
    assert view.references["refund"][back["id"]] == 1
    assert (await buyer.get(f"/v1/orders/{order['id']}/refunds")).json()[0]["status"] == "succeeded"


async def test_a_refund_that_could_not_be_delivered_is_owed_still_and_goes_by_bank(till: Till) -> None:
    buyer = await till.buyer()
    order = await paid_by_card(till, buyer)
    back = (await refunded(till, order)).json()
    await till.settle()
    refunds = (await till.book()).objects["refund"]
    there = next(each["id"] for each in refunds if each["metadata"].get("offsetdesk_id") == back["id"])
    await till.do(FailRefund(there))
    await till.settle()
    owed = (await till.balances())[f"refunds:{buyer.org_id.hex}"]
    assert owed == order["total"]["amount"]
    failed = (await till.world.desk.get("/v1/admin/refunds", params={"status": "failed"})).json()["data"]
    assert back["id"] in [each["id"] for each in failed]
    turned = await till.world.desk.post(f"/v1/admin/refunds/{back['id']}/by-bank")
    assert (turned.json()["way"], turned.json()["status"]) == ("bank", "due")


@pytest.mark.parametrize("amount", [0, -1])
async def test_nonsense_is_refused_at_its_field(till: Till, amount: int) -> None:
    buyer = await till.buyer()
    order = await till.order(buyer)
    answer = await refunded(till, order, lines=[{"n": 1, "quantity": amount}])
    assert answer.status_code == 422
    unpaid = await refunded(till, order)
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "invalid_state")

"""Is a paper that names its recipient wrongly said anew by two people, and does the wrong one stay?"""

import secrets
from typing import Any

import httpx
import pytest

from app.core.ids import public_id
from tests.invoices.counter import BILLING, SELLERS_NUMBER, Counter, plain_text, uuid_of
from tests.world import BASE_URL, PASSWORD

WISH = {
    "recipient_name": "株式会社青葉食品", "recipient_address": "〒980-0000 宮城県仙台市", "purchase_order": "PO-2",
    "note": "宛名の誤り",
}  # fmt: skip


@pytest.fixture
async def people(counter: Counter) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Two people of the desk who have signed in."""
    world, email = counter.world, f"{secrets.token_hex(6)}@desk.test"
    first = await _signed_in(counter, world.desk.email)
    person = {"email": email, "name": "運営 次郎", "role": "admin", "password": PASSWORD}
    made = await first.post("/v1/members", json=person, headers=keyed())
    assert made.status_code == 201, made.text
    return first, await _signed_in(counter, email)


async def _signed_in(counter: Counter, email: str) -> httpx.AsyncClient:
    browser = counter.world.client(Origin=BASE_URL)
    answer = await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert answer.status_code < 300, answer.text
    return browser


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


async def propose(person: httpx.AsyncClient, paper: dict[str, Any], **changes: str) -> httpx.Response:
    return await person.post(f"/v1/admin/papers/{paper['id']}/corrections", json=WISH | changes, headers=keyed())


async def decide(person: httpx.AsyncClient, correction: dict[str, Any], verb: str) -> httpx.Response:
    return await person.post(f"/v1/admin/paper-corrections/{correction['id']}/{verb}", headers=keyed())


async def test_a_corrected_invoice_names_the_wrong_one_which_stays(
    counter: Counter, people: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    first, second = people
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    [wrong] = await counter.papers(buyer, kind="invoice")
    before = await counter.text(buyer, wrong)
    proposed = await propose(first, wrong)
    assert (proposed.status_code, proposed.json()["status"]) == (201, "proposed"), proposed.text
    own = await decide(first, proposed.json(), "issue")
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed_for_correction")
    issued = await decide(second, proposed.json(), "issue")
    assert (issued.status_code, issued.json()["status"]) == (200, "issued"), issued.text
    assert (await decide(second, issued.json(), "reject")).json()["code"] == "invalid_state"
    await counter.world.run_jobs()
    papers = {paper["id"]: paper for paper in await counter.papers(buyer, kind="invoice")}
    corrected = papers.pop(issued.json()["corrected_id"])
    assert papers == {wrong["id"]: wrong}
    assert (corrected["corrects"], corrected["recipient_name"]) == (wrong["id"], WISH["recipient_name"])
    assert corrected["number"] != wrong["number"]
    assert (corrected["total"], corrected["order_id"]) == (wrong["total"], order["id"])
    text = await counter.text(buyer, corrected)
    for words in ("修正適格請求書", "訂正前の書類", wrong["number"], *WISH.values(), "24,750"):
        assert plain_text(words) in text, words
    assert BILLING["name"] not in text
    assert await counter.text(buyer, wrong) == before
    copies = await counter.papers(seller, kind="invoice")
    assert sorted(copy["number"] for copy in copies) == sorted([wrong["number"], corrected["number"]])
    assert {copy["corrects"] for copy in copies} == {None}, "A buyer's paper is known to no seller by its id."


async def test_what_is_given_back_is_of_the_first_invoice_once(
    counter: Counter, people: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    first, second = people
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    [wrong] = await counter.papers(buyer, kind="invoice")
    await decide(second, (await propose(first, wrong)).json(), "issue")
    at = f"/v1/admin/orders/{order['id']}/refunds"
    made = (await counter.world.desk.post(at, {"note": "返品", "lines": [{"n": 1, "quantity": 2}]})).json()
    await counter.transfer(("返金", -made["amount"]["amount"]))
    line = await counter.owner.fetchval("select id from bank_line order by id desc limit 1")
    wish = {"bank_line_id": public_id("bnk", line), "note": "送金済み"}
    noted = await counter.world.desk.post(f"/v1/admin/refunds/{made['id']}/paid", wish)
    assert noted.status_code == 200, noted.text
    await counter.world.run_jobs()
    [back] = await counter.papers(buyer, kind="return")
    assert back["total"] == made["amount"]
    assert plain_text(wrong["number"]) in await counter.text(buyer, back)
    again = (await decide(second, (await propose(first, back)).json(), "issue")).json()
    await counter.world.run_jobs()
    assert plain_text("修正適格返還請求書") in await counter.text(buyer, {"id": again["corrected_id"]})


async def test_each_paper_is_corrected_once_by_people_and_nothing_else_is(
    counter: Counter, people: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    first, second = people
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    [invoice], [receipt] = [await counter.papers(buyer, kind=kind) for kind in ("invoice", "receipt")]
    [copy] = await counter.papers(seller, kind="invoice")
    by_key = await counter.world.desk.post(f"/v1/admin/papers/{invoice['id']}/corrections", WISH)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "paper_correction_needs_person")
    assert (await buyer.post(f"/v1/admin/papers/{invoice['id']}/corrections", WISH)).status_code == 403
    for paper in (receipt, copy):
        refused = await propose(first, paper)
        assert (refused.status_code, refused.json()["code"]) == (409, "paper_not_correctable")
    assert (await propose(first, invoice, note="\U0001f600")).status_code == 422
    proposed = (await propose(first, invoice)).json()
    assert (await propose(second, invoice)).json()["code"] == "paper_not_correctable"
    assert (await decide(first, proposed, "reject")).json()["code"] == "second_person_needed_for_correction"
    assert (await decide(second, proposed, "reject")).json()["status"] == "rejected"
    again = (await propose(second, invoice)).json()
    assert (await decide(first, again, "issue")).json()["status"] == "issued"
    listed = (await first.get("/v1/admin/paper-corrections", params={"limit": "2"})).json()["data"]
    assert [each["status"] for each in listed] == ["issued", "rejected"]
    assert (await decide(first, {"id": "pcr_0"}, "issue")).json()["code"] == "paper_correction_not_found"
    rows = await counter.owner.fetch("select kind from event where subject_id = $1 order by seq", uuid_of(again["id"]))
    assert [row["kind"] for row in rows] == ["paper_correction.proposed", "paper_correction.issued"]

"""Which papers does an order give rise to, what do they say, and who may read them?"""

from pathlib import Path

from app.clients import terms_of
from app.core.period import day_in_japan
from app.invoices import flow
from tests.invoices.counter import (
    BILLING,
    NUMBER,
    OTHERS_NUMBER,
    PROFILE,
    REQUEST,
    SELLERS_NUMBER,
    Counter,
    plain_text,
    uuid_of,
)


async def test_an_order_of_two_sellers_has_two_invoices_that_come_to_what_was_paid(counter: Counter) -> None:
    registered, other = await counter.seller(SELLERS_NUMBER), await counter.seller(None)
    lines = [(await counter.world.listing(registered, 50, price=4_519), 7), (await counter.world.listing(other, 50), 3)]
    buyer = await counter.buyer()
    order = await counter.fulfilled(buyer, *lines)
    papers = {paper["mode"]: paper for paper in await counter.papers(buyer, kind="invoice")}
    assert papers.keys() == {"for_provider", "unregistered"}
    owed = {issuer["goods"]["amount"]: issuer["tax"]["amount"] for issuer in order["issuers"]}
    for paper, goods in ((papers["for_provider"], 7 * 4_519), (papers["unregistered"], 3 * 4_500)):
        assert (paper["kind"], paper["goods"]["amount"], paper["tax"]["amount"]) == ("invoice", goods, owed[goods])
        assert paper["total"]["amount"] == goods + owed[goods]
        assert (paper["issuer_name"], paper["order_id"]) == (PROFILE["name"], order["id"])
    assert sum(paper["total"]["amount"] for paper in papers.values()) == order["total"]["amount"]
    numbers = sorted(paper["number"] for paper in papers.values())
    assert int(numbers[1][-6:]) == int(numbers[0][-6:]) + 1, "The next number of the same series."


async def test_a_qualified_invoice_says_every_particular_and_the_other_never_the_number(counter: Counter) -> None:
    registered, other = await counter.seller(OTHERS_NUMBER), await counter.seller(SELLERS_NUMBER, confirmed=False)
    lines = [(await counter.world.listing(registered, 50), 5), (await counter.world.listing(other, 50), 3)]
    buyer = await counter.buyer()
    order = await counter.fulfilled(buyer, *lines)
    papers = {paper["mode"]: paper for paper in await counter.papers(buyer, kind="invoice")}
    today = day_in_japan(counter.world.now())
    text = await counter.text(buyer, papers["for_provider"])
    said = [
        "適格請求書", papers["for_provider"]["number"], NUMBER, PROFILE["name"], PROFILE["address"], BILLING["name"],
        BILLING["department"], BILLING["address"], BILLING["purchase_order"], order["id"], "J-クレジット", "22,500", "2,250",
        "24,750", "10%対象", f"{today.year}年{today.month}月{today.day}日", "領収済み", "銀行振込", "第70条の12", "見本",
        PROFILE["notes"][0],
    ]  # fmt: skip
    missing = [words for words in said if plain_text(words) not in text]
    assert missing == []
    plain = await counter.text(buyer, papers["unregistered"])
    assert plain_text("適格請求書（インボイス）ではありません") in plain
    assert NUMBER not in plain
    assert SELLERS_NUMBER not in plain, "Nobody has confirmed it."


async def test_an_order_is_invoiced_once_however_often_it_is_asked_for(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    before = await counter.papers(buyer)
    await counter.invoice(buyer, order)
    assert await counter.papers(buyer) == before
    assert sorted(paper["kind"] for paper in before) == ["invoice", "receipt"]


async def test_a_seller_has_a_copy_with_its_own_lines_alone(counter: Counter) -> None:
    first, second = await counter.seller(SELLERS_NUMBER), await counter.seller(OTHERS_NUMBER)
    lines = [(await counter.world.listing(first, 50), 5), (await counter.world.listing(second, 50, price=7_000), 3)]
    buyer = await counter.buyer()
    await counter.fulfilled(buyer, *lines)
    [invoice] = await counter.papers(buyer, kind="invoice")
    [copy] = await counter.papers(first)
    assert (copy["number"], copy["is_copy"], invoice["is_copy"]) == (invoice["number"], True, False)
    assert (copy["goods"]["amount"], copy["total"]["amount"]) == (22_500, 24_750)
    text = await counter.text(first, copy)
    assert "控え" in text
    assert BILLING["name"] in text
    for hidden in ("21,000", "23,100", BILLING["address"], BILLING["purchase_order"]):
        assert plain_text(hidden) not in text, hidden
    for stranger, paper in ((first, invoice), (second, copy), (await counter.buyer(), invoice)):
        for suffix in ("", "/pdf"):
            assert (await stranger.get(f"/v1/papers/{paper['id']}{suffix}")).status_code == 404
    desk = counter.world.desk
    for paper in (invoice, copy):
        assert (await desk.get(f"/v1/admin/papers/{paper['id']}/pdf")).status_code == 200
    found = (await desk.get("/v1/admin/papers", params={"kind": "invoice", "limit": "100"})).json()["data"]
    assert invoice["id"] in {each["id"] for each in found}
    assert copy["id"] not in {each["id"] for each in found}, "The desk looks for papers, not for their copies."


async def test_a_paper_is_the_same_file_every_time_and_is_made_again_when_it_is_lost(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    [paper] = await counter.papers(buyer, kind="invoice")
    shown = (await buyer.get(f"/v1/papers/{paper['id']}")).json()
    first = await buyer.get(f"/v1/papers/{paper['id']}/pdf")
    assert first.headers["etag"] == f'"{shown["pdf_sha256"]}"'
    world, paper_id = counter.world, uuid_of(paper["id"])
    kept = await counter.owner.fetchval("select file_key from paper_file where paper_id = $1", paper_id)
    lost = Path(world.settings.files_url.removeprefix("file://")) / kept
    lost.unlink()
    await flow.render(world.worker_db, world.clients.documents, world.clients.files, buyer.org_id, paper_id,
                      now=world.now(), request_id=REQUEST)  # fmt: skip
    assert (await buyer.get(f"/v1/papers/{paper['id']}/pdf")).content == first.content
    kinds = await counter.owner.fetch("select kind from event where subject_id = $1 order by seq", paper_id)
    assert [row["kind"] for row in kinds] == ["paper.issued", "paper.rendered"]


async def test_orders_from_before_the_desk_said_who_issues_are_caught_up(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    async with counter.silence():
        order = await counter.world.paid_order(buyer, (await counter.world.listing(seller, 50), 5))
    assert await counter.papers(buyer) == []
    for _ in range(2):
        await flow.catch_up(counter.world.worker_db, now=counter.world.now(), request_id=REQUEST)
        await counter.world.run_jobs()
    papers = await counter.papers(buyer)
    assert {(paper["kind"], paper["order_id"]) for paper in papers} == {
        ("invoice", order["id"]),
        ("receipt", order["id"]),
    }
    assert len(papers) == 2


async def test_a_bill_asks_for_what_the_order_waits_for(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.world.order(buyer, (await counter.world.listing(seller, 50), 5))
    first = await buyer.post(f"/v1/orders/{order['id']}/bill")
    assert first.status_code == 201, first.text
    assert (await buyer.post(f"/v1/orders/{order['id']}/bill")).json() == first.json(), "Asked twice, it is one paper."
    assert first.headers["location"] == f"/v1/papers/{first.json()['id']}"
    await counter.world.run_jobs()
    text = await counter.text(buyer, first.json())
    bank = PROFILE["bank"]
    for words in (bank["bank"], bank["account_number"], order["payment"]["reference"], "請求書", "24,750"):
        assert plain_text(words) in text, words
    assert "適格請求書" not in text
    assert first.json()["due_on"] is not None
    receipt = await buyer.post(f"/v1/orders/{order['id']}/receipt")
    assert (receipt.status_code, receipt.json()["code"]) == (409, "payment_not_received")


async def test_a_receipt_has_one_original_and_copies_that_say_so(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    first = (await buyer.post(f"/v1/orders/{order['id']}/receipt")).json()
    second = (await buyer.post(f"/v1/orders/{order['id']}/receipt")).json()
    assert first == second
    await flow.issue_receipt(
        counter.world.worker_db, buyer.org_id,
        await counter.owner.fetchval("select id from payment where order_id = $1", uuid_of(order["id"])),
        terms=terms_of(counter.world.settings), now=counter.world.now(), request_id=REQUEST,
    )  # fmt: skip
    again = await buyer.post(f"/v1/papers/{first['id']}/copies")
    assert again.status_code == 201, again.text
    assert (again.json()["number"], again.json()["is_copy"]) == (first["number"], True)
    await counter.world.run_jobs()
    assert len(await counter.papers(buyer, kind="receipt")) == 2
    original, copy = await counter.text(buyer, first), await counter.text(buyer, again.json())
    for text in (original, copy):
        assert "領収書" in text
        assert "印紙不要" in text
    assert "再発行" not in original
    assert "再発行" in copy
    refused = await buyer.post(f"/v1/papers/{again.json()['id']}/copies")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_receipt")
    billed = await buyer.post(f"/v1/orders/{order['id']}/bill")
    assert (billed.status_code, billed.json()["code"]) == (409, "invalid_state")


async def test_a_quote_that_holds_has_one_quotation(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    listing = await counter.world.listing(seller, 50)
    quote = (await buyer.post("/v1/quotes", {"lines": [{"listing_id": listing, "quantity": 5}]})).json()
    first = await buyer.post(f"/v1/quotes/{quote['id']}/paper")
    assert first.status_code == 201, first.text
    assert (await buyer.post(f"/v1/quotes/{quote['id']}/paper")).json() == first.json()
    assert first.json()["total"] == quote["total"]
    await counter.world.run_jobs()
    text = await counter.text(buyer, first.json())
    assert "御見積書" in text
    assert NUMBER in text
    stranger = await counter.buyer()
    assert (await stranger.post(f"/v1/quotes/{quote['id']}/paper")).status_code == 404


async def test_papers_are_kept_as_long_as_the_law_asks_and_never_deleted(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 5))
    [paper] = await counter.papers(buyer, kind="invoice")
    today = day_in_japan(counter.world.now())
    ended = today.year + (1 if today.month > 3 else 0)
    assert paper["kept_through"] == f"{ended + 7}-05-31", "Seven years from two months after the year's end in March."
    for table in ("paper", "paper_file", "desk_profile", "paper_counterparty"):
        for role in ("offsetdesk_api", "offsetdesk_worker"):
            for verb in ("update", "delete", "truncate"):
                asked = "select has_table_privilege($1, $2, $3)"
                assert not await counter.owner.fetchval(asked, role, table, verb), (table, role, verb)

"""Are a month's orders on account invoiced once, booked to the yen, paid by their reference and reminded of?"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.invoices import flow, operations
from app.ledger import queries as book
from tests.invoices.counter import OTHERS_NUMBER, REQUEST, SELLERS_NUMBER, Counter, plain_text, uuid_of
from tests.world import Party


@pytest.fixture
async def later(counter: Counter) -> AsyncIterator[Counter]:
    """The desk, whose clock is put back when the test is over."""
    yield counter
    counter.world.ahead = timedelta()


async def closed(counter: Counter, *prices: int) -> tuple[Party, Party, list[dict[str, Any]], dict[str, Any]]:
    """A buyer and a seller with an order of one tonne at each price, on the invoice of their month."""
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    await counter.credit(buyer)
    orders = [
        await counter.on_account(buyer, (await counter.world.listing(seller, 5, price=price), 1)) for price in prices
    ]
    await counter.next_month()
    [paper] = await counter.papers(buyer)
    return buyer, seller, orders, paper


async def test_receivable_payable_and_paper_agree_to_the_yen(later: Counter) -> None:
    buyer, seller, orders, paper = await closed(later, 1_005, 1_007, 1_009)
    owed = sum(order["total"]["amount"] for order in orders)
    assert paper["kind"] == "monthly_invoice"
    assert paper["tax"]["amount"] == (1_005 + 1_007 + 1_009) // 10 == 302
    assert sum(order["tax"]["amount"] for order in orders) == 300, "Each order's tax is rounded down by itself."
    assert paper["total"]["amount"] == owed + 2
    assert await later.balance(f"receivable:{buyer.org_id.hex}") == -paper["total"]["amount"]
    assert await later.balance(f"payable:{seller.org_id.hex}") == paper["total"]["amount"]
    async with later.world.worker_db.audit() as session:
        assert sum(total.balance_minor for total in await book.trial_balance(session)) == 0
    line = (await buyer.get("/v1/credit-line")).json()
    assert line["used"]["amount"] == paper["total"]["amount"]
    text = await later.text(buyer, paper)
    for words in ("合計請求書（適格請求書）", "3,021", "302", "3,323", *(order["id"] for order in orders)):
        assert plain_text(words) in text, words
    [copy] = await later.papers(seller)
    assert copy["total"] == paper["total"]


async def test_a_month_is_closed_once_and_its_orders_are_invoiced_nowhere_else(later: Counter) -> None:
    buyer, _, orders, paper = await closed(later, 1_005, 1_007)
    for order in orders:
        await later.invoice(buyer, order)
    for _ in range(2):
        await flow.close_months(later.world.worker_db, now=later.world.now(), request_id=REQUEST)
        await later.world.run_jobs()
    assert [each["id"] for each in await later.papers(buyer)] == [paper["id"]]


async def test_nothing_is_invoiced_before_the_month_has_ended(later: Counter) -> None:
    seller, buyer = await later.seller(SELLERS_NUMBER), await later.buyer()
    await later.credit(buyer)
    await later.on_account(buyer, (await later.world.listing(seller, 5), 1))
    await flow.close_months(later.world.worker_db, now=later.world.now(), request_id=REQUEST)
    await later.world.run_jobs()
    assert await later.papers(buyer) == []


async def test_a_month_of_registered_and_other_sellers_is_on_two_papers(later: Counter) -> None:
    sellers = [await later.seller(number) for number in (OTHERS_NUMBER, None)]
    buyer = await later.buyer()
    await later.credit(buyer)
    listings = [await later.world.listing(seller, 9, price=1_005) for seller in sellers]
    orders = [await later.on_account(buyer, *((listing, 1) for listing in listings)) for _ in range(2)]
    await later.next_month()
    papers = await later.papers(buyer)
    assert sorted(paper["mode"] for paper in papers) == ["for_provider", "unregistered"]
    total = sum(paper["total"]["amount"] for paper in papers)
    assert total == sum(order["total"]["amount"] for order in orders) + 2
    assert await later.balance(f"receivable:{buyer.org_id.hex}") == -total
    claims = [(await buyer.get(f"/v1/papers/{paper['id']}")).json()["claim"] for paper in papers]
    assert len({claim["reference"] for claim in claims}) == 2


async def test_money_with_the_reference_pays_the_invoice_in_parts_and_frees_the_line(later: Counter) -> None:
    buyer, _, _, paper = await closed(later, 1_005, 1_007)
    detail = (await buyer.get(f"/v1/papers/{paper['id']}")).json()
    reference, total = detail["claim"]["reference"], paper["total"]["amount"]
    assert reference in await later.text(buyer, paper)
    assert detail["paper"]["due_on"] == detail["claim"]["due_on"]
    applied = [await pay(later, buyer, reference, minor) for minor in (1_000, total)]
    assert applied == [1_000, total - 1_000], "Never more than is open."
    claim = (await buyer.get(f"/v1/papers/{paper['id']}")).json()["claim"]
    assert (claim["open"]["amount"], claim["paid_at"] is not None) == (0, True)
    assert await later.balance(f"receivable:{buyer.org_id.hex}") == 0
    assert (await buyer.get("/v1/credit-line")).json()["used"]["amount"] == 0
    kinds = await later.owner.fetch(
        "select e.kind from event e join invoice_claim c on c.id = e.subject_id where c.reference = $1 order by seq",
        reference,
    )
    assert [row["kind"] for row in kinds] == ["invoice_claim.opened", "invoice_claim.partly_paid", "invoice_claim.paid"]


async def pay(counter: Counter, buyer: Party, reference: str, minor: int) -> int:
    """Money comes to the bank and is applied to the invoice that it names."""
    before = (await buyer.get("/v1/credit-line")).json()["used"]["amount"]
    await counter.transfer((f"{reference} アオバ", minor))
    return int(before - (await buyer.get("/v1/credit-line")).json()["used"]["amount"])


async def test_each_reminder_is_sent_once_and_stops_when_it_is_paid(later: Counter) -> None:
    buyer, _, _, paper = await closed(later, 1_005)
    claim = (await buyer.get(f"/v1/papers/{paper['id']}")).json()["claim"]
    due = date.fromisoformat(claim["due_on"])
    sent = []
    for days in (-10, -3, -3, 0, 3, 4, 14, 29, 30, 60):
        await remind_on(later, due + timedelta(days=days))
        notices = (await buyer.get("/v1/notices")).json()["data"]
        sent.append(len([each for each in notices if each["kind"] == "invoice.reminder"]))
    assert sent == [0, 1, 1, 1, 2, 2, 3, 3, 4, 4]
    assert {(each["subject"], each["title"]) for each in notices} == {(paper["id"], paper["number"])}
    ageing = {row["organisation_id"]: row for row in await ageing_of(later)}
    assert ageing[buyer.id]["open"]["amount"] == claim["amount"]["amount"]
    assert ageing[buyer.id]["not_due"]["amount"] == claim["amount"]["amount"], (
        "By the clock of the door, it is not due."
    )
    await later.owner.execute(
        "update invoice_claim set due_on = current_date - 45 where reference = $1", claim["reference"]
    )
    aged = {row["organisation_id"]: row for row in await ageing_of(later)}[buyer.id]
    assert (aged["not_due"]["amount"], aged["up_to_60"]["amount"]) == (0, claim["amount"]["amount"])
    await pay(later, buyer, claim["reference"], claim["amount"]["amount"])
    assert buyer.id not in {row["organisation_id"] for row in await ageing_of(later)}


async def remind_on(counter: Counter, day: date) -> None:
    """The reminders of a day are sent."""
    today = counter.world.now() - counter.world.ahead
    now = today + timedelta(days=(day - day_in_japan(today)).days)
    await flow.remind(counter.world.worker_db, now=now, request_id=REQUEST)


async def ageing_of(counter: Counter) -> list[dict[str, Any]]:
    """The whole report, page by page."""
    rows: list[dict[str, Any]] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await counter.world.desk.get("/v1/admin/ageing", params=query)).json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        query["cursor"] = page["next_cursor"]


async def test_a_line_lends_its_limit_and_no_yen_more(later: Counter) -> None:
    seller, buyer = await later.seller(SELLERS_NUMBER), await later.buyer()
    listing = await later.world.listing(seller, 500, price=1_000)
    await later.credit(buyer, limit={"amount": 5_500, "currency": "JPY"})
    await later.on_account(buyer, (listing, 4))
    refused = await later.owe(buyer, await later.world.order(buyer, (listing, 2)))
    assert (refused.status_code, refused.json()["code"]) == (409, "credit_exceeded")
    assert refused.json()["available"] == 1_100
    given = await later.on_account(buyer, (listing, 1))
    assert (await buyer.get("/v1/credit-line")).json()["available"]["amount"] == 0
    await later.credit(buyer, limit={"amount": 1_000, "currency": "JPY"})
    shown = (await buyer.get("/v1/credit-line")).json()
    assert (shown["used"]["amount"], shown["available"]["amount"]) == (5_500, 0), "What is owed stays owed."
    assert [await give_back(later, buyer, given["id"]) for _ in range(2)] == [True, False]
    assert (await buyer.get("/v1/credit-line")).json()["used"]["amount"] == 4_400


async def give_back(counter: Counter, buyer: Party, order_id: str) -> bool:
    scope = Scope.of_system(buyer.org_id, REQUEST).with_party(DESK_ID)
    async with counter.world.worker_db.transaction(scope) as session:
        return await operations.give_back(session, buyer.org_id, uuid_of(order_id), now=counter.world.now())


async def test_who_has_no_line_or_one_of_another_time_draws_nothing(later: Counter) -> None:
    seller, buyer = await later.seller(SELLERS_NUMBER), await later.buyer()
    listing = await later.world.listing(seller, 500)
    order, refusals = await later.world.order(buyer, (listing, 1)), []
    for terms in (None, {"valid_from": "2020-01-01", "valid_through": "2020-12-31"}, {"valid_from": "2099-01-01"}):
        if terms is not None:
            await later.credit(buyer, **terms)
        refused = await later.owe(buyer, order)
        refusals.append((refused.status_code, refused.json()["code"]))
    assert refusals == [(409, "credit_not_granted")] * 3
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert (shown["status"], shown["payment"]["status"]) == ("awaiting_payment", "open")


async def test_a_credit_line_is_changed_by_who_has_seen_it(later: Counter) -> None:
    buyer, desk = await later.buyer(), later.world.desk
    at = f"/v1/admin/organisations/{buyer.id}/credit-line"
    assert (await desk.get(at)).status_code == 404
    await later.credit(buyer)
    seen = (await desk.get(at)).headers["etag"]
    wish = {"limit": {"amount": 7, "currency": "JPY"}, "closing_day": 20, "months_after": 0, "due_day": 10,
            "on_holiday": "previous_business_day", "retire_before_paid": True, "valid_from": "2026-01-01",
            "valid_through": None}  # fmt: skip
    refused = await desk.client.patch(at, json=wish, headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["code"]) == (422, "payment_terms_invalid")
    changed = await desk.client.patch(at, json=wish | {"months_after": 1}, headers={"If-Match": seen})
    assert (changed.status_code, changed.json()["limit"]["amount"]) == (200, 7)
    assert (await desk.client.patch(at, json=wish, headers={"If-Match": seen})).status_code in {412, 422}
    assert (await buyer.client.patch(at, json=wish, headers={"If-Match": "*"})).status_code == 403

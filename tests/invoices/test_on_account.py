"""Is an order on account owed instead of paid, final when it should be, and is every yen of it in the book?"""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from app.ledger import queries as book
from tests.invoices.counter import OTHERS_NUMBER, SELLERS_NUMBER, Counter, plain_text, uuid_of
from tests.world import Party


@pytest.fixture
async def later(counter: Counter) -> AsyncIterator[Counter]:
    """The desk, whose clock is put back when the test is over, and whose book comes to zero."""
    yield counter
    counter.world.ahead = timedelta()
    async with counter.world.worker_db.audit() as session:
        assert sum(total.balance_minor for total in await book.trial_balance(session)) == 0


async def opened(counter: Counter, **terms: Any) -> tuple[Party, Party]:
    """A seller, and a buyer that may owe."""
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    await counter.credit(buyer, **terms)
    return seller, buyer


async def owed(counter: Counter, buyer: Party) -> int:
    """What a buyer owes by its credit line, which is what it owes by the book."""
    used = (await buyer.get("/v1/credit-line")).json()["used"]["amount"]
    assert await counter.balance(f"receivable:{buyer.org_id.hex}") == -used
    return int(used)


async def claim_of(buyer: Party, paper: dict[str, Any]) -> dict[str, Any]:
    return dict((await buyer.get(f"/v1/papers/{paper['id']}")).json()["claim"])


async def refund(counter: Counter, order: dict[str, Any], *units: int) -> dict[str, Any]:
    """So many units of each line are given back, and all that follows has happened; the refund."""
    lines = [{"n": n, "quantity": quantity} for n, quantity in enumerate(units, start=1) if quantity]
    at = f"/v1/admin/orders/{order['id']}/refunds"
    made = await counter.world.desk.post(at, {"note": "返品", "lines": lines})
    assert made.status_code == 201, made.text
    await counter.world.run_jobs()
    found = (await counter.world.desk.get("/v1/admin/refunds", params={"limit": "100"})).json()["data"]
    return next(each for each in found if each["id"] == made.json()["id"])


async def test_an_order_on_account_goes_on_as_if_it_were_paid(later: Counter) -> None:
    seller, buyer = await opened(later)
    order = await later.world.order(buyer, (await later.world.listing(seller, 50), 4))
    total, key = order["total"]["amount"], secrets.token_hex(8)
    at = f"/v1/orders/{order['id']}/on-account"
    first = await buyer.post(at, key=key)
    assert first.status_code == 201, first.text
    assert first.json() == {
        "order_id": order["id"], "order_status": "paid", "amount": order["total"], "final_at": None,
        "used": order["total"], "available": {"amount": 1_000_000 - total, "currency": "JPY"},
    }  # fmt: skip
    assert (await buyer.post(at, key=key)).content == first.content
    again = await buyer.post(at)
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")
    assert (await (await later.buyer()).post(at)).status_code == 404
    await later.world.run_jobs()
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert (shown["status"], shown["payment"]["paid_by"]) == ("fulfilled", "on_account")
    assert await owed(later, buyer) == total
    assert await later.balance(f"payable:{seller.org_id.hex}") == total
    assert await later.papers(buyer) == [], "Neither an invoice of its own nor a receipt: nothing was paid."
    receipt = await buyer.post(f"/v1/orders/{order['id']}/receipt")
    assert (receipt.status_code, receipt.json()["code"]) == (409, "payment_not_received")


async def test_money_that_comes_for_it_all_the_same_waits_for_a_person(later: Counter) -> None:
    seller, buyer = await opened(later)
    order = await later.on_account(buyer, (await later.world.listing(seller, 50), 1))
    await later.transfer((f"{order['payment']['reference']} アオバ", order["total"]["amount"]))
    line = await newest_line(later)
    assert (line["outcome"], line["status"]) == ("duplicate", "for_a_person")
    assert await owed(later, buyer) == order["total"]["amount"]


async def newest_line(counter: Counter) -> dict[str, Any]:
    """The bank line that came last."""
    lines = (await counter.world.desk.get("/v1/admin/bank-lines", params={"limit": "100"})).json()
    while lines["has_more"]:
        query = {"limit": "100", "cursor": lines["next_cursor"]}
        lines = (await counter.world.desk.get("/v1/admin/bank-lines", params=query)).json()
    return dict(lines["data"][-1])


@pytest.mark.parametrize("at_once", [False, True])
async def test_it_is_final_at_once_or_when_its_invoice_is_paid(later: Counter, at_once: bool) -> None:
    seller, buyer = await opened(later, retire_before_paid=at_once)
    order = await later.on_account(buyer, (await later.world.listing(seller, 50), 2))
    assert (order["payment"]["final_at"] is not None) == at_once
    available = "select count(*) from earning where order_id = $1 and available_at is not null"
    assert await later.owner.fetchval(available, uuid_of(order["id"])) == int(at_once)
    await later.next_month()
    [paper] = await later.papers(buyer)
    reference = (await claim_of(buyer, paper))["reference"]
    await later.transfer((f"{reference} アオバ", 1))
    assert ((await buyer.get(f"/v1/orders/{order['id']}")).json()["payment"]["final_at"] is not None) == at_once
    await later.transfer((f"{reference} アオバ", paper["total"]["amount"] - 1))
    shown = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    assert shown["payment"]["final_at"] is not None
    holdings = (await buyer.get("/v1/holdings")).json()["data"]
    assert [each["final_at"] is not None for each in holdings] == [True]
    assert await later.owner.fetchval(available, uuid_of(order["id"])) == 1


async def test_a_line_pays_what_is_open_and_what_is_too_much_waits(later: Counter) -> None:
    seller, buyer = await opened(later)
    await later.on_account(buyer, (await later.world.listing(seller, 50), 2))
    await later.next_month()
    [paper] = await later.papers(buyer)
    total, reference = paper["total"]["amount"], (await claim_of(buyer, paper))["reference"]
    seen = []
    for minor in (1_000, total, 500):
        await later.transfer((f"{reference} アオバ", minor))
        line = await newest_line(later)
        seen.append((line["outcome"], line["status"], line["unapplied"]["amount"], line["payer_id"]))
    assert seen == [
        ("invoice", "applied", 0, buyer.id),
        ("over", "for_a_person", 1_000, buyer.id),
        ("duplicate", "for_a_person", 500, buyer.id),
    ]
    assert await owed(later, buyer) == 0
    given = await later.world.desk.post(
        f"/v1/admin/bank-lines/{line['id']}/resolve", {"resolution": "refund", "note": "過入金"},
        headers={"If-Match": f'"v{line["version"]}"'},
    )  # fmt: skip
    assert given.status_code == 200, given.text
    assert await later.balance(f"refunds:{buyer.org_id.hex}") == 500


async def test_one_transfer_pays_both_invoices_that_it_names(later: Counter) -> None:
    sellers, buyer = [await later.seller(OTHERS_NUMBER), await later.seller(None)], await later.buyer()
    await later.credit(buyer)
    await later.on_account(buyer, *[(await later.world.listing(seller, 9, price=1_005), 1) for seller in sellers])
    await later.next_month()
    papers = await later.papers(buyer)
    assert len(papers) == 2
    references = [(await claim_of(buyer, paper))["reference"] for paper in papers]
    await later.transfer((" ".join(references), sum(paper["total"]["amount"] for paper in papers)))
    assert [(await claim_of(buyer, paper))["open"]["amount"] for paper in papers] == [0, 0]
    assert (await newest_line(later))["status"] == "applied"
    assert await owed(later, buyer) == 0
    assert len(await later.papers(buyer, kind="receipt")) == 2


async def test_an_invoice_that_is_paid_is_receipted_once(later: Counter) -> None:
    seller, buyer = await opened(later)
    await later.on_account(buyer, (await later.world.listing(seller, 50, price=1_005), 1))
    await later.next_month()
    [paper] = await later.papers(buyer)
    await later.transfer(((await claim_of(buyer, paper))["reference"], paper["total"]["amount"]))
    [receipt] = await later.papers(buyer, kind="receipt")
    assert receipt["total"] == paper["total"]
    text = await later.text(buyer, receipt)
    for words in ("領収書", paper["number"], "銀行振込", BY_FILE):
        assert plain_text(words) in text, words


BY_FILE = "電子"
"""A receipt that is sent as a file says why it carries no stamp."""


async def test_what_is_given_back_before_the_invoice_is_not_asked_for(later: Counter) -> None:
    seller, buyer = await opened(later)
    listing = await later.world.listing(seller, 50, price=1_005)
    order, other = [await later.on_account(buyer, (listing, units)) for units in (3, 2)]
    made = await refund(later, order, 1)
    assert (made["way"], made["status"], made["set_off"]) == ("account", "succeeded", made["amount"])
    ordered = order["total"]["amount"] + other["total"]["amount"]
    assert await owed(later, buyer) == ordered - made["amount"]["amount"]
    assert await later.papers(buyer) == [], "A return invoice names an invoice, which there is not yet."
    await later.next_month()
    [paper] = await later.papers(buyer, kind="monthly_invoice")
    [back] = await later.papers(buyer, kind="return")
    assert paper["total"]["amount"] == 5 * 1_005 + 502
    assert (made["amount"]["amount"], back["total"]["amount"]) == (1_005 + 100, 1_005 + 100)
    claim = await claim_of(buyer, paper)
    assert claim["credited"] == back["total"], "What is asked for is what was invoiced less what was returned."
    assert claim["open"]["amount"] == await owed(later, buyer) == 4_422
    assert plain_text("お支払いいただく金額は ¥4,422 です") in await later.text(buyer, paper)
    await later.transfer((claim["reference"], claim["open"]["amount"]))
    assert await owed(later, buyer) == 0
    [receipt] = await later.papers(buyer, kind="receipt")
    assert receipt["total"] == claim["open"]


async def test_an_order_that_is_given_back_whole_before_its_invoice_is_on_none(later: Counter) -> None:
    seller, buyer = await opened(later)
    order = await later.on_account(buyer, (await later.world.listing(seller, 50), 4))
    await refund(later, order, 4)
    await later.next_month()
    assert await later.papers(buyer) == []
    assert await owed(later, buyer) == 0
    assert (await buyer.get(f"/v1/orders/{order['id']}")).json()["status"] == "refunded"


async def test_what_is_given_back_of_an_unpaid_invoice_lowers_it_to_nothing(later: Counter) -> None:
    seller, buyer = await opened(later)
    listing = await later.world.listing(seller, 50, price=1_005)
    orders = [await later.on_account(buyer, (listing, 1)) for _ in range(3)]
    await later.next_month()
    [paper] = await later.papers(buyer)
    assert paper["total"]["amount"] == 3 * 1_105 + 1, "One rounding for all orders."
    for order in orders:
        made = await refund(later, order, 1)
        assert (made["status"], made["set_off"]["amount"]) == ("succeeded", 1_105)
    claim = await claim_of(buyer, paper)
    assert (claim["open"]["amount"], claim["credited"]) == (0, paper["total"]), "The rounding too went back."
    assert await owed(later, buyer) == 0
    assert await later.balance(f"payable:{seller.org_id.hex}") == 0
    returns = await later.papers(buyer, kind="return")
    assert sum(each["total"]["amount"] for each in returns) == paper["total"]["amount"]
    assert plain_text("掛代金との相殺") in await later.text(buyer, returns[0])
    assert await later.papers(buyer, kind="receipt") == []


@pytest.mark.parametrize(("paid", "by_bank"), [(1.0, 2_211), (0.5, 0), (0.9, 1_768)])
async def test_what_was_paid_goes_back_by_bank_and_the_rest_is_set_off(
    later: Counter, paid: float, by_bank: int
) -> None:
    seller, buyer = await opened(later)
    order = await later.on_account(buyer, (await later.world.listing(seller, 50, price=1_005), 4))
    await later.next_month()
    [paper] = await later.papers(buyer)
    assert paper["total"]["amount"] == 4_422
    came = int(4_422 * paid)
    await later.transfer(((await claim_of(buyer, paper))["reference"], came))
    made = await refund(later, order, 2)
    assert made["amount"]["amount"] - made["set_off"]["amount"] == by_bank
    assert (made["way"], made["status"]) == (("bank", "due") if by_bank else ("account", "succeeded"))
    assert await later.balance(f"refunds:{buyer.org_id.hex}") == by_bank
    assert await owed(later, buyer) == max(0, 4_422 - came - 2_211)
    if not by_bank:
        return
    await later.transfer(("返金", -by_bank))
    line = await newest_line(later)
    wish = {"bank_line_id": line["id"], "note": "送金済み"}
    noted = await later.world.desk.post(f"/v1/admin/refunds/{made['id']}/paid", wish)
    assert (noted.status_code, noted.json().get("status")) == (200, "succeeded"), noted.text
    await later.world.run_jobs()
    assert await later.balance(f"refunds:{buyer.org_id.hex}") == 0
    [back] = await later.papers(buyer, kind="return")
    assert back["total"] == made["amount"]

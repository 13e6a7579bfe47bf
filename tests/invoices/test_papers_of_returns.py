"""Do return invoices give back what was invoiced, step by step and to the yen?"""

from typing import Any

from app.clients import terms_of
from app.invoices import flow
from tests.invoices.counter import REQUEST, SELLERS_NUMBER, Counter, plain_text, uuid_of
from tests.world import Party


async def give_back(counter: Counter, order: dict[str, Any], units: dict[int, int]) -> dict[str, Any]:
    """A refund of units of an order's lines that the bank has paid."""
    desk, lines = counter.world.desk, [{"n": n, "quantity": count} for n, count in units.items()]
    made = await desk.post(f"/v1/admin/orders/{order['id']}/refunds", {"note": "ご要望", "lines": lines})
    assert made.status_code == 201, made.text
    refund: dict[str, Any] = made.json()
    await counter.world.pay(("返金先", -refund["amount"]["amount"]))
    await counter.world.run_jobs()
    waiting = (await desk.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": "100"})).json()["data"]
    line = next(each["id"] for each in waiting if each["amount"]["amount"] == -refund["amount"]["amount"])
    paid = await desk.post(f"/v1/admin/refunds/{refund['id']}/paid", {"bank_line_id": line, "note": "総合振込"})
    assert paid.status_code == 200, paid.text
    return refund


async def issue(counter: Counter, buyer: Party, refund: dict[str, Any], *, times: int = 1) -> None:
    """The job that follows a refund runs."""
    for _ in range(times):
        await flow.issue_return(
            counter.world.worker_db, buyer.org_id, uuid_of(refund["id"]), terms=terms_of(counter.world.settings),
            now=counter.world.now(), request_id=REQUEST,
        )  # fmt: skip
    await counter.world.run_jobs()


async def test_all_returns_of_an_order_give_back_all_that_was_invoiced(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50, price=1_003), 7))
    [invoice] = await counter.papers(buyer, kind="invoice")
    refunds = []
    for units in (1, 2, 4):
        refunds.append(await give_back(counter, order, {1: units}))
        await issue(counter, buyer, refunds[-1], times=2)
    returns = await counter.papers(buyer, kind="return")
    assert len(returns) == 3, "One for each refund, however often it is asked for."
    amounts = [paper["total"]["amount"] for paper in reversed(returns)]
    assert amounts == [refund["amount"]["amount"] for refund in refunds], "The money that went back, to the yen."
    assert sum(paper["goods"]["amount"] for paper in returns) == invoice["goods"]["amount"]
    assert sum(paper["tax"]["amount"] for paper in returns) == invoice["tax"]["amount"]
    text = await counter.text(buyer, returns[0])
    for words in ("適格返還請求書", "元の請求書", invoice["number"], returns[0]["number"], refunds[-1]["id"]):
        assert plain_text(words) in text, words
    assert len(await counter.papers(seller, kind="return")) == 3, "A seller has its copy of each."


async def test_an_order_of_two_invoices_has_two_return_invoices(counter: Counter) -> None:
    sellers, buyer = [await counter.seller(SELLERS_NUMBER), await counter.seller(None)], await counter.buyer()
    order = await counter.fulfilled(buyer, *[(await counter.world.listing(seller, 50), 5) for seller in sellers])
    await issue(counter, buyer, await give_back(counter, order, {1: 5, 2: 5}))
    returns = await counter.papers(buyer, kind="return")
    assert sorted(paper["mode"] for paper in returns) == ["for_provider", "unregistered"]
    assert sum(paper["total"]["amount"] for paper in returns) == order["total"]["amount"]


async def test_what_is_given_back_before_the_invoice_waits_for_it_and_is_caught_up(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    async with counter.silence():
        order = await counter.world.paid_order(buyer, (await counter.world.listing(seller, 50), 7))
        refund = await give_back(counter, order, {1: 3})
        await issue(counter, buyer, refund)
    assert await counter.papers(buyer) == []
    await counter.invoice(buyer, order)
    [invoice] = await counter.papers(buyer)
    assert invoice["total"] == order["total"], "What was supplied, whatever came back since."
    await flow.catch_up(counter.world.worker_db, now=counter.world.now(), request_id=REQUEST)
    await counter.world.run_jobs()
    [paper] = await counter.papers(buyer, kind="return")
    assert paper["total"] == refund["amount"]

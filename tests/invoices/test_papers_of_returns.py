"""Do return invoices give back what was invoiced, step by step and to the yen?"""

import pytest

from app.clients import terms_of
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.invoices import flow, operations
from app.invoices.errors import OriginalNotIssued, ReturnedTooMuch
from app.invoices.operations import Returned
from tests.invoices.counter import REQUEST, SELLERS_NUMBER, Counter, uuid_of
from tests.world import Party


async def give_back(counter: Counter, buyer: Party, order_id: str, units: dict[int, int], *, times: int = 1) -> None:
    """A refund gives units of an order back, and its return invoice follows."""
    world, now = counter.world, counter.world.now()
    returned = Returned(
        refund_id=new_id(), org_id=buyer.org_id, order_id=uuid_of(order_id), returned_on=day_in_japan(now),
        method="bank_transfer", reference="RF-0001", units=units,
    )  # fmt: skip
    for _ in range(times):
        async with world.worker_db.transaction(Scope.of_system(buyer.org_id, REQUEST).with_party(DESK_ID)) as session:
            await operations.note_return(session, returned, now=now)
        await flow.issue_return(world.worker_db, buyer.org_id, returned.refund_id, terms=terms_of(world.settings),
                                now=now, request_id=REQUEST)  # fmt: skip
        await world.run_jobs()


async def test_all_returns_of_an_order_give_back_all_that_was_invoiced(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50, price=1_003), 7))
    [invoice] = await counter.papers(buyer)
    for units in (1, 2, 4):
        await give_back(counter, buyer, order["id"], {1: units})
    returns = await counter.papers(buyer, kind="return")
    assert len(returns) == 3
    assert sum(paper["goods"]["amount"] for paper in returns) == invoice["goods"]["amount"]
    assert sum(paper["tax"]["amount"] for paper in returns) == invoice["tax"]["amount"]
    text = await counter.text(buyer, returns[0])
    for words in ("適格返還請求書", "元の請求書", invoice["number"], returns[0]["number"], "RF-0001"):
        assert words in text, words
    assert len(await counter.papers(seller, kind="return")) == 3, "A seller has its copy of each."
    with pytest.raises(ReturnedTooMuch):
        await give_back(counter, buyer, order["id"], {1: 1})


async def test_a_refund_that_is_told_twice_has_one_return_invoice(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.fulfilled(buyer, (await counter.world.listing(seller, 50), 7))
    await give_back(counter, buyer, order["id"], {1: 3}, times=2)
    assert len(await counter.papers(buyer, kind="return")) == 1


async def test_an_order_of_two_invoices_has_two_return_invoices(counter: Counter) -> None:
    sellers, buyer = [await counter.seller(SELLERS_NUMBER), await counter.seller(None)], await counter.buyer()
    lines = [(await counter.world.listing(seller, 50), 5) for seller in sellers]
    order = await counter.fulfilled(buyer, *lines)
    await give_back(counter, buyer, order["id"], {1: 5, 2: 5})
    returns = await counter.papers(buyer, kind="return")
    assert sorted(paper["mode"] for paper in returns) == ["for_provider", "unregistered"]
    assert sum(paper["total"]["amount"] for paper in returns) == order["total"]["amount"]


async def test_what_is_given_back_before_the_invoice_waits_for_it(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    order = await counter.world.paid_order(buyer, (await counter.world.listing(seller, 50), 7))
    with pytest.raises(OriginalNotIssued):
        await give_back(counter, buyer, order["id"], {1: 3})
    await counter.invoice(buyer, order)
    waiting = await counter.owner.fetchval("select id from goods_return where order_id = $1", uuid_of(order["id"]))
    await flow.issue_return(counter.world.worker_db, buyer.org_id, waiting, terms=terms_of(counter.world.settings),
                            now=counter.world.now(), request_id=REQUEST)  # fmt: skip
    assert len(await counter.papers(buyer, kind="return")) == 1

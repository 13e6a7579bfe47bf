"""Is a provider told what it was paid, once, on a paper that is the invoice of the desk's commission too?"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.invoices import flow
from integrations.documents.pdf_text import pdf_text
from tests.invoices.counter import NUMBER, PROFILE, plain_text
from tests.payouts.counting_house import House
from tests.world import Party


@pytest.fixture
async def writing(house: House) -> AsyncIterator[House]:
    """The desk has said who issues papers, until the test is over."""
    entered = await house.till.world.desk.post("/v1/admin/desk-profiles", PROFILE)
    assert entered.status_code == 201, entered.text
    yield house
    await house.till.owner.execute("update desk_profile set valid_from = '2099-01-01'")


async def paid(house: House, provider: Party) -> dict[str, Any]:
    """All that is due is paid through the bank, and what follows has happened."""
    payout = await house.approved(provider)
    made = (await house.move("payout-files", "", json={"transfer_on": house.bank_day().isoformat()})).json()
    await house.move("payout-files", f"/{made['id']}/sent")
    line = await house.line(-payout["statement"]["payout"]["amount"])
    done = await house.move("payout-files", f"/{made['id']}/debited", json={"bank_line_id": line})
    assert done.status_code == 200, done.text
    await house.till.world.run_jobs()
    return payout


async def papers_of(party: Party) -> list[dict[str, Any]]:
    return list((await party.get("/v1/papers", params={"kind": "payout_statement"})).json()["data"])


async def test_a_payout_is_stated_when_it_has_left_the_bank(writing: House) -> None:
    provider = await writing.provider(rate=500)
    order_ids = [await writing.sell(provider, tonnes) for tonnes in (33, 7)]
    payout = await writing.approved(provider)
    await writing.till.world.run_jobs()
    assert await papers_of(provider) == [], "What is approved may be called off."
    await writing.move("payouts", f"/{payout['id']}/cancel", json={"reason": "口座の確認中"})
    payout = await paid(writing, provider)
    [paper] = await papers_of(provider)
    money = {name: paper[name]["amount"] for name in ("goods", "tax", "total")}
    assert money == {"goods": 2_000, "tax": 200, "total": 44_000 - 2_200}
    assert (paper["mode"], paper["issuer_registration_number"]) == ("desk", NUMBER)
    assert payout["statement"]["payout"] == paper["total"]
    pdf = await provider.get(f"/v1/papers/{paper['id']}/pdf")
    assert pdf.status_code == 200, pdf.text
    text = plain_text(await pdf_text(pdf.content) or "")
    for words in (
        "支払通知書",
        "販売手数料",
        "33,000",
        "7,000",
        "¥41,800",
        NUMBER,
        "銀行振込",
        payout["id"],
        *order_ids,
    ):
        assert plain_text(words) in text, words


async def test_a_statement_is_issued_once_and_made_up_for(writing: House) -> None:
    world, provider = writing.till.world, await writing.provider(rate=None)
    await writing.till.owner.execute("update desk_profile set valid_from = valid_from + 36500")
    await writing.sell(provider, 5)
    await paid(writing, provider)
    assert await papers_of(provider) == []
    await writing.till.owner.execute("update desk_profile set valid_from = valid_from - 36500")
    for _ in range(2):
        await flow.catch_up(world.worker_db, now=world.now(), request_id="req_statements")
        await world.run_jobs()
    [paper] = await papers_of(provider)
    assert paper["total"]["amount"] == 5_500, "Without a rate there is no commission."
    assert (paper["goods"]["amount"], paper["tax"]["amount"]) == (0, 0)


async def test_what_was_given_back_is_taken_off(writing: House) -> None:
    provider, world = await writing.provider(rate=500), writing.till.world
    order_id = await writing.sell(provider, 10)
    lines = [{"n": 1, "quantity": 4}]
    given = await world.desk.post(f"/v1/admin/orders/{order_id}/refunds", {"note": "返品", "lines": lines})
    assert given.status_code == 201, given.text
    await paid(writing, provider)
    [paper] = await papers_of(provider)
    assert paper["total"]["amount"] == 6_600 - 330
    text = plain_text(await pdf_text((await provider.get(f"/v1/papers/{paper['id']}/pdf")).content) or "")
    for words in ("返金による減額", "-4,000", "10,000", "¥6,270"):
        assert plain_text(words) in text, words

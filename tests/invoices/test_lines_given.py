"""Can a person say which invoice on account a line of the bank pays, and where does what is too much of it go?"""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.ledger import queries as book
from tests.invoices.counter import Counter
from tests.invoices.test_on_account import claim_of, newest_line, opened, owed
from tests.world import Party


@pytest.fixture
async def later(counter: Counter) -> AsyncIterator[Counter]:
    """The desk, whose clock is put back when the test is over, and whose book comes to zero."""
    yield counter
    counter.world.ahead = timedelta()
    async with counter.world.worker_db.audit() as session:
        assert sum(total.balance_minor for total in await book.trial_balance(session)) == 0


async def invoiced(later: Counter) -> tuple[Party, dict[str, Any], str]:
    """A buyer that owes, its monthly invoice, and the invoice's reference."""
    seller, buyer = await opened(later)
    await later.on_account(buyer, (await later.world.listing(seller, 50, price=1_005), 2))
    await later.next_month()
    [paper] = await later.papers(buyer)
    return buyer, paper, str((await claim_of(buyer, paper))["reference"])


async def give(later: Counter, line: dict[str, Any], reference: str | None) -> httpx.Response:
    wish = {"resolution": "apply_to_invoice", "note": "電話で確認", "payment_reference": reference}
    at = f"/v1/admin/bank-lines/{line['id']}/resolve"
    answer = await later.world.desk.client.post(at, json=wish, headers={"If-Match": f'"v{line["version"]}"'})
    await later.world.run_jobs()
    return answer


async def stray(later: Counter, minor: int) -> dict[str, Any]:
    """Money whose payer wrote no reference."""
    await later.transfer(("ﾌﾒｲ", minor))
    line = await newest_line(later)
    assert (line["outcome"], line["status"]) == ("unknown_payer", "for_a_person")
    return line


async def test_a_person_gives_lines_to_an_invoice_until_it_is_paid(later: Counter) -> None:
    buyer, paper, reference = await invoiced(later)
    total = paper["total"]["amount"]
    part = await give(later, await stray(later, 1_000), reference)
    assert part.status_code == 200, part.text
    told = part.json()
    assert (told["status"], told["outcome"], told["resolution"]) == ("applied", "invoice", "apply_to_invoice")
    assert (told["payer_id"], told["note"]) == (buyer.id, "電話で確認")
    assert (await claim_of(buyer, paper))["open"]["amount"] == await owed(later, buyer) == total - 1_000
    rest = (await give(later, await stray(later, total - 1_000 + 300), reference)).json()
    assert (rest["status"], rest["outcome"], rest["unapplied"]["amount"]) == ("for_a_person", "over", 300)
    assert (await claim_of(buyer, paper))["open"]["amount"] == await owed(later, buyer) == 0
    assert len(await later.papers(buyer, kind="receipt")) == 1
    twice = await give(later, rest, reference)
    assert (twice.status_code, twice.json()["code"]) == (409, "bank_line_not_resolvable"), "Part of it is applied."


async def test_what_is_too_much_of_an_invoice_goes_back_to_its_buyer(later: Counter) -> None:
    buyer, paper, reference = await invoiced(later)
    line = (await give(later, await stray(later, paper["total"]["amount"] + 400), reference)).json()
    at = f"/v1/admin/bank-lines/{line['id']}/resolve"
    given = await later.world.desk.post(at, {"resolution": "refund", "note": "過入金"}, headers={"If-Match": "*"})
    assert given.status_code == 200, given.text
    assert await later.balance(f"refunds:{buyer.org_id.hex}") == 400
    listed = (await later.world.desk.get("/v1/admin/line-returns", params={"limit": "100"})).json()["data"]
    [mine] = [each for each in listed if each["bank_line_id"] == line["id"]]
    assert (mine["amount"]["amount"], mine["payer_id"]) == (400, buyer.id), "No payment of an order is refunded by it."


async def test_a_reference_that_is_no_invoices_is_refused(later: Counter) -> None:
    buyer, paper, reference = await invoiced(later)
    line = await stray(later, 777)
    for wrong in ("00000000000", None):
        refused = await give(later, line, wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_reference_unknown")
        assert refused.json()["errors"][0]["pointer"] == "/payment_reference"
    seen = await give(later, line | {"version": line["version"] + 1}, reference)
    assert (seen.status_code, seen.json()["code"]) == (412, "stale_version")
    await later.transfer((reference, paper["total"]["amount"]))
    late = (await give(later, line, reference)).json()
    assert (late["outcome"], late["unapplied"]["amount"]) == ("duplicate", 777), "As one that names a paid invoice."
    assert await owed(later, buyer) == 0


async def test_a_payer_that_paid_an_invoice_is_known_by_its_name(later: Counter) -> None:
    buyer, _, reference = await invoiced(later)
    name = f"ﾄﾞﾝｸﾞﾘ{secrets.token_hex(2).upper()}"
    await later.transfer((name, 500))
    await give(later, await newest_line(later), reference)
    known = await later.owner.fetchval("select count(*) from payer_name where payer_id = $1", buyer.org_id)
    assert known == 1

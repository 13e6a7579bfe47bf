"""What is there of papers, of the book and of payments where the contract is tried? One of each, made over HTTP."""

import secrets
from datetime import timedelta

import httpx

from app.core.clock import utc_now
from app.core.period import day_in_japan
from app.ledger.rules import month_of
from tests.isolation.acts_bank import ACCOUNT
from tests.isolation.acts_closing import differ
from tests.isolation.acts_papers import PROFILE
from tests.world import Party, World

_SEEN = {"If-Match": "*"}


async def written(
    world: World, buyer: Party, order_at: str, people: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    """A bill for an order that waits, a credit line, a try to pay, a closed month, and a difference with Stripe."""
    _good(await world.desk.post("/v1/admin/desk-profiles", PROFILE))
    _good(await world.desk.client.put("/v1/admin/bank-accounts", json={"accounts": [ACCOUNT]}, headers=_SEEN))
    _good(await buyer.post(f"{order_at}/bill"))
    await world.run_jobs()  # The bill is drawn.
    line = {
        "limit": {"amount": 1_000_000, "currency": "JPY"}, "closing_day": 31, "months_after": 1, "due_day": 31,
        "on_holiday": "next_business_day", "retire_before_paid": False, "valid_from": "2020-01-01",
        "valid_through": None,
    }  # fmt: skip
    at = f"/v1/admin/organisations/{buyer.id}/credit-line"
    _good(await world.desk.client.patch(at, json=line, headers=_SEEN))
    begun = _good(await buyer.post(f"{order_at}/payments", {"method": "card"})).json()
    await _closed(world, *people)
    await differ(world, ["an unmet source"])
    return f"/v1/payments/{begun['id']}"


async def _closed(world: World, one: httpx.AsyncClient, other: httpx.AsyncClient) -> None:
    last = month_of(day_in_japan(utc_now())) - timedelta(days=1)
    row = f"booked_on,amount,payer_name,memo,bank_reference\n{last},15,ｻｷ,,{secrets.token_hex(6)}\n"
    sent = await world.desk.send("/v1/admin/bank-statements", row.encode(), "text/csv", params={"filename": "b.csv"})
    _good(sent)
    await world.run_jobs()
    proposed = _good(await one.post("/v1/admin/book/closes", json={"month": f"{last:%Y-%m}"}))
    _good(await other.post(f"{proposed.headers['location']}/confirm", json={}, headers=_SEEN))


def _good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer

"""What is there of payouts where the contract is tried? A provider with terms, an account, a payout in a file."""

import secrets
from datetime import timedelta

import httpx
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.orders.models import OrderIssuer
from app.payouts import operations
from app.payouts.operations import Sold
from app.payouts.rules import SoldPart, is_bank_day
from tests.isolation.acts_payouts import ORIGINATOR
from tests.world import BASE_URL, PASSWORD, Party, World

_SEEN = {"If-Match": "*"}


async def paid_out(world: World, provider: Party) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """One payout that is being sent; what Stripe would say of the provider is that it has an account there.

    The two people of the desk who did it, signed in.
    """
    email = f"{secrets.token_hex(6)}@desk.test"
    owner = await _signed_in(world, world.desk.email)
    person = {"email": email, "name": "運営 次郎", "role": "admin", "password": PASSWORD}
    _good(await owner.post("/v1/members", json=person, headers=_keyed()))
    colleague, today = await _signed_in(world, email), day_in_japan(utc_now())
    terms = {
        "provider_id": provider.id, "valid_from": today.isoformat(), "sale_mode": "agency", "risk_bearer": "provider",
        "payout_method": "zengin", "smallest_payout": 1, "closing_day": 31,
    }  # fmt: skip
    _good(await owner.post("/v1/admin/provider-terms", json=terms))
    rate = {"basis_points": 500, "valid_from": today.isoformat()}
    _good(await owner.post("/v1/admin/commission-rates", json=rate))
    _good(await owner.put("/v1/admin/payout-originator", json=ORIGINATOR, headers=_SEEN))
    account = {
        "bank_code": "0005", "bank_name": "ﾐﾂﾋﾞｼUFJ", "branch_code": "001", "branch_name": "ﾎﾝﾃﾝ",
        "account_kind": "ordinary", "account_number": "1234567", "holder": "ｶ)ｱｵﾊﾞ",
    }  # fmt: skip
    named = await (await _signed_in(world, provider.email)).put("/v1/payout-account", json=account, headers=_SEEN)
    at = f"/v1/admin/payout-accounts/{_good(named).json()['id']}/confirm"
    _good(await colleague.post(at, json={"note": "電話で確認"}, headers=_SEEN))
    await _earned(world, provider)
    made = _good(await owner.post("/v1/admin/payouts", json={"provider_id": provider.id}, headers=_keyed()))
    _good(await colleague.post(f"/v1/admin/payouts/{made.json()['id']}/approve", headers=_keyed()))
    day = next(day for n in range(1, 9) if is_bank_day(day := today + timedelta(days=n)))
    _good(await owner.post("/v1/admin/payout-files", json={"transfer_on": day.isoformat()}, headers=_keyed()))
    return owner, colleague


async def _earned(world: World, provider: Party) -> None:
    """By the first of its orders, as its allocation tells it."""
    scope, now = Scope.of_system(DESK_ID, "req_payouts").with_party(provider.org_id), utc_now()
    async with world.db.transaction(scope) as session:
        mine = select(OrderIssuer).where(OrderIssuer.provider_id == provider.org_id).order_by(OrderIssuer.order_id)
        issuer = (await session.scalars(mine.limit(1))).one()
        part = SoldPart("jcredit", "FO", issuer.goods_minor)
        sold = Sold(provider.org_id, issuer.order_id, (part,), issuer.tax_minor, "JPY")
        await operations.earn(session, [sold], final_at=now, now=now)
        await operations.connected_account(session, provider.org_id, now=now)


async def _signed_in(world: World, email: str) -> httpx.AsyncClient:
    browser = world.client(Origin=BASE_URL)
    _good(await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD}))
    return browser


def _good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def _keyed() -> dict[str, str]:
    return _SEEN | {"Idempotency-Key": secrets.token_hex(8)}

"""Each provider is paid what it earned: terms, an account, entries, a payout; and the desk keeps what is its own."""

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
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK
from tests.world import PASSWORD

ORIGINATOR = {
    "code": "1", "name": "ｵﾌｾﾂﾄﾃﾞｽｸ", "bank_code": "0001", "bank_name": "ﾐｽﾞﾎ", "branch_code": "100", "branch_name": "ﾏﾙﾉｳﾁ",
    "account_kind": "ordinary", "account_number": "7654321", "line_end": "crlf", "end_mark": "none",
}  # fmt: skip


async def act(story: Story, players: dict[str, Player]) -> list[httpx.AsyncClient]:
    """Two payouts that are in a file, one that was canceled, one that the bank gave back. The desk's two people."""
    owner, colleague = await _people(story)
    await owner.put("/v1/admin/payout-originator", json=ORIGINATOR, headers=SEEN)
    approved = {}
    for label in ("provider_a", "provider_b"):
        player, say = players[label], story.words.say
        await _agree(story, owner, colleague, player)
        await earn(story, player)
        made = await owner.post("/v1/admin/payouts", json={"provider_id": player.party.id}, headers=_keyed())
        canceled = {"reason": say(DESK, f"{label}cancelreason", label)}
        await owner.post(f"/v1/admin/payouts/{made.json()['id']}/cancel", json=canceled, headers=_keyed())
        approved[label] = await _drafted(owner, colleague, player)
    again = await _by_bank(story, owner, colleague, approved)
    await colleague.post(f"/v1/admin/payouts/{again}/approve", headers=_keyed())
    await owner.post("/v1/admin/payout-files", json={"transfer_on": bank_day()}, headers=_keyed())
    for label in ("provider_a", "provider_b"):
        for path in ("/v1/payouts", "/v1/earnings", "/v1/earnings/balance", "/v1/payout-account", "/v1/provider-terms"):
            await players[label].owner.get(path)
    return [owner, colleague]


async def _drafted(owner: httpx.AsyncClient, colleague: httpx.AsyncClient, player: Player) -> str:
    made = await owner.post("/v1/admin/payouts", json={"provider_id": player.party.id}, headers=_keyed())
    await colleague.post(f"/v1/admin/payouts/{made.json()['id']}/approve", headers=_keyed())
    return str(made.json()["id"])


async def _by_bank(
    story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient, approved: dict[str, str]
) -> str:
    """One file is called off, one sent; one of its payouts comes back and is made again: the new payout."""
    say, files = story.words.say, "/v1/admin/payout-files"
    off = await owner.post(files, json={"transfer_on": bank_day()}, headers=_keyed())
    await owner.post(f"{files}/{off.json()['id']}/void", headers=_keyed())
    sent = (await owner.post(files, json={"transfer_on": bank_day()}, headers=_keyed())).json()
    await owner.post(f"{files}/{sent['id']}/sent", headers=_keyed())
    line = await line_of(story, owner, -sent["total"]["amount"], "filedebited")
    await owner.post(f"{files}/{sent['id']}/debited", json={"bank_line_id": line}, headers=_keyed())
    at = f"/v1/admin/payouts/{approved['provider_b']}"
    minor = (await owner.get(at)).json()["statement"]["payout"]["amount"]
    back = {
        "bank_line_id": await line_of(story, owner, minor, "payoutback"),
        "reason": say(DESK, "payoutbackreason", "provider_b"),
    }
    await owner.post(f"{at}/returned", json=back, headers=_keyed())
    return str((await owner.post(f"{at}/retry", headers=_keyed())).json()["id"])


async def line_of(story: Story, owner: httpx.AsyncClient, minor: int, name: str) -> str:
    """A movement at the bank, as its line."""
    await story.bank((story.words.say(DESK, name), minor))
    await story.world.run_jobs()
    found = await owner.get("/v1/admin/bank-lines", params={"status": "for_a_person", "limit": 100})
    return str(max(each["id"] for each in found.json()["data"] if each["amount"]["amount"] == minor))


def bank_day() -> str:
    """The next day on which banks are open."""
    day = day_in_japan(utc_now()) + timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day.isoformat()


async def _people(story: Story) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """The desk's owner and a colleague, signed in."""
    say, owner = story.words.say, await story.sign_in(DESK, story.world.desk.email)
    other = {"email": f"{say(DESK, 'payeremail')}@canary.example", "name": say(DESK, "payername")}
    await owner.post("/v1/members", json=other | {"role": "admin", "password": PASSWORD}, headers=_keyed())
    return owner, await story.sign_in(DESK, other["email"])


async def _agree(story: Story, owner: httpx.AsyncClient, colleague: httpx.AsyncClient, player: Player) -> None:
    say, label, today = story.words.say, player.label, day_in_japan(utc_now()).isoformat()
    terms = {
        "provider_id": player.party.id, "valid_from": today, "sale_mode": "agency", "risk_bearer": "provider",
        "payout_method": "zengin", "smallest_payout": 1, "closing_day": 31,
    }  # fmt: skip
    await owner.post("/v1/admin/provider-terms", json=terms)
    await owner.post("/v1/admin/provider-terms", json=terms | {"smallest_payout": 2})
    rate = {"provider_id": player.party.id, "basis_points": 500, "valid_from": today}
    await owner.post("/v1/admin/commission-rates", json=rate)
    account = {
        "bank_code": "0005", "bank_name": "ﾐﾂﾋﾞｼUFJ", "branch_code": "001", "branch_name": "ﾎﾝﾃﾝ",
        "account_kind": "ordinary", "account_number": "1234567", "holder": say(label, "payoutholder"),
    }  # fmt: skip
    named = await player.owner.put("/v1/payout-account", json=account, headers=SEEN)
    note = {"note": "登記の電話番号に確認"}
    await colleague.post(f"/v1/admin/payout-accounts/{named.json()['id']}/confirm", json=note, headers=SEEN)


async def earn(story: Story, player: Player, *, nth: int = 0) -> None:
    """By an order of the story's, as its allocation tells it."""
    scope, now = _both(player), utc_now()
    async with story.world.db.transaction(scope) as session:
        mine = select(OrderIssuer).where(OrderIssuer.provider_id == player.party.org_id)
        issuer = (await session.scalars(mine.order_by(OrderIssuer.order_id).offset(nth).limit(1))).one()
        part = SoldPart("jcredit", "FO", issuer.goods_minor)
        sold = Sold(player.party.org_id, issuer.order_id, (part,), issuer.tax_minor, "JPY")
        await operations.earn(session, [sold], final_at=now, now=now)


def _both(player: Player) -> Scope:
    return Scope.of_system(DESK_ID, "req_payouts").with_party(player.party.org_id)


def _keyed() -> dict[str, str]:
    return SEEN | {"Idempotency-Key": secrets.token_hex(8)}

"""Each provider is paid what it earned: terms, an account, entries, a payout; and the desk keeps what is its own."""

import secrets
from datetime import timedelta

import httpx
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.ids import new_id, read_public_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.orders.models import OrderIssuer
from app.payouts import operations
from app.payouts.models import PayoutReversal
from app.payouts.operations import Sold
from app.payouts.rules import ReversalStatus, SoldPart, is_bank_day
from integrations.stripe.shapes import Account, Payout
from tests.isolation.story import SEEN, Player, Story
from tests.isolation.words import DESK
from tests.world import PASSWORD

ORIGINATOR = {
    "code": "1", "name": "ｵﾌｾﾂﾄﾃﾞｽｸ", "bank_code": "0001", "bank_name": "ﾐｽﾞﾎ", "branch_code": "100", "branch_name": "ﾏﾙﾉｳﾁ",
    "account_kind": "ordinary", "account_number": "7654321", "line_end": "crlf", "end_mark": "none",
}  # fmt: skip


async def act(story: Story, players: dict[str, Player]) -> None:
    """Two payouts that are in a file, one that was canceled; Stripe's part is told as its answers tell it."""
    owner, colleague = await _people(story)
    await owner.put("/v1/admin/payout-originator", json=ORIGINATOR, headers=SEEN)
    for label in ("provider_a", "provider_b"):
        player, say = players[label], story.words.say
        await _agree(story, owner, colleague, player)
        await _earn(story, player)
        made = await owner.post("/v1/admin/payouts", json={"provider_id": player.party.id}, headers=_keyed())
        canceled = {"reason": say(DESK, f"{label}cancelreason", label)}
        await owner.post(f"/v1/admin/payouts/{made.json()['id']}/cancel", json=canceled, headers=_keyed())
        made = await owner.post("/v1/admin/payouts", json={"provider_id": player.party.id}, headers=_keyed())
        await colleague.post(f"/v1/admin/payouts/{made.json()['id']}/approve", headers=_keyed())
        await _at_stripe(story, player, made.json()["id"])
        for path in ("/v1/payouts", "/v1/earnings", "/v1/earnings/balance", "/v1/payout-account", "/v1/provider-terms"):
            await player.owner.get(path)
    day = day_in_japan(utc_now()) + timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    await owner.post("/v1/admin/payout-files", json={"transfer_on": day.isoformat()}, headers=_keyed())


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


async def _earn(story: Story, player: Player) -> None:
    """By an order of the story's, as its allocation tells it."""
    scope, now = _both(player), utc_now()
    async with story.world.db.transaction(scope) as session:
        mine = select(OrderIssuer).where(OrderIssuer.provider_id == player.party.org_id)
        issuer = (await session.scalars(mine.order_by(OrderIssuer.order_id).limit(1))).one()
        part = SoldPart("jcredit", "FO", issuer.goods_minor)
        sold = Sold(player.party.org_id, issuer.order_id, (part,), issuer.tax_minor, "JPY")
        await operations.earn(session, [sold], final_at=now, now=now)


async def _at_stripe(story: Story, player: Player, payout_id: str) -> None:
    """What Stripe would have answered: nobody asks it in this scene."""
    now, provider_id, label = utc_now(), player.party.org_id, player.label
    account = Account(
        id=f"acct_{story.words.say(label, 'stripeaccount')}", reference=None, country="JP", details_submitted=True,
        payouts_enabled=True, transfers="active", due=(), disabled_reason=None,
    )  # fmt: skip
    sent = Payout(
        id=f"po_{story.words.say(DESK, f'{label}stripepayout')}", livemode=False, status="paid", amount_minor=1_000,
        currency="JPY", automatic=True, arrives_at=now, failure_code=None, balance_transaction_id=None, created_at=now,
    )  # fmt: skip
    found = read_public_id("pyo", payout_id)
    assert found is not None
    async with story.world.db.transaction(_both(player)) as session:
        row = await operations.connected_account(session, provider_id, now=now)
        await operations.note_connected(session, row, account, now=now)
        await operations.note_stripe_payout(session, sent, now=now)
        session.add(
            PayoutReversal(
                org_id=provider_id,
                id=new_id(),
                desk_id=DESK_ID,
                payout_id=found,
                amount_minor=1,
                currency="JPY",
                status=ReversalStatus.REFUSED,
                note="x",
                asked_by=DESK_ID,
                asked_at=now,
            )
        )


def _both(player: Player) -> Scope:
    return Scope.of_system(DESK_ID, "req_payouts").with_party(player.party.org_id)


def _keyed() -> dict[str, str]:
    return SEEN | {"Idempotency-Key": secrets.token_hex(8)}

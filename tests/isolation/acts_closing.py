"""The desk closes a month, names its accounts, and answers for differences with Stripe: all of it its own to know."""

import secrets
from datetime import timedelta

from app.closing import flow, operations
from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.money import YEN
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.ledger.rules import month_of
from integrations.stripe.shapes import BalanceTransaction
from tests.isolation.story import SEEN, Story
from tests.isolation.words import DESK
from tests.world import PASSWORD, World


async def act(story: Story) -> None:
    """Two people of the desk; a line of the bank's lies in the last month, which they close."""
    say, world = story.words.say, story.world
    one = await story.sign_in(DESK, world.desk.email)
    colleague = {"email": f"{say(DESK, 'colleague')}@canary.example", "name": say(DESK, "colleaguename")}
    keyed = {"Idempotency-Key": secrets.token_hex(8)}
    await one.post("/v1/members", json=colleague | {"role": "admin", "password": PASSWORD}, headers=keyed)
    other = await story.sign_in(DESK, colleague["email"])
    last = month_of(day_in_japan(utc_now())) - timedelta(days=1)
    row = f"booked_on,amount,payer_name,memo,bank_reference\n{last},15,{say(DESK, 'earlypayer')},,{secrets.token_hex(6)}\n"
    where = {"filename": f"{say(DESK, 'earlystatement')}.csv"}
    await world.desk.send("/v1/admin/bank-statements", row.encode(), "text/csv", params=where)
    await world.run_jobs()
    proposed = await one.post("/v1/admin/book/closes", json={"month": f"{last:%Y-%m}"})
    closed = await other.post(f"{proposed.headers['location']}/confirm", json={}, headers=SEEN)
    assert closed.json()["status"] == "closed", closed.text
    name = {"name": say(DESK, "accountname"), "tax_class": say(DESK, "taxclass"), "code": "111"}
    await one.put("/v1/admin/book/account-names/bank", json=name, headers=SEEN)
    await differ(world, [say(DESK, f"stripesource{which}") for which in ("a", "b")])
    [found, second] = (await one.get("/v1/admin/book/differences")).json()["data"]
    at = f"/v1/admin/book/differences/{found['id']}"
    await one.post(f"{at}/take", json={}, headers=SEEN)
    for agreed, word in ((False, "bookproposal"), (True, "bookagreement")):
        note = {"action": "write_off", "note": say(DESK, word)}
        await one.post(f"{at}/resolve", json=note, headers=SEEN)
        decision = {"agreed": agreed, "note": say(DESK, f"{word}answer")}
        decided = await other.post(f"{at}/decide", json=decision, headers=SEEN)
    assert decided.json()["status"] == "resolved", decided.text
    assert second["status"] == "open"


async def differ(world: World, sources: list[str]) -> None:
    """For each source a line of Stripe's of a kind that nobody has met."""
    now, desk = utc_now(), Scope.of_system(DESK_ID, "req_closing")
    lines = [
        BalanceTransaction(
            id=f"txn_{new_id().hex}", type="adjustment", reporting_category="unmet", amount_minor=-7, fee_minor=1,
            net_minor=-8, currency=YEN, source_id=source, status="available", created_at=now, available_at=now,
        )
        for source in sources
    ]  # fmt: skip
    async with world.worker_db.transaction(desk) as session:
        await operations.take_lines(session, lines, read_at=now, complete=True, now=now)
    await flow.compare(world.worker_db, desk, now=now)

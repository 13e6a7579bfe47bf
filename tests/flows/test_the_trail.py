"""Does the trail of events tell the whole story, without a gap, and does its seal hold?"""

from datetime import timedelta

import asyncpg

from app.core import seals
from integrations.registries.fake.admin import state_fault
from integrations.registries.fake.messages import Code, Fault, FaultName
from tests.flows.people import RETIRE, listed, retire
from tests.world import World

PATHS = {
    "order": {
        "created>paid>fulfilled", "created>canceled", "created>expired", "created>expired>paid>fulfilled",
    },
    "payment": {"received", "closed", "closed>received"},
    "lot": {"declared>confirmed", "declared>confirmed>exhausted"},
    "retirement": {
        "requested>signed_off>queued>submitted>recorded",
        "requested>signed_off>queued>submitted>rejected",
        "requested>signed_off>queued>submitted>unknown>recorded",
        "requested>canceled",
    },
    "certificate": {"issued>rendered"},
}  # fmt: skip
"""Every path that a subject of this story may have gone."""
STATUS_OF = {
    "order": "select id, status from orders",
    "lot": "select id, status from lot",
    "retirement": "select id, status from retirement",
}


async def a_story(world: World) -> None:
    """Orders that are filled, canceled, expired and revived; retirements that are recorded, refused and taken back."""
    provider, buyer = await world.provider(), await world.buyer()
    small, large = await world.listing(provider, 10), await world.listing(provider, 500)
    async with world.admin() as admin:
        await admin.ask(state_fault(Fault(FaultName.REFUSES, times=1, code=Code.QUANTITY_MISMATCH)))
    await world.paid_order(buyer, (small, 10), retire=RETIRE)
    async with world.admin() as admin:
        await admin.ask(state_fault(Fault(FaultName.ACTS_THEN_DROPS, times=1)))
    await world.paid_order(buyer, (large, 20), retire=RETIRE)
    canceled = await world.order(buyer, (large, 1))
    await buyer.post(f"/v1/orders/{canceled['id']}/cancel")
    late = await world.order(buyer, (large, 2))
    await world.order(buyer, (large, 3))
    world.ahead = timedelta(days=8)
    await world.run_jobs()
    world.ahead = timedelta()
    await world.pay((late["payment"]["reference"], late["total"]["amount"]))
    await world.run_jobs()
    holdings = {holding["quantity"]: holding for holding in await listed(buyer, "/v1/holdings")}
    await retire(buyer, holdings[10], 4)
    draft = await buyer.post("/v1/retirements", RETIRE | {"holding_id": holdings[2]["id"], "quantity": 2})
    await buyer.post(f"/v1/retirements/{draft.json()['id']}/cancel")
    await world.run_jobs()


async def test_every_change_has_its_event_and_the_seals_hold(world: World, owner: asyncpg.Connection) -> None:
    await a_story(world)
    rows = await owner.fetch("select subject_kind, subject_id, kind, seq, after from event order by subject_id, seq")
    trails: dict[tuple[str, object], list[asyncpg.Record]] = {}
    for row in rows:
        trails.setdefault((row["subject_kind"], row["subject_id"]), []).append(row)
    went: dict[str, set[str]] = {}
    for (kind, _), trail in trails.items():
        assert [row["seq"] for row in trail] == list(range(1, len(trail) + 1))
        told = [row["kind"].partition(".")[2] for row in trail]
        went.setdefault(kind, set()).add(">".join(told))
    for kind, paths in PATHS.items():
        assert went[kind] == paths, kind
    for kind, query in STATUS_OF.items():
        standing = {row["id"]: row["status"] for row in await owner.fetch(query)}
        last = {subject: trail[-1]["kind"].partition(".")[2] for (of, subject), trail in trails.items() if of == kind}
        assert {subject: as_status(told) for subject, told in last.items()} == standing
    assert await owner.fetchval("select count(*) from payment") == sum(of == "order" for of, _ in trails)

    while await seals.seal(world.worker_db, now=world.now()):
        pass
    assert await owner.fetchval("select count(*) from event where seal_n is null") == 0
    async with world.worker_db.audit() as session:
        assert await seals.verify_chain(session) == []
    await owner.execute("alter table event disable trigger user")
    await owner.execute("update event set after = '{}' where kind = 'order.paid'")
    async with world.worker_db.audit() as session:
        assert len(await seals.verify_chain(session)) == 1


def as_status(told: str) -> str:
    """An order's first event is called created; its status is that it waits for money."""
    return {"created": "awaiting_payment", "requested": "draft"}.get(told, told)

"""Six kinds of answers that say nothing: is each retirement in the registry's book once, and its serials never resold?

The registry acts and is not heard, or acts later than it answers. Buyers race for the rest of the same lot meanwhile.
"""

import asyncio
from typing import Any, Final

import msgspec

from benchmarks.scenarios.stage import Stage
from integrations.registries.fake.admin import state_fault
from integrations.registries.fake.messages import Fault, FaultName
from tests.world import Party

SETTLES_WITHIN_S: Final = 12
"""Longer than the first look-up waits (5 s): it finds nothing of what the registry only shows later."""
_LATER_MS: Final = 7_000
_SILENT_MS: Final = 3_000
KINDS: Final = (
    Fault(FaultName.ACTS_THEN_TIMES_OUT, times=1, delay_ms=_SILENT_MS),
    Fault(FaultName.ACTS_THEN_DROPS, times=1),
    Fault(FaultName.ACTS_THEN_BAD_GATEWAY_HTML, times=1),
    Fault(FaultName.CUT_JSON, times=1),
    Fault(FaultName.PROCESSING, times=1, delay_ms=_LATER_MS),
    Fault(FaultName.NOT_FOUND_THEN_FOUND, times=1, delay_ms=_LATER_MS),
)
LEFT: Final = 20
"""Tonnes of the lot that are for sale meanwhile; half as many buyers again ask for them."""
SECONDS_EACH: Final = 1
_STANDS: Final = "select reference, status, attempts from retirement where org_id = $1"
_LISTED: Final = (
    "select r.reference from retirement r join retirement_case c on c.retirement_id = r.id"
    " where r.org_id = $1 and c.status in ('open', 'proposed')"
)
_SPEECHLESS: Final = (
    "select count(*) from retirement_attempt a join retirement r on r.org_id = a.org_id and r.id = a.retirement_id"
    " where r.org_id = $1 and a.answer is null and a.lookups = 0"
)
_WAS_UNKNOWN: Final = "select count(distinct subject_id) from event where org_id = $1 and kind = 'retirement.unknown'"


async def answered(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` retirements of one tonne, as many of each kind; a real worker brings each to its end.

    Nothing is drawn: the seed only names the run.
    """
    world = stage.world
    # Nobody dies here: a job that is slow on a busy machine is not to be begun a second time.
    changes = {"registry_settles_within_s": SETTLES_WITHIN_S, "lease_s": 60}
    world.settings = msgspec.structs.replace(world.settings, **changes)
    (buyer,) = await stage.buyers(1)
    listing = await world.listing(await world.provider(), runs + LEFT)
    await world.paid_order(buyer, (listing, runs))
    (held,) = (await buyer.get("/v1/holdings")).json()["data"]
    drafts = await stage.drafts(buyer, held["id"], runs)
    async with world.admin() as admin:
        for n, draft in enumerate(drafts):
            await admin.ask(state_fault(msgspec.structs.replace(KINDS[n % len(KINDS)], where=draft["reference"])))
    for draft in drafts:
        await stage.sign_off(buyer, draft)
    worker = stage.worker()
    await worker.says("the worker works")
    sold = await _raced(stage, listing)
    told = await stage.quiet(within_s=120 + SECONDS_EACH * runs)
    worker.stop()
    if sold != LEFT:
        told.append(f"{sold} tonnes were sold of the {LEFT} that were for sale (seed {seed})")
    return told + await _wrong(stage, buyer, drafts) + await stage.breaches()


async def _raced(stage: Stage, listing: str) -> int:
    """More buyers than tonnes ask for the rest of the lot, pay, and get it; how many did."""
    buyers = await stage.buyers(LEFT * 3 // 2)
    body = {"lines": [{"listing_id": listing, "quantity": 1}]}
    answers = await asyncio.gather(*(one.post("/v1/orders", body) for one in buyers))
    placed = [dict(answer.json()) for answer in answers if answer.status_code == 201]
    refused = {str(answer.json()["code"]) for answer in answers if answer.status_code != 201}
    assert len(refused) <= 1, refused
    await stage.world.pay(*((f"{one['payment']['reference']} カ)アオバ", one["total"]["amount"]) for one in placed))
    return len(placed)


async def _wrong(stage: Stage, buyer: Party, drafts: list[dict[str, Any]]) -> list[str]:
    """What is not as it must be, of the registry's book and of ours."""
    book = await stage.book()
    references = {draft["reference"] for draft in drafts}
    in_book = [one.reference for one in book.retirements if one.reference in references]
    rows = {row["reference"]: row for row in await stage.owner.fetch(_STANDS, buyer.org_id)}
    listed = {row["reference"] for row in await stage.owner.fetch(_LISTED, buyer.org_id)}
    ends = {"recorded"}
    astray = [one for one in references if rows[one]["status"] not in ends and one not in listed]
    found = {
        "duplicates in the registry's book": len(in_book) - len(set(in_book)),
        "lost": len(references - set(in_book)),
        "neither recorded nor on a person's list": len(astray),
        "sent more than once": sum(book.posts[one] != 1 for one in references),
        "attempts without their evidence": await stage.owner.fetchval(_SPEECHLESS, buyer.org_id),
        "never in doubt": len(drafts) - await stage.owner.fetchval(_WAS_UNKNOWN, buyer.org_id),
    }
    return [f"{what}: {number}" for what, number in found.items() if number]

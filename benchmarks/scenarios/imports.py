"""kill -9 of the worker while a large file is staged and while it is committed: is every row there once in the end?

The lease of a dead worker's job is ended by us, which stands for waiting until it runs out; nothing else is touched.
"""

import asyncio
import random
import time
from typing import Any, Final

import msgspec

from app.core.clock import utc_now
from benchmarks.scenarios.import_ import holdings
from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.stage import Stage
from tests.world import Party

ROWS_EACH: Final = 4_000
"""Of one file: eight batches to stage, eight to commit."""
KILLS: Final = 4
"""In each file's life, half of them while it is staged."""
_LEASE_S: Final = 120
_PATIENCE_S: Final = 120
_END_LEASES: Final = (
    "update job set lease_until = now() - interval '1 second' where done_at is null and lease_until > now()"
)
_QUESTIONS: Final = {
    "rows are kept": "select count(*) from import_row where import_id = $1",
    "rows became a lot": "select count(lot_id) from import_row where import_id = $1",
    "lots are there": "select count(*) from lot where import_id = $1",
    "blocks are different": "select count(distinct (series_key, lo, hi)) from lot where import_id = $1",
    "stocks are whole": (
        "select count(*) from lot_stock s join lot l on l.id = s.lot_id"
        " where l.import_id = $1 and s.imported = l.hi - l.lo and s.free = s.imported"
    ),
    "lots have their first event": (
        "select count(*) from event e join lot l on l.id = e.subject_id"
        " where l.import_id = $1 and e.kind = 'lot.declared' and e.seq = 1"
    ),
}
"""What must be as many as the file has rows."""


async def killed(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` workers die, in groups of four: two while a file is staged, two while the same file is committed."""
    lots, told = random.Random(seed), []
    for n in range(max(1, runs // KILLS)):
        told += await _one_file(stage, lots, n)
    relief = stage.worker()  # The last one may have died between its work and the word that it is done.
    await relief.says("the worker works")
    return told + await stage.quiet(within_s=_PATIENCE_S) + await stage.breaches()


async def _one_file(stage: Stage, lots: random.Random, n: int) -> list[str]:
    provider = await stage.world.provider()
    account = await provider.post(
        "/v1/registry-accounts", {"registry_code": "verra", "account_no": f"V-{n}", "holder_name": "見本の口座"}
    )
    where = {"registry_account_id": account.json()["id"], "filename": "vcus.csv"}
    content = holdings(ROWS_EACH, first_block=n * ROWS_EACH)
    staged = await provider.send("/v1/imports", content, "text/csv", params=where, headers={"Prefer": "respond-async"})
    assert staged.status_code == 202, staged.text
    job, told = await _through_deaths(stage, provider, staged.headers["Location"], lots)
    found = job["result"]["import_id"]
    if job["result"]["rows_good"] != ROWS_EACH:
        told.append(f"{found}: {job['result']} of {ROWS_EACH} good rows")
    committed = await provider.post(f"/v1/imports/{found}/commit", {"rows": "all"}, headers={"Prefer": "respond-async"})
    assert committed.status_code == 202, committed.text
    told += (await _through_deaths(stage, provider, committed.headers["Location"], lots))[1]
    row = await stage.owner.fetchval("select id from holdings_import order by created_at desc limit 1")
    for what, question in _QUESTIONS.items():
        counted = await stage.owner.fetchval(question, row)
        if counted != ROWS_EACH:
            told.append(f"{found}: {counted} {what}, not {ROWS_EACH}")
    return told


async def _through_deaths(
    stage: Stage, provider: Party, at: str, lots: random.Random
) -> tuple[dict[str, Any], list[str]]:
    """The finished job. Workers die somewhere in the first half of the work; what was told done may never be less again."""
    told, done = [], 0
    settings = msgspec.structs.replace(stage.world.settings, lease_s=_LEASE_S)
    # In the first half: as much again is left to do while we hear of it, however fast the worker and slow our looking.
    deaths = sorted(lots.sample(range(1, ROWS_EACH // 2), KILLS // 2))
    for death in [*deaths, None]:
        worker = Program("workers.main", settings, stage.folder / f"worker-{time.monotonic_ns()}.log")
        try:
            job = await _until(provider, at, death)
        finally:
            worker.kill()
        await stage.owner.execute(_END_LEASES)
        if job["done"] < done:
            told.append(f"{at}: {job['done']} done after {done} were")
        done = job["done"]
        if death is not None and job["status"] == "done":
            told.append(f"{at}: over before the worker could be killed at {death}")
    if job["status"] != "done" or job["done"] != ROWS_EACH:
        told.append(f"{at}: {job}")
    return job, told


async def _until(provider: Party, at: str, done: int | None) -> dict[str, Any]:
    """The job as soon as so much of it is done; over, when None is asked for."""
    until = utc_now().timestamp() + _PATIENCE_S
    while utc_now().timestamp() < until:
        job = dict((await provider.get(at)).json())
        if job["status"] in {"done", "failed"} or (done is not None and job["done"] >= done):
            return job
        await asyncio.sleep(0.01)
    raise AssertionError(f"{at} is not so far after {_PATIENCE_S} s: {job}")

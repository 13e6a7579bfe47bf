"""How fast does a large holdings file become lots, and in how much memory? A real worker, beside a plain COPY.

The floor is one COPY of the same rows into a bare table: no judgement, no constraint, no event, no second look.
"""

import asyncio
import csv
import io
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config

from app.core.db import API_ROLE, WORKER_ROLE, Database, asyncpg_url
from benchmarks.figures import Result
from benchmarks.scenarios.programs import ROOT, Program
from integrations.postgres.embedded import EmbeddedPostgres
from tests.world import Party, World, open_world

ROWS: Final = 100_000
RATE_GOAL: Final = 5_000
DECLARED_GOAL: Final = 2_500
"""Ours: each row becomes three others, under five foreign keys and an exclusion constraint over ranges."""
RSS_GOAL_MB: Final = 300
_HEADER: Final = (
    "Issuance Date", "Sustainable Development Goals", "Vintage Start", "Vintage End", "ID", "Name", "Country/Area",
    "Project Type", "Methodology", "Total Vintage Quantity", "Quantity Issued", "Serial Number",
    "Additional Certifications", "Retirement/Cancellation Date", "Retirement Beneficiary", "Retirement Reason",
    "Retirement Details",
)  # fmt: skip
_PATIENCE_S: Final = 300


def measure() -> list[Result]:
    """Rows a second, as a share of the floor and against the goal, and the worker's peak of resident memory."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-import-"))
    home.chmod(0o711)
    with EmbeddedPostgres(home) as server:
        config = Config(ROOT / "alembic.ini")
        config.attributes["url"] = asyncpg_url(server.dsn())
        command.upgrade(config, "head")
        return asyncio.run(_measured(server.dsn(), home))


async def _measured(url: str, home: Path) -> list[Result]:
    async with _desk(url, home) as world:
        provider = await world.provider()
        wish = {"registry_code": "verra", "account_no": "V-1", "holder_name": "見本の口座"}
        account = (await provider.post("/v1/registry-accounts", wish)).json()["id"]
        content = holdings(ROWS)
        floor_s = await _copied(url, content)
        settings = msgspec.structs.replace(world.settings, port=0)
        worker = Program("workers.main", settings, home / "worker.log")
        try:
            await worker.says("this worker leads")
            began = time.perf_counter()
            staged = await _staged(provider, account, content)
            staged_s = time.perf_counter() - began
            await _committed(provider, staged["import_id"])
            whole_s = time.perf_counter() - began
            peak_mb = _peak_mb(worker.pid)
        finally:
            worker.stop()
    assert staged["rows_good"] == ROWS, staged
    rate, declared, floor = ROWS / staged_s, ROWS / (whole_s - staged_s), ROWS / floor_s
    return [
        Result(f"import of {ROWS} rows: sent, kept, read, judged and staged ({staged_s:.1f} s; COPY alone {floor_s:.2f} s)",
               round(rate), "rows/s", round(floor), RATE_GOAL, rate >= RATE_GOAL),
        Result(f"commit of the same {ROWS} rows: lots, stock, events, disputes ({whole_s - staged_s:.1f} s)",
               round(declared), "rows/s", round(floor), DECLARED_GOAL, declared >= DECLARED_GOAL),
        Result("peak resident memory of the worker meanwhile", round(peak_mb), "MB", None, RSS_GOAL_MB, peak_mb <= RSS_GOAL_MB),
    ]  # fmt: skip


def holdings(rows: int, *, first_block: int = 0) -> bytes:
    """A file in Verra's layout: blocks of ten, of two hundred projects that the catalogue does not know."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for n in range(first_block, first_block + rows):
        first = 1_000_001 + 10 * n
        project = 9_000 + n % 200
        serial = f"{20_000 + n}-{first}-{first + 9}-VCS-VCU-263-VER-AU-7-{project}-01012024-31122024-0"
        writer.writerow([
            "2026-04-03", "", "2024-01-01", "2024-12-31", project, f"Made up project {project}", "Australia",
            "Waste handling and disposal", "ACM0001", "1,454,054", "10", serial, "", "", "", "", "",
        ])  # fmt: skip
    return text.getvalue().encode()


@asynccontextmanager
async def _desk(url: str, home: Path) -> AsyncIterator[World]:
    db, worker_db = Database(url, role=API_ROLE), Database(url, role=WORKER_ROLE)
    try:
        async with open_world(db, worker_db, home / "files", registry=None, poll_ms=50) as world:
            yield world
    finally:
        await db.close()
        await worker_db.close()


async def _copied(url: str, content: bytes) -> float:
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"c{n} text" for n in range(len(_HEADER)))
    await connection.execute(f"create table floor ({columns})")
    began = time.perf_counter()
    await connection.copy_to_table("floor", source=io.BytesIO(content), format="csv", header=True)
    seconds = time.perf_counter() - began
    await connection.execute("drop table floor")
    await connection.close()
    return seconds


async def _staged(provider: Party, account: str, content: bytes) -> dict[str, Any]:
    where = {"registry_account_id": account, "filename": "vcus.csv"}
    answer = await provider.send("/v1/imports", content, "text/csv", params=where)
    assert answer.status_code == 202, answer.text
    return await _over(provider, answer.headers["Location"])


async def _committed(provider: Party, import_id: str) -> None:
    answer = await provider.post(f"/v1/imports/{import_id}/commit", {"rows": "all"})
    assert answer.status_code == 202, answer.text
    await _over(provider, answer.headers["Location"])


async def _over(provider: Party, job: str) -> dict[str, Any]:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        told = (await provider.get(job)).json()
        if told["status"] == "done":
            return dict(told["result"])
        assert told["status"] != "failed", told
        await asyncio.sleep(0.1)
    raise AssertionError(f"{job} is not over after {_PATIENCE_S} s")


def _peak_mb(pid: int) -> float:
    """The most that was ever resident of this process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    for result in measure():
        print(result)

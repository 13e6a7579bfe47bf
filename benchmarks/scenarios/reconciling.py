"""How long does a million rows of a registry take to be read, kept and compared with a million ranges of ours?

The floor is a plain COPY of the same rows into a bare table and a sort of them into another. A real worker does the
work, and its peak of resident memory is what the system says of it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config

from app.core.db import API_ROLE, Database, asyncpg_url
from app.core.ids import new_id
from app.core.long_jobs import LongJob
from app.core.scope import DESK_ID, Scope
from app.inventory.flow import Received
from app.reconciliation import flow
from app.reconciliation.models import Trust
from app.reconciliation.rules import Covers, Reach
from app.settings import Settings
from benchmarks.figures import Result
from benchmarks.scenarios.programs import ROOT, Program
from integrations.postgres.embedded import EmbeddedPostgres
from integrations.storage.live import ObjectFiles

ROWS: Final = 1_000_000
CHANGED: Final = 1_000
BLOCKS_OF_A_LOT: Final = 5
FLOORS_GOAL: Final = 3.0
AGAIN_GOAL_S: Final = 2.0
MARKS_GOAL_S: Final = 120
RSS_GOAL_MB: Final = 500
_PATIENCE_S: Final = 300
_OF_ITS_SIZE: Final = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""What a server with millions of rows is given; the floor is measured on the same one."""
_MARKING: Final = "select exists (select from job where name = 'reconciliation.mark_reconciled' and done_at is null)"
_HEADER: Final = (
    "Issuance Date,Sustainable Development Goals,Vintage Start,Vintage End,ID,Name,Country/Area,Project Type,Methodology,"
    "Total Vintage Quantity,Quantity Issued,Serial Number,Additional Certifications,Retirement/Cancellation Date,"
    "Retirement Beneficiary,Retirement Reason,Retirement Details"
)
RETIRED_ON: Final = date(2026, 10, 1)
_AS_OF: Final = date(2026, 11, 24)


def measure() -> list[Result]:
    """The first statement against the floor, the second one with a thousand changes, and the worker's memory."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-reconciling-"))
    home.chmod(0o711)
    with EmbeddedPostgres(home / "postgres", settings=_OF_ITS_SIZE) as server:
        config = Config(ROOT / "alembic.ini")
        config.attributes["url"] = asyncpg_url(server.dsn())
        command.upgrade(config, "head")
        return asyncio.run(_measured(server.dsn(), home))


async def _measured(url: str, home: Path) -> list[Result]:
    provider, account = await stocked(url, ROWS)
    first, second = home / "first.csv", home / "second.csv"
    first.write_text("\n".join([_HEADER, *map(_row, blocks_of(ROWS))]) + "\n")
    second.write_text("\n".join([_HEADER, *_changed()]) + "\n")
    floor_s = await _copied_and_sorted(url, first)
    files = (home / "files").as_uri()
    (home / "files").mkdir()
    settings = Settings(database_url=url, files_url=files, secret="a secret of the benchmark, long enough", port=0)
    worker = Program("workers.main", msgspec.structs.replace(settings, poll_ms=50), home / "worker.log")
    db = Database(url, role=API_ROLE)
    try:
        await worker.says("this worker leads")
        desk = _Desk(db, ObjectFiles(files), provider, account)
        whole_s = await desk.compared(first, _AS_OF)
        before = await desk.found()
        marked, marks_s = await desk.marked()
        again_s = await desk.compared(second, date(2026, 11, 25))
        after = await desk.found()
        peak_mb = _peak_mb(worker.pid)
    finally:
        worker.stop()
        await db.close()
    assert before == 0, before
    assert after == CHANGED, after
    times = round(whole_s / floor_s, 2)
    return [
        Result(f"{ROWS} rows of a statement read, kept and compared with {ROWS} ranges, of COPY and sort ({whole_s:.1f} s of {floor_s:.1f} s)",
               times, "times", round(floor_s, 1), FLOORS_GOAL, times <= FLOORS_GOAL),
        Result(f"{marked} recorded retirements that it shows marked as reconciled, behind the comparison",
               round(marks_s, 1), "s", None, MARKS_GOAL_S, marks_s <= MARKS_GOAL_S),
        Result(f"the same with {CHANGED} rows changed", round(again_s, 2), "s", None, AGAIN_GOAL_S, again_s <= AGAIN_GOAL_S),
        Result("peak resident memory of the worker meanwhile", round(peak_mb), "MB", None, RSS_GOAL_MB, peak_mb <= RSS_GOAL_MB),
    ]  # fmt: skip


class _Desk:
    """Sends statements in as the operator, and waits for the worker."""

    def __init__(self, db: Database, files: ObjectFiles, provider: UUID, account: UUID) -> None:
        self._db, self._files, self._provider, self._account = db, files, provider, account
        self._scope = Scope(DESK_ID, new_id(), "member", frozenset(), "req_bench", "operator")

    async def compared(self, path: Path, as_of: date) -> float:
        """Seconds from the kept file to the comparison that was made of it."""
        content = path.read_bytes()
        told = flow.Told(new_id(), self._account, path.name, as_of, Covers.ALL, Reach.ACCOUNT, None, "verra", None)
        received = Received(path, sha256(content).hexdigest(), len(content))
        del content
        job = await flow.take_statement(
            self._db, self._files, self._scope, self._provider, received, told, trust=Trust.OPERATOR, source="upload",
            job_id=new_id(), at_once=False, now=datetime.now(UTC),
        )  # fmt: skip
        assert isinstance(job, LongJob)
        began = time.perf_counter()
        connection = await asyncpg.connect(self._db.url)
        try:
            while time.perf_counter() - began < _PATIENCE_S:
                status, result = await connection.fetchrow("select status, result from long_job where id = $1", job.id)
                assert status != "failed", result
                if status == "done":
                    return time.perf_counter() - began
                await asyncio.sleep(0.02)
        finally:
            await connection.close()
        raise AssertionError(f"{path.name} is not compared after {_PATIENCE_S} s")

    async def marked(self) -> tuple[int, float]:
        """How many retirements are marked when no marking is left to be done, and for how many seconds that took."""
        began = time.perf_counter()
        connection = await asyncpg.connect(self._db.url)
        try:
            while await connection.fetchval(_MARKING):
                assert time.perf_counter() - began < _PATIENCE_S, "The marking does not end."
                await asyncio.sleep(0.02)
            marked = await connection.fetchval("select count(*) from retirement where reconciled_as_of is not null")
        finally:
            await connection.close()
        return int(marked), time.perf_counter() - began

    async def found(self) -> int:
        """How many differences stand."""
        connection = await asyncpg.connect(self._db.url)
        try:
            return int(await connection.fetchval("select count(*) from discrepancy where status <> 'resolved'"))
        finally:
            await connection.close()


class Block(msgspec.Struct, frozen=True):
    """Serials that one row of the registry names, both included."""

    n: int
    first: int
    last: int
    retired: bool


def blocks_of(rows: int) -> Iterator[Block]:
    """Five blocks a lot, right behind each other: the last one is free, two of the sold ones are retired."""
    chance, first = random.Random(1), 1_000_001
    for n in range(rows):
        size = chance.choice((4, 51, 584, 4_368))  # As real retirements go: a few, some hundreds, some thousands.
        yield Block(n, first, first + size - 1, retired=n % BLOCKS_OF_A_LOT in (1, 2))
        first += size


def _row(block: Block, *, name: str = "") -> str:
    project = 9_000 + block.n // BLOCKS_OF_A_LOT % 200
    serial = f"{20_000 + block.n // BLOCKS_OF_A_LOT}-{block.first}-{block.last}-VCS-VCU-263-VER-AU-7-{project}-01012024-31122024-0"
    ended = (
        f"{RETIRED_ON},{name or name_of(block.n)},Environmental Benefit,For the year 2025" if block.retired else ",,,"
    )
    return (
        f"2026-04-03,,2024-01-01,2024-12-31,{project},Made up project {project},Australia,Waste handling and disposal,"
        f'ACM0001,"1,454,054",{block.last - block.first + 1},{serial},,{ended}'
    )


def _changed() -> Iterator[str]:
    """The same rows but for a thousand: retired in another's name, retired without us, or not there any more."""
    every = ROWS // CHANGED
    for block in blocks_of(ROWS):
        if block.n % every != every // 2:
            yield _row(block)
        elif block.n // every % 4 == 0:
            continue
        elif block.retired:
            yield _row(block, name="Somebody Else")
        else:
            yield _row(msgspec.structs.replace(block, retired=True))


def name_of(n: int) -> str:
    """In whose name a block was retired."""
    return f"Buyer {n // BLOCKS_OF_A_LOT % 500}"


# The last block of each lot is free: it lies behind the sold ones, as carving leaves it.
_LEDGER: Final = """
        create temp table l as select n / 5 as n, min(first) as lo, max(last) + 1 as hi,
          max(first) as free_lo, gen_random_uuid() as lot, gen_random_uuid() as holding, gen_random_uuid() as retirement,
          sum(last - first + 1) filter (where retired) as retired, sum(last - first + 1) as whole
          from block group by 1;
        insert into lot (org_id, id, registry_code, registry_account_id, project_id, issuance_id, certification_no,
          serial_prefix, serial_first, serial_last, series_key, lo, hi, unit, vintage_from, vintage_to, status,
          confirmed_at, confirmed_as_of, created_at)
          select '{provider}', lot, 'verra', '{account}', '{project}', gen_random_uuid(), (20000 + n)::text, '', lo::text,
            (hi - 1)::text, 'verra::vcu', lo, hi, 't', '2024-01-01', '2024-12-31', 'confirmed', '2026-05-01', '2026-05-01', '2026-05-01'
          from l;
        insert into lot_stock (lot_id, org_id, imported, free, reserved, sold, withdrawn, next_lo, end_hi, sellable)
          select lot, '{provider}', whole, hi - free_lo, 0, free_lo - lo, 0, free_lo, hi, true from l;
        insert into holding (org_id, id, provider_id, lot_id, order_id, line_n, quantity, held, retiring, retired, unit, created_at)
          select '{buyer}', holding, '{provider}', lot, gen_random_uuid(), 1, free_lo - lo, free_lo - lo - retired, 0, retired, 't', '2026-06-01' from l;
        insert into retirement (org_id, id, provider_id, holding_id, lot_id, order_id, registry_code, reference, quantity, unit,
          beneficiary_name, purpose, purpose_detail, status, requested_by, requested_at, attempts, recorded_on, evidence_grade)
          select '{buyer}', retirement, '{provider}', holding, lot, gen_random_uuid(), 'verra', 'OD-' || n, retired, 't',
            'Buyer ' || n % 500, 'OFFSET', '', 'recorded', '{buyer}', '2026-09-01', 0, '2026-10-01', 'registry_answer' from l;
        insert into serial_range (org_id, id, provider_id, lot_id, holding_id, retirement_id, series_key, lo, hi, status)
          select '{buyer}', gen_random_uuid(), '{provider}', l.lot, l.holding, case when b.retired then l.retirement end, 'verra::vcu',
            b.first, b.last + 1, case when b.retired then 'retired' else 'held' end
          from block b join l on l.n = b.n / 5 where b.first < l.free_lo;
        alter table lot add constraint one_live_lot_per_serial exclude using gist (series_key with =, int8range(lo, hi) with &&)
          where (status in ('confirmed', 'frozen', 'exhausted'));
        alter table serial_range add constraint one_place_per_serial exclude using gist (series_key with =, int8range(lo, hi) with &&);
        analyze;
        """


async def stocked(url: str, rows: int) -> tuple[UUID, UUID]:
    """A provider with one lot for five blocks, four of them sold; constraints are built behind the rows, as in a restore."""
    provider, buyer, account, project = (new_id() for _ in range(4))
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"""
        set session_replication_role = replica;
        insert into organisation (org_id, kind, name, status, provider_kind, created_at) values
          ('{DESK_ID}', 'operator', 'Desk', 'active', null, '2026-01-01'),
          ('{provider}', 'provider', 'Provider', 'active', 'creation_and_use', '2026-01-01'),
          ('{buyer}', 'buyer', 'Buyer', 'active', null, '2026-01-01') on conflict do nothing;
        insert into registry (code, name_ja, name_en, unit, home_url, source)
          values ('verra', 'Verra', 'Verra', 't', 'https://registry.example', 'made up') on conflict do nothing;
        insert into project (id, registry_code, list_kind, number, kind, operator_name, summary, location, regions, ends_text, source, loaded_at)
          values ('{project}', 'verra', '', '9000', 'normal', 'x', 'x', '', '{{}}', '', 'made up', '2026-01-01');
        insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)
          values ('{provider}', '{account}', 'verra', 'V-1', 'Provider', '2026-01-01');
        alter table lot drop constraint one_live_lot_per_serial;
        alter table lot drop constraint one_lot_per_serial_of_a_provider;
        alter table serial_range drop constraint one_place_per_serial;
        create temp table block (n integer, first bigint, last bigint, retired boolean);
        """
    )
    records = [(block.n, block.first, block.last, block.retired) for block in blocks_of(rows)]
    await connection.copy_records_to_table("block", records=records)
    del records
    await connection.execute(_LEDGER.format(provider=provider, buyer=buyer, account=account, project=project))
    await connection.close()
    return provider, account


async def _copied_and_sorted(url: str, path: Path) -> float:
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"c{n} text" for n in range(_HEADER.count(",") + 1))
    await connection.execute(f"create table floor ({columns})")
    began = time.perf_counter()
    await connection.copy_to_table("floor", source=str(path), format="csv", header=True)
    await connection.execute("create table sorted as select * from floor order by c11")
    seconds = time.perf_counter() - began
    await connection.execute("drop table floor, sorted")
    await connection.close()
    return seconds


def _peak_mb(pid: int) -> float:
    """The most that was ever resident of this process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    for figure in measure():
        print(figure)

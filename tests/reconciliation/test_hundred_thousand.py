"""Of a hundred thousand ranges: is every planted difference found, none invented, and the report twice the same?"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg

from app.core.db import Database
from app.core.ids import new_id
from app.core.long_jobs import LongJob
from app.core.scope import DESK_ID, Scope
from app.inventory.flow import Received
from app.reconciliation import flow
from app.reconciliation.models import Trust
from app.reconciliation.rules import STATEMENT_HEADER, Covers, DiscrepancyKind, Reach
from app.retirements.rules import new_reference
from benchmarks.scenarios.reconciling import BLOCKS_OF_A_LOT, RETIRED_ON, Block, blocks_of, name_of, stocked
from integrations.storage.live import ObjectFiles
from tests.inventory_feature.scene import NOW
from tests.reconciliation.books import AS_OF

RANGES = 100_000
EACH = 20
KINDS = [kind for kind in DiscrepancyKind if kind != DiscrepancyKind.LISTED_TWICE]
DESK = Scope(DESK_ID, new_id(), "member", frozenset(), "req_test", "operator")
Found = dict[str, set[tuple[int, int]]]


class Planted:
    """The registry's list with twenty differences of each kind, and what is to be found."""

    def __init__(self) -> None:
        self.expected: Found = defaultdict(set)
        self.moved: list[Block] = []
        self._plan = {}
        for number, kind in enumerate(KINDS):
            for k in range(EACH):
                lot = 20 + (k * len(KINDS) + number) * 60  # Lots apart, so that no two differences touch.
                self._plan[lot] = kind

    def rows(self) -> Iterator[dict[str, str]]:
        joined: Block | None = None
        for block in blocks_of(RANGES):
            lot, place = divmod(block.n, BLOCKS_OF_A_LOT)
            kind = self._plan.get(lot)
            if joined is not None:
                yield line(Block(joined.n, joined.first, block.last, retired=False))
                self.expected["merged_there"].add((joined.first, block.last))
                joined = None
            elif kind == "merged_there" and place == 4:
                joined = block
            elif kind is not None and place == (1 if kind in RETIRED else 4):
                yield from self._spoilt(kind, block)
            else:
                yield line(block)
        for k in range(EACH):
            first = 10**12 + k * 1_000
            yield line(Block(0, first, first + 9, retired=False))
            yield line(Block(0, first + 500, first + 509, retired=True), note=f"x {new_reference(k)}")
            self.expected["missing_here"].add((first, first + 9))
            self.expected["unrecorded_retirement"].add((first + 500, first + 509))

    def _spoilt(self, kind: str, block: Block) -> Iterator[dict[str, str]]:
        found = (block.first, block.last)
        half = (block.first + block.last) // 2
        match kind:
            case "retired_there":
                yield line(block) | {"state": "retired", "changed_on": AS_OF.isoformat()}
            case "canceled_there":
                yield line(block) | {"state": "canceled", "changed_on": AS_OF.isoformat()}
            case "active_there":
                yield line(Block(block.n, block.first, block.last, retired=False))
            case "missing_there":
                pass
            case "moved":
                self.moved.append(block)
            case "beneficiary_differs":
                yield line(block) | {"beneficiary_name": "Somebody Else"}
            case "date_differs":
                yield line(block) | {"changed_on": (RETIRED_ON + timedelta(days=1)).isoformat()}
            case "overlap_there":
                yield line(block)
                yield line(Block(block.n, block.first, half, retired=False))
                found = (block.first, half)
            case "quantity_contradicts":
                yield line(block) | {"quantity": str(block.last - block.first + 2)}
            case "split_there":
                yield line(Block(block.n, block.first, half, retired=False))
                yield line(Block(block.n, half + 1, block.last, retired=False))
            case _:
                yield line(block)
                return
        self.expected[kind].add(found)


RETIRED = {"active_there", "beneficiary_differs", "date_differs"}


def line(block: Block, *, note: str = "") -> dict[str, str]:
    project = 9_000 + block.n // BLOCKS_OF_A_LOT % 200
    serial = f"{20_000 + block.n // BLOCKS_OF_A_LOT}-{block.first}-{block.last}-VCS-VCU-263-VER-AU-7-{project}-01012024-31122024-0"
    told = {"state": "active", "serial": serial, "quantity": str(block.last - block.first + 1), "note": note}
    if not block.retired:
        return told
    return told | {"state": "retired", "changed_on": RETIRED_ON.isoformat(), "beneficiary_name": name_of(block.n)}


def written(rows: Iterator[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, STATEMENT_HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


async def compared(db: Database, folder: Path, provider: UUID, account: UUID, content: bytes) -> None:
    (folder / "files").mkdir(exist_ok=True)
    files = ObjectFiles((folder / "files").as_uri())
    path = folder / sha256(content).hexdigest()
    path.write_bytes(content)
    told = flow.Told(new_id(), account, "list.csv", AS_OF, Covers.ALL, Reach.ACCOUNT, None, "template", None)
    job = await flow.take_statement(
        db, files, DESK, provider, Received(path, path.name, len(content)), told, trust=Trust.OPERATOR, source="upload",
        job_id=new_id(), at_once=False, now=NOW,
    )  # fmt: skip
    assert isinstance(job, LongJob)
    await flow.read_statement(
        db, files, org_id=provider, statement_id=told.statement_id, job_org_id=job.org_id, job_id=job.id, now=NOW,
        request_id="req_read",
    )  # fmt: skip


async def test_every_planted_difference_is_found_and_none_is_invented(
    worker_db: Database, owner: asyncpg.Connection, database_url: str, tmp_path: Path
) -> None:
    provider, account = await stocked(database_url, RANGES)
    second = new_id()
    await owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'verra', 'V-2', 'Provider', now())",
        provider,
        second,
    )
    planted = Planted()
    content = written(planted.rows())
    await compared(worker_db, tmp_path, provider, second, written(line(block) for block in planted.moved))
    await owner.execute("update discrepancy set status = 'resolved', resolved_at = now()")  # The other account's.
    await compared(worker_db, tmp_path, provider, account, content)

    found: Found = defaultdict(set)
    for row in await owner.fetch("select kind, lo, hi from discrepancy where status <> 'resolved'"):
        found[row["kind"]].add((row["lo"], row["hi"] - 1))
    assert {kind: len(ranges) for kind, ranges in planted.expected.items()} == dict.fromkeys(KINDS, EACH)
    differing = {kind: found[kind] ^ planted.expected[kind] for kind in {*found, *planted.expected}}
    assert not any(differing.values()), differing

    again = await flow.compare_again(worker_db, DESK, provider, account, reconciliation_id=new_id(), now=NOW)
    first = await owner.fetchval(
        "select sha256 from reconciliation where registry_account_id = $1 order by id limit 1", account
    )
    assert (again.sha256, again.opened, again.resolved) == (first, 0, 0)
    frozen = await owner.fetchval("select count(*) from lot where status = 'frozen'")
    assert frozen == EACH * 5  # retired, canceled, active, missing, moved: one lot each time.

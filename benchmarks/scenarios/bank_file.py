"""How long does a bank's file take from its bytes to the outcome of each line, and in how much memory?

A hundred thousand lines against as many open payments: read, matched, written down and booked, up to the jobs that settle
what is sure. The floor moves the same rows once and joins them: a COPY of the lines, read beforehand, and one of the
payments, each into a table with the columns, checks and indexes of its own kind, and one join by their references that
writes what each line is. The lines' postings (as many again, in five indexes), the jobs and events that the product writes
are no part of it, nor are reading the file, walls between organisations, foreign keys and names. What the floor takes
without the payments is told beside it.
"""

import asyncio
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config

from app.core.db import API_ROLE, Database, asyncpg_url
from app.core.ids import new_id
from app.core.interpreter import spare_imports, take_short_turns
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.payments import flow
from app.payments.rules import DeskAccount, new_reference, read_statement_file
from benchmarks.figures import Result
from integrations.postgres.embedded import EmbeddedPostgres
from integrations.storage.live import ObjectFiles
from tests.payments import zengin_files as zengin

ROOT: Final = Path(__file__).parent.parent.parent
ROWS: Final = 100_000
RATIO_GOAL: Final = 3.0
RSS_GOAL_MB: Final = 300
NOW: Final = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ACCOUNT: Final = DeskAccount("0001", "110", "ordinary", "1234567", "statements", "japanese", "of_the_movement", "none")
_BUYERS: Final = 1_000
_KANA: Final = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"
_HALF: Final = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓ"
_PAYMENTS: Final = """
insert into organisation (org_id, kind, name, status, created_at)
  select o, 'buyer', n, 'active', $3 from unnest($1::uuid[], $2::text[]) as b(o, n)
"""
_ORDERS: Final = """
insert into orders (org_id, id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor, placed_by, placed_at, deadline)
  select b, o, 'awaiting_payment', 'JPY', 't', 1, m, 0, m, b, $4::timestamptz, $4::timestamptz + interval '7 days'
  from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as t(b, o, m)
"""
_EXPECTED: Final = """
insert into payment (org_id, id, order_id, method, reference, amount_minor, currency, status, opened_at)
  select b, p, o, 'bank_transfer', r, m, 'JPY', 'open', $6
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[]) as t(b, p, o, r, m)
"""
_FLOOR: Final = """
drop table if exists floor_line, floor_payment;
create table floor_line (like bank_line including defaults including constraints including indexes);
create table floor_payment (like payment including all);
alter table floor_line add column reference varchar
"""
_COPIED: Final = (
    "org_id", "id", "statement_id", "line_key", "booked_on", "amount_minor", "currency", "payer_name", "memo",
    "bank_reference", "virtual_account", "outcome", "status", "unapplied_minor", "version", "reference",
)  # fmt: skip
_OWED: Final = ("org_id", "id", "order_id", "method", "reference", "amount_minor", "currency", "status", "opened_at")
_JOIN: Final = """
update floor_line l set payment_id = p.id, order_id = p.order_id, payer_org_id = p.org_id, candidates_found = 1,
  matched_as = case when p.id is null then 'nothing' else 'by_reference' end,
  outcome = case when p.id is null then 'unknown_payer' else 'pending' end,
  status = case when p.id is null then 'for_a_person' else 'new' end
from floor_line o left join floor_payment p on p.reference = o.reference
where l.org_id = o.org_id and l.id = o.id
"""
_OUTCOMES: Final = "select coalesce(matched_as, 'none'), count(*) from bank_line group by 1 order by 1"


def measure() -> list[Result]:
    """Our time as a multiple of the floor's, medians of three, and the peak of resident memory."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bank-"))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    try:
        with EmbeddedPostgres(home) as server:
            config = Config(ROOT / "alembic.ini")
            config.attributes["url"] = asyncpg_url(server.dsn())
            command.upgrade(config, "head")
            return asyncio.run(_measured(server.dsn(), home))
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measured(url: str, home: Path) -> list[Result]:
    owner = await asyncpg.connect(url)
    try:
        content = _file(await _market(owner))
        (home / "bank.txt").write_bytes(content)
        floors, ours, peak_mb = [], [], 0.0
        for _ in range(3):
            floors.append(await _copied_and_joined(owner, content))
            await owner.execute("truncate bank_statement, bank_line, posting, job, account_balance, event cascade")
            told = await asyncio.to_thread(_in_a_child, url, home)
            ours.append(told["took_s"])
            peak_mb = max(peak_mb, told["peak_mb"])
        outcomes: dict[str, int] = {row[0]: row[1] for row in await owner.fetch(_OUTCOMES)}
        settling = await owner.fetchval("select count(*) from job where name = 'orders.settle'")
    finally:
        await owner.close()
    assert sum(outcomes.values()) == ROWS, outcomes
    assert settling == outcomes["by_reference"] + outcomes["by_amount_and_name"] == ROWS * 85 // 100, (
        settling,
        outcomes,
    )
    floor_s, took_s = sorted(floors)[1], sorted(ours)[1]
    multiple = round(took_s / floor_s, 2)
    what = f"a bank's file of {ROWS} lines, {ROWS} open payments: read, booked, matched, written ({took_s:.1f} s"
    return [
        Result(f"{what}; both copied and joined {floor_s:.1f} s)", multiple, "times", round(floor_s, 2), RATIO_GOAL, multiple <= RATIO_GOAL),
        Result("peak resident memory of the same", round(peak_mb), "MB", None, RSS_GOAL_MB, peak_mb <= RSS_GOAL_MB),
    ]  # fmt: skip


def _named(number: int, letters: str) -> str:
    """A name of eight letters, another for each number, and none like another."""
    spread = number * 7919 % len(letters) ** 2
    return "".join(letters[(spread // len(letters) ** (n % 2) + n * (number % 31)) % len(letters)] for n in range(8))


async def _market(owner: asyncpg.Connection) -> list[tuple[str, int, int]]:
    """Buyers and what they owe: (reference, yen, the number of the buyer) of each payment; no two owe as much."""
    buyers = [new_id() for _ in range(_BUYERS)]
    await owner.execute(_PAYMENTS, buyers, [f"株式会社{_named(n, _KANA)}" for n in range(_BUYERS)], NOW)
    whose = [buyers[n % _BUYERS] for n in range(ROWS)]
    orders, payments = [new_id() for _ in range(ROWS)], [new_id() for _ in range(ROWS)]
    references = [new_reference(n * 89_999_999 + 12_345) for n in range(ROWS)]
    minors = [10_000 + 7 * n for n in range(ROWS)]
    await owner.execute(_ORDERS, whose, orders, minors, NOW)
    await owner.execute(_EXPECTED, whose, payments, orders, references, minors, NOW)
    accounts = json.dumps([msgspec.to_builtins(ACCOUNT)])
    await owner.execute("insert into desk_bank values ($1, $2, $1, $3, 1)", DESK_ID, accounts, NOW)
    await owner.execute("analyze")
    return [(reference, minors[n], n % _BUYERS) for n, reference in enumerate(references)]


def _file(owed: list[tuple[str, int, int]]) -> bytes:
    """Six in ten payers write the reference, a quarter pay under their name, and the others are nobody's."""
    rows, total = [], 0
    for n, (reference, owed_minor, buyer) in enumerate(owed):
        name = f"ｶ){_named(buyer, _HALF)}"
        minor = owed_minor
        match n % 20:
            case 0 | 1 | 2:
                minor, name = 3 + n % 5_000, f"ﾀﾞﾚｶ{n % 9_973:04}ｻﾝ"
            case 3 | 4 | 5 | 6 | 7:
                pass
            case _:
                name = f"{reference} {name}"
        rows.append(zengin.row_03(f"{n + 1:08}", minor=minor, name=name))
        total += minor
    header, blank = zengin.header_03(balance=" " * 14), " " * 14
    return zengin.file_of(header, *rows, zengin.trailer_03((ROWS, total), balance=blank), zengin.end_03(ROWS + 3))


async def _copied_and_joined(owner: asyncpg.Connection, content: bytes) -> float:
    read = read_statement_file(content, [ACCOUNT], latest=day_in_japan(NOW))
    rows, statement_id = [], new_id()
    for keyed in read.movements:
        one = keyed.movement
        reference = one.payer_name[:11] if re.match("[0-9]{11}", one.payer_name) else None
        rows.append((DESK_ID, new_id(), statement_id, keyed.line_key, one.booked_on, one.amount_minor, "JPY", one.payer_name,
                     one.memo, one.bank_reference, "", "pending", "new", one.amount_minor, 1, reference))  # fmt: skip
    payments = await owner.fetch(f"select {', '.join(_OWED)} from payment")
    await owner.execute(_FLOOR)
    began = time.perf_counter()
    await owner.copy_records_to_table("floor_payment", records=payments, columns=_OWED)
    copied_s = time.perf_counter() - began
    await owner.copy_records_to_table("floor_line", records=rows, columns=_COPIED)
    await owner.execute(_JOIN)
    took_s = time.perf_counter() - began
    sys.stderr.write(f"both copied and joined in {took_s:.2f} s, of which the payments {copied_s:.2f} s\n")
    return took_s


def _in_a_child(url: str, home: Path) -> dict[str, Any]:
    asked = [sys.executable, "-m", "benchmarks.scenarios.bank_file", url, str(home)]
    told: dict[str, Any] = json.loads(subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return told


async def _taken(url: str, home: Path) -> float:
    """What the API does with the file, in seconds."""
    files, statement_id = ObjectFiles(f"file://{home}/files"), new_id()
    desk = Scope(DESK_ID, UUID(int=1), "member", frozenset({"read", "admin"}), "req_benchmark", "operator")
    api = Database(url, role=API_ROLE)
    content = (home / "bank.txt").read_bytes()
    began = time.perf_counter()
    await flow.import_bank_file(api, files, desk, content, "bank.txt", statement_id=statement_id, now=NOW)
    took_s = time.perf_counter() - began
    sys.stderr.write(f"taken in {took_s:.2f} s, CPU {time.process_time():.2f} s\n")
    await api.close()
    return took_s


def _told(url: str, home: Path) -> str:
    spare_imports()
    take_short_turns()
    took_s = asyncio.run(_taken(url, home))
    return json.dumps({"took_s": took_s, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


if __name__ == "__main__":
    if len(sys.argv) == 3:
        sys.stdout.write(_told(sys.argv[1], Path(sys.argv[2])))
    else:
        print(*measure(), sep="\n")

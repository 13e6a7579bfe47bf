"""How long does it take to close a month of a million postings, and is its chain then intact?

The floor is one plain aggregate of the same rows in the same run: what source and target moved. Proposing reads each
posting once more, for its digest; that is work of its own, which keeps nobody from posting, and is shown beside.
"""

import asyncio
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config

from app.closing import operations, queries
from app.core.db import API_ROLE, Database, asyncpg_url
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from benchmarks.figures import Result
from integrations.postgres.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).parent.parent.parent
POSTINGS: Final = 1_000_000
PROVIDERS: Final = 500
ROUNDS: Final = 3
FLOORS_GOAL: Final = 3.0
PROPOSAL_GOAL_S: Final = 30
_MONTH: Final = date(2026, 11, 1)
_NOW: Final = datetime(2026, 12, 2, tzinfo=UTC)
_OF_ITS_SIZE: Final = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""What a server with millions of rows is given; the floor is measured on the same one."""
# A quarter of them each: money comes in, is held, is owed to one of the providers, and pays the commission. Ids ascend
# with the time, as ours do; no trigger is asked for each of them, as in a restore.
_BOOK: Final = f"""
set session_replication_role = replica;
insert into posting (org_id, id, counterparty_id, source, target, amount_minor, currency, reason, subject_id, posted_at)
  select '{DESK_ID}', ('01990000-' || lpad(to_hex(n >> 16), 4, '0') || '-7' || lpad(to_hex((n >> 4) & 4095), 3, '0')
           || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid, null,
    (array['suspense', 'unapplied', 'held:orders', provider])[n % 4 + 1],
    (array['unapplied', 'held:orders', provider, 'commission'])[n % 4 + 1],
    case n % 4 when 0 then 1100 when 1 then 1100 when 2 then 1000 else 50 end, 'JPY',
    (array['bank_line', 'payment', 'sale', 'commission'])[n % 4 + 1], gen_random_uuid(),
    '2026-11-01 00:00+09'::timestamptz + n * interval '30 days' / {POSTINGS}
  from (select n, 'payable:' || md5((n / 4 % {PROVIDERS})::text) as provider from generate_series(0, {POSTINGS - 1}) n) numbered;
insert into account_balance (org_id, account, currency, balance_minor)
  select '{DESK_ID}', account, 'JPY', sum(minor) from (
    select target as account, amount_minor as minor from posting union all select source, -amount_minor from posting) moved
  where account in ('unapplied', 'held:orders') group by account;
"""
_FLOOR: Final = "select source, target, sum(amount_minor) from posting group by source, target"


def measure() -> list[Result]:
    """The close against the floor, and the proposal before it."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-closing-"))
    home.chmod(0o711)
    with EmbeddedPostgres(home / "postgres", settings=_OF_ITS_SIZE) as server:
        config = Config(ROOT / "alembic.ini")
        config.attributes["url"] = asyncpg_url(server.dsn())
        command.upgrade(config, "head")
        return asyncio.run(_measured(server.dsn()))


async def _measured(url: str) -> list[Result]:
    owner = await asyncpg.connect(url)
    await owner.execute(_BOOK)
    await owner.execute("vacuum analyze posting")
    db = Database(url, role=API_ROLE)
    try:
        floor_s = min([await _asked(owner) for _ in range(ROUNDS)])
        proposed_s, closed_s = await _closed(db)
        async with db.transaction(_person()) as session:
            assert await queries.broken_months(session) == []
        balances = await owner.fetchval("select count(*) from ledger_balance")
    finally:
        await db.close()
        await owner.close()
    assert balances == PROVIDERS + 4, balances
    times = round(closed_s / floor_s, 2)
    return [
        Result(f"a month of {POSTINGS} postings closed, of one plain aggregate of them ({closed_s:.2f} s of {floor_s:.2f} s)",
               times, "times", round(floor_s, 2), FLOORS_GOAL, times <= FLOORS_GOAL),
        Result("the proposal before it, with a digest of every posting", round(proposed_s, 1), "s", None,
               PROPOSAL_GOAL_S, proposed_s <= PROPOSAL_GOAL_S),
    ]  # fmt: skip


async def _asked(owner: asyncpg.Connection) -> float:
    began = time.perf_counter()
    assert await owner.fetch(_FLOOR)
    return time.perf_counter() - began


async def _closed(db: Database) -> tuple[float, float]:
    """Seconds of the proposal and of the close itself."""
    one, other = _person(), _person()
    began = time.perf_counter()
    async with db.transaction(one) as session:
        proposed = await operations.propose(session, one, _MONTH, close_id=new_id(), now=_NOW)
    between = time.perf_counter()
    async with db.transaction(other) as session:
        close = await operations.locked_close(session, proposed.id)
        await operations.confirm(session, other, close, now=_NOW)
    assert close.postings == POSTINGS, close.postings
    return between - began, time.perf_counter() - between


def _person() -> Scope:
    return Scope(DESK_ID, new_id(), "member", frozenset({"read", "admin"}), "req_bench", "operator")


if __name__ == "__main__":
    for figure in measure():
        print(figure)

"""How often may one caller ask? Fixed windows, whose tokens each process leases in blocks from one row.

A process spends a leased block from memory, so that a request costs no query; what it does not spend is lost with the
window. The row's own limit is a condition of its UPDATE: however many processes lease, a window never gives out more.
Blocks become smaller as a window runs out, so that little is left unspent while others are refused.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment
from app.core.db import AsyncSession, Database, Table
from app.core.errors import TooManyRequests

BLOCKS: Final = 10
"""The first blocks of a window are a tenth of its limit."""
KEPT_MAX: Final = 50_000
_LEASE: Final = """
insert into rate_window as w (key, window_n, leased, last_grant, ends_at) values ($1, $2, least($3::int, $4::int), least($3, $4), $5)
on conflict (key, window_n) do update
  set leased = w.leased + greatest(1, least($3, ($4 - w.leased) / 4)), last_grant = greatest(1, least($3, ($4 - w.leased) / 4))
  where w.leased < $4
returning leased, last_grant
"""


class RateWindow(Table):
    """What of one caller's window has been leased. Not logged: after a crash of the database windows begin anew."""

    __tablename__ = "rate_window"
    __table_args__ = (Index("ix_rate_window_ends_at", "ends_at"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """A keyed hash of policy and caller: nobody's address is kept."""
    window_n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leased: Mapped[int]
    last_grant: Mapped[int]
    ends_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `limit` requests in each window of `window_s` seconds; a limit of 0 is no limit."""

    name: str
    limit: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request was counted."""

    policy: Policy
    remaining: int
    """What this process knows of: other processes may have spent more of the window."""
    resets_in_s: int


@dataclass(slots=True)
class _Block:
    """What this process holds of one window."""

    window_n: int
    left: int = 0
    leased: int = 0
    """Of the whole window, by every process, when this one last asked."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Limits:
    """Counts requests of callers against policies, for one process."""

    def __init__(self, db: Database, secret: bytes) -> None:
        """Nothing is leased yet. `secret` keys the hashes under which callers are counted."""
        self._db = db
        self._secret = hashlib.sha256(b"offsetdesk rates v1" + secret).digest()
        self._blocks: dict[tuple[str, str], _Block] = {}

    async def charge(self, policy: Policy, who: str, *, now: datetime) -> Standing:
        """Count one request of a caller. Raises TooManyRequests (429) with the seconds until the next window."""
        block = self._block(policy, who, now)
        if block.left < 1:
            async with block.asking:
                if block.left < 1 and block.leased < policy.limit:
                    await self._lease(policy, who, block)
        if block.left < 1:
            raise self._refusal(policy, now)
        block.left -= 1
        return self._standing(policy, block, now)

    def refuse_if_spent(self, policy: Policy, who: str, *, now: datetime) -> None:
        """Refuse, as far as this process knows, who has nothing left. Raises TooManyRequests (429)."""
        block = self._block(policy, who, now)
        if block.left < 1 and block.leased >= policy.limit:
            raise self._refusal(policy, now)

    def give_back(self, policy: Policy, who: str, *, now: datetime) -> Standing:
        """The request cost nothing after all (a 304): its token can be spent again in the same window."""
        block = self._block(policy, who, now)
        if block.leased:
            block.left += 1
        return self._standing(policy, block, now)

    def _block(self, policy: Policy, who: str, now: datetime) -> _Block:
        window_n = int(now.timestamp()) // policy.window_s
        block = self._blocks.get((policy.name, who))
        if block is None or block.window_n != window_n:
            while len(self._blocks) >= KEPT_MAX:
                del self._blocks[next(iter(self._blocks))]
            block = self._blocks[policy.name, who] = _Block(window_n)
        return block

    async def _lease(self, policy: Policy, who: str, block: _Block) -> None:
        key = hashlib.blake2b(f"{policy.name} {who}".encode(), key=self._secret, digest_size=16).digest()
        wanted = max(1, policy.limit // BLOCKS)
        ends_at = datetime.fromtimestamp((block.window_n + 1) * policy.window_s, UTC)
        async with self._db.driver() as driver:
            row = await driver.fetchrow(_LEASE, key, block.window_n, wanted, policy.limit, ends_at)
        if row is None:
            block.leased = policy.limit
        else:
            block.leased = row["leased"]
            block.left += row["last_grant"]

    def _standing(self, policy: Policy, block: _Block, now: datetime) -> Standing:
        remaining = max(0, policy.limit - block.leased) + block.left
        return Standing(policy, remaining, _seconds_left(policy, now))

    def _refusal(self, policy: Policy, now: datetime) -> TooManyRequests:
        wait_s = _seconds_left(policy, now)
        return TooManyRequests(
            f"At most {policy.limit} requests in {policy.window_s} s. Wait {wait_s} s.",
            retry_after_s=wait_s,
            policy=policy.name,
        )


async def prune(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete up to `limit` windows that ended a minute ago or longer; how many."""
    old = (
        select(RateWindow.key, RateWindow.window_n)
        .where(RateWindow.ends_at < now - timedelta(minutes=1))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
        .prefix_with("materialized")
    )
    gone = await session.execute(
        delete(RateWindow)
        .where(RateWindow.key == old.c.key, RateWindow.window_n == old.c.window_n)
        .returning(func.length(RateWindow.key))
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _seconds_left(policy: Policy, now: datetime) -> int:
    """Whole seconds until the window ends, at least one."""
    return policy.window_s - int(now.timestamp()) % policy.window_s

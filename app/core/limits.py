"""How many requests may somebody still make? Tokens of a window, taken from PostgreSQL in blocks: never one too many.

A block is taken by one statement on one row, and no statement takes what is not there. A process spends its block in
memory and gives nothing back, so that up to a block less one may be lost for each process and window: a twentieth of
the limit. Windows begin on the minute for everybody; across their edge two limits may follow each other at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import AsyncSession, Table

WINDOW_S: Final = 60
BLOCKS: Final = 20
"""Into so many blocks a limit is cut."""


class RateWindow(Table):
    """What a caller's processes have taken of a limit in one window. The subject is a keyed hash, no name or address."""

    __tablename__ = "rate_window"
    __table_args__ = (
        CheckConstraint("spent > 0", name="spent"),
        Index("ix_rate_window_window_no", "window_no"),
        {"prefixes": ["UNLOGGED"]},
    )

    policy: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    spent: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` requests of a kind in a window; none is no limit."""

    name: str
    quota: int

    @property
    def block(self) -> int:
        """How many tokens a process takes at once."""
        return max(1, self.quota // BLOCKS)


def window_at(now: datetime) -> tuple[int, int]:
    """The number of the window, and the whole seconds until the next one begins (at least one)."""
    seconds = int(now.timestamp())
    return seconds // WINDOW_S, WINDOW_S - seconds % WINDOW_S


async def take_block(driver: asyncpg.Connection, policy: Policy, subject: bytes, window_no: int) -> tuple[int, int]:
    """(tokens taken, tokens that nobody has taken yet); nothing taken when all are gone. One statement, committed."""
    spent = await driver.fetchval(_TAKE, policy.name, subject, window_no, policy.block, policy.quota)
    if spent is None:
        return 0, 0
    # Every block is whole but the last, which is what is left.
    taken = policy.block if spent < policy.quota else (policy.quota - 1) % policy.block + 1
    return taken, policy.quota - spent


async def prune(session: AsyncSession, *, before: int, limit: int) -> int:
    """Delete up to `limit` rows of windows before this one; how many they were."""
    old = select(RateWindow.policy, RateWindow.subject, RateWindow.window_no).where(RateWindow.window_no < before)
    chosen = old.limit(limit).cte("old")
    gone = await session.execute(
        delete(RateWindow)
        .where(
            RateWindow.policy == chosen.c.policy,
            RateWindow.subject == chosen.c.subject,
            RateWindow.window_no == chosen.c.window_no,
        )
        .returning(RateWindow.window_no)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


_TAKE: Final = """
insert into rate_window as had (policy, subject, window_no, spent) values ($1, $2, $3, least($4::int, $5::int))
on conflict (policy, subject, window_no) do update set spent = least(had.spent + $4::int, $5::int)
where had.spent < $5::int returning spent
"""

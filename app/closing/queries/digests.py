"""What is a day's digest, and does each closed month still have the hash that it was closed with?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text

from app.closing.rules import ClosedBalance, DayDigest, month_hash
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.ledger.models import CloseStatus, LedgerBalance, LedgerClose, Posting
from app.ledger.rules import last_day_of

# Every part but the last has a fixed length, and no account, reason or currency holds a space: no two books of a day give
# the same bytes. One text is at most 1 GB in PostgreSQL: some eight million postings a day.
_DIGEST = text(
    "select encode(sha256(string_agg(uuid_send(id) || uuid_send(coalesce(counterparty_id, cast(:nobody as uuid))) || int8send(amount_minor)"
    " || uuid_send(subject_id) || timestamptz_send(posted_at) || date_send(day)"
    " || textsend(source || ' ' || target || ' ' || reason || ' ' || currency || E'\\n'), ''::bytea order by id)), 'hex')"
    " from posting where org_id = :org and day = :day"
)


async def postings_by_day(session: AsyncSession, first: date, last: date) -> dict[date, int]:
    """How many postings count on each day from `first` to `last`; days without any are missing."""
    asked = select(Posting.day, func.count()).where(Posting.org_id == DESK_ID, Posting.day.between(first, last))
    return dict((await session.execute(asked.group_by(Posting.day))).all())


async def digest_of(session: AsyncSession, day: date) -> str:
    """SHA-256 over a day's postings in the order of their ids, in hexadecimal; the day has at least one."""
    return str(await session.scalar(_DIGEST, {"nobody": UUID(int=0), "org": DESK_ID, "day": day}))


async def balances_of(session: AsyncSession, month: date) -> Sequence[ClosedBalance]:
    """Every account of a closed month, in the order of their names."""
    asked = select(LedgerBalance).where(LedgerBalance.org_id == DESK_ID, LedgerBalance.month == month)
    rows = await session.scalars(asked.order_by(LedgerBalance.account, LedgerBalance.currency))
    return [
        ClosedBalance(row.account, row.currency, row.opening_minor, row.in_minor, row.out_minor, row.closing_minor)
        for row in rows
    ]


async def broken_months(session: AsyncSession) -> list[str]:
    """Each closed month whose postings, balances or place in the chain are not what they were; empty when all is well.

    Reads every posting of every closed month. The transaction names the desk, or audits.
    """
    asked = select(LedgerClose).where(LedgerClose.org_id == DESK_ID, LedgerClose.status == CloseStatus.CLOSED)
    broken, previous = [], None
    for close in await session.scalars(asked.order_by(LedgerClose.month)):
        counts = await postings_by_day(session, close.month, last_day_of(close.month))
        days = [DayDigest(day, count, await digest_of(session, day)) for day, count in counts.items()]
        found = month_hash(close.month, previous, days, await balances_of(session, close.month))
        if (close.hash, close.previous_hash) != (found, previous):
            broken.append(f"{close.month:%Y-%m} was closed with the hash {close.hash}, and its book gives {found}")
        previous = close.hash
    return broken

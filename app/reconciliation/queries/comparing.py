"""What differs between an account's registry and our book: everywhere, or where something has changed since last time?"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from app.core.db import AsyncSession
from app.reconciliation.errors import StatementImplausible
from app.reconciliation.models import Comparison, Statement
from app.reconciliation.queries.alike import gather_unlike
from app.reconciliation.queries.details import Piece, pieces
from app.reconciliation.queries.found import (
    AROUND_CUTS,
    CUTS,
    FILL_DOUBTED,
    MAKE_CUTS,
    MAKE_DOUBTED,
    MAKE_FOUND,
    MARK_CROWDED,
    QUESTIONS,
    SEAMS,
)
from app.reconciliation.queries.near import (
    OURS_NEAR,
    OURS_SHAPE,
    THEIRS_NEAR,
    THEIRS_SHAPE,
    gather,
)
from app.reconciliation.rules import Reach

FOUND_MAX: Final = 20_000
"""More differences than that are one: the wrong file, or the wrong account."""
_WINDOWS: Final = "create temp table {name} (series_key varchar, lo bigint, hi bigint) on commit drop"
_CHANGED: Final = """
    insert into win_seed (series_key, lo, hi)
    select series_key, greatest(lo - 1, 0), hi + 1 from (
      select series_key, lo, hi from statement_line
      where org_id = :org_id and registry_account_id = :account_id and n > :lines_before
      union all
      select series_key, lo, hi from statement_line
      where org_id = :org_id and registry_account_id = :account_id and n = any (:closed)
      union all
      select series_key, lo, hi from serial_touch where org_id = :org_id and registry_account_id = :account_id
      union all
      select series_key, lo, hi from discrepancy
      where org_id = :org_id and registry_account_id = :account_id and status <> 'resolved'
      union all
      select series_key, lo, hi from lot
      where org_id = :org_id and registry_account_id = :account_id
        and created_at >= cast(cast(:day_before as date) as timestamp) at time zone 'Asia/Tokyo'
      union all
      select r.series_key, r.lo, r.hi from retirement t
      join serial_range r on r.org_id = t.org_id and r.retirement_id = t.id
      join lot l on l.org_id = t.provider_id and l.id = t.lot_id and l.registry_account_id = :account_id
      where t.provider_id = :org_id and t.recorded_on >= cast(:day_before as date)
    ) x
"""
# A window grows to the ends of every row that it touches, on either side: then each row is looked at whole.
_GROWN: Final = """
    insert into win_all (series_key, lo, hi)
    select series_key, lower(r), upper(r) from (
      select series_key, unnest(range_agg(int8range(lo, hi))) as r from (
        select series_key, lo, hi from win_seed
        union all select series_key, lo, hi from ours
        union all select series_key, lo, hi from theirs
      ) x group by series_key
    ) y
"""
_EVERYWHERE: Final = """
    insert into win_all (series_key, lo, hi)
    select series_key, 0, 9223372036854775806 from (
      select series_key from ours union select series_key from theirs
    ) x
"""


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed since the comparison before: lines numbered above `lines`, those `closed`, and days from then on."""

    lines: int
    closed: list[int]
    day: date


def asked(
    comparison: Comparison, active: Statement | None, ended: Statement | None, *, newest_n: int
) -> dict[str, Any]:
    """What every question of a comparison is told: the account, and what its newest statements claim to hold."""
    return {
        "org_id": comparison.org_id,
        "account_id": comparison.registry_account_id,
        "newest_n": newest_n,
        "active_n": comparison.active_n or 0,
        "ended_n": comparison.ended_n or 0,
        "active_whole": active is not None and active.reach == Reach.ACCOUNT,
        "active_as_of": comparison.active_as_of,
        "ended_whole": ended is not None and ended.reach == Reach.ACCOUNT,
        "ended_as_of": comparison.ended_as_of,
        "since": None if ended is None else ended.since,
        "account_wide": active is not None and active.reach == Reach.ACCOUNT,
    }


async def differences(session: AsyncSession, told: dict[str, Any], since: Since | None) -> list[Piece]:
    """Every difference of an account, or (`since`) those that lie where something has changed. Raises StatementImplausible
    (409).

    Differences that stood before are always looked at again, so that the answer is whole in both cases.
    """
    await session.execute(text(_WINDOWS.format(name="win_all")))
    if since is None:
        await gather_unlike(session, told)
        await session.execute(text(_EVERYWHERE))
    else:
        await _look_near(session, told, since)
    await session.execute(MAKE_DOUBTED)
    await session.execute(FILL_DOUBTED, told)
    await session.execute(MAKE_FOUND)
    for question in QUESTIONS:
        await session.execute(question, told)
    if await session.scalar(text("select exists (select from found where kind = 'overlap_there')")):
        await session.execute(MARK_CROWDED, told)
    await _ask_of_cuts(session)
    found = await session.scalar(text("select count(*) from found"))
    if found > FOUND_MAX:
        raise StatementImplausible(
            f"{found} differences: this is the statement of another account, or of another time.", differences=found
        )
    return await pieces(session, told) if found else []


async def _ask_of_cuts(session: AsyncSession) -> None:
    for statement in (MAKE_CUTS, CUTS, SEAMS):
        await session.execute(statement)
    if await session.scalar(text("select exists (select from cut)")):
        await session.execute(text("analyze cut"))
        await session.execute(AROUND_CUTS)


async def forget_touches(session: AsyncSession, told: dict[str, Any]) -> None:
    """What was touched is about to be compared. First of all: what is touched from now on waits for the next time."""
    await session.execute(
        text("delete from serial_touch where org_id = :org_id and registry_account_id = :account_id"), told
    )


async def _look_near(session: AsyncSession, told: dict[str, Any], since: Since) -> None:
    await session.execute(text(_WINDOWS.format(name="win_seed")))
    changed = {"lines_before": since.lines, "closed": since.closed, "day_before": since.day}
    await session.execute(text(_CHANGED), told | changed)
    await session.execute(text("analyze win_seed"))
    await gather(session, "ours", OURS_SHAPE, OURS_NEAR.format(windows="win_seed"), told)
    await gather(session, "theirs", THEIRS_SHAPE, THEIRS_NEAR.format(windows="win_seed"), told)
    await session.execute(text(_GROWN))
    await session.execute(text("drop table ours, theirs"))
    await session.execute(text("analyze win_all"))
    await gather(session, "ours", OURS_SHAPE, OURS_NEAR.format(windows="win_all"), told)
    await gather(session, "theirs", THEIRS_SHAPE, THEIRS_NEAR.format(windows="win_all"), told)

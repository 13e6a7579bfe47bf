"""Which recorded retirements of an account are not marked as reconciled yet, and what do the registry's lines say of them?"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession
from app.reconciliation.rules import LineState, Shown, Sought

_UNMARKED: Final = """
    select t.org_id, t.id, t.reference, t.beneficiary_name, t.recorded_on from retirement t
    join lot l on l.org_id = t.provider_id and l.id = t.lot_id and l.registry_account_id = :account_id
    where t.provider_id = :org_id and t.status = 'recorded' and t.reconciled_as_of is null and t.id > :after_id"""
_ANY: Final = text(f"select exists ({_UNMARKED})")
# Each step is a subquery that the planner may not take apart: it is asked once a range, from an index. Lines that have
# serials in common with others are marked, and come whatever begins before them.
_WITH_LINES: Final = text(
    f"""
    with unmarked as materialized ({_UNMARKED} order by t.id limit :most),
    taken as materialized (
      select u.*, r.series_key, r.lo, r.hi from unmarked u
      join serial_range r on r.org_id = u.org_id and r.retirement_id = u.id
    )
    select k.org_id, k.id, k.reference, k.beneficiary_name, k.recorded_on, k.series_key, k.lo, k.hi,
      s.lo, s.hi, s.state, s.changed_on, s.beneficiary_name, s.transaction_no, s.reference
    from taken k
    cross join lateral (
      select coalesce((
        select p.lo from statement_line p
        where p.org_id = :org_id and p.registry_account_id = :account_id and p.until_n is null
          and p.first_n <= :newest_n and not p.crowded and p.series_key = k.series_key and p.lo <= k.lo
        order by p.lo desc limit 1), 0) as lo
      offset 0
    ) begins
    left join lateral (
      select p.* from statement_line p
      where p.org_id = :org_id and p.registry_account_id = :account_id and p.until_n is null
        and p.first_n <= :newest_n and p.series_key = k.series_key and p.lo >= begins.lo and p.lo < k.hi and p.hi > k.lo
      union
      select p.* from statement_line p
      where p.org_id = :org_id and p.registry_account_id = :account_id and p.until_n is null
        and p.first_n <= :newest_n and p.series_key = k.series_key and p.crowded and p.lo < k.hi and p.hi > k.lo
      offset 0
    ) s on true
    order by k.id
    """
)
NOBODY: Final = UUID(int=0)
"""Before every id."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded retirement with its owner, its ranges and the lines over any of its serials."""

    owner_id: UUID
    id: UUID
    recorded_on: date
    sought: Sought
    lines: tuple[Shown, ...]


async def any_unreconciled(session: AsyncSession, told: dict[str, Any]) -> bool:
    """Whether anything recorded out of the account is not marked as reconciled."""
    return bool(await session.scalar(_ANY, told | {"after_id": NOBODY}))


async def unreconciled(session: AsyncSession, told: dict[str, Any], *, after_id: UUID, most: int) -> list[Recorded]:
    """The next recorded retirements that are not marked, in the order of their ids, with what the registry shows."""
    rows = await session.execute(_WITH_LINES, told | {"after_id": after_id, "most": most})
    return [_recorded(list(group)) for _, group in groupby(rows, key=lambda row: row[1])]


def _recorded(rows: list[Any]) -> Recorded:
    owner_id, retirement_id, reference, name, recorded_on = rows[0][:5]
    ranges = dict.fromkeys((series_key, lo, hi) for series_key, lo, hi in (row[5:8] for row in rows))
    lines = tuple(
        Shown(row[5], row[8], row[9], LineState(row[10]), row[11], row[12], row[13], row[14])
        for row in rows
        if row[8] is not None
    )
    return Recorded(owner_id, retirement_id, recorded_on, Sought(tuple(ranges), reference, name), lines)

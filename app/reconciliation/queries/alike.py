"""What do both sides say alike, to the serial? Most of what they say; a whole comparison looks at the rest alone.

A row of ours and a line of the registry over the very same serials, of the same state, day and name, differ in nothing,
and no question asks for what lies around them: neither side's rows overlap where that is so. In a series in which lines
of the registry do overlap, nothing is left out.
"""

from typing import Any, Final

from sqlalchemy import text

from app.core.db import AsyncSession
from app.reconciliation.queries.near import ALL_OURS, LINE, LIVE, OURS_SHAPE, THEIRS_SHAPE

_MAKE: Final = (
    "set local work_mem = '64MB'",  # One join of everything with everything: on disk it would take twice as long.
    f"create temp table ours ({OURS_SHAPE}) on commit drop",
    f"create temp table theirs ({THEIRS_SHAPE}) on commit drop",
)
# Lines that overlap do so with their neighbour in order, too.
_CROWDED: Final = text(
    f"""
    select distinct series_key from (
      select t.series_key, t.lo < lag(t.hi) over (partition by t.series_key order by t.lo) as shared
      from statement_line t where {LIVE}
    ) x where shared
    """
)
# Made from the question, not filled by it: only so may several processes of the database answer it.
_APART: Final = text(
    f"""
    create temp table apart on commit drop as
    with o as ({ALL_OURS}),
    t as (
      select t.series_key, t.lo, t.hi, t.state, t.changed_on, t.beneficiary_name, t.n from statement_line t
      where {LIVE} and t.series_key <> all (cast(:crowded as text[]))
    )
    select o.*, t.n from o full join t
      on t.series_key = o.series_key and t.lo = o.lo and t.hi = o.hi and t.state = o.expected
      and (
        t.state = 'active'
        or (coalesce(t.changed_on = o.recorded_on, t.changed_on is null)
          and t.beneficiary_name in ('', o.beneficiary_name))
      )
    where o.lot_id is null or t.n is null
    """
)
_OURS: Final = text(
    """
    insert into ours
    select series_key, lo, hi, lot_id, retirement_id, place, expected, recorded_on, beneficiary_name, required, may_be_active
    from apart where lot_id is not null
    """
)
_THEIRS: Final = text(
    f"""
    insert into theirs
    select {LINE} from apart join statement_line t on t.n = apart.n where {LIVE}
    union all
    select {LINE} from statement_line t where {LIVE} and t.series_key = any (cast(:crowded as text[]))
    """
)


async def gather_unlike(session: AsyncSession, told: dict[str, Any]) -> None:
    """Make tables of this transaction out of all rows of either side but those that both say alike."""
    for statement in _MAKE:
        await session.execute(text(statement))
    crowded = {"crowded": list(await session.scalars(_CROWDED, told))}
    await session.execute(_APART, told | crowded)
    await session.execute(_OURS)
    await session.execute(_THEIRS, told | crowded)
    await session.execute(text("drop table apart"))
    await session.execute(text("analyze ours"))
    await session.execute(text("analyze theirs"))

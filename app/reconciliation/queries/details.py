"""Of which lot, retirement and line of the registry is each difference that was found? Asked of the few alone."""

from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession
from app.reconciliation.queries.near import OURS_NEAR, OURS_SHAPE, THEIRS_NEAR, THEIRS_SHAPE, gather


class Piece(NamedTuple):
    """A difference over serials of at most one lot and one retirement, with what each side says of it."""

    kind: str
    series_key: str
    lo: int
    hi: int
    lot_id: UUID | None
    retirement_id: UUID | None
    place: str | None
    recorded_on: date | None
    beneficiary_name: str | None
    lines: int
    state: str | None
    changed_on: date | None
    their_name: str | None
    purpose: str | None
    note: str | None
    transaction_no: str | None
    reference: str | None
    row_number: int | None
    first_n: int | None


# Kinds of the registry's list alone stand for themselves; a cut or a seam is told by the row that it goes through; all
# others are parted by lot, retirement and place, and joined again where they go on.
_PIECES: Final = text(
    """
    with parted as (
      select f.kind, f.series_key, o.lot_id, o.retirement_id, o.place, o.recorded_on, o.beneficiary_name,
        range_agg(int8range(greatest(f.lo, o.lo), least(f.hi, o.hi))) as m
      from found f
      cross join lateral (
        select * from ours_near o
        where o.series_key = f.series_key and o.place <> 'withdrawn' and o.lo < f.hi and o.lo >= coalesce((
          select p.lo from ours_near p where p.series_key = f.series_key and p.place <> 'withdrawn' and p.lo <= f.lo
          order by p.series_key desc, p.lo desc limit 1), 0)
        offset 0
      ) o
      where o.hi > f.lo and f.kind not in ('missing_here', 'unrecorded_retirement', 'overlap_there', 'split_there', 'merged_there', 'quantity_contradicts')
      group by 1, 2, 3, 4, 5, 6, 7
    ),
    pieces as (
      select kind, series_key, lower(r) as lo, upper(r) as hi, lot_id, retirement_id, place, recorded_on, beneficiary_name
      from (select p.*, unnest(p.m) as r from parted p) x
      union all
      select f.kind, f.series_key, f.lo, f.hi, null, null, null, null, null from found f
      where f.kind in ('missing_here', 'unrecorded_retirement', 'overlap_there', 'quantity_contradicts')
      union
      select f.kind, f.series_key, o.lo, o.hi, o.lot_id, o.retirement_id, o.place, o.recorded_on, o.beneficiary_name
      from found f join ours_near o on o.series_key = f.series_key and o.lo < f.hi and o.hi > f.lo
      where f.kind = 'split_there'
      union
      select f.kind, f.series_key, t.lo, t.hi, cast(null as uuid), cast(null as uuid), null, cast(null as date), null
      from found f join theirs_near t on t.series_key = f.series_key and t.lo < f.hi and t.hi > f.lo and t.state = 'active'
      where f.kind = 'merged_there'
    )
    select p.*, coalesce(t.lines, 0), t.state, t.changed_on, t.beneficiary_name, t.purpose, t.note, t.transaction_no,
      t.reference, t.row_number, t.first_n
    from pieces p
    left join lateral (
      select t.*, count(*) over () as lines from (
        select * from theirs_near n
        where n.series_key = p.series_key and not n.crowded and n.lo < p.hi and n.lo >= coalesce((
          select x.lo from theirs_near x where x.series_key = p.series_key and not x.crowded and x.lo <= p.lo
          order by x.series_key desc, x.lo desc limit 1), 0)
        union all
        select * from theirs_near n where n.series_key = p.series_key and n.crowded and n.lo < p.hi
      ) t
      where t.hi > p.lo
        and (p.kind not in ('retired_there', 'unrecorded_retirement', 'beneficiary_differs', 'date_differs') or t.state = 'retired')
        and (p.kind <> 'canceled_there' or t.state = 'canceled')
        and (p.kind not in ('active_there', 'missing_here') or t.state = 'active')
      order by t.lo, t.n limit 1
    ) t on true
    order by p.kind, p.series_key, p.lo, p.hi, p.retirement_id
    """
)
# Many differences in one series: each finds its rows by where they begin, as in `near`.
_INDEXES: Final = (
    "create index on ours_near (series_key, lo) where place <> 'withdrawn'",
    "create index on theirs_near (series_key, lo) where not crowded",
    "create index on theirs_near (series_key, lo) where crowded",
)


async def pieces(session: AsyncSession, told: dict[str, Any]) -> list[Piece]:
    """Every difference of the table `found`, with its lot, its retirement and the registry's line."""
    await gather(session, "ours_near", OURS_SHAPE, OURS_NEAR.format(windows="found"), told)
    await gather(session, "theirs_near", THEIRS_SHAPE, THEIRS_NEAR.format(windows="found"), told)
    for index in _INDEXES:
        await session.execute(text(index))
    return [Piece(*row) for row in await session.execute(_PIECES)]

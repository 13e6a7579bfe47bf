"""Which rows of either side lie in some windows? Found by index: serials of one provider in one series never overlap.

Each side is copied into a table of the transaction, in the same shape whether all of an account or a few windows of
it are looked at. Lines of a registry may overlap: those that do are marked, and come with every window of their series.
"""

from typing import Any, Final

from sqlalchemy import text

from app.core.db import AsyncSession

OURS_COLUMNS: Final = """
  l.series_key, {lo} as lo, {hi} as hi, l.id as lot_id, {retirement} as retirement_id, {place} as place,
  {expected} as expected, {recorded} as recorded_on, {beneficiary} as beneficiary_name,
  {required} as required, {active_ok} as may_be_active"""

_KNOWN: Final = "(l.created_at at time zone 'Asia/Tokyo')::date"
# What we sell or keep must be in a list of active blocks; what was retired before the day of a list of ended ones must
# be in that. On the very day either is right: a day has many hours.
_ACTIVE_REQUIRED: Final = f"coalesce(cast(:active_whole as boolean) and {_KNOWN} <= cast(:active_as_of as date), false)"
_ENDED_REQUIRED: Final = (
    "coalesce(cast(:ended_whole as boolean) and t.recorded_on < cast(:ended_as_of as date)"
    " and (cast(:since as date) is null or t.recorded_on >= cast(:since as date)), false)"
)
_EITHER_REQUIRED: Final = f"({_ACTIVE_REQUIRED} and coalesce(cast(:ended_whole as boolean), false))"

_SOLD: Final = OURS_COLUMNS.format(
    lo="r.lo",
    hi="r.hi",
    retirement="r.retirement_id",
    place="case r.status when 'returned' then 'free' else r.status end",
    expected="case r.status when 'retired' then 'retired' when 'retiring' then 'either' when 'withdrawn' then 'any'"
    " else 'active' end",
    recorded="t.recorded_on",
    beneficiary="coalesce(t.beneficiary_name, '')",
    required=f"case r.status when 'retired' then {_ENDED_REQUIRED} when 'retiring' then {_EITHER_REQUIRED}"
    f" when 'withdrawn' then false else {_ACTIVE_REQUIRED} end",
    active_ok="r.status <> 'retired' or coalesce(t.recorded_on >= cast(:active_as_of as date), true)",
)
_FREE: Final = OURS_COLUMNS.format(
    lo="s.next_lo", hi="s.end_hi", retirement="cast(null as uuid)", place="'free'", expected="'active'",
    recorded="cast(null as date)", beneficiary="''", required=_ACTIVE_REQUIRED, active_ok="true",
)  # fmt: skip
_GIVEN_UP: Final = OURS_COLUMNS.format(
    lo="s.end_hi", hi="l.hi", retirement="cast(null as uuid)", place="'withdrawn'", expected="'any'",
    recorded="cast(null as date)", beneficiary="''", required="false", active_ok="true",
)  # fmt: skip
_MINE: Final = "l.org_id = :org_id and l.registry_account_id = :account_id"
_STOCK: Final = "join lot_stock s on s.org_id = l.org_id and s.lot_id = l.id"
_RETIREMENT: Final = "left join retirement t on t.org_id = r.org_id and t.id = r.retirement_id"

ALL_OURS: Final = f"""
  select {_SOLD} from lot l join serial_range r on r.provider_id = l.org_id and r.lot_id = l.id {_RETIREMENT}
  where {_MINE} and l.status <> 'withdrawn'
  union all
  select {_FREE} from lot l {_STOCK} where {_MINE} and l.status <> 'withdrawn' and s.next_lo < s.end_hi
  union all
  select {_GIVEN_UP} from lot l {_STOCK} where {_MINE} and s.end_hi < l.hi"""

# Each step is a subquery that the planner may not take apart (`offset 0`): it is then asked once a window, from an index,
# whatever is believed of tables that have just grown. Where a range begins is looked up first: of serials that never
# overlap, the last one that begins before a window is the only one that can reach into it.
_LOTS_NEAR: Final = """
    pairs as materialized (
      select w.lo, w.hi, l.id as lot_id from {windows} w
      cross join lateral (
        select coalesce((
          select p.lo from lot p
          where p.series_key = w.series_key and p.org_id = :org_id and p.status <> 'withdrawn' and p.lo <= w.lo
          order by p.series_key desc, p.org_id desc, p.lo desc limit 1), 0) as lo
        offset 0
      ) begins
      cross join lateral (
        select p.id, p.hi, p.registry_account_id from lot p
        where p.series_key = w.series_key and p.org_id = :org_id and p.status <> 'withdrawn'
          and p.lo >= begins.lo and p.lo < w.hi
        offset 0
      ) l
      where l.hi > w.lo and l.registry_account_id = :account_id
    ),
    lots as materialized (
      select l.* from (select distinct lot_id from pairs) near cross join lateral (
        select * from lot x where x.org_id = :org_id and x.id = near.lot_id offset 0
      ) l
    )"""
_NEAR_STOCK: Final = (
    "cross join lateral (select * from lot_stock x where x.lot_id = l.id and x.org_id = l.org_id offset 0) s"
)
OURS_NEAR: Final = f"""
  with {_LOTS_NEAR},
  sold as materialized (
    select distinct r.org_id, r.id, w.lot_id
    from pairs w
    cross join lateral (
      select coalesce((
        select p.lo from serial_range p
        where p.provider_id = :org_id and p.lot_id = w.lot_id and p.lo <= w.lo
        order by p.provider_id desc, p.lot_id desc, p.lo desc limit 1), 0) as lo
      offset 0
    ) begins
    cross join lateral (
      select p.org_id, p.id, p.hi from serial_range p
      where p.provider_id = :org_id and p.lot_id = w.lot_id and p.lo >= begins.lo and p.lo < w.hi
      offset 0
    ) r
    where r.hi > w.lo
  )
  select {_SOLD}
  from sold join lots l on l.id = sold.lot_id
  cross join lateral (select * from serial_range x where x.org_id = sold.org_id and x.id = sold.id offset 0) r
  left join lateral (
    select * from retirement x where x.org_id = r.org_id and x.id = r.retirement_id offset 0
  ) t on true
  union all
  select {_FREE} from lots l {_NEAR_STOCK} where s.next_lo < s.end_hi
  union all
  select {_GIVEN_UP} from lots l {_NEAR_STOCK} where s.end_hi < l.hi
  union all
  select distinct {_GIVEN_UP} from lot l {_NEAR_STOCK}
  join {{windows}} w on w.series_key = l.series_key and w.lo < l.hi and w.hi > s.end_hi
  where {_MINE} and l.status = 'withdrawn' and s.end_hi < l.hi"""

LINE: Final = """
  t.n, t.row_number, t.first_n, t.series_key, t.lo, t.hi, t.state, t.changed_on, t.beneficiary_name, t.purpose,
  t.note, t.transaction_no, t.reference, t.crowded"""
LIVE: Final = (
    "t.org_id = :org_id and t.registry_account_id = :account_id and t.until_n is null and t.first_n <= :newest_n"
)
THEIRS_NEAR: Final = f"""
  select distinct {LINE} from {{windows}} w
  cross join lateral (
    select coalesce((
      select p.lo from statement_line p
      where p.org_id = :org_id and p.registry_account_id = :account_id and p.until_n is null
        and p.first_n <= :newest_n and not p.crowded and p.series_key = w.series_key and p.lo <= w.lo
      order by p.org_id desc, p.registry_account_id desc, p.series_key desc, p.lo desc limit 1), 0) as lo
    offset 0
  ) begins
  cross join lateral (
    select * from statement_line t
    where {LIVE} and t.series_key = w.series_key and t.lo >= begins.lo and t.lo < w.hi
    offset 0
  ) t
  where t.hi > w.lo
  union
  select {LINE} from statement_line t
  where {LIVE} and t.crowded and t.series_key in (select series_key from {{windows}})"""

OURS_SHAPE: Final = (
    "series_key varchar, lo bigint, hi bigint, lot_id uuid, retirement_id uuid, place text, expected text,"
    " recorded_on date, beneficiary_name varchar, required boolean, may_be_active boolean"
)
THEIRS_SHAPE: Final = (
    "n bigint, row_number integer, first_n integer, series_key varchar, lo bigint, hi bigint, state text,"
    " changed_on date, beneficiary_name varchar, purpose varchar, note varchar, transaction_no varchar,"
    " reference varchar, crowded boolean"
)


async def gather(session: AsyncSession, table: str, shape: str, select: str, told: dict[str, Any]) -> None:
    """Make a table of this transaction out of a side, and tell the planner of it."""
    await session.execute(text(f"create temp table {table} ({shape}) on commit drop"))
    await session.execute(text(f"insert into {table} {select}"), told)
    await session.execute(text(f"analyze {table}"))

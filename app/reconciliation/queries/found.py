"""Where do the registry's lines and our book differ? Asked of sets of ranges, never of rows one by one.

Every question gathers the ranges of each side into one multirange a series, so that blocks that the registry joined or
cut make no difference, and then takes what one side has and the other has not. `win_all` says where is looked.
"""

from typing import Final

from sqlalchemy import text

_NOTHING: Final = "'{}'::int8multirange"
_RANGES: Final = "range_agg(int8range(lo, hi))"


def _gathered(condition: str) -> str:
    return f"coalesce({_RANGES} filter (where {condition}), {_NOTHING})"


# Each side's ranges by what they are, and the windows `w`.
_SIDES: Final = f"""
  w as (select series_key, {_RANGES} as m from win_all group by series_key),
  o as (
    select series_key,
      {_gathered("expected = 'active'")} as active, {_gathered("expected = 'retired'")} as retired,
      {_gathered("expected = 'either'")} as moving, {_gathered("required")} as required,
      {_gathered("expected = 'retired' and not may_be_active")} as ended, {_gathered("true")} as every
    from ours group by series_key
  ),
  t as (
    select series_key,
      {_gathered("state = 'active'")} as active, {_gathered("state = 'retired'")} as retired,
      {_gathered("state = 'canceled'")} as canceled, {_gathered("state = 'retired' and reference <> ''")} as ours_there,
      {_gathered("true")} as every
    from theirs group by series_key
  ),
  d as (select series_key, range_agg(int8range(lo, hi)) as m from doubted group by series_key),
  sides as materialized (
    select w.series_key, w.m, coalesce(d.m, {_NOTHING}) as doubted,
      coalesce(o.active, {_NOTHING}) as o_active, coalesce(o.retired, {_NOTHING}) as o_retired,
      coalesce(o.moving, {_NOTHING}) as o_moving, coalesce(o.required, {_NOTHING}) as o_required,
      coalesce(o.ended, {_NOTHING}) as o_ended, coalesce(o.every, {_NOTHING}) as o_every,
      coalesce(t.active, {_NOTHING}) as t_active, coalesce(t.retired, {_NOTHING}) as t_retired,
      coalesce(t.canceled, {_NOTHING}) as t_canceled, coalesce(t.ours_there, {_NOTHING}) as t_ours,
      coalesce(t.every, {_NOTHING}) as t_every
    from w left join o using (series_key) left join t using (series_key) left join d using (series_key)
  )"""
STATES: Final = text(
    f"""
    insert into found (kind, series_key, lo, hi)
    with {_SIDES},
    told as (
      select series_key, 'retired_there' as kind, unnest(o_active * (t_retired - t_active) * m) as r from sides
      union all
      select series_key, 'canceled_there', unnest(((o_active - t_active) + o_moving + o_retired) * (t_canceled - t_retired) * m) from sides
      union all
      select series_key, 'active_there', unnest(o_ended * (t_active - t_retired) * m) from sides
      union all
      select series_key, 'missing_there', unnest((o_required - t_every - doubted) * m) from sides
      union all
      select series_key, 'missing_here', unnest((t_active - o_every) * m) from sides where :account_wide
      union all
      select series_key, 'unrecorded_retirement', unnest((t_ours - o_every) * m) from sides
    )
    select kind, series_key, lower(r), upper(r) from told
    """
)

# Both sides say retired: the day and the name must be the same, where the registry tells any.
_RETIRED_OURS: Final = (
    f"select series_key, {{by}} as x, {_RANGES} as m from ours where expected = 'retired' group by 1, 2"
)
_RETIRED_THEIRS: Final = (
    f"select series_key, {{by}} as x, {_RANGES} as m from theirs where state = 'retired' group by 1, 2"
)
_AGREED: Final = f"""
      select series_key, range_agg(r) as m from (
        select o.series_key, unnest(o.m * t.m) as r
        from ({_RETIRED_OURS.format(by="{ours}")}) o join ({_RETIRED_THEIRS.format(by="{theirs}")}) t
          on t.series_key = o.series_key and t.x = o.x
      ) x group by series_key"""
ATTRIBUTES: Final = text(
    f"""
    insert into found (kind, series_key, lo, hi)
    with w as (select series_key, {_RANGES} as m from win_all group by series_key),
    days as ({_AGREED.format(ours="recorded_on", theirs="changed_on")}),
    names as ({_AGREED.format(ours="beneficiary_name", theirs="beneficiary_name")}),
    sums as (
      select o.series_key, o.m * t.m as m, t.dated, t.named
      from (select series_key, {_RANGES} as m from ours where expected = 'retired' group by 1) o
      join (
        select series_key, {_RANGES} as m, {_gathered("changed_on is not null")} as dated,
          {_gathered("beneficiary_name <> ''")} as named
        from theirs where state = 'retired' group by 1
      ) t using (series_key)
    ),
    told as (
      select s.series_key, 'date_differs' as kind, unnest((s.m * s.dated - coalesce(d.m, {_NOTHING})) * w.m) as r
      from sums s join w using (series_key) left join days d using (series_key)
      union all
      select s.series_key, 'beneficiary_differs', unnest((s.m * s.named - coalesce(n.m, {_NOTHING})) * w.m)
      from sums s join w using (series_key) left join names n using (series_key)
    )
    select kind, series_key, lower(r), upper(r) from told
    """
)

# Lines that have serials in common. Only series whose sizes do not add up are looked at line by line.
_LINED: Final = f"""
    crowded as (
      select series_key from theirs group by series_key
      having sum(hi - lo) <> (select sum(upper(r) - lower(r)) from unnest({_RANGES}) as r)
    ),
    lined as (
      select t.n, t.series_key, t.lo, t.hi,
        max(t.hi) over (partition by t.series_key order by t.lo, t.n rows between unbounded preceding and 1 preceding) as before,
        lead(t.lo) over (partition by t.series_key order by t.lo, t.n) as after
      from theirs t where t.series_key in (select series_key from crowded)
    )"""
OVERLAPS: Final = text(
    f"""
    insert into found (kind, series_key, lo, hi)
    with {_LINED},
    w as (select series_key, {_RANGES} as m from win_all group by series_key),
    common as (
      select series_key, range_agg(int8range(lo, least(hi, before))) as m from lined where before > lo group by series_key
    )
    select 'overlap_there', series_key, lower(r), upper(r)
    from (select series_key, unnest(common.m * w.m) as r from common join w using (series_key)) x
    """
)
# Remembered in the lines: a later, smaller comparison could not find a long line by the ends of the short ones in it.
MARK_CROWDED: Final = text(
    f"""
    with {_LINED}
    update statement_line s set crowded = true from lined t
    where (t.before > t.lo or t.after < t.hi) and s.org_id = :org_id and s.registry_account_id = :account_id
      and s.n = t.n and not s.crowded
    """
)

# Where a line of the registry begins right behind one that says the same, and no row of ours does; and where a lot of
# ours begins right behind another lot, and no line of the registry does. Few, as a rule: only then is asked what lies
# around such a place, for that takes all ranges of its series.
CUTS: Final = text(
    """
    insert into cut (kind, series_key, at, state)
    select 'split_there', t.series_key, t.lo, t.state from theirs t
    where t.state <> 'canceled' and not exists (select from ours o where o.series_key = t.series_key and o.lo = t.lo)
      and exists (
        select from theirs p where p.series_key = t.series_key and p.hi = t.lo and p.state = t.state
          and p.changed_on is not distinct from t.changed_on
      )
    """
)
SEAMS: Final = text(
    """
    insert into cut (kind, series_key, at, state)
    select 'merged_there', o.series_key, o.lo, 'active' from ours o
    where o.expected = 'active' and not exists (select from theirs t where t.series_key = o.series_key and t.lo = o.lo)
      and exists (
        select from ours p where p.series_key = o.series_key and p.hi = o.lo and p.expected = 'active' and p.lot_id <> o.lot_id
      )
    """
)
# No row of ours begins at a cut, so that one row holds both sides of it when both are ours; with lines it is the same.
AROUND_CUTS: Final = text(
    f"""
    insert into found (kind, series_key, lo, hi)
    with w as materialized (select series_key, {_RANGES} as m from win_all where series_key in (select series_key from cut) group by 1),
    o as materialized (
      select series_key, {_gathered("expected = 'active'")} as active, {_gathered("expected = 'retired'")} as retired
      from ours where series_key in (select series_key from cut) group by 1
    ),
    t as materialized (
      select series_key, {_gathered("state = 'active'")} as active
      from theirs where series_key in (select series_key from cut) group by 1
    )
    select c.kind, c.series_key, c.at, c.at + 1
    from cut c join w using (series_key) left join o using (series_key) left join t using (series_key)
    where w.m @> c.at and int8range(c.at - 1, c.at + 1) <@ case
      when c.kind = 'merged_there' then t.active
      when c.state = 'active' then o.active
      else o.retired end
    """
)
# A row that contradicts itself is read by nobody, and is somebody's work all the same.
CONTRADICTIONS: Final = text(
    """
    insert into found (kind, series_key, lo, hi)
    select distinct 'quantity_contradicts', series_key, lo, hi from doubted where contradicts
    """
)
QUESTIONS: Final = (STATES, ATTRIBUTES, OVERLAPS, CONTRADICTIONS)

MAKE_CUTS: Final = text("create temp table cut (kind text, series_key varchar, at bigint, state text) on commit drop")
MAKE_DOUBTED: Final = text(
    "create temp table doubted (series_key varchar, lo bigint, hi bigint, contradicts boolean) on commit drop"
)
# Rows that could not be read, but whose serials are known: what they say of these is open.
FILL_DOUBTED: Final = text(
    """
    insert into doubted
    select q.series_key, q.lo, q.hi, q.errors @> '[{"code": "quantity_contradicts_serials"}]'
    from statement_quarantine q join registry_statement s on s.org_id = q.org_id and s.id = q.statement_id
    where s.org_id = :org_id and s.registry_account_id = :account_id and s.status = 'compared'
      and s.n in (:active_n, :ended_n) and q.lo is not null
    """
)
MAKE_FOUND: Final = text("create temp table found (kind text, series_key varchar, lo bigint, hi bigint) on commit drop")

"""Which lots share serials with these? Found by index, however many lots there are, and under row-level security.

PostgreSQL looks only comparisons up in an index there that it knows to keep secrets; ranges and their operators are not
among them. But the lots of one provider in one series never overlap (`one_lot_per_serial_of_a_provider`): the last of
them that begins before a range ends is the only one to look at, and what else overlaps lies right below it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.db import AsyncSession
from app.core.scope import DESK_ID


class DeclaredSerials(NamedTuple):
    """Serials that a row of a file declares: half-open positions in a series."""

    row_number: int
    series_key: str
    lo: int
    hi: int


class Overlap(NamedTuple):
    """A lot that shares the serials from `lo` up to `hi` with a row."""

    row_number: int
    org_id: UUID
    lot_id: UUID
    lo: int
    hi: int


NAMED_MAX: Final = 20
"""For each row and provider, the highest lots that overlap."""
_ASKED: Final = """
    asked as materialized (
      select * from unnest(:numbers, :series, :los, :his) as asked (n, series_key, lo, hi)
    )"""
_OWNERS: Final = """
    owners as (
      select s.series_key, (
          select l.org_id from lot l
          where l.series_key = s.series_key and l.status <> 'withdrawn' and l.desk_id = :desk_id
          order by l.org_id limit 1
        ) as org_id
      from (select distinct series_key from asked) s
      union all
      select o.series_key, (
          select l.org_id from lot l
          where l.series_key = o.series_key and l.org_id > o.org_id and l.status <> 'withdrawn' and l.desk_id = :desk_id
          order by l.org_id limit 1
        )
      from owners o where o.org_id is not null
    )"""
# Compared as a whole: only the ordered index answers that, whatever the planner believes of a table that has just grown.
_BEGINS_BEFORE: Final = """
      from lot l
      where (l.series_key, l.org_id, l.lo) < (a.series_key, o.org_id, a.hi) and l.status <> 'withdrawn'
      order by l.series_key desc, l.org_id desc, l.lo desc"""
_FOUND: Final = f"""
    select a.n, l.org_id, l.id, greatest(l.lo, a.lo), least(l.hi, a.hi)
    from asked a
    {{owner}}
    join lateral (
      select l.series_key, l.org_id, l.hi {_BEGINS_BEFORE} limit 1
    ) last on last.series_key = a.series_key and last.org_id = o.org_id and last.hi > a.lo
    join lateral (
      select l.series_key, l.org_id, l.id, l.lo, l.hi {_BEGINS_BEFORE} limit {NAMED_MAX}
    ) l on l.series_key = a.series_key and l.org_id = o.org_id and l.hi > a.lo
    order by a.n, l.org_id, l.lo"""
_KINDS: Final = (
    bindparam("numbers", type_=ARRAY(Integer())),
    bindparam("series", type_=ARRAY(Text())),
    bindparam("los", type_=ARRAY(BigInteger())),
    bindparam("his", type_=ARRAY(BigInteger())),
    bindparam("org_id", type_=Uuid()),
)
_OWN: Final = text(
    f"with {_ASKED} {_FOUND.format(owner='cross join (select cast(:org_id as uuid) as org_id) o')}"
).bindparams(*_KINDS)
_OTHERS: Final = text(
    f"with recursive {_ASKED}, {_OWNERS}"
    + _FOUND.format(owner="join owners o on o.series_key = a.series_key and o.org_id <> :org_id")
).bindparams(*_KINDS, bindparam("desk_id", type_=Uuid()))


async def declared_already(
    session: AsyncSession, org_id: UUID, serials: Sequence[DeclaredSerials]
) -> dict[int, list[UUID]]:
    """The organisation's own lots, withdrawn ones apart, that share a serial with a row: one statement for all rows."""
    found: dict[int, list[UUID]] = {}
    if serials:
        for row_number, _, lot_id, _, _ in await session.execute(_OWN, _asked(org_id, serials)):
            found.setdefault(row_number, []).append(lot_id)
    return found


async def overlaps_with_others(
    session: AsyncSession, org_id: UUID, serials: Sequence[DeclaredSerials]
) -> list[Overlap]:
    """Other providers' lots, withdrawn ones apart, that share a serial with a row: for the desk alone to know.

    The transaction names the desk, which sees every lot. One statement for all rows.
    """
    if not serials:
        return []
    told = _asked(org_id, serials) | {"desk_id": DESK_ID}
    return [Overlap(*row) for row in await session.execute(_OTHERS, told)]


def _asked(org_id: UUID, serials: Sequence[DeclaredSerials]) -> dict[str, object]:
    numbers, series, los, his = (list(column) for column in zip(*serials, strict=True))
    return {"org_id": org_id, "numbers": numbers, "series": series, "los": los, "his": his}

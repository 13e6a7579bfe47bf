"""What did a provider hold at a registry on a past day by our book, and by the registry's own statement of that time?

Nothing is stored for this: lots and holdings keep when they came, events keep when each retirement and each withdrawal
happened. A day is one in Japan, to its end.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession

BATCH: Final = 2_000
_LOTS: Final = """
    select l.id, l.registry_code, l.certification_no, p.number as project_number, l.serial_text, l.serial_prefix,
      l.serial_first, l.serial_last, l.unit, l.quantity as imported, l.confirmed_at < :until as confirmed,
      least(l.quantity, coalesce(w.quantity, 0)) as withdrawn, coalesce(h.quantity, 0) as sold,
      coalesce(r.retiring, 0) as retiring, coalesce(r.retired, 0) as retired
    from lot l
    join project p on p.id = l.project_id
    left join lateral (
      select sum((e.after ->> 'quantity')::bigint) as quantity from event e
      where e.subject_id = l.id and e.kind = 'lot.withdrawn' and e.at < :until
    ) w on true
    left join lateral (
      select sum(h.quantity) as quantity from holding h
      where h.provider_id = l.org_id and h.lot_id = l.id and h.created_at < :until
    ) h on true
    left join lateral (
      select sum(t.quantity) filter (where ended.kind is null) as retiring,
        sum(t.quantity) filter (where ended.kind = 'retirement.recorded') as retired
      from holding x
      join retirement t on t.org_id = x.org_id and t.holding_id = x.id and t.requested_at < :until
      left join lateral (
        select e.kind from event e
        where e.subject_id = t.id and e.at < :until
          and e.kind in ('retirement.recorded', 'retirement.rejected', 'retirement.canceled')
        order by e.seq desc limit 1
      ) ended on true
      where x.provider_id = l.org_id and x.lot_id = l.id
    ) r on true
    where l.org_id = :org_id and l.registry_account_id = :account_id and l.created_at < :until"""
_PAGE: Final = f"{_LOTS} and l.id > :after order by l.id limit :limit"
_SUMS: Final = f"""
    select unit, count(*) as lots, sum(imported) as imported, sum(withdrawn) as withdrawn, sum(sold) as sold,
      sum(retiring) as retiring, sum(retired) as retired
    from ({_LOTS}) x group by unit order by unit"""
_PROJECTS: Final = f"""
    select project_number, unit, sum(imported) as imported, sum(withdrawn) as withdrawn, sum(sold) as sold,
      sum(retiring) as retiring, sum(retired) as retired
    from ({_LOTS}) x group by project_number, unit order by sum(imported) desc, project_number, unit"""
_STATEMENT: Final = """
    select n, as_of, sha256, trust from registry_statement
    where org_id = :org_id and registry_account_id = :account_id and status = 'compared' and as_of <= :day
      and covers = any (:covers) and compared_at < :now
    order by n desc limit 1"""
_THEIRS: Final = """
    select coalesce(sum(hi - lo), 0) from statement_line
    where org_id = :org_id and registry_account_id = :account_id and state = :state
      and first_n <= :n and (until_n is null or until_n > :n)"""
_OPEN: Final = """
    select count(*), coalesce(sum(hi - lo), 0) from discrepancy
    where org_id = :org_id and registry_account_id = :account_id and opened_at < :until
      and (resolved_at is null or resolved_at >= :until)"""


class LotHeld(NamedTuple):
    """One lot on that day, in its own unit: imported = withdrawn + unsold + held + retiring + retired."""

    id: UUID
    registry_code: str
    certification_no: str
    project_number: str
    serial_text: str
    serial_prefix: str
    serial_first: str
    serial_last: str
    unit: str
    imported: int
    confirmed: bool | None
    withdrawn: int
    sold: int
    retiring: int
    retired: int


class Sums(NamedTuple):
    """The same, summed: over a unit, or over a project and a unit."""

    name: str
    unit: str
    lots: int
    imported: int
    withdrawn: int
    sold: int
    retiring: int
    retired: int


class StatementSeen(NamedTuple):
    """The newest statement of that day or before it, and the units in it."""

    n: int
    as_of: date
    sha256: str
    trust: str
    units: int


async def sums_by_unit(session: AsyncSession, told: dict[str, Any]) -> list[Sums]:
    """What was held, by unit. `told`: org_id, account_id, until (the end of the day)."""
    rows = await session.execute(text(_SUMS), told)
    return [Sums(row.unit, row.unit, row.lots, *_five(row)) for row in rows]


async def sums_by_project(session: AsyncSession, told: dict[str, Any]) -> list[Sums]:
    """The same by project, the largest first."""
    rows = await session.execute(text(_PROJECTS), told)
    return [Sums(row.project_number, row.unit, 0, *_five(row)) for row in rows]


async def lots_held(session: AsyncSession, told: dict[str, Any]) -> AsyncIterator[list[LotHeld]]:
    """Every lot, batch by batch, in the order in which they came."""
    after = UUID(int=0)
    while rows := (await session.execute(text(_PAGE), told | {"after": after, "limit": BATCH})).all():
        yield [LotHeld(*row) for row in rows]
        after = rows[-1].id


async def statement_seen(
    session: AsyncSession, told: dict[str, Any], *, day: date, state: str, now: datetime
) -> StatementSeen | None:
    """What the registry said of `active` or `retired` units, by its newest statement as of that day or before it."""
    covers = ["all", "active" if state == "active" else "ended"]
    asked = {"org_id": told["org_id"], "account_id": told["account_id"]}
    found = (await session.execute(text(_STATEMENT), asked | {"day": day, "covers": covers, "now": now})).one_or_none()
    if found is None:
        return None
    units = await session.scalar(text(_THEIRS), asked | {"state": state, "n": found.n})
    return StatementSeen(found.n, found.as_of, found.sha256, found.trust, int(units or 0))


async def open_differences(session: AsyncSession, told: dict[str, Any]) -> tuple[int, int]:
    """How many differences stood at the end of the day, and over how many units."""
    row = (await session.execute(text(_OPEN), told)).one()
    return int(row[0]), int(row[1])


def _five(row: Any) -> tuple[int, int, int, int, int]:
    return int(row.imported), int(row.withdrawn), int(row.sold), int(row.retiring), int(row.retired)

"""What follows from a comparison that can be asked of sets: lots that are shown, retirements to settle, who has moved?"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import AsyncSession
from app.inventory import queries as stock
from app.inventory.models import Lot
from app.inventory.rules import Serials, part_written, written
from app.reconciliation.queries.details import Piece

_SHOWN: Final = """
    select l.id from lot l
    join (
      select series_key, range_agg(int8range(lo, hi)) as m from statement_line
      where org_id = :org_id and registry_account_id = :account_id and until_n is null and first_n <= :newest_n
        and state = 'active' and series_key in (select distinct series_key from lot
          where org_id = :org_id and registry_account_id = :account_id and status in ('declared', 'disputed'))
      group by series_key
    ) t on t.series_key = l.series_key and t.m @> int8range(l.lo, l.hi)
    where l.org_id = :org_id and l.registry_account_id = :account_id and l.status in ('declared', 'disputed')
    order by l.id"""
_TO_SETTLE: Final = """
    select distinct t.org_id, t.id from retirement t
    join lot l on l.org_id = t.provider_id and l.id = t.lot_id and l.registry_account_id = :account_id
    join serial_range r on r.org_id = t.org_id and r.retirement_id = t.id and r.status = 'retiring'
    join lateral (
      select s.state from statement_line s
      where s.org_id = :org_id and s.registry_account_id = :account_id and s.until_n is null
        and s.first_n <= :newest_n and s.series_key = r.series_key and s.lo < r.hi and s.hi > r.lo
        and s.lo >= coalesce((
          select p.lo from statement_line p
          where p.org_id = :org_id and p.registry_account_id = :account_id and p.until_n is null
            and p.first_n <= :newest_n and p.series_key = r.series_key and p.lo <= r.lo
          order by p.lo desc limit 1), 0)
        and s.state = 'retired'
      limit 1
    ) s on true
    where t.provider_id = :org_id and t.status in ('submitted', 'unknown', 'manual')
    order by t.id"""
_ELSEWHERE: Final = """
    select distinct f.n from unnest(cast(:numbers as integer[]), cast(:series as text[]), cast(:los as bigint[]), cast(:his as bigint[]))
      as f(n, series_key, lo, hi)
    join registry_account a on a.org_id = :org_id and a.id <> :account_id
    join statement_line s on s.org_id = :org_id and s.registry_account_id = a.id and s.until_n is null
      and s.series_key = f.series_key and s.lo < f.hi and s.hi > f.lo"""


async def lots_shown(session: AsyncSession, told: dict[str, Any]) -> list[UUID]:
    """Declared lots whose serials are all active in the registry's lines of their account."""
    return list(await session.scalars(text(_SHOWN), told))


async def retirements_to_settle(session: AsyncSession, told: dict[str, Any]) -> list[tuple[UUID, UUID]]:
    """Owner and id of retirements in doubt, or waiting for their notice, of whose serials some are retired there."""
    return [(org_id, retirement_id) for org_id, retirement_id in await session.execute(text(_TO_SETTLE), told)]


async def found_elsewhere(session: AsyncSession, pieces: Sequence[Piece], told: dict[str, Any]) -> set[int]:
    """Which of these differences, by place, lie over serials that another account of the same provider shows."""
    missing = [(n, each) for n, each in enumerate(pieces) if each.kind == "missing_there"]
    if not missing:
        return set()
    asked = {
        "org_id": told["org_id"],
        "account_id": told["account_id"],
        "numbers": [n for n, _ in missing],
        "series": [each.series_key for _, each in missing],
        "los": [each.lo for _, each in missing],
        "his": [each.hi for _, each in missing],
    }
    return set(await session.scalars(text(_ELSEWHERE), asked))


async def written_serials(session: AsyncSession, org_id: UUID, pieces: Sequence[Piece]) -> list[str]:
    """The serials of each difference as the registry writes them; by its numbers alone where no lot tells the form."""
    wanted = list({each.lot_id for each in pieces if each.lot_id is not None})
    lots = await stock.lots_named(session, [(org_id, lot_id) for lot_id in wanted]) if wanted else {}
    return [_written(each, lots.get(each.lot_id) if each.lot_id else None) for each in pieces]


def _written(piece: Piece, lot: Lot | None) -> str:
    serials = Serials(piece.lo, piece.hi)
    if lot is None:
        registry_code, high, prefix = piece.series_key.split(":", 2)
        first, last = written(high, serials, 1)
        return f"{prefix}{first}-{last}" if registry_code != "verra" else f"{first}-{last}"
    whole = part_written(lot.registry_code, lot.serial_text, serials)
    if whole is not None:
        return whole
    width = len(lot.serial_first)
    first, last = written(lot.serial_first[:-18].lstrip("0"), serials, width)
    return f"{lot.serial_prefix}{first}-{last}"

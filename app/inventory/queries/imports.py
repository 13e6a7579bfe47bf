"""Which imports are there, and what does a file's rows meet in the catalogue and in stock?"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.catalog.models import Project, Registry
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.inventory.errors import ImportNotFound
from app.inventory.models import HoldingsImport, ImportRow
from app.inventory.rules import SeenRanges, Serials


class ProjectKey(NamedTuple):
    """What a registry calls a project: its number in one of its lists ("" where there is but one list)."""

    registry_code: str
    list_kind: str
    number: str


class GoodRow(NamedTuple):
    """What declaring must know of a row before it is a lot: where its serials lie, and of which project they are."""

    n: int
    series_key: str
    lo: int
    hi: int
    registry_code: str
    project_number: str
    declares: dict[str, Any] | None


_NOT_ACTIVE: Final = ImportRow.errors.contains([{"code": "not_active"}])
_OUTCOMES: Final[Mapping[str, ColumnElement[bool]]] = {
    "good": ImportRow.errors.is_(None),
    "bad": ImportRow.errors.is_not(None) & ~_NOT_ACTIVE,
    "not_active": ImportRow.errors.is_not(None) & _NOT_ACTIVE,
}


async def import_of(session: AsyncSession, scope: Scope, import_id: UUID) -> HoldingsImport:
    """The provider's own import. Raises ImportNotFound (404)."""
    found = await session.scalar(
        select(HoldingsImport).where(HoldingsImport.org_id == scope.org_id, HoldingsImport.id == import_id)
    )
    if found is None:
        raise ImportNotFound("You have no import with this id.")
    return found


async def imports_page(session: AsyncSession, scope: Scope, page: Page, status: str | None) -> Sequence[HoldingsImport]:
    """The provider's imports, newest first."""
    query = select(HoldingsImport).where(HoldingsImport.org_id == scope.org_id)
    if status is not None:
        query = query.where(HoldingsImport.status == status)
    if page.after is not None:
        query = query.where(beyond([(HoldingsImport.id, True)], page.after))
    return (await session.scalars(query.order_by(HoldingsImport.id.desc()).limit(page.fetch))).all()


async def import_rows_page(
    session: AsyncSession, scope: Scope, import_id: UUID, page: Page, *, outcome: str | None
) -> Sequence[ImportRow]:
    """The rows of an import in the file's order: all, the `good`, the `bad` ones, or those that are `not_active`."""
    query = select(ImportRow).where(ImportRow.org_id == scope.org_id, ImportRow.import_id == import_id)
    if outcome is not None:
        query = query.where(_OUTCOMES[outcome])
    if page.after is not None:
        query = query.where(beyond([(ImportRow.n, False)], page.after))
    return (await session.scalars(query.order_by(ImportRow.n).limit(page.fetch))).all()


async def good_rows_after(
    session: AsyncSession, org_id: UUID, import_id: UUID, *, after: int, limit: int
) -> list[GoodRow]:
    """The next good rows of an import that are no lots yet, at most `limit` behind row `after`."""
    facts = ImportRow.facts
    rows = await session.execute(
        select(
            ImportRow.n, facts["series_key"].astext, facts["lo"].astext.cast(BigInteger),
            facts["hi"].astext.cast(BigInteger), facts["registry_code"].astext, facts["project_number"].astext,
            facts["declares"],
        )
        .where(ImportRow.org_id == org_id, ImportRow.import_id == import_id, ImportRow.n > after)
        .where(ImportRow.errors.is_(None), ImportRow.lot_id.is_(None))
        .order_by(ImportRow.n)
        .limit(limit)
    )  # fmt: skip
    return [GoodRow(*row) for row in rows]


async def serials_seen(session: AsyncSession, org_id: UUID, import_id: UUID) -> tuple[SeenRanges, int, int]:
    """Where the serials of all staged rows lie; how many rows are staged, and the last one's number.

    Streamed: a long file's rows are not in memory at once, but for three numbers each.
    """
    seen, count, last = SeenRanges(), 0, 0
    rows = await session.stream(
        select(ImportRow.n, ImportRow.series_key, ImportRow.lo, ImportRow.hi)
        .where(ImportRow.org_id == org_id, ImportRow.import_id == import_id)
        .order_by(ImportRow.n)
    )
    async for n, series_key, lo, hi in rows:
        count, last = count + 1, n
        if series_key is not None and lo is not None and hi is not None:
            seen.add(series_key, Serials(lo, hi), n)
    return seen, count, last


async def bad_rows_after(
    session: AsyncSession, org_id: UUID, import_id: UUID, *, after: int, limit: int
) -> Sequence[ImportRow]:
    """The next bad rows of an import, at most `limit` behind row `after`; those that are merely no stock are left out."""
    rows = await session.scalars(
        select(ImportRow)
        .where(ImportRow.org_id == org_id, ImportRow.import_id == import_id, ImportRow.n > after)
        .where(_OUTCOMES["bad"])
        .order_by(ImportRow.n)
        .limit(limit)
    )
    return rows.all()


async def units_of_registries(session: AsyncSession) -> dict[str, str]:
    """The registries that the desk knows, each with the unit that it counts in."""
    return {row.code: row.unit for row in await session.execute(select(Registry.code, Registry.unit))}


async def project_ids(session: AsyncSession, keys: Sequence[ProjectKey]) -> dict[ProjectKey, UUID]:
    """The projects of the catalogue among these keys: one statement, however many they are."""
    if not keys:
        return {}
    wanted = (
        func.unnest(*(bindparam(f"key_{n}", [key[n] for key in keys], ARRAY(Text)) for n in range(3)))
        .table_valued(*(column(name, Text) for name in ProjectKey._fields), name="wanted")
        .render_derived()
    )
    rows = await session.execute(
        select(Project.id, Project.registry_code, Project.list_kind, Project.number).join(
            wanted,
            (wanted.c.registry_code == Project.registry_code)
            & (wanted.c.list_kind == Project.list_kind)
            & (wanted.c.number == Project.number),
        )
    )
    return {ProjectKey(*key): project_id for project_id, *key in rows}

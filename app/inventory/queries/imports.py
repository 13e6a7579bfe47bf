"""Which registry accounts and imports are there, and what does a file's rows meet in the catalogue and in stock?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.catalog.models import Project, Registry
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.inventory.errors import AccountNotFound, ImportNotFound
from app.inventory.models import HoldingsImport, ImportRow, Lot, LotStatus, RegistryAccount


class ProjectKey(NamedTuple):
    """What a registry calls a project: its number in one of its lists ("" where there is but one list)."""

    registry_code: str
    list_kind: str
    number: str


class DeclaredSerials(NamedTuple):
    """Serials that a row of a file declares: half-open positions in a series."""

    row_number: int
    series_key: str
    lo: int
    hi: int


async def account_of(session: AsyncSession, scope: Scope, account_id: UUID) -> RegistryAccount:
    """The provider's own registry account. Raises AccountNotFound (404)."""
    account = await session.scalar(
        select(RegistryAccount).where(RegistryAccount.org_id == scope.org_id, RegistryAccount.id == account_id)
    )
    if account is None:
        raise AccountNotFound("You have no registry account with this id.")
    return account


async def accounts_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[RegistryAccount]:
    """The provider's registry accounts, oldest first."""
    query = select(RegistryAccount).where(RegistryAccount.org_id == scope.org_id)
    if page.after is not None:
        query = query.where(beyond([(RegistryAccount.id, False)], page.after))
    return (await session.scalars(query.order_by(RegistryAccount.id).limit(page.fetch))).all()


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
    """The rows of an import in the file's order: all, the `good` or the `bad` ones."""
    query = select(ImportRow).where(ImportRow.org_id == scope.org_id, ImportRow.import_id == import_id)
    if outcome is not None:
        query = query.where(ImportRow.errors.is_(None) if outcome == "good" else ImportRow.errors.is_not(None))
    if page.after is not None:
        query = query.where(beyond([(ImportRow.n, False)], page.after))
    return (await session.scalars(query.order_by(ImportRow.n).limit(page.fetch))).all()


async def good_rows_after(
    session: AsyncSession, org_id: UUID, import_id: UUID, *, after: int, limit: int
) -> Sequence[ImportRow]:
    """The next good rows of an import, at most `limit` behind row `after`."""
    rows = await session.scalars(
        select(ImportRow)
        .where(ImportRow.org_id == org_id, ImportRow.import_id == import_id, ImportRow.n > after)
        .where(ImportRow.errors.is_(None))
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


async def declared_already(
    session: AsyncSession, org_id: UUID, serials: Sequence[DeclaredSerials]
) -> dict[int, list[UUID]]:
    """The organisation's own lots, withdrawn ones apart, that share a serial with a row: one statement for all rows."""
    if not serials:
        return {}
    names = DeclaredSerials._fields
    kinds = (Integer(), Text(), BigInteger(), BigInteger())
    wanted = (
        func.unnest(*(bindparam(name, [each[n] for each in serials], ARRAY(kinds[n])) for n, name in enumerate(names)))
        .table_valued(*(column(name, kinds[n]) for n, name in enumerate(names)), name="wanted")
        .render_derived()
    )
    rows = await session.execute(
        select(wanted.c.row_number, Lot.id)
        .join(
            wanted,
            (wanted.c.series_key == Lot.series_key) & (wanted.c.lo < Lot.hi) & (Lot.lo < wanted.c.hi),
        )
        .where(Lot.org_id == org_id, Lot.status != LotStatus.WITHDRAWN)
        # Rows of a file lie near each other: most lots are passed over by these two numbers alone.
        .where(Lot.lo < max(each.hi for each in serials), Lot.hi > min(each.lo for each in serials))
        .order_by(wanted.c.row_number, Lot.lo)
    )
    found: dict[int, list[UUID]] = {}
    for row_number, lot_id in rows:
        found.setdefault(row_number, []).append(lot_id)
    return found

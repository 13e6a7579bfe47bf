"""Which accounts at registries are there, whose are they, and which has the operator confirmed?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.identity.models import Organisation
from app.inventory.errors import AccountNotFound
from app.inventory.models import RegistryAccount


class AccountLine(NamedTuple):
    """An account with its provider's name, as the desk sees them."""

    account: RegistryAccount
    provider_name: str


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


async def account_numbers(session: AsyncSession, scope: Scope, registry_code: str) -> Sequence[str]:
    """The numbers that the provider has entered for one registry."""
    mine = select(RegistryAccount.account_no).where(
        RegistryAccount.org_id == scope.org_id, RegistryAccount.registry_code == registry_code
    )
    return (await session.scalars(mine)).all()


async def accounts_for_desk(session: AsyncSession, page: Page, *, confirmed: bool | None) -> list[AccountLine]:
    """Every provider's accounts, or those that are (not) confirmed, for the operator: oldest first."""
    query = _lines()
    if confirmed is not None:
        at = RegistryAccount.confirmed_at
        query = query.where(at.is_not(None) if confirmed else at.is_(None))
    if page.after is not None:
        query = query.where(beyond([(RegistryAccount.id, False)], page.after))
    rows = await session.execute(query.order_by(RegistryAccount.id).limit(page.fetch))
    return [AccountLine(*row) for row in rows]


async def account_seen_by_desk(session: AsyncSession, account_id: UUID) -> AccountLine:
    """One account, whoever entered it. Raises AccountNotFound (404)."""
    row = (await session.execute(_lines().where(RegistryAccount.id == account_id))).one_or_none()
    if row is None:
        raise AccountNotFound("No registry account has this id.")
    return AccountLine(*row)


def _lines() -> Select[RegistryAccount, str]:
    return (
        select(RegistryAccount, Organisation.name)
        .join(Organisation, Organisation.org_id == RegistryAccount.org_id)
        .where(RegistryAccount.desk_id == DESK_ID)
    )

"""Which accounts does the desk have, and which virtual one pays for a buyer?"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.payments.models import DeskBank, OwnPayerName, VirtualAccount
from app.payments.rules import DeskAccount


async def desk_bank(session: AsyncSession) -> DeskBank | None:
    """The list of the desk's accounts as it stands; None before the operator wrote one."""
    return await session.scalar(select(DeskBank).where(DeskBank.org_id == DESK_ID))


async def desk_accounts(session: AsyncSession) -> Sequence[DeskAccount]:
    """The accounts that a bank's file may be of. The transaction names the desk."""
    row = await desk_bank(session)
    return () if row is None else msgspec.convert(row.accounts, list[DeskAccount])


async def virtual_account_of(session: AsyncSession, payer_id: UUID) -> str | None:
    """The virtual account that a buyer pays into, ten digits; None when none was given to it."""
    asked = select(VirtualAccount.number).where(VirtualAccount.org_id == DESK_ID, VirtualAccount.payer_id == payer_id)
    return await session.scalar(asked)


async def virtual_accounts_left(session: AsyncSession) -> tuple[int, int]:
    """How many virtual accounts there are, and how many of them are still nobody's."""
    asked = select(func.count(), func.count().filter(VirtualAccount.payer_id.is_(None))).where(
        VirtualAccount.org_id == DESK_ID
    )
    total, free = (await session.execute(asked)).one()
    return total, free


async def own_payer_names(session: AsyncSession, scope: Scope, page: Page) -> Sequence[OwnPayerName]:
    """The names that the caller's organisation says it pays under, the oldest first; one more than the page shows."""
    asked = select(OwnPayerName).where(OwnPayerName.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(OwnPayerName.id, False)], page.after))
    return (await session.scalars(asked.order_by(OwnPayerName.id).limit(page.fetch))).all()

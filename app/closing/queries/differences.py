"""Which differences are there, and which one has this id?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.closing.errors import DifferenceNotFound
from app.closing.models import DifferenceStatus, MoneyDifference
from app.closing.rules import DifferenceKind, Side
from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID


async def differences_page(
    session: AsyncSession,
    page: Page,
    *,
    status: DifferenceStatus | None,
    kind: DifferenceKind | None,
    side: Side | None,
) -> Sequence[MoneyDifference]:
    """Differences, what was found first first."""
    asked = select(MoneyDifference).where(MoneyDifference.org_id == DESK_ID)
    for column, value in (
        (MoneyDifference.status, status), (MoneyDifference.kind, kind), (MoneyDifference.side, side),
    ):  # fmt: skip
        asked = asked if value is None else asked.where(column == value)
    if page.after is not None:
        asked = asked.where(beyond([(MoneyDifference.id, False)], page.after))
    return (await session.scalars(asked.order_by(MoneyDifference.id).limit(page.fetch))).all()


async def difference_of(session: AsyncSession, difference_id: UUID) -> MoneyDifference:
    """One difference. Raises DifferenceNotFound (404)."""
    asked = select(MoneyDifference).where(MoneyDifference.org_id == DESK_ID, MoneyDifference.id == difference_id)
    found = await session.scalar(asked)
    if found is None:
        raise DifferenceNotFound("There is no difference with this id.")
    return found

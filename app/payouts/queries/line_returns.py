"""What goes back to payers for whom there is no payment, and where to?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession, any_of
from app.core.scope import Scope
from app.payouts.errors import LineReturnNotFound
from app.payouts.models import LineReturn
from app.payouts.rules import LineReturnStatus


async def line_returns_of(session: AsyncSession, scope: Scope, line_ids: Sequence[UUID]) -> dict[UUID, LineReturn]:
    """The return of each of these lines that was named last, by the line."""
    asked = select(LineReturn).where(LineReturn.org_id == scope.org_id, LineReturn.line_id == any_of(line_ids))
    return {row.line_id: row for row in await session.scalars(asked.order_by(LineReturn.id))}


async def line_return_of(session: AsyncSession, scope: Scope, return_id: UUID) -> LineReturn:
    """One return of the desk's. Raises LineReturnNotFound (404)."""
    asked = select(LineReturn).where(LineReturn.org_id == scope.org_id, LineReturn.id == return_id)
    row = await session.scalar(asked)
    if row is None:
        raise LineReturnNotFound("There is no such return.")
    return row


async def confirmed_line_returns(session: AsyncSession, scope: Scope) -> Sequence[LineReturn]:
    """What is confirmed and in no file of transfers, the oldest first."""
    asked = select(LineReturn).where(
        LineReturn.org_id == scope.org_id,
        LineReturn.status == LineReturnStatus.CONFIRMED,
        LineReturn.file_id.is_(None),
    )
    return (await session.scalars(asked.order_by(LineReturn.id))).all()

"""Which lines are owed back to a payer for whom there is no payment, and when have they left again?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.errors import LineNotResolvable
from app.payments.models import BankLine, LineStatus
from app.payments.operations.lines import facts_of, locked_line, record_line
from app.payments.queries import owed_of_lines


async def locked_owed_line(session: AsyncSession, line_id: UUID) -> tuple[BankLine, int]:
    """A line that a person decided to give back and no refund is of, locked, and how many yen of it are owed.

    The transaction names the desk. Raises LineNotFound (404), LineNotResolvable (409).
    """
    line = await locked_line(session, line_id)
    owed_minor = (await owed_of_lines(session, [line.id])).get(line.id)
    if line.status != LineStatus.RESOLVED or line.payment_id is not None or owed_minor is None:
        raise LineNotResolvable("Nothing of this line is owed to a payer without a payment.", state=line.status)
    return line, owed_minor


async def mark_returned(session: AsyncSession, line_ids: Sequence[UUID], *, now: datetime) -> None:
    """What was owed of these lines has left the desk's bank. The caller posts it."""
    for line in await _locked(session, line_ids):
        await _move(session, line, LineStatus.RETURNED, "bank_line.returned", now)


async def owe_again(session: AsyncSession, line_id: UUID, *, now: datetime) -> None:
    """What had left of this line came back to the desk's bank, and is owed still."""
    for line in await _locked(session, [line_id]):
        await _move(session, line, LineStatus.RESOLVED, "bank_line.owed_again", now)


async def _locked(session: AsyncSession, line_ids: Sequence[UUID]) -> Sequence[BankLine]:
    asked = select(BankLine).where(BankLine.org_id == DESK_ID, BankLine.id.in_(line_ids)).order_by(BankLine.id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).all()


async def _move(session: AsyncSession, line: BankLine, status: LineStatus, kind: str, now: datetime) -> None:
    before = facts_of(line)
    line.status = status
    line.version += 1
    await session.flush()
    await record_line(session, kind, line, before=before, now=now)

"""Which lines are owed back although no payment is theirs, and how much of each?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, select

from app.core.db import AsyncSession, any_of
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID
from app.ledger.models import Posting
from app.payments.models import BankLine, LineStatus


class OwedLine(NamedTuple):
    """A line that a person decided to give back, and how many yen of it: its payer has no payment to refund."""

    line: BankLine
    owed_minor: int


async def owed_of_lines(session: AsyncSession, line_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many yen of each of these lines a person decided to give back; others are left out. For the desk."""
    asked = select(Posting.subject_id, Posting.amount_minor).where(
        Posting.org_id == DESK_ID, Posting.reason == "refund", Posting.subject_id == any_of(line_ids)
    )
    return {row.subject_id: row.amount_minor for row in await session.execute(asked)}


async def owed_lines(session: AsyncSession, page: Page) -> Sequence[OwedLine]:
    """What is owed to payers without a payment and has not left, the longest known first. The transaction names the desk."""
    posted = and_(Posting.org_id == BankLine.org_id, Posting.reason == "refund", Posting.subject_id == BankLine.id)
    asked = (
        select(BankLine, Posting.amount_minor)
        .join(Posting, posted)
        .where(
            BankLine.org_id == DESK_ID,
            BankLine.status == LineStatus.RESOLVED,
            BankLine.resolution == "refund",
            BankLine.payment_id.is_(None),
        )
    )
    if page.after is not None:
        asked = asked.where(beyond([(BankLine.id, False)], page.after))
    return [OwedLine(*row) for row in await session.execute(asked.order_by(BankLine.id).limit(page.fetch))]

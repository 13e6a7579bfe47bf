"""What is in a payout, in the words of a statement, and which payouts have none yet?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, select

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.invoices.models import Paper
from app.invoices.rules import Kind
from app.orders.models import OrderIssuer
from app.payouts.models import Earning, Payout, PayoutLine
from app.payouts.rules import EarningKind, PayoutStatus

_AT_ONCE: Final = 200
"""More follow when the clock asks again."""


class Entry(NamedTuple):
    """One entry of a payout, in yen and below zero when it was given back, and the rate of its order's tax."""

    kind: EarningKind
    order_id: UUID
    goods_minor: int
    tax_minor: int
    commission_minor: int
    earned_at: datetime
    tax_basis_points: int


async def payout_to_state(session: AsyncSession, provider_id: UUID, payout_id: UUID) -> Payout:
    """A payout that is known to exist, as a job's ids say. The transaction names provider or desk."""
    return (await session.scalars(select(Payout).where(Payout.org_id == provider_id, Payout.id == payout_id))).one()


async def entries_of(session: AsyncSession, payout: Payout) -> Sequence[Entry]:
    """What a payout is of, without corrections, which are of no order; in the order in which it was earned."""
    in_it = and_(PayoutLine.org_id == Earning.org_id, PayoutLine.earning_id == Earning.id)
    issued = and_(OrderIssuer.order_id == Earning.order_id, OrderIssuer.provider_id == Earning.org_id)
    asked = (
        select(
            Earning.kind, OrderIssuer.order_id, Earning.goods_minor, Earning.tax_minor, Earning.commission_minor,
            Earning.earned_at, OrderIssuer.tax_basis_points,
        )
        .join(PayoutLine, in_it)
        .join(OrderIssuer, issued)
        .where(PayoutLine.org_id == payout.org_id, PayoutLine.payout_id == payout.id)
        .order_by(Earning.earned_at, Earning.id)
    )  # fmt: skip
    return [Entry(*row) for row in await session.execute(asked)]


async def payouts_without_statement(session: AsyncSession, *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Payouts, as (provider, payout), that were paid since this moment and have no statement; the oldest first.

    The transaction names the desk.
    """
    stated = exists().where(
        Paper.org_id == Payout.org_id, Paper.subject_id == Payout.id, Paper.kind == Kind.PAYOUT_STATEMENT
    )
    asked = (
        select(Payout.org_id, Payout.id)
        .where(Payout.desk_id == DESK_ID, Payout.status == PayoutStatus.PAID, Payout.paid_at >= since, ~stated)
        .where(Payout.goods_minor != 0)
        .order_by(Payout.paid_at, Payout.id)
        .limit(_AT_ONCE)
    )
    return [(provider_id, payout_id) for provider_id, payout_id in await session.execute(asked)]

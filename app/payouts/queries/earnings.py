"""What has a provider earned, how much of it may be paid now, and when the rest?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Date, and_, case, cast, func, select

from app.core.db import AsyncSession
from app.core.money import YEN
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.payouts.models import Earning, Payout, PayoutLine
from app.payouts.rules import PayoutStatus

WAITING_DAYS_MAX: Final = 100
_ON_ITS_WAY: Final = (PayoutStatus.DRAFT, PayoutStatus.APPROVED, PayoutStatus.SENDING, PayoutStatus.SENT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a provider's money may be paid from a day in Japan on; None: nobody knows yet."""

    day: date | None
    net_minor: int


@dataclass(frozen=True, slots=True)
class Balance:
    """A provider's money in yen, before the tax on commission that its payouts will bear."""

    available_minor: int
    """Below zero: what the provider owes."""
    held_minor: int
    """Of orders over which a dispute is open."""
    in_payouts_minor: int
    """In payouts that have not arrived."""
    waiting: Sequence[Waiting]


async def balance_of(session: AsyncSession, scope: Scope, now: datetime) -> Balance:
    """The caller's own balance at this moment; the days on which more becomes available are the next hundred."""
    free = Earning.payout_id.is_(None) & (Earning.org_id == scope.org_id) & (Earning.currency == YEN)
    due = and_(Earning.held.is_(False), Earning.available_at <= now)
    sums = select(
        func.coalesce(func.sum(case((due, Earning.net_minor), else_=0)), 0),
        func.coalesce(func.sum(case((Earning.held, Earning.net_minor), else_=0)), 0),
    ).where(free)
    available, held = (await session.execute(sums)).one()
    day = cast(func.timezone("Asia/Tokyo", Earning.available_at), Date)
    later = (
        select(day, func.sum(Earning.net_minor))
        .where(free, Earning.held.is_(False), (Earning.available_at > now) | Earning.available_at.is_(None))
        .group_by(day)
        .order_by(day.asc().nulls_last())
        .limit(WAITING_DAYS_MAX)
    )
    waiting = [Waiting(found, int(minor)) for found, minor in await session.execute(later)]
    under_way = select(func.coalesce(func.sum(Payout.payout_minor), 0)).where(
        Payout.org_id == scope.org_id, Payout.status.in_(_ON_ITS_WAY)
    )
    return Balance(int(available), int(held), int((await session.scalars(under_way)).one()), waiting)


async def earnings_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Earning]:
    """The caller's own entries, the newest first."""
    asked = select(Earning).where(Earning.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(Earning.id, True)], page.after))
    return (await session.scalars(asked.order_by(Earning.id.desc()).limit(page.fetch))).all()


async def lines_page(session: AsyncSession, payout: Payout, page: Page) -> Sequence[Earning]:
    """The entries of a payout that was found for the caller, the oldest first."""
    asked = (
        select(Earning)
        .join(PayoutLine, and_(PayoutLine.org_id == Earning.org_id, PayoutLine.earning_id == Earning.id))
        .where(PayoutLine.org_id == payout.org_id, PayoutLine.payout_id == payout.id)
    )
    if page.after is not None:
        asked = asked.where(beyond([(Earning.id, False)], page.after))
    return (await session.scalars(asked.order_by(Earning.id).limit(page.fetch))).all()


async def providers_with_money(session: AsyncSession, scope: Scope, until: datetime) -> Sequence[UUID]:
    """The providers of the desk that have something which may be paid at this moment, in the order of their ids."""
    asked = (
        select(Earning.org_id)
        .where(
            Earning.desk_id == scope.org_id,
            Earning.payout_id.is_(None),
            Earning.held.is_(False),
            Earning.available_at <= until,
            Earning.currency == YEN,
        )
        .group_by(Earning.org_id)
        .having(func.sum(Earning.net_minor) > 0)
        .order_by(Earning.org_id)
    )
    return (await session.scalars(asked)).all()

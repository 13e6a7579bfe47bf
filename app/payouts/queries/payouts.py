"""Which payouts are there, which files pay them, and what does Stripe send to the desk's bank?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.payments.models import Refund
from app.payouts.errors import PayoutFileNotFound, PayoutNotFound, StripePayoutNotFound
from app.payouts.models import LineReturn, Payout, PayoutAccount, PayoutFile, PayoutReversal, StripePayout
from app.payouts.rules import PayoutMethod, PayoutStatus


class ToSend(NamedTuple):
    """An approved payout and the account that it goes to; `known`: one has arrived there before."""

    payout: Payout
    account: PayoutAccount
    known: bool


async def payout_of(session: AsyncSession, scope: Scope, payout_id: UUID) -> Payout:
    """A payout of the caller's own; for the desk anybody's. Raises PayoutNotFound (404)."""
    mine = or_(Payout.org_id == scope.org_id, Payout.desk_id == scope.org_id)
    payout = await session.scalar(select(Payout).where(Payout.id == payout_id, mine))
    if payout is None:
        raise PayoutNotFound("There is no such payout.")
    return payout


async def own_payouts(session: AsyncSession, scope: Scope, page: Page) -> Sequence[Payout]:
    """The caller's own payouts, the newest first."""
    return await _page(session, page, Payout.org_id == scope.org_id)


async def payouts_of_desk(
    session: AsyncSession, scope: Scope, page: Page, status: PayoutStatus | None
) -> Sequence[Payout]:
    """Every provider's payouts, or those with a status, the newest first."""
    mine = Payout.desk_id == scope.org_id
    return await _page(session, page, mine if status is None else and_(mine, Payout.status == status))


async def reversals_of(session: AsyncSession, payout: Payout) -> Sequence[PayoutReversal]:
    """What was asked back of a payout that was found for the caller, the oldest first."""
    asked = select(PayoutReversal).where(PayoutReversal.org_id == payout.org_id, PayoutReversal.payout_id == payout.id)
    return (await session.scalars(asked.order_by(PayoutReversal.id))).all()


async def approved_for_bank(session: AsyncSession, scope: Scope) -> Sequence[ToSend]:
    """Every approved payout of the desk's that waits for a file of transfers, the oldest first."""
    mine = (Payout.desk_id == scope.org_id, PayoutAccount.desk_id == scope.org_id)
    to = and_(PayoutAccount.org_id == Payout.org_id, PayoutAccount.id == Payout.account_id)
    waits = (
        Payout.method == PayoutMethod.ZENGIN,
        Payout.status == PayoutStatus.APPROVED,
        Payout.file_id.is_(None),
    )
    rows = (
        await session.execute(
            select(Payout, PayoutAccount).join(PayoutAccount, to).where(*mine, *waits).order_by(Payout.id)
        )
    ).all()
    accounts = [account.id for _, account in rows]
    arrived = set(
        await session.scalars(
            select(Payout.account_id)
            .where(Payout.desk_id == scope.org_id, Payout.status == PayoutStatus.PAID)
            .where(Payout.account_id.in_(accounts))
            .distinct()
        )
    )
    return [ToSend(payout, account, account.id in arrived) for payout, account in rows]


async def parties_in(session: AsyncSession, scope: Scope, file_id: UUID) -> Sequence[UUID]:
    """Whose payouts, refunds or other money is in a file, whom the transactions of its steps name; in the order of ids."""
    paid = select(Payout.org_id).where(Payout.desk_id == scope.org_id, Payout.file_id == file_id)
    refunded = select(Refund.org_id).where(Refund.desk_id == scope.org_id, Refund.file_id == file_id)
    back = select(LineReturn.payer_id).where(
        LineReturn.org_id == scope.org_id, LineReturn.file_id == file_id, LineReturn.payer_id.is_not(None)
    )
    return sorted(await session.scalars(paid.union(refunded, back)))


async def file_of(session: AsyncSession, scope: Scope, file_id: UUID) -> PayoutFile:
    """A file of transfers of the desk's. Raises PayoutFileNotFound (404)."""
    file = await session.scalar(select(PayoutFile).where(PayoutFile.org_id == scope.org_id, PayoutFile.id == file_id))
    if file is None:
        raise PayoutFileNotFound("There is no such file.")
    return file


async def files_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[PayoutFile]:
    """The desk's files of transfers, the newest first."""
    asked = select(PayoutFile).where(PayoutFile.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(PayoutFile.id, True)], page.after))
    return (await session.scalars(asked.order_by(PayoutFile.id.desc()).limit(page.fetch))).all()


async def stripe_payouts_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[StripePayout]:
    """What Stripe sends to the desk's bank, the newest first."""
    asked = select(StripePayout).where(StripePayout.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(StripePayout.id, True)], page.after))
    return (await session.scalars(asked.order_by(StripePayout.id.desc()).limit(page.fetch))).all()


async def stripe_payout_of(session: AsyncSession, scope: Scope, row_id: UUID) -> StripePayout:
    """One payout of Stripe's to the desk's bank. Raises StripePayoutNotFound (404)."""
    row = await session.scalar(
        select(StripePayout).where(StripePayout.org_id == scope.org_id, StripePayout.id == row_id)
    )
    if row is None:
        raise StripePayoutNotFound("There is no such payout.")
    return row


async def newest_closings(session: AsyncSession, scope: Scope) -> Mapping[UUID, date]:
    """Up to which day each provider's account was closed by the clock last."""
    asked = select(Payout.org_id, func.max(Payout.closed_on)).where(Payout.desk_id == scope.org_id, Payout.by_clock)
    return {org_id: day for org_id, day in await session.execute(asked.group_by(Payout.org_id))}  # noqa: C416 - a Row is not a tuple to the type checker.


async def payout_named(session: AsyncSession, payout_id: UUID) -> Payout | None:
    """The payout that Stripe's metadata names, whoever's it is: the desk sees them all."""
    return await session.scalar(select(Payout).where(Payout.desk_id == DESK_ID, Payout.id == payout_id))


async def _page(session: AsyncSession, page: Page, mine: ColumnElement[bool]) -> Sequence[Payout]:
    asked = select(Payout).where(mine)
    if page.after is not None:
        asked = asked.where(beyond([(Payout.id, True)], page.after))
    return (await session.scalars(asked.order_by(Payout.id.desc()).limit(page.fetch))).all()

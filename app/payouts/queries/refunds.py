"""Which refunds wait to be sent by bank, to which account, and whose account is missing?"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity.models import Organisation
from app.payments.models import Refund
from app.payments.rules import RefundStatus, RefundWay
from app.payouts.models import Payout, PayoutAccount
from app.payouts.rules import AccountStatus, PayoutStatus

_Confirmed = aliased(PayoutAccount)
_Waiting = aliased(PayoutAccount)


class OpenRefund(NamedTuple):
    """A refund that is due by bank and in no file, and the account of its buyer, if one is confirmed or waits to be."""

    refund: Refund
    buyer_name: str
    confirmed: PayoutAccount | None
    waiting: PayoutAccount | None

    @property
    def payable_to(self) -> PayoutAccount | None:
        """Where it can be sent; nothing is sent while another account waits, for its owner says that this one is wrong."""
        return self.confirmed if self.waiting is None else None


async def open_refunds(session: AsyncSession, scope: Scope) -> Sequence[OpenRefund]:
    """All refunds of the desk's that wait for a bank transfer, the oldest first."""
    return [OpenRefund(*row) for row in await session.execute(_asked(scope))]


async def open_refunds_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[OpenRefund]:
    """As `open_refunds`, one page of them."""
    asked = _asked(scope)
    if page.after is not None:
        asked = asked.where(beyond([(Refund.id, False)], page.after))
    return [OpenRefund(*row) for row in await session.execute(asked.limit(page.fetch))]


async def arrived_at(session: AsyncSession, scope: Scope, account_ids: Sequence[UUID]) -> set[UUID]:
    """To which of these accounts a payout or a refund was sent before."""
    refunded = select(Refund.account_id).where(
        Refund.desk_id == scope.org_id, Refund.status == RefundStatus.SUCCEEDED, Refund.account_id.in_(account_ids)
    )
    paid = select(Payout.account_id).where(
        Payout.desk_id == scope.org_id, Payout.status == PayoutStatus.PAID, Payout.account_id.in_(account_ids)
    )
    found = await session.scalars(refunded.union(paid))
    return {account_id for account_id in found if account_id is not None}


def _asked(scope: Scope) -> Select[Refund, str, PayoutAccount, PayoutAccount]:
    confirmed = and_(_Confirmed.org_id == Refund.org_id, _Confirmed.status == AccountStatus.CONFIRMED)
    waiting = and_(_Waiting.org_id == Refund.org_id, _Waiting.status == AccountStatus.WAITING)
    return (
        select(Refund, Organisation.name, _Confirmed, _Waiting)
        .join(Organisation, and_(Organisation.org_id == Refund.org_id, Organisation.desk_id == scope.org_id))
        .outerjoin(_Confirmed, and_(confirmed, _Confirmed.desk_id == scope.org_id))
        .outerjoin(_Waiting, and_(waiting, _Waiting.desk_id == scope.org_id))
        .where(
            Refund.desk_id == scope.org_id,
            Refund.way == RefundWay.BANK,
            Refund.status == RefundStatus.DUE,
            Refund.file_id.is_(None),
        )
        .order_by(Refund.id)
    )

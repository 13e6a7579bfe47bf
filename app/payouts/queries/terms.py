"""What was agreed with whom, by which rates is it charged, and where is it paid?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.payouts.errors import (
    CommissionRateNotFound,
    ConnectedAccountNotFound,
    OriginatorNotFound,
    PayoutAccountNotFound,
)
from app.payouts.models import CommissionRate, ConnectedAccount, PayoutAccount, PayoutOriginator, ProviderTerms
from app.payouts.rules import AccountStatus


async def terms_page(
    session: AsyncSession, scope: Scope, page: Page, provider_id: UUID | None
) -> Sequence[ProviderTerms]:
    """For the desk: all terms that were agreed, or one provider's, the newest first."""
    asked = select(ProviderTerms).where(ProviderTerms.desk_id == scope.org_id)
    if provider_id is not None:
        asked = asked.where(ProviderTerms.org_id == provider_id)
    if page.after is not None:
        asked = asked.where(beyond([(ProviderTerms.id, True)], page.after))
    return (await session.scalars(asked.order_by(ProviderTerms.id.desc()).limit(page.fetch))).all()


async def own_terms(session: AsyncSession, scope: Scope, page: Page) -> Sequence[ProviderTerms]:
    """What was agreed with the caller, the newest first."""
    asked = select(ProviderTerms).where(ProviderTerms.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(ProviderTerms.id, True)], page.after))
    return (await session.scalars(asked.order_by(ProviderTerms.id.desc()).limit(page.fetch))).all()


async def terms_of_all(session: AsyncSession, scope: Scope, day: date) -> Sequence[ProviderTerms]:
    """The terms in force on a day, one row for each of the desk's providers that has any."""
    asked = (
        select(ProviderTerms)
        .ext(distinct_on(ProviderTerms.org_id))
        .where(ProviderTerms.desk_id == scope.org_id, ProviderTerms.valid_from <= day)
        .order_by(ProviderTerms.org_id, ProviderTerms.valid_from.desc(), ProviderTerms.id.desc())
    )
    return (await session.scalars(asked)).all()


async def rates_page(session: AsyncSession, scope: Scope, page: Page) -> Sequence[CommissionRate]:
    """The desk's rates of commission, those that ended too, the newest first."""
    asked = select(CommissionRate).where(CommissionRate.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(CommissionRate.id, True)], page.after))
    return (await session.scalars(asked.order_by(CommissionRate.id.desc()).limit(page.fetch))).all()


async def rate_of(session: AsyncSession, scope: Scope, rate_id: UUID) -> CommissionRate:
    """One of the desk's rates. Raises CommissionRateNotFound (404)."""
    rate = await session.scalar(
        select(CommissionRate).where(CommissionRate.org_id == scope.org_id, CommissionRate.id == rate_id)
    )
    if rate is None:
        raise CommissionRateNotFound("There is no such rate.")
    return rate


async def own_account(session: AsyncSession, scope: Scope) -> PayoutAccount:
    """The bank account that the caller named last. Raises PayoutAccountNotFound (404)."""
    asked = select(PayoutAccount).where(PayoutAccount.org_id == scope.org_id).order_by(PayoutAccount.n.desc()).limit(1)
    account = await session.scalar(asked)
    if account is None:
        raise PayoutAccountNotFound("No account was named yet.")
    return account


async def account_of(session: AsyncSession, scope: Scope, account_id: UUID) -> PayoutAccount:
    """For the desk: a bank account that some provider named. Raises PayoutAccountNotFound (404)."""
    account = await session.scalar(
        select(PayoutAccount).where(PayoutAccount.desk_id == scope.org_id, PayoutAccount.id == account_id)
    )
    if account is None:
        raise PayoutAccountNotFound("There is no such account.")
    return account


async def accounts_page(
    session: AsyncSession, scope: Scope, page: Page, status: AccountStatus | None
) -> Sequence[PayoutAccount]:
    """For the desk: the bank accounts that providers named, or those with a status, what waits longest first."""
    asked = select(PayoutAccount).where(PayoutAccount.desk_id == scope.org_id)
    if status is not None:
        asked = asked.where(PayoutAccount.status == status)
    if page.after is not None:
        asked = asked.where(beyond([(PayoutAccount.id, False)], page.after))
    return (await session.scalars(asked.order_by(PayoutAccount.id).limit(page.fetch))).all()


async def originator(session: AsyncSession, scope: Scope) -> PayoutOriginator:
    """The account that the desk pays from. Raises OriginatorNotFound (404)."""
    row = await session.scalar(select(PayoutOriginator).where(PayoutOriginator.org_id == scope.org_id))
    if row is None:
        raise OriginatorNotFound("Set it first.")
    return row


async def own_connected(session: AsyncSession, scope: Scope) -> ConnectedAccount:
    """The caller's account at Stripe. Raises ConnectedAccountNotFound (404)."""
    row = await session.scalar(select(ConnectedAccount).where(ConnectedAccount.org_id == scope.org_id))
    if row is None:
        raise ConnectedAccountNotFound("Make it first.")
    return row


async def connected_named(session: AsyncSession, account_id: str, row_id: UUID | None) -> ConnectedAccount | None:
    """The connected account with Stripe's id, or else with ours out of its metadata, whoever's it is."""
    asked = select(ConnectedAccount).where(ConnectedAccount.desk_id == DESK_ID)
    found = await session.scalar(asked.where(ConnectedAccount.account_id == account_id))
    if found is not None or row_id is None:
        return found
    return await session.scalar(asked.where(ConnectedAccount.id == row_id))

"""How does a payout come about? A provider's entries that may be paid are taken at once, and their sums decide."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update

from app.core import events
from app.core.db import AsyncSession
from app.core.money import YEN
from app.core.scope import DESK_ID, Scope
from app.payouts.models import Earning, Payout, PayoutLine, ProviderTerms
from app.payouts.operations.accounts import known_connected, payable_account
from app.payouts.operations.terms import lock_provider
from app.payouts.rules import PayoutMethod, PayoutStatus, Sums, Unpayable, due_of, end_of, why_unpaid


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payout that is to be made, if anything is due: up to a day in Japan, by the clock or by a person."""

    payout_id: UUID
    provider_id: UUID
    closed_on: date
    by_clock: bool
    tax_basis_points: int
    """Of the consumption tax on the desk's commission."""


@dataclass(frozen=True, slots=True)
class Left:
    """Nothing is paid: why, and what would be due in yen, below zero when the provider owes it."""

    why: Unpayable
    due_minor: int


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a payout goes: a bank account here, or an account at Stripe."""

    account_id: UUID | None
    connected_id: str | None


async def draft(session: AsyncSession, wanted: Wanted, *, now: datetime) -> Payout | Left:
    """Make a payout of all that a provider may be paid, or say why there is none. Both parties are named.

    Entries that are available, not held, and in no other payout are taken; those below zero are set off. The provider
    is locked, so that two at once take nothing twice. Raises ProviderNotFound (404).
    """
    await lock_provider(session, wanted.provider_id)
    if wanted.by_clock and await _is_closed(session, wanted):
        return Left(Unpayable.CLOSED_ALREADY, 0)
    terms = await terms_in_force(session, wanted.provider_id, wanted.closed_on)
    if terms is None:
        return Left(Unpayable.NO_TERMS, 0)
    destination = await destination_of(session, terms)
    if destination is None:
        return Left(Unpayable.ACCOUNT_NOT_READY, 0)
    # Taken first and added up by the same statement; where it comes to nothing, the taking is undone.
    async with session.begin_nested() as attempt:
        sums = await _take(session, wanted, now)
        due = due_of(sums, wanted.tax_basis_points)
        why = why_unpaid(sums, due, terms.smallest_payout_minor)
        if why is not None:
            await attempt.rollback()
            return Left(why, due.payout_minor)
    payout = _payout(session, wanted, terms, destination, sums, now=now)
    await session.flush()
    await _fix_lines(session, payout)
    await events.record(
        session, "payout.drafted", org_id=payout.org_id, subject_kind="payout", subject_id=payout.id,
        after={"status": payout.status, "payout_minor": payout.payout_minor, "lines": payout.lines},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    return payout


async def terms_in_force(session: AsyncSession, provider_id: UUID, day: date) -> ProviderTerms | None:
    """What was agreed with a provider for a day: of the terms that have begun the newest."""
    asked = select(ProviderTerms).where(ProviderTerms.org_id == provider_id, ProviderTerms.valid_from <= day)
    return await session.scalar(asked.order_by(ProviderTerms.valid_from.desc(), ProviderTerms.id.desc()).limit(1))


async def destination_of(session: AsyncSession, terms: ProviderTerms) -> Destination | None:
    """Where a locked provider is paid by these terms; None while there is no such place that may be paid to."""
    match terms.payout_method:
        case PayoutMethod.ZENGIN:
            account = await payable_account(session, terms.org_id)
            return None if account is None else Destination(account.id, None)
        case PayoutMethod.STRIPE:
            connected = await known_connected(session, terms.org_id)
            ready = connected is not None and connected.account_id is not None and connected.transfers == "active"
            return Destination(None, connected.account_id) if connected is not None and ready else None


async def _is_closed(session: AsyncSession, wanted: Wanted) -> bool:
    """Whether the clock has made this closing day's payout before; the provider is locked."""
    made = select(Payout.id).where(
        Payout.org_id == wanted.provider_id, Payout.by_clock, Payout.closed_on == wanted.closed_on
    )
    return await session.scalar(made) is not None


async def _take(session: AsyncSession, wanted: Wanted, now: datetime) -> Sums:
    """Put the entries into the payout, and add them up. Until the end of the closing day, and never what is not due."""
    taken = (
        update(Earning)
        .where(
            Earning.org_id == wanted.provider_id,
            Earning.currency == YEN,
            Earning.payout_id.is_(None),
            Earning.held.is_(False),
            Earning.available_at <= now,
            Earning.available_at < end_of(wanted.closed_on),
        )
        .values(payout_id=wanted.payout_id)
        .returning(Earning.goods_minor, Earning.tax_minor, Earning.commission_minor, Earning.adjustment_minor)
        .cte("taken")
    )
    columns = (taken.c.goods_minor, taken.c.tax_minor, taken.c.commission_minor, taken.c.adjustment_minor)
    sums = (func.coalesce(func.sum(column), 0) for column in columns)
    return Sums(*map(int, (await session.execute(select(func.count(), *sums).select_from(taken))).one()))


def _payout(
    session: AsyncSession, wanted: Wanted, terms: ProviderTerms, to: Destination, sums: Sums, *, now: datetime
) -> Payout:
    scope: Scope = session.info["scope"]
    due = due_of(sums, wanted.tax_basis_points)
    payout = Payout(
        org_id=wanted.provider_id,
        id=wanted.payout_id,
        desk_id=DESK_ID,
        status=PayoutStatus.DRAFT,
        method=terms.payout_method,
        currency=YEN,
        closed_on=wanted.closed_on,
        by_clock=wanted.by_clock,
        lines=sums.entries,
        goods_minor=sums.goods_minor,
        tax_minor=sums.tax_minor,
        commission_minor=sums.commission_minor,
        tax_basis_points=wanted.tax_basis_points,
        commission_tax_minor=due.commission_tax_minor,
        adjustment_minor=sums.adjustment_minor,
        payout_minor=due.payout_minor,
        account_id=to.account_id,
        destination=to.connected_id,
        reversed_minor=0,
        made_by=scope.actor_id,
        made_at=now,
        version=1,
    )
    session.add(payout)
    return payout


async def _fix_lines(session: AsyncSession, payout: Payout) -> None:
    taken = select(Earning.org_id, literal(payout.id), Earning.id).where(
        Earning.org_id == payout.org_id, Earning.payout_id == payout.id
    )
    await session.execute(insert(PayoutLine).from_select(["org_id", "payout_id", "earning_id"], taken))

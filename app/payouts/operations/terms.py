"""How are terms agreed, rates of commission set and ended, and the desk's own account named?"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.identity.errors import OrganisationNotFound
from app.identity.models import Organisation, OrganisationKind
from app.payouts.errors import CommissionRateNotFound, PayoutFieldsInvalid, ProviderNotFound, RatesOverlap
from app.payouts.models import CommissionRate, ProviderTerms
from app.payouts.rules import PayoutMethod, RiskBearer, SaleMode

OVERLAP = "one_commission_rate_at_a_time"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms of one provider from a day on. `smallest_payout_minor` in yen."""

    valid_from: date
    sale_mode: SaleMode
    risk_bearer: RiskBearer
    payout_method: PayoutMethod
    closing_weekday: int | None
    closing_day: int | None
    smallest_payout_minor: int
    invoice_confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate in basis points of goods before tax; None: for all."""

    provider_id: UUID | None
    registry_code: str | None
    methodology_family: str | None
    basis_points: int
    valid_from: date
    valid_until: date | None


async def lock_provider(session: AsyncSession, provider_id: UUID) -> Organisation:
    """The provider, so that one transaction at a time decides about its money. Both parties are named.

    Raises ProviderNotFound (404). References to it are not kept waiting.
    """
    asked = select(Organisation).where(
        Organisation.org_id == provider_id,
        Organisation.desk_id == DESK_ID,
        Organisation.kind == OrganisationKind.PROVIDER,
    )
    found = await session.scalar(asked.with_for_update(key_share=True))
    if found is None:
        raise ProviderNotFound("No provider has this id.")
    return found


async def lock_payee(session: AsyncSession, org_id: UUID) -> Organisation:
    """Somebody whom the desk sends money to, a provider or a buyer, locked as a provider is. Both parties are named.

    Raises OrganisationNotFound (404).
    """
    asked = select(Organisation).where(
        Organisation.org_id == org_id,
        Organisation.desk_id == DESK_ID,
        Organisation.kind.in_((OrganisationKind.PROVIDER, OrganisationKind.BUYER)),
    )
    found = await session.scalar(asked.with_for_update(key_share=True))
    if found is None:
        raise OrganisationNotFound("No provider and no buyer has this id.")
    return found


async def agree(session: AsyncSession, provider_id: UUID, agreed: Agreed, *, now: datetime) -> ProviderTerms:
    """Write down terms. They are in force from their day on, until newer ones are. Raises ProviderNotFound (404),
    PayoutFieldsInvalid (422) for a day that is over: payouts were made by what was agreed then.
    """
    scope: Scope = session.info["scope"]
    _refuse_past("/valid_from", agreed.valid_from, now)
    await lock_provider(session, provider_id)
    terms = ProviderTerms(
        org_id=provider_id,
        id=new_id(),
        valid_from=agreed.valid_from,
        sale_mode=agreed.sale_mode,
        risk_bearer=agreed.risk_bearer,
        payout_method=agreed.payout_method,
        closing_weekday=agreed.closing_weekday,
        closing_day=agreed.closing_day,
        smallest_payout_minor=agreed.smallest_payout_minor,
        invoice_confirmed_on=agreed.invoice_confirmed_on,
        invoice_confirmed_by=None if agreed.invoice_confirmed_on is None else scope.actor_id,
        made_by=scope.actor_id,
        made_at=now,
    )
    session.add(terms)
    await session.flush()
    told = {"valid_from": agreed.valid_from.isoformat(), "payout_method": agreed.payout_method}
    await events.record(
        session, "provider_terms.agreed", org_id=provider_id, subject_kind="provider_terms", subject_id=terms.id,
        after=told, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    return terms


async def set_rate(session: AsyncSession, new: NewRate, *, now: datetime) -> CommissionRate:
    """Charge by this rate on its days. The transaction names the desk.

    Raises RatesOverlap (409), PayoutFieldsInvalid (422) for a first day that is over.
    """
    scope: Scope = session.info["scope"]
    _refuse_past("/valid_from", new.valid_from, now)
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        raise _invalid("/valid_until", "not_after_start", "The first day on which it is not valid any more.")
    rate = CommissionRate(
        org_id=DESK_ID,
        id=new_id(),
        provider_id=new.provider_id,
        registry_code=new.registry_code,
        methodology_family=new.methodology_family,
        basis_points=new.basis_points,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        made_by=scope.actor_id,
        made_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(rate)
    except IntegrityError as error:
        if OVERLAP not in str(error):
            raise
        raise RatesOverlap("End the rate that is valid on these days first.") from error
    await _rate_changed(session, rate, "commission_rate.set", None, now)
    return rate


async def locked_rate(session: AsyncSession, rate_id: UUID) -> CommissionRate:
    """A rate of the desk's, locked. Raises CommissionRateNotFound (404)."""
    asked = select(CommissionRate).where(CommissionRate.org_id == DESK_ID, CommissionRate.id == rate_id)
    rate = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if rate is None:
        raise CommissionRateNotFound("There is no such rate.")
    return rate


async def end_rate(session: AsyncSession, rate: CommissionRate, until: date, *, now: datetime) -> None:
    """Let a locked rate be valid for the last time on the day before `until`; its first day: it never begins.

    What was charged stays: today still belongs to a rate that has begun. Raises InvalidState (409) when it was ended
    before, PayoutFieldsInvalid (422).
    """
    scope: Scope = session.info["scope"]
    if rate.ended_at is not None:
        raise InvalidState("The rate was ended before.", state="ended")
    if rate.valid_until is not None and until > rate.valid_until:
        raise _invalid("/valid_until", "too_late", "A rate is ended, never made longer.")
    if until < rate.valid_from or (rate.valid_from <= (today := day_in_japan(now)) and until <= today):
        raise _invalid("/valid_until", "too_early", "A rate that has begun is valid today.")
    before = _facts(rate)
    rate.valid_until, rate.ended_by, rate.ended_at = until, scope.actor_id, now
    rate.version += 1
    await session.flush()
    await _rate_changed(session, rate, "commission_rate.ended", before, now)


def _refuse_past(pointer: str, day: date, now: datetime) -> None:
    if day < day_in_japan(now):
        raise _invalid(pointer, "in_the_past", "Not before today: what was paid and charged stays explained.")


def _invalid(pointer: str, code: str, detail: str) -> PayoutFieldsInvalid:
    return PayoutFieldsInvalid("See `errors`.", errors=(FieldError(pointer, code, detail),))


def _facts(rate: CommissionRate) -> dict[str, object]:
    until = rate.valid_until
    return {"basis_points": rate.basis_points, "valid_until": None if until is None else until.isoformat()}


async def _rate_changed(
    session: AsyncSession, rate: CommissionRate, what: str, before: dict[str, object] | None, now: datetime
) -> None:
    await events.record(
        session, what, org_id=DESK_ID, subject_kind="commission_rate", subject_id=rate.id,
        before=before, after=_facts(rate), now=now,
    )  # fmt: skip

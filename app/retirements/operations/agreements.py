"""Who has agreed to an invalidation in somebody else's account: the buyer's mandate, the account holder's consent?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import Scope
from app.retirements import queries
from app.retirements.errors import ConsentMissing, MandateMissing
from app.retirements.models import HolderConsent, RegistryTask, Retirement, RetirementMandate
from app.retirements.operations.moves import tell
from app.retirements.rules import CONSENT, MANDATE


async def give_mandate(
    session: AsyncSession, retirement: Retirement, *, given_by: UUID, now: datetime
) -> RetirementMandate:
    """The buyer of a locked retirement gives its mandate by itself, once; the second time the first one is answered.

    For retirements that were signed off before signing off was the mandate.
    """
    found = await queries.mandate_of(session, retirement.org_id, retirement.id)
    if found is not None:
        return found
    made = await write_mandate(session, retirement, given_by=given_by, now=now)
    await tell(session, retirement, "mandated", before=None, now=now, text_version=made.text_version)
    return made


async def write_mandate(
    session: AsyncSession, retirement: Retirement, *, given_by: UUID, now: datetime
) -> RetirementMandate:
    """Write the buyer's mandate down beside a locked retirement that has none; its event is the caller's."""
    made = RetirementMandate(
        org_id=retirement.org_id,
        retirement_id=retirement.id,
        provider_id=retirement.provider_id,
        given_by=given_by,
        given_at=now,
        text_version=MANDATE.version,
        text_ja=MANDATE.ja,
        text_en=MANDATE.en,
    )
    session.add(made)
    await session.flush()
    return made


async def consent_for_task(
    session: AsyncSession, scope: Scope, task: RegistryTask, *, consent_id: UUID, now: datetime
) -> HolderConsent:
    """Write the account holder's consent to one locked task down, once; the second time the first one is answered."""
    mine = select(HolderConsent).where(HolderConsent.org_id == scope.org_id, HolderConsent.task_id == task.id)
    found = await session.scalar(mine)
    return found or await _consent(session, scope, consent_id, task_id=task.id, now=now)


async def consent_for_account(
    session: AsyncSession, scope: Scope, registry_account_id: UUID, *, consent_id: UUID, now: datetime
) -> HolderConsent:
    """Write the account holder's consent for a locked account of its own down, once, for all tasks from now on."""
    mine = select(HolderConsent).where(
        HolderConsent.org_id == scope.org_id, HolderConsent.registry_account_id == registry_account_id
    )
    found = await session.scalar(mine)
    return found or await _consent(session, scope, consent_id, registry_account_id=registry_account_id, now=now)


async def refuse_without_agreement(session: AsyncSession, retirement: Retirement, task: RegistryTask) -> None:
    """Go on only with the mandate and the consent. Raises MandateMissing (409), ConsentMissing (409)."""
    if await queries.mandate_of(session, retirement.org_id, retirement.id) is None:
        raise MandateMissing("The buyer has not given its mandate: ask it to.")
    if await queries.consent_of(session, retirement, task) is None:
        raise ConsentMissing("Consent for the account, or for this task, as its holder.")


async def _consent(
    session: AsyncSession,
    scope: Scope,
    consent_id: UUID,
    *,
    registry_account_id: UUID | None = None,
    task_id: UUID | None = None,
    now: datetime,
) -> HolderConsent:
    made = HolderConsent(
        org_id=scope.org_id,
        id=consent_id,
        registry_account_id=registry_account_id,
        task_id=task_id,
        given_by=scope.actor_id,
        given_at=now,
        text_version=CONSENT.version,
        text_ja=CONSENT.ja,
        text_en=CONSENT.en,
    )
    session.add(made)
    await session.flush()
    subject = {"registry_account": registry_account_id, "registry_task": task_id}
    kind, subject_id = next((kind, found) for kind, found in subject.items() if found is not None)
    await events.record(
        session,
        f"{kind.removeprefix('registry_')}.consented",
        org_id=scope.org_id,
        subject_kind=kind,
        subject_id=subject_id,
        after={"consent_id": str(consent_id), "text_version": CONSENT.version},
        now=now,
    )
    return made

"""What is written down about a look-up, and what follows from it?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import outbox
from app.core.db import AsyncSession
from app.core.terms import Terms
from app.retirements import queries
from app.retirements.models import Retirement, RetirementAttempt
from app.retirements.operations.moves import move
from app.retirements.operations.sending import (
    leave_to_a_person,
    note_record,
    request_of,
    says_already_retired,
    words_of,
)
from app.retirements.rules import (
    SENDINGS_MAX,
    AttemptStatus,
    RetirementStatus,
    Search,
    Verdict,
    counted,
    verdict,
    wait_before,
)
from integrations.registries.base import Absent, Capabilities, Found, LookUp, RetirementRequest


@dataclass(frozen=True, slots=True)
class Sought:
    """The attempt that is looked for, and how often it was before."""

    n: int
    request: RetirementRequest
    lookups: int


async def begin_look_up(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> Sought | None:
    """What is to be looked up; None when nothing is in doubt."""
    retirement = await queries.locked(session, org_id, retirement_id)
    attempt = await queries.live_attempt(session, org_id, retirement_id)
    if retirement.status != RetirementStatus.UNKNOWN or attempt is None:
        return None
    return Sought(attempt.n, request_of(attempt), attempt.lookups)


async def note_look_up(
    session: AsyncSession,
    org_id: UUID,
    retirement_id: UUID,
    sought: Sought,
    found: LookUp | None,
    *,
    capabilities: Capabilities,
    terms: Terms,
    now: datetime,
) -> None:
    """Write down what a look-up brought, and move on by it; `found` is None where the registry cannot be asked.

    Nothing happens when an answer or another look-up was faster.
    """
    retirement = await queries.locked(session, org_id, retirement_id)
    attempt = await queries.live_attempt(session, org_id, retirement_id)
    if retirement.status != RetirementStatus.UNKNOWN or attempt is None:
        return
    if (attempt.n, attempt.lookups) != (sought.n, sought.lookups):
        return
    if found is None:
        await leave_to_a_person(session, retirement, "this registry cannot be asked what it has recorded", now=now)
        return
    if isinstance(found, Found):
        await _note_found(session, retirement, attempt, found, capabilities=capabilities, terms=terms, now=now)
        return
    empty = found == Absent(complete=True) and not says_already_retired(attempt)
    await _note_nothing(session, retirement, attempt, empty=empty, capabilities=capabilities, terms=terms, now=now)


async def _note_found(
    session: AsyncSession,
    retirement: Retirement,
    attempt: RetirementAttempt,
    found: Found,
    *,
    capabilities: Capabilities,
    terms: Terms,
    now: datetime,
) -> None:
    attempt.lookups += 1
    if found.reference not in (None, retirement.reference):
        why = f"the registry holds these serials under another reference, {found.reference}"
        await leave_to_a_person(session, retirement, why, now=now)
        return
    attempt.answer, attempt.answered_at = words_of(found.recorded), now
    await note_record(session, retirement, attempt, found.recorded, capabilities=capabilities, terms=terms, now=now)


async def _note_nothing(
    session: AsyncSession,
    retirement: Retirement,
    attempt: RetirementAttempt,
    *,
    empty: bool,
    capabilities: Capabilities,
    terms: Terms,
    now: datetime,
) -> None:
    settles_within_s = capabilities.settles_within_s
    before = Search(
        attempt.committed_at, attempt.lookups, attempt.empty_lookups, attempt.first_empty_at, ends_empty=False
    )
    search = counted(before, empty=empty, settles_within_s=settles_within_s, now=now)
    attempt.lookups, attempt.empty_lookups = search.lookups, search.empty_lookups
    attempt.first_empty_at = search.first_empty_at
    match verdict(search, absent_after=terms.absent_after, settles_within_s=settles_within_s, now=now):
        case Verdict.AGAIN:
            due = now + wait_before(search.lookups)
            await session.flush()
            outbox.enqueue(
                session, "retirements.look_up", due=due, org_id=retirement.org_id, retirement_id=retirement.id
            )
        case Verdict.PERSON:
            await leave_to_a_person(session, retirement, f"not found in {search.lookups} look-ups", now=now)
        case Verdict.ABSENT:
            await _send_anew(session, retirement, attempt, now=now)


async def _send_anew(
    session: AsyncSession, retirement: Retirement, attempt: RetirementAttempt, *, now: datetime
) -> None:
    """Proven not to be at the registry: the same reference may be sent as a new attempt."""
    attempt.status = AttemptStatus.ABSENT
    if attempt.n >= SENDINGS_MAX:
        await leave_to_a_person(session, retirement, f"absent after {attempt.n} attempts", now=now)
        return
    await move(session, retirement, RetirementStatus.QUEUED, now=now, absent_attempt=attempt.n)
    outbox.enqueue(session, "retirements.submit", due=now, org_id=retirement.org_id, retirement_id=retirement.id)

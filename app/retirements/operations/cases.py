"""How do two people of the desk decide about a retirement that no rule can? One proposes, another one confirms.

A case is the desk's own row: what its people write there is neither the buyer's nor the provider's to read.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.inventory import operations as inventory
from app.retirements import queries
from app.retirements.errors import DecisionInvalid, PeopleOnly, SecondPersonNeeded
from app.retirements.models import Retirement, RetirementAttempt, RetirementCase
from app.retirements.operations.moves import move
from app.retirements.operations.recording import record
from app.retirements.rules import (
    LIVE_CASES,
    AttemptStatus,
    CaseStatus,
    Decision,
    Proposal,
    RetirementStatus,
    wrong_with,
)


async def open_case(session: AsyncSession, retirement: Retirement, why: str, *, now: datetime) -> None:
    """Put a locked retirement on the desk's list. The transaction names the desk."""
    case = RetirementCase(
        org_id=DESK_ID,
        id=new_id(),
        buyer_id=retirement.org_id,
        provider_id=retirement.provider_id,
        retirement_id=retirement.id,
        why=why,
        status=CaseStatus.OPEN,
        opened_at=now,
        version=1,
    )
    session.add(case)
    await session.flush()
    await _tell(session, case, "opened", before=None, now=now, why=why)


async def open_missing_case(session: AsyncSession, org_id: UUID, retirement_id: UUID, *, now: datetime) -> bool:
    """Put a retirement on the desk's list that came to be undecided before there was one; whether it was missing."""
    retirement = await queries.locked(session, org_id, retirement_id)
    if retirement.status != RetirementStatus.MANUAL or await queries.has_live_case(session, retirement):
        return False
    await open_case(session, retirement, retirement.refusal or "", now=now)
    return True


async def overtake_case(session: AsyncSession, retirement: Retirement, *, now: datetime) -> None:
    """The registry's answer to a locked retirement came after all: nobody is to decide any more."""
    found = await session.scalars(
        update(RetirementCase)
        .where(RetirementCase.org_id == DESK_ID, RetirementCase.buyer_id == retirement.org_id)
        .where(RetirementCase.retirement_id == retirement.id, RetirementCase.status.in_(LIVE_CASES))
        .values(status=CaseStatus.OVERTAKEN, closed_at=now, version=RetirementCase.version + 1)
        .returning(RetirementCase)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    for case in found.all():
        await _tell(session, case, CaseStatus.OVERTAKEN, before={}, now=now)


async def propose(
    session: AsyncSession,
    scope: Scope,
    retirement: Retirement,
    case: RetirementCase,
    proposal: Proposal,
    *,
    now: datetime,
) -> None:
    """Say what to decide about a locked case, and by which evidence; a later proposal takes an earlier one's place.

    Raises PeopleOnly (403), InvalidState (409), DecisionInvalid (422).
    """
    _refuse_machines(scope)
    _refuse_unless_live(retirement, case, LIVE_CASES)
    attempt = await queries.live_attempt(session, retirement.org_id, retirement.id)
    wrong = wrong_with(proposal, last_attempt=attempt.status if attempt else None, today=day_in_japan(now))
    if wrong:
        raise DecisionInvalid("See `errors`.", errors=tuple(wrong))
    before = {"status": case.status, "decision": case.decision}
    case.status, case.decision = CaseStatus.PROPOSED, proposal.decision
    case.registry_transaction, case.recorded_on = proposal.registry_transaction, proposal.recorded_on
    case.evidence_grade, case.evidence_sha256 = proposal.evidence_grade, proposal.evidence_sha256
    case.note, case.proposed_by, case.proposed_at = proposal.note, scope.actor_id, now
    case.version += 1
    await session.flush()
    await _tell(
        session, case, CaseStatus.PROPOSED, before=before, now=now, decision=proposal.decision,
        evidence_sha256=proposal.evidence_sha256, note=proposal.note,
    )  # fmt: skip


async def confirm_case(
    session: AsyncSession, scope: Scope, retirement: Retirement, case: RetirementCase, *, simulated: bool, now: datetime
) -> None:
    """Another person than the one who proposed has seen the same: a locked case is decided, and done.

    Raises PeopleOnly (403), InvalidState, SecondPersonNeeded (409). The transaction names all three parties.
    """
    _refuse_machines(scope)
    _refuse_unless_live(retirement, case, (CaseStatus.PROPOSED,))
    if case.proposed_by == scope.actor_id:
        raise SecondPersonNeeded("You proposed this. Somebody else of the desk confirms it.")
    assert case.decision is not None, case.id
    case.status, case.confirmed_by, case.closed_at = CaseStatus.DECIDED, scope.actor_id, now
    case.version += 1
    await session.flush()
    before = {"status": CaseStatus.PROPOSED}
    await _tell(session, case, CaseStatus.DECIDED, before=before, now=now, decision=case.decision)
    attempt = await queries.live_attempt(session, retirement.org_id, retirement.id)
    match case.decision:
        case Decision.RECORDED:
            await _record(session, retirement, attempt, case, simulated=simulated, now=now)
        case Decision.ABSENT:
            await _send_anew(session, retirement, attempt, now=now)
        case Decision.REJECTED:
            await _reject(session, retirement, attempt, now=now)


async def _record(
    session: AsyncSession,
    retirement: Retirement,
    attempt: RetirementAttempt | None,
    case: RetirementCase,
    *,
    simulated: bool,
    now: datetime,
) -> None:
    assert case.recorded_on is not None, case.id
    assert case.registry_transaction is not None, case.id
    assert case.evidence_grade is not None, case.id
    if attempt is not None:
        attempt.status = AttemptStatus.RECORDED
    await record(
        session,
        retirement,
        recorded_on=case.recorded_on,
        registry_transaction=case.registry_transaction,
        grade=case.evidence_grade,
        simulated=simulated,
        now=now,
    )


async def _send_anew(
    session: AsyncSession, retirement: Retirement, attempt: RetirementAttempt | None, *, now: datetime
) -> None:
    if attempt is not None:
        attempt.status = AttemptStatus.ABSENT
    await move(session, retirement, RetirementStatus.QUEUED, now=now, decided_by="two_people")
    outbox.enqueue(session, "retirements.submit", due=now, org_id=retirement.org_id, retirement_id=retirement.id)


async def _reject(
    session: AsyncSession, retirement: Retirement, attempt: RetirementAttempt | None, *, now: datetime
) -> None:
    if attempt is not None:
        attempt.status = AttemptStatus.REJECTED
    await inventory.return_to_holding(
        session, owner_id=retirement.org_id, provider_id=retirement.provider_id, retirement_id=retirement.id
    )
    await move(session, retirement, RetirementStatus.REJECTED, now=now, decided_by="two_people")


def _refuse_machines(scope: Scope) -> None:
    if scope.actor_kind != "member":
        raise PeopleOnly("Sign in: an API key cannot answer for this.")


def _refuse_unless_live(retirement: Retirement, case: RetirementCase, states: tuple[CaseStatus, ...]) -> None:
    if case.status not in states:
        raise InvalidState(f"The case is {case.status}.", state=case.status)
    assert retirement.status == RetirementStatus.MANUAL, case.id


async def _tell(
    session: AsyncSession,
    case: RetirementCase,
    what: str,
    *,
    before: dict[str, Any] | None,
    now: datetime,
    **facts: Any,
) -> None:
    await events.record(
        session,
        f"retirement_case.{what}",
        org_id=DESK_ID,
        subject_kind="retirement_case",
        subject_id=case.id,
        before=before,
        after={"status": case.status, "retirement_id": str(case.retirement_id), **facts},
        now=now,
    )


def party_ids_of(case: RetirementCase) -> tuple[UUID, UUID]:
    """Buyer and provider, whom a transaction about this case names."""
    return case.buyer_id, case.provider_id

"""What follows when a registry's statement shows a retirement whose answer got lost, or whose notice is still awaited?"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.retirements import queries
from app.retirements.models import RegistryTask
from app.retirements.operations.recording import record
from app.retirements.operations.tasks import move_task, refuse_task_unless
from app.retirements.rules import AttemptStatus, EvidenceGrade, RetirementStatus, TaskStatus, may_follow

IN_DOUBT = (RetirementStatus.SUBMITTED, RetirementStatus.UNKNOWN, RetirementStatus.MANUAL)


@dataclass(frozen=True, slots=True)
class Stated:
    """The registry's own record by its statement: its day (in the registry's zone), its number, the statement's hash."""

    recorded_on: date
    registry_transaction: str
    statement_sha256: str
    row: int


async def record_stated(
    session: AsyncSession, org_id: UUID, retirement_id: UUID, stated: Stated, *, simulated: bool, now: datetime
) -> bool:
    """Record a retirement in doubt by a statement that shows it. False when it is not in doubt (any more).

    `simulated` marks all that follows. The transaction names buyer, provider and desk.
    """
    retirement = await queries.locked(session, org_id, retirement_id)
    if retirement.status not in IN_DOUBT or not may_follow(retirement.status, RetirementStatus.RECORDED):
        return False
    task = await queries.task_of_retirement(session, retirement)
    if task is not None and task.status != TaskStatus.EXECUTED:
        return False
    attempt = await queries.live_attempt(session, org_id, retirement_id)
    if task is not None:
        await _confirm(session, task, stated.statement_sha256, now)
    if attempt is not None:
        attempt.status, attempt.answered_at = AttemptStatus.RECORDED, now
        attempt.answer = {
            "kind": "Stated",
            "recorded_on": stated.recorded_on.isoformat(),
            "transaction_no": stated.registry_transaction,
            "statement_sha256": stated.statement_sha256,
            "row": stated.row,
        }
    number = stated.registry_transaction or (task.registry_transaction if task is not None else None)
    await record(
        session,
        retirement,
        recorded_on=stated.recorded_on,
        registry_transaction=number or retirement.reference,
        grade=EvidenceGrade.REGISTRY_STATEMENT,
        simulated=simulated,
        now=now,
    )
    return True


async def _confirm(session: AsyncSession, task: RegistryTask, statement_sha256: str, now: datetime) -> None:
    """The registry's own statement shows what an executed task did: its notice is no longer waited for."""
    refuse_task_unless(task, TaskStatus.CONFIRMED)
    task.confirmed_at = now
    await move_task(
        session, task, TaskStatus.CONFIRMED, now=now, party_ids=(DESK_ID,), statement_sha256=statement_sha256
    )

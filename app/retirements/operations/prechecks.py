"""How is the registry's office asked to look at what will be typed (無効化事前確認), and what did it say?"""

from collections.abc import Sequence
from datetime import datetime

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import Scope
from app.retirements.errors import PrecheckNotRequested
from app.retirements.models import RegistryTask
from app.retirements.operations.tasks import tell_of_task
from app.retirements.rules import TaskStatus

_BEFORE_EXECUTION = (TaskStatus.OPEN, TaskStatus.PREPARED, TaskStatus.CHECKED)


async def request_precheck(
    session: AsyncSession, scope: Scope, tasks: Sequence[RegistryTask], *, now: datetime
) -> None:
    """Note that a sheet of these locked tasks was made, by whom and when; a new sheet waits for a new answer.

    Raises InvalidState (409) for a task that is executed, confirmed or canceled.
    """
    for task in tasks:
        if task.status not in _BEFORE_EXECUTION:
            raise InvalidState(f"The task is {task.status}: there is nothing left to check first.", state=task.status)
    for task in tasks:
        task.precheck_requested_by, task.precheck_requested_at = scope.actor_id, now
        task.precheck_answered_by = task.precheck_answered_at = task.precheck_answer = None
        task.version += 1
        await session.flush()
        await tell_of_task(session, task, "precheck_requested", before=None, now=now, mode=task.mode)


async def note_precheck_answer(
    session: AsyncSession, scope: Scope, task: RegistryTask, *, answer: str, now: datetime
) -> None:
    """Note what the office said of a locked task's sheet. Raises PrecheckNotRequested (409)."""
    if task.precheck_requested_at is None:
        raise PrecheckNotRequested("Make the sheet first.")
    task.precheck_answered_by, task.precheck_answered_at, task.precheck_answer = scope.actor_id, now, answer
    task.version += 1
    await session.flush()
    await tell_of_task(session, task, "precheck_answered", before=None, now=now, answer=answer)

"""How do a provider's people share their tasks out, so that two of them never type the same one?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import Scope
from app.retirements import queries
from app.retirements.errors import SecondPersonNeeded
from app.retirements.models import RegistryTask
from app.retirements.operations.tasks import refuse_claimed, refuse_machines
from app.retirements.rules import TaskStatus

CLAIMED_FOR: Final = timedelta(hours=2)
"""So long a task is one person's; then it is anybody's again, for people go home."""
CLAIMS_MAX: Final = 50
# Somebody else's claim in the making is passed over, not waited for; one's own come first, so that asking again gives
# the same tasks. A task is locked alone here, and no lock is waited for: nobody can wait for us in a circle.
_CLAIM: Final = text(
    """
    with mine as materialized (
      select org_id, id, claimed_by is not distinct from :person and claimed_until > :now as held from registry_task
      where org_id = :org_id and status = :status and (maker_id is null or maker_id <> :person)
        and (claimed_until is null or claimed_until <= :now or claimed_by = :person)
      order by (claimed_by is not distinct from :person and claimed_until > :now) desc, due_at nulls last, id
      limit :most for update skip locked
    )
    update registry_task t set claimed_by = :person, claimed_until = :until, version = t.version + 1
    from mine where t.org_id = mine.org_id and t.id = mine.id returning t.id, mine.held
    """
)


async def claim(
    session: AsyncSession, scope: Scope, *, status: TaskStatus, most: int, now: datetime
) -> Sequence[RegistryTask]:
    """Make up to so many tasks the caller's, those that are so already among them; what is due first comes first.

    `status` is `open` (to be typed) or `prepared` (to be checked: none that the caller prepared). Raises PeopleOnly (403).
    """
    refuse_machines(scope)
    told = {
        "org_id": scope.org_id, "person": scope.actor_id, "status": status, "now": now, "until": now + CLAIMED_FOR,
        "most": most,
    }  # fmt: skip
    claimed = {row.id: row.held for row in await session.execute(_CLAIM, told)}
    after = {"status": status, "claimed_by": str(scope.actor_id)}
    await events.record_next(
        session, "task.claimed", org_id=scope.org_id, subject_kind="registry_task",
        told={task_id: after for task_id, held in claimed.items() if not held}, before=None, now=now,
    )  # fmt: skip
    return await queries.tasks_by_due(session, scope, list(claimed))


async def claim_one(session: AsyncSession, scope: Scope, task: RegistryTask, *, now: datetime) -> None:
    """A locked task that is to be typed or checked is the caller's for two hours, or for two hours more.

    Raises PeopleOnly (403), SecondPersonNeeded, TaskClaimed, InvalidState (409).
    """
    refuse_machines(scope)
    if task.status not in (TaskStatus.OPEN, TaskStatus.PREPARED):
        raise InvalidState(f"The task is {task.status}: there is nothing to type or to check.", state=task.status)
    if task.maker_id == scope.actor_id:
        raise SecondPersonNeeded("You prepared this task: somebody else checks it.")
    refuse_claimed(scope, task, now=now)
    held = task.claimed_until is not None and task.claimed_until > now
    task.claimed_by, task.claimed_until = scope.actor_id, now + CLAIMED_FOR
    task.version += 1
    await session.flush()
    if not held:
        await events.record(
            session, "task.claimed", org_id=task.org_id, subject_kind="registry_task", subject_id=task.id,
            before=None, after={"status": task.status, "claimed_by": str(scope.actor_id)}, now=now,
        )  # fmt: skip


async def give_back(session: AsyncSession, scope: Scope, task: RegistryTask, *, now: datetime) -> None:
    """The caller will not work on a locked task after all: it is anybody's. Raises PeopleOnly (403), TaskClaimed (409)."""
    refuse_machines(scope)
    refuse_claimed(scope, task, now=now)
    if task.claimed_by is None:
        return
    before = {"claimed_by": str(task.claimed_by)}
    task.claimed_by, task.claimed_until = None, None
    task.version += 1
    await session.flush()
    await events.record(
        session, "task.given_back", org_id=task.org_id, subject_kind="registry_task", subject_id=task.id,
        before=before, after={"status": task.status}, now=now,
    )  # fmt: skip

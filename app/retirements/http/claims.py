"""How does somebody take the next registry tasks for themselves, and give one back?"""

from datetime import datetime
from typing import Protocol

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch
from app.core.scope import Scope
from app.retirements import errors, operations
from app.retirements.http.tasks import TAGS, Step, work_on
from app.retirements.models import RegistryTask, Retirement
from app.retirements.rules import TaskStatus
from app.retirements.schemas import ClaimedOut, ClaimIn, TaskOut


class Act(Protocol):
    """What one person does about who works on a task."""

    async def __call__(self, session: AsyncSession, scope: Scope, task: RegistryTask, *, now: datetime) -> None: ...


@post("/v1/registry-tasks/claim", status_code=200, tags=TAGS, opt={"errors": (errors.PeopleOnly,)})
async def claim_registry_tasks(
    data: JSONBody[ClaimIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> ClaimedOut:
    """Take the next tasks for yourself for two hours: nobody else can work them meanwhile.

    Those that you have count among them, and are yours for two hours more: asking again gives the same ones.
    """
    caller.needs("tasks:write")
    async with db.transaction(caller) as session:
        rows = await operations.claim(session, caller, status=TaskStatus(data.status), most=data.most, now=utc_now())
        return ClaimedOut.of(rows)


@post(
    "/v1/registry-tasks/{task_id:str}/claim",
    status_code=200,
    tags=TAGS,
    opt={
        "errors": (errors.TaskNotFound, errors.PeopleOnly, errors.SecondPersonNeeded, errors.TaskClaimed, InvalidState)
    },
)
async def claim_registry_task(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Take this task for yourself for two hours, before you type it in at the registry or compare it."""
    return await work_on(db, caller, task_id, if_match, _by(caller, operations.claim_one))


@post(
    "/v1/registry-tasks/{task_id:str}/give-back",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.PeopleOnly, errors.TaskClaimed)},
)
async def give_back_registry_task(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """You will not work on it after all: it is anybody's again."""
    return await work_on(db, caller, task_id, if_match, _by(caller, operations.give_back))


def _by(caller: Scope, act: Act) -> Step:
    """One person's act on one task, at this moment, as a step under the task's lock."""
    now = utc_now()

    async def step(session: AsyncSession, _: Retirement, task: RegistryTask) -> None:
        await act(session, caller, task, now=now)

    return step


routes = [claim_registry_tasks, claim_registry_task, give_back_registry_task]

"""Which rows of retirements, sendings and tasks are there?"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, exists, or_, select

from app.core.db import AsyncSession
from app.core.outbox import Job
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID, Scope
from app.retirements.errors import RetirementNotFound, TaskNotFound
from app.retirements.models import RegistryTask, Retirement, RetirementAttempt
from app.retirements.rules import MOVING, AttemptStatus, RetirementStatus, ShownStatus

LIVE = (AttemptStatus.COMMITTED, AttemptStatus.UNKNOWN, AttemptStatus.RECORDED)
# Made once: every step of every retirement asks these.
_ONE: Final = and_(Retirement.org_id == bindparam("org"), Retirement.id == bindparam("retirement"))
_TRADE: Final = select(Retirement.provider_id, Retirement.registry_code).where(_ONE)
_LOCKED: Final = select(Retirement).where(_ONE).with_for_update().execution_options(populate_existing=True)
_LIVE_ATTEMPT: Final = (
    select(RetirementAttempt)
    .where(RetirementAttempt.org_id == bindparam("org"), RetirementAttempt.retirement_id == bindparam("retirement"))
    .where(RetirementAttempt.status.in_(LIVE))
    .execution_options(populate_existing=True)
)


async def retirement_of(session: AsyncSession, scope: Scope, retirement_id: UUID) -> Retirement:
    """The buyer's own retirement. Raises RetirementNotFound (404)."""
    found = await session.scalar(
        select(Retirement).where(Retirement.org_id == scope.org_id, Retirement.id == retirement_id)
    )
    if found is None:
        raise RetirementNotFound("You have no retirement with this id.")
    return found


async def retirement_of_task(session: AsyncSession, task: RegistryTask) -> Retirement:
    """What a task carries out; the transaction names its provider or its buyer."""
    query = select(Retirement).where(Retirement.org_id == task.buyer_id, Retirement.id == task.retirement_id)
    return (await session.scalars(query)).one()


async def retirements_page(
    session: AsyncSession, scope: Scope, page: Page, status: ShownStatus | None
) -> Sequence[Retirement]:
    """The buyer's retirements, newest first."""
    return await _page(session, Retirement.org_id == scope.org_id, page, status)


async def provider_page(
    session: AsyncSession, scope: Scope, page: Page, status: ShownStatus | None
) -> Sequence[Retirement]:
    """Retirements out of the provider's registry accounts, newest first."""
    return await _page(session, Retirement.provider_id == scope.org_id, page, status)


async def _page(
    session: AsyncSession, mine: ColumnElement[bool], page: Page, status: ShownStatus | None
) -> Sequence[Retirement]:
    query = select(Retirement).where(mine).order_by(Retirement.id.desc()).limit(page.fetch)
    if status is not None:
        query = query.where(_shows(status))
    if page.after is not None:
        query = query.where(beyond([(Retirement.id, True)], page.after))
    return (await session.scalars(query)).all()


def _shows(status: ShownStatus) -> ColumnElement[bool]:
    """Rows that callers see in this status: `reconciled` is a mark on what is recorded."""
    if status == ShownStatus.RECONCILED:
        return Retirement.reconciled_as_of.is_not(None)
    return and_(Retirement.status == RetirementStatus(status), Retirement.reconciled_as_of.is_(None))


async def attempts_of(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> Sequence[RetirementAttempt]:
    """What was sent to the registry for a retirement, in order."""
    found = await session.scalars(
        select(RetirementAttempt)
        .where(RetirementAttempt.org_id == org_id, RetirementAttempt.retirement_id == retirement_id)
        .order_by(RetirementAttempt.n)
    )
    return found.all()


async def provider_of(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> UUID:
    """Who keeps the serials, and so is a party of every step. Raises RetirementNotFound (404)."""
    found = await session.scalar(
        select(Retirement.provider_id).where(Retirement.org_id == org_id, Retirement.id == retirement_id)
    )
    if found is None:
        raise RetirementNotFound("You have no retirement with this id.")
    return found


async def trade_of(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> tuple[UUID, str]:
    """Who keeps the serials, and the registry's code. Raises RetirementNotFound (404)."""
    row = (await session.execute(_TRADE, {"org": org_id, "retirement": retirement_id})).one_or_none()
    if row is None:
        raise RetirementNotFound("You have no retirement with this id.")
    return row.provider_id, row.registry_code


async def locked(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> Retirement:
    """The retirement, locked: the first lock of every step. Raises RetirementNotFound (404)."""
    found = await session.scalar(_LOCKED, {"org": org_id, "retirement": retirement_id})
    if found is None:
        raise RetirementNotFound("You have no retirement with this id.")
    return found


async def live_attempt(session: AsyncSession, org_id: UUID, retirement_id: UUID) -> RetirementAttempt | None:
    """The one sending that has, or may have, reached the registry."""
    return await session.scalar(_LIVE_ATTEMPT, {"org": org_id, "retirement": retirement_id})


async def task_of_retirement(session: AsyncSession, retirement: Retirement) -> RegistryTask | None:
    """The task that a locked retirement is carried out by, locked; None when a program does it."""
    return await session.scalar(
        select(RegistryTask)
        .where(RegistryTask.org_id == retirement.provider_id, RegistryTask.buyer_id == retirement.org_id)
        .where(RegistryTask.retirement_id == retirement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def task_of(session: AsyncSession, scope: Scope, task_id: UUID) -> RegistryTask:
    """The provider's own task. Raises TaskNotFound (404)."""
    return await _one_task(session, RegistryTask.org_id == scope.org_id, task_id)


async def task_of_desk(session: AsyncSession, task_id: UUID) -> RegistryTask:
    """Any provider's task, for the operator. Raises TaskNotFound (404)."""
    return await _one_task(session, RegistryTask.desk_id == DESK_ID, task_id)


async def _one_task(session: AsyncSession, mine: ColumnElement[bool], task_id: UUID) -> RegistryTask:
    found = await session.scalar(select(RegistryTask).where(mine, RegistryTask.id == task_id))
    if found is None:
        raise TaskNotFound("You have no registry task with this id.")
    return found


async def buyers_of_tasks(session: AsyncSession, scope: Scope, task_ids: Sequence[UUID]) -> list[UUID]:
    """Whose retirements these tasks of the provider are; nobody's for tasks that are not its."""
    found = await session.scalars(
        select(RegistryTask.buyer_id)
        .where(RegistryTask.org_id == scope.org_id, RegistryTask.id.in_(task_ids))
        .distinct()
        .order_by(RegistryTask.buyer_id)
    )
    return list(found)


async def tasks_named(session: AsyncSession, scope: Scope, task_ids: Sequence[UUID]) -> list[RegistryTask]:
    """These tasks of the provider, in the order of their ids, locked. Raises TaskNotFound (404) when one is not its."""
    found = await session.scalars(
        select(RegistryTask)
        .where(RegistryTask.org_id == scope.org_id, RegistryTask.id.in_(task_ids))
        .order_by(RegistryTask.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    tasks = list(found)
    if len(tasks) != len(set(task_ids)):
        raise TaskNotFound("You have no registry task with one of these ids.")
    return tasks


async def tasks_by_due(session: AsyncSession, scope: Scope, task_ids: Sequence[UUID]) -> list[RegistryTask]:
    """These of the provider's tasks, what is due first comes first."""
    found = await session.scalars(
        select(RegistryTask)
        .where(RegistryTask.org_id == scope.org_id, RegistryTask.id.in_(task_ids))
        .order_by(RegistryTask.due_at.nulls_last(), RegistryTask.id)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def locked_task(session: AsyncSession, provider_id: UUID, task_id: UUID) -> tuple[Retirement, RegistryTask]:
    """A task and its retirement, locked in the order of every step: the retirement first. Raises TaskNotFound (404)."""
    task = await _one_task(session, RegistryTask.org_id == provider_id, task_id)
    retirement = await locked(session, task.buyer_id, task.retirement_id)
    again = await task_of_retirement(session, retirement)
    assert again is not None, task_id
    return retirement, again


async def stuck(session: AsyncSession, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Organisation and id of moving retirements that no unfinished job leads on and no person is at work on.

    An audit transaction's question. A parked job is unfinished: a person looks at it.
    """
    found = await session.execute(
        select(Retirement.org_id, Retirement.id)
        .where(Retirement.status.in_(MOVING))
        .where(or_(Retirement.status != RetirementStatus.QUEUED, Retirement.disputed_at.is_(None)))
        .where(~_has_job(), ~exists().where(RegistryTask.retirement_id == Retirement.id))
        .order_by(Retirement.id)
        .limit(limit)
    )
    return [(org_id, retirement_id) for org_id, retirement_id in found]


async def is_stuck(session: AsyncSession, retirement: Retirement) -> bool:
    """Whether a locked retirement is to be led on and has no unfinished job for it."""
    if retirement.status not in MOVING or await task_of_retirement(session, retirement) is not None:
        return False
    mine = select(Retirement.id).where(Retirement.org_id == retirement.org_id, Retirement.id == retirement.id)
    return await session.scalar(mine.where(~_has_job())) is not None


def _has_job() -> ColumnElement[bool]:
    return exists().where(
        Job.done_at.is_(None),
        Job.name.in_(("retirements.submit", "retirements.look_up")),
        Job.ids["retirement_id"].astext == cast(Retirement.id, Text),
    )

"""In which order do people find their registry tasks?"""

from typing import Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, func, select, text

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.core.scope import DESK_ID, Scope
from app.retirements.models import UNFINISHED, RegistryTask
from app.retirements.rules import TASK_STEPS, TaskStatus

TaskSort = Literal["id", "due_at"]
"""As they were opened, or as they are due; both the oldest first."""

_DUE: Final = func.coalesce(RegistryTask.due_at, RegistryTask.opened_at)
_PLACES: Final = {
    "id": ((RegistryTask.id, False),),
    "due_at": ((_DUE, False), (RegistryTask.id, False)),
}


class TaskBounds(NamedTuple):
    """Which tasks are listed, and in which order. `unfinished`: neither confirmed nor canceled."""

    status: TaskStatus | None
    unfinished: bool
    sort: TaskSort

    def named(self) -> dict[str, object]:
        """What a cursor is bound to, beside the order."""
        return {"status": self.status and self.status.value, "unfinished": self.unfinished or None}


async def tasks_page(session: AsyncSession, scope: Scope, page: Page, bounds: TaskBounds) -> list[RegistryTask]:
    """The provider's tasks: what waits longest is done first."""
    return await _tasks(session, RegistryTask.org_id == scope.org_id, page, bounds)


async def tasks_page_of_desk(session: AsyncSession, page: Page, bounds: TaskBounds) -> list[RegistryTask]:
    """Every provider's tasks, for the operator."""
    return await _tasks(session, RegistryTask.desk_id == DESK_ID, page, bounds)


def task_place(task: RegistryTask, sort: TaskSort) -> tuple[KeyValue, ...]:
    """Where a task stands in an order. Tasks that are due at the same moment stand as they were opened."""
    return (task.id,) if sort == "id" else (task.due_at or task.opened_at, task.id)


async def _tasks(
    session: AsyncSession, mine: ColumnElement[bool], page: Page, bounds: TaskBounds
) -> list[RegistryTask]:
    places = _PLACES[bounds.sort]
    query = select(RegistryTask).where(mine).order_by(*(place for place, _ in places)).limit(page.fetch)
    if bounds.status is not None:
        query = query.where(RegistryTask.status == bounds.status)
    if bounds.unfinished or (bounds.status is not None and TASK_STEPS[bounds.status]):
        query = query.where(text(UNFINISHED))  # Word for word as the indexes of unfinished tasks have it.
    if page.after is not None:
        query = query.where(beyond(places, page.after))
    return list(await session.scalars(query))

"""How does the desk learn that two projects of different registries are one?"""

from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert

from app.core.db import AsyncSession
from app.core.scope import Scope
from app.reconciliation.models import Twin


async def enter_twin(
    session: AsyncSession,
    scope: Scope,
    project: tuple[str, str],
    twin: tuple[str, str],
    *,
    source: str,
    as_of: date,
    now: datetime,
) -> None:
    """Write down that two projects, each by registry and number, are one; in both directions, once.

    What was entered before stays as it is.
    """
    assert project[0] != twin[0], "One registry does not list a project twice."
    rows = [
        {
            "registry_code": one[0], "project_number": one[1], "twin_registry_code": other[0],
            "twin_project_number": other[1], "source": source, "as_of": as_of, "entered_by": scope.actor_id,
            "entered_at": now,
        }
        for one, other in ((project, twin), (twin, project))
    ]  # fmt: skip
    await session.execute(insert(Twin).on_conflict_do_nothing(), rows)

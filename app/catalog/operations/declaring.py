"""How does a project come into the catalogue that no list of ours names? Declared by a file, listed by the operator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Project, ProjectMethodology, Standing
from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope


class NewProject(NamedTuple):
    """A project as a registry's file tells of it; `country` is ISO 3166, two letters."""

    registry_code: str
    number: str
    name: str
    country: str | None
    project_type: str
    developer: str
    methodologies: tuple[str, ...]


async def declare_projects(
    session: AsyncSession, scope: Scope, projects: Sequence[NewProject], *, now: datetime
) -> None:
    """Write the projects that a provider's holdings name and the catalogue does not know: `declared`, seen by nobody.

    What the catalogue has already stays as it is, whoever wrote it. At most three statements.
    """
    if not projects:
        return
    rows = [_declared_row(project, scope.org_id, now) for project in projects]
    writing = insert(Project).on_conflict_do_nothing(index_elements=["registry_code", "list_kind", "number"])
    made = set(await session.scalars(writing.returning(Project.id), rows))
    uses = [
        {
            "project_id": row["id"],
            "n": n,
            "code": name,
            "version": None,
            "text": name,
            "summary": "",
            "estimated_kg": None,
        }
        for row, project in zip(rows, projects, strict=True)
        if row["id"] in made
        for n, name in enumerate(project.methodologies, start=1)
    ]
    if uses:
        await session.execute(insert(ProjectMethodology), uses)
    told = {
        row["id"]: {"standing": Standing.DECLARED, "registry_code": row["registry_code"], "number": row["number"]}
        for row in rows
        if row["id"] in made
    }
    await events.record_first(
        session, "project.declared", org_id=scope.org_id, subject_kind="project", told=told, now=now
    )


async def list_project(session: AsyncSession, project_id: UUID, *, now: datetime) -> bool:
    """Show a declared project to everybody, now that the operator has accepted evidence for credits of it.

    False when it is listed already. The transaction names the desk, whose decision it is.
    """
    listed = await session.scalar(
        update(Project)
        .where(Project.id == project_id, Project.standing == Standing.DECLARED)
        .values(standing=Standing.LISTED)
        .returning(Project.id)
        .execution_options(synchronize_session=False)
    )
    if listed is None:
        return False
    await events.record(
        session, "project.listed", org_id=DESK_ID, subject_kind="project", subject_id=project_id,
        before={"standing": Standing.DECLARED}, after={"standing": Standing.LISTED}, now=now,
    )  # fmt: skip
    # Its words are written by a job: whoever accepts evidence need not wait for that.
    outbox.enqueue(session, "listings.show_again", due=now, project_id=project_id)
    return True


async def list_projects(session: AsyncSession, project_ids: Sequence[UUID], *, now: datetime) -> int:
    """Show these declared projects to everybody; how many were not listed yet. The transaction names the desk."""
    if not project_ids:
        return 0
    listed = await session.scalars(
        update(Project)
        .where(Project.id.in_(set(project_ids)), Project.standing == Standing.DECLARED)
        .values(standing=Standing.LISTED)
        .returning(Project.id)
        .execution_options(synchronize_session=False)
    )
    told = {project_id: {"standing": Standing.LISTED} for project_id in listed}
    await events.record_next(
        session, "project.listed", org_id=DESK_ID, subject_kind="project", told=told,
        before={"standing": Standing.DECLARED}, now=now,
    )  # fmt: skip
    return len(told)


def _declared_row(project: NewProject, org_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "registry_code": project.registry_code,
        "list_kind": "",
        "number": project.number,
        "kind": "normal",
        "operator_name": project.developer,
        "credit_taker": None,
        "summary": project.project_type,
        "location": "",
        "regions": [],
        "applied_on": None,
        "committee": None,
        "ends_on": None,
        "ends_text": "",
        "source": "a provider's holdings file",
        "loaded_at": now,
        "name": project.name,
        "country": project.country,
        "standing": Standing.DECLARED,
        "declared_by": org_id,
    }

"""How does what registries publish get into the catalogue? Whole lists at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Project, ProjectMethodology, Registry, Standing
from app.catalog.rules import REGISTRIES, ProjectFacts
from app.core.db import AsyncSession, Table
from app.core.ids import new_id


class Loaded(NamedTuple):
    """What loading a list did to the projects in it; the three add up to the list."""

    new: int
    changed: int
    unchanged: int


class NewProject(NamedTuple):
    """A project as a registry's file tells of it; `country` is ISO 3166, two letters."""

    registry_code: str
    number: str
    name: str
    country: str | None
    project_type: str
    developer: str
    methodologies: tuple[str, ...]


class _Key(NamedTuple):
    """What a registry's list calls a project by."""

    registry_code: str
    list_kind: str
    number: str


async def load_registries(session: AsyncSession) -> None:
    """Put the registries that the desk knows into the catalogue; what is there already changes only where it differs."""
    rows = [registry._asdict() for registry in REGISTRIES]
    await upsert(session, Registry, rows, key=("code",), returning="code")


async def load_projects(
    session: AsyncSession, projects: Iterable[ProjectFacts], *, source: str, now: datetime
) -> Loaded:
    """Make the catalogue say what a list says, in a handful of statements however long the list is.

    A project keeps its id for ever; `loaded_at` moves only when a fact of it changes. A project that the list no
    longer names stays: lots may be of it. Where a list names a project twice, the last one counts. To drop a
    methodology that is no longer applied, the transaction's role must be allowed to delete `project_methodology`.
    """
    facts = {_key(project): project for project in projects}
    rows = [_project_row(project, source, now) for project in facts.values()]
    made_up = {row["id"] for row in rows}
    key = ("registry_code", "list_kind", "number")
    written = await upsert(session, Project, rows, key=key, besides=("id", "loaded_at"), returning="id")
    ids = await _ids(session, {project.registry_code for project in facts})
    uses = [row for key, project in facts.items() for row in _methodology_rows(ids[key], project)]
    touched = await upsert(session, ProjectMethodology, uses, key=("project_id", "n"), returning="project_id")
    touched |= await _drop_surplus(session, {ids[key]: len(project.methodologies) for key, project in facts.items()})
    new, standing = written & made_up, (written | touched) - made_up
    return Loaded(len(new), len(standing), len(facts) - len(new) - len(standing))


async def upsert(
    session: AsyncSession,
    table: type[Table],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    returning: str,
    besides: Sequence[str] = (),
) -> set[Any]:
    """Write rows of one table, `returning` of those that were new or differed; the others are not touched.

    Columns in `besides` do not make a row differ: an id stays, any other is written when something else differs.
    """
    if not rows:
        return set()
    standing, writing = table.__table__.c, insert(table)
    told = writing.excluded
    facts = [name for name in rows[0] if name not in {*key, *besides}]
    writing = writing.on_conflict_do_update(
        index_elements=list(key),
        set_={name: told[name] for name in (*facts, *besides) if name != "id"},
        where=tuple_(*(standing[name] for name in facts)).is_distinct_from(tuple_(*(told[name] for name in facts))),
    )
    # Unless NULLs are rendered, rows are sent apart by which of their columns are NULL: hundreds of statements.
    batch = writing.returning(standing[returning]).execution_options(render_nulls=True)
    return set(await session.scalars(batch, [dict(row) for row in rows]))


async def _ids(session: AsyncSession, registry_codes: Iterable[str]) -> dict[_Key, UUID]:
    columns = (Project.id, Project.registry_code, Project.list_kind, Project.number)
    found = await session.execute(select(*columns).where(Project.registry_code.in_(registry_codes)))
    return {_Key(*key): project_id for project_id, *key in found}


async def _drop_surplus(session: AsyncSession, used: Mapping[UUID, int]) -> set[UUID]:
    """Forget methodologies beyond the number that each project applies now; returns the projects that had such."""
    highest = select(ProjectMethodology.project_id, func.max(ProjectMethodology.n)).group_by(
        ProjectMethodology.project_id
    )
    surplus = {row[0] for row in await session.execute(highest) if row[1] > used.get(row[0], row[1])}
    if surplus:
        beyond = [
            and_(ProjectMethodology.project_id == project_id, ProjectMethodology.n > used[project_id])
            for project_id in surplus
        ]
        await session.execute(delete(ProjectMethodology).where(or_(*beyond)))
    return surplus


def _key(project: ProjectFacts) -> _Key:
    return _Key(project.registry_code, project.list_kind, project.number)


def _project_row(project: ProjectFacts, source: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "registry_code": project.registry_code,
        "list_kind": project.list_kind,
        "number": project.number,
        "kind": project.kind,
        "operator_name": project.operator_name,
        "credit_taker": project.credit_taker,
        "summary": project.summary,
        "location": project.location,
        "regions": list(project.regions),
        "applied_on": project.applied_on,
        "committee": None if project.committee is None else str(project.committee),
        "ends_on": project.ends_on,
        "ends_text": project.ends_text or "",
        "source": source,
        "loaded_at": now,
        "standing": Standing.LISTED,  # A provider may have declared it before the list came.
    }


def _methodology_rows(project_id: UUID, project: ProjectFacts) -> list[dict[str, Any]]:
    return [
        {
            "project_id": project_id,
            "n": n,
            "code": use.code,
            "version": use.version,
            "text": use.text,
            "summary": use.summary,
            "estimated_kg": use.estimated_kg,
        }
        for n, use in enumerate(project.methodologies, start=1)
    ]

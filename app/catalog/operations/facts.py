"""How does the operator enter, supersede and withdraw what is known of credits? A row is written and never edited."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from app.catalog import errors, queries
from app.catalog.models import Fact, Issuance, Methodology, Project, ProjectMethodology, Registry
from app.catalog.operations.shown import show_again
from app.catalog.queries.verdicts import is_newest
from app.catalog.rules import Entry, Subject, Wrong, ranges_meet, wrong_with
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.ids import public_id, read_public_id
from app.core.scope import Scope

_SUBJECT: Final = (
    "level", "registry_code", "category", "methodology_code", "version_from", "version_to", "project_id", "issuance_id",
)  # fmt: skip


async def say_fact(
    session: AsyncSession,
    scope: Scope,
    entry: Entry,
    *,
    instead_of: UUID | None,
    reason: str | None,
    fact_id: UUID,
    now: datetime,
) -> Fact:
    """Write what holds from now on: anew, or instead of an earlier fact, which stays in the history.

    Raises FactRefused (422); FactContradicts (409) when another fact says something of the same subject in some of the
    same days; FactNotFound (404), FactSuperseded (409) when the earlier one is not the newest any more or was
    withdrawn, and FactOfAnother (409) when kind, key or subject differ from it.
    """
    wrong = wrong_with(entry)
    if (instead_of is None) != (reason is None):
        wrong.append(Wrong("/reason", "A reason is given with what is superseded, and only then."))
    fact = await _read(session, scope, entry, wrong, fact_id=fact_id, now=now)
    if instead_of is None:
        await _lock(session, fact)
        await _refuse_contradiction(session, fact)
        return await _write(session, fact, "fact.entered", before=None, now=now)
    earlier = await _newest(session, instead_of)
    if _named(fact) != _named(earlier):
        raise errors.FactOfAnother("A fact is superseded by one of the same kind and key, of the same subject.")
    fact.root_id, fact.supersedes, fact.reason = earlier.root_id, earlier.id, reason or ""
    await _refuse_contradiction(session, fact)
    return await _write(session, fact, "fact.superseded", before=earlier, now=now)


async def withdraw_fact(
    session: AsyncSession, scope: Scope, withdrawn_id: UUID, *, reason: str, fact_id: UUID, now: datetime
) -> Fact:
    """Say that an earlier fact should not have been said: it holds no more, and stays in the history.

    Raises FactNotFound (404), FactSuperseded (409) when it is not the newest any more or was withdrawn.
    """
    earlier = await _newest(session, withdrawn_id)
    told = {column.name: getattr(earlier, column.name) for column in Fact.__table__.columns}
    own = {"id": fact_id, "supersedes": earlier.id, "withdrawn": True, "reason": reason, **_entered(scope, now)}
    return await _write(session, Fact(**{**told, **own}), "fact.withdrawn", before=earlier, now=now)


async def _read(
    session: AsyncSession, scope: Scope, entry: Entry, wrong: list[Wrong], *, fact_id: UUID, now: datetime
) -> Fact:
    subject = {} if wrong else await _subject(session, entry.subject, wrong)
    if wrong:
        problems = tuple(FieldError(each.pointer, "invalid", each.detail) for each in wrong)
        raise errors.FactRefused("Some fields do not fit together.", errors=problems)
    return Fact(
        id=fact_id, root_id=fact_id, supersedes=None, kind=entry.kind, key=entry.key, answer=entry.answer, value=entry.value,
        note_ja=entry.note_ja, note_en=entry.note_en, source=entry.source, source_url=entry.source_url,
        source_date=entry.source_date, valid_from=entry.valid_from, valid_to=entry.valid_to, withdrawn=False, reason="",
        **subject, **_entered(scope, now),
    )  # fmt: skip


async def _subject(session: AsyncSession, said_of: Subject, wrong: list[Wrong]) -> dict[str, Any]:
    """The subject's columns; what is not in the catalogue is added to what is wrong."""
    project_id = None if said_of.project_id is None else read_public_id("prj", said_of.project_id)
    registry, code = said_of.registry, said_of.methodology
    issued = select(Issuance.id).where(
        Issuance.registry_code == registry, Issuance.certification_no == said_of.certification_no
    )
    categories = select(Methodology.code).where(
        Methodology.registry_code == registry, Methodology.category == said_of.category
    )
    known = select(Methodology.code).where(Methodology.registry_code == registry, Methodology.code == code)
    applied = select(ProjectMethodology.code).join(Project, Project.id == ProjectMethodology.project_id)
    seen = applied.where(Project.registry_code == registry, ProjectMethodology.code == code)
    asked = (
        ("registry", registry, select(Registry.code).where(Registry.code == registry).exists()),
        ("category", said_of.category, categories.exists()),
        ("methodology", code, known.exists() | seen.exists()),
        ("project_id", said_of.project_id, select(Project.id).where(Project.id == project_id).exists()),
        ("certification_no", said_of.certification_no, issued.exists()),
    )
    *found, issuance_id = (
        await session.execute(select(*(there for _, _, there in asked), issued.scalar_subquery()))
    ).one()
    for (name, given, _), there in zip(asked, found, strict=True):
        if given is not None and not there:
            wrong.append(Wrong(f"/subject/{name}", "The catalogue does not know it."))
    named = (said_of.level, registry if said_of.certification_no is None else None, said_of.category, code)
    return dict(zip(_SUBJECT, (*named, said_of.version_from, said_of.version_to, project_id, issuance_id), strict=True))


async def _newest(session: AsyncSession, fact_id: UUID) -> Fact:
    """The fact, while nobody else can supersede it."""
    earlier = await queries.fact(session, fact_id)
    await _lock(session, earlier)
    newest = (await session.scalars(select(Fact).where(Fact.root_id == earlier.root_id, is_newest()))).one()
    if newest.id != earlier.id or newest.withdrawn:
        raise errors.FactSuperseded("Look at what holds now.", newest_id=public_id("fct", newest.id))
    return earlier


async def _lock(session: AsyncSession, fact: Fact) -> None:
    """Wait for whoever writes about the same: the rows themselves are never locked, for they are never changed."""
    named = "|".join("" if part is None else str(part) for part in ("fact", *_about(fact)))
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(named, 0))))


async def _refuse_contradiction(session: AsyncSession, fact: Fact) -> None:
    same = [getattr(Fact, name).is_not_distinct_from(value) for name, value in zip(_ABOUT, _about(fact), strict=True)]
    days = [Fact.valid_from <= fact.valid_to] if fact.valid_to is not None else []
    until = Fact.valid_to.is_(None) | (Fact.valid_to >= fact.valid_from)
    apart = [Fact.root_id != fact.root_id, is_newest(), Fact.withdrawn.is_(False)]
    for other in await session.scalars(select(Fact).where(*same, *days, until, *apart).order_by(Fact.id)):
        if ranges_meet((fact.version_from, fact.version_to), (other.version_from, other.version_to)):
            raise errors.FactContradicts("Supersede the other fact.", fact_id=public_id("fct", other.id))


async def _write(session: AsyncSession, fact: Fact, kind: str, *, before: Fact | None, now: datetime) -> Fact:
    session.add(fact)
    await session.flush()
    scope: Scope = session.info["scope"]
    await events.record(
        session,
        kind,
        org_id=scope.org_id,
        subject_kind="fact",
        subject_id=fact.root_id,
        before=None if before is None else _told(before),
        after={**_told(fact), "reason": fact.reason, "withdrawn": fact.withdrawn},
        now=now,
    )
    await show_again(session, [fact] if before is None else [before, fact], now=now)
    return fact


def _told(fact: Fact) -> dict[str, Any]:
    days = {"valid_from": str(fact.valid_from), "valid_to": fact.valid_to and str(fact.valid_to)}
    return {
        "kind": fact.kind,
        "key": fact.key,
        "answer": fact.answer,
        "value": fact.value,
        "source": fact.source,
        **days,
    }


def _entered(scope: Scope, now: datetime) -> dict[str, Any]:
    return {"entered_by": scope.actor_id, "entered_kind": scope.actor_kind, "entered_at": now}


_ABOUT: Final = (
    "kind", "key", "level", "registry_code", "category", "methodology_code", "project_id", "issuance_id",
)  # fmt: skip


def _about(fact: Fact) -> tuple[Any, ...]:
    """What a fact speaks of; which versions is not part of it."""
    return tuple(getattr(fact, name) for name in _ABOUT)


def _named(fact: Fact) -> tuple[Any, ...]:
    return (*_about(fact), fact.version_from, fact.version_to)

"""How do the tables that the desk ships with get into the catalogue? Whole, and again with each release."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Fact, Methodology, Prefecture, Region
from app.catalog.operations.loading import upsert
from app.catalog.queries.verdicts import is_newest
from app.catalog.rules import KnownFact, KnownMethodology, KnownPrefecture, KnownRegion
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import SYSTEM_ACTOR_ID

_BY_SYSTEM: Final = "system"
_REVISED: Final = "A newer release of the desk ships with another reading."
_SAID: Final = (
    "kind", "level", "registry_code", "category", "methodology_code", "version_from", "version_to", "key", "answer", "value",
    "note_ja", "note_en", "source", "source_url", "source_date", "valid_from", "valid_to",
)  # fmt: skip


async def load_places(
    session: AsyncSession, regions: Sequence[KnownRegion], prefectures: Sequence[KnownPrefecture]
) -> None:
    """Make the catalogue's regions and prefectures say what the shipped tables say."""
    await upsert(session, Region, [each._asdict() for each in regions], key=("code",), returning="code")
    await upsert(session, Prefecture, [each._asdict() for each in prefectures], key=("code",), returning="code")


async def load_methodologies(session: AsyncSession, known: Sequence[KnownMethodology], *, now: datetime) -> bool:
    """Make the catalogue's methodologies say what the shipped table says; whether any was new or differed.

    `loaded_at` moves only when something of a methodology changes.
    """
    rows = [{**each._asdict(), "loaded_at": now} for each in known]
    key = ("registry_code", "code", "version")
    return bool(await upsert(session, Methodology, rows, key=key, besides=("loaded_at",), returning="code"))


async def load_facts(session: AsyncSession, known: Sequence[KnownFact], *, now: datetime) -> list[Fact]:
    """Enter shipped facts, and supersede those that an earlier release told otherwise; returns the rows written.

    What the operator has superseded or withdrawn stays the operator's. Two statements.
    """
    roots = {fact.root_id: fact for fact in known}
    assert len(roots) == len(known), "A shipped fact is told once."
    newest = await session.scalars(select(Fact).where(Fact.root_id.in_(list(roots)), is_newest()))
    standing = {fact.root_id: fact for fact in newest}
    rows = [_row(fact, standing.get(root_id), now) for root_id, fact in roots.items()]
    written = [row for row in rows if row is not None]
    if written:
        await session.execute(insert(Fact).execution_options(render_nulls=True), written)
    return [Fact(**row) for row in written]


def _row(fact: KnownFact, standing: Fact | None, now: datetime) -> dict[str, Any] | None:
    """What is to be written, or None where the catalogue says the same, or the operator something else."""
    said = {name: getattr(fact, name) for name in _SAID}
    entered = {"entered_by": SYSTEM_ACTOR_ID, "entered_kind": _BY_SYSTEM, "entered_at": now, "withdrawn": False}
    if standing is None:
        return {**said, **entered, "id": fact.root_id, "root_id": fact.root_id, "supersedes": None, "reason": ""}
    told = {name: getattr(standing, name) for name in _SAID}
    if standing.entered_kind != _BY_SYSTEM or told == said:
        return None
    return {
        **said, **entered, "id": new_id(), "root_id": fact.root_id, "supersedes": standing.id, "reason": _REVISED,
    }  # fmt: skip

"""By which words is a project found? Written again whenever a text that it is found by may have changed."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.catalog.models import Project, ProjectWords
from app.catalog.queries.quality import search_text
from app.core.db import AsyncSession
from app.core.text import bigrams, folded

_BATCH: Final = 1_000


async def index_words(session: AsyncSession, project_ids: Sequence[UUID] | None) -> int:
    """Write the words of these projects, or of all (None); how many had other words before. Three statements a batch.

    Folded here and nowhere else: what is typed into a search is folded by the same function.
    """
    asked = select(Project.id, search_text(), ProjectWords.folded).outerjoin(
        ProjectWords, ProjectWords.project_id == Project.id
    )
    if project_ids is not None:
        asked = asked.where(Project.id.in_(project_ids))
    told = [(project_id, folded(text), before) for project_id, text, before in await session.execute(asked)]
    rows = [
        {"project_id": project_id, "folded": text, "grams": bigrams(text)}
        for project_id, text, before in told
        if text != before
    ]
    for start in range(0, len(rows), _BATCH):
        writing = insert(ProjectWords)
        renewed = {"folded": writing.excluded.folded, "grams": writing.excluded.grams}
        writing = writing.on_conflict_do_update(index_elements=["project_id"], set_=renewed)
        await session.execute(writing, rows[start : start + _BATCH])
    return len(rows)

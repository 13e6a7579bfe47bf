"""Which projects are meant by what somebody typed into a search?"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select

from app.catalog.models import ProjectWords
from app.core.db import AsyncSession
from app.core.text import bigrams, folded

WORDS_MAX: Final = 8
"""More words than this are not looked at: nobody means them all."""


async def projects_with_words(session: AsyncSession, typed: str) -> Sequence[UUID]:
    """The projects whose texts hold every word, whatever its width or case (ﾎﾞｲﾗｰ finds ボイラー). One statement."""
    return (await session.scalars(select(ProjectWords.project_id).where(*has_words(typed)))).all()


def words_in(typed: str) -> list[str]:
    """The words that are looked for, folded as those of projects are."""
    return folded(typed).split()[:WORDS_MAX]


def has_words(typed: str) -> list[ColumnElement[bool]]:
    """The conditions on the words of a project: pairs of characters by the index, then the words themselves."""
    words = words_in(typed)
    grams = sorted({gram for word in words for gram in bigrams(word)})
    held = [func.strpos(ProjectWords.folded, literal(word)) > 0 for word in words]
    return [ProjectWords.grams.contains(grams), *held] if grams else held

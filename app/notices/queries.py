"""What was an organisation told of?"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.notices.models import Notice

COUNT_CAP: Final = 1_000
"""Unread notices are counted up to here."""


async def notices_of(session: AsyncSession, scope: Scope, page: Page, *, unread: bool) -> Sequence[Notice]:
    """The caller's organisation's notices, newest first; with `unread` those alone that nobody has read."""
    asked = select(Notice).where(Notice.org_id == scope.org_id)
    if unread:
        asked = asked.where(Notice.read_at.is_(None))
    if page.after is not None:
        asked = asked.where(beyond([(Notice.id, True)], page.after))
    return (await session.scalars(asked.order_by(Notice.id.desc()).limit(page.fetch))).all()


async def unread_count(session: AsyncSession, scope: Scope) -> int:
    """How many nobody has read; one more than `COUNT_CAP` stands for that and more."""
    some = select(Notice.id).where(Notice.org_id == scope.org_id, Notice.read_at.is_(None)).limit(COUNT_CAP + 1)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0

"""How is an organisation told of something, and how does a notice come to be read?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.scope import Scope
from app.notices.errors import NoticeNotFound
from app.notices.models import Notice
from app.notices.rules import ITEMS_NAMED_MAX, NoticeKind


@dataclass(frozen=True, slots=True)
class News:
    """What an organisation is to be told about one subject: the first items, and how many there are."""

    subject_id: UUID
    title: str
    item_ids: Sequence[UUID]
    items: int


async def tell(
    session: AsyncSession, org_id: UUID, kind: NoticeKind, cause_id: UUID, told: Sequence[News], *, now: datetime
) -> int:
    """Make a notice for each subject, unless this cause has made one for it before; how many. Two statements.

    The transaction names the organisation.
    """
    rows = [
        {
            "org_id": org_id,
            "id": new_id(),
            "kind": kind,
            "subject_id": news.subject_id,
            "cause_id": cause_id,
            "title": news.title,
            "item_ids": list(news.item_ids[:ITEMS_NAMED_MAX]),
            "items": news.items,
            "made_at": now,
        }
        for news in told
    ]
    if not rows:
        return 0
    writing = insert(Notice).values(rows)
    writing = writing.on_conflict_do_nothing(index_elements=["org_id", "subject_id", "cause_id"])
    made = (await session.scalars(writing.returning(Notice.id))).all()
    if made:
        await _record(session, [row for row in rows if row["id"] in set(made)], now=now)
    return len(made)


async def read(session: AsyncSession, scope: Scope, notice_id: UUID, *, now: datetime) -> Notice:
    """Mark a notice as read; one that was read before stays as it was. Raises NoticeNotFound (404)."""
    wanted = select(Notice).where(Notice.org_id == scope.org_id, Notice.id == notice_id).with_for_update()
    notice = await session.scalar(wanted)
    if notice is None:
        raise NoticeNotFound("Your organisation has no notice with this id.")
    if notice.read_at is None:
        notice.read_at = now
        after = {"read_at": now.isoformat()}
        await events.record(session, "notice.read", org_id=scope.org_id, subject_kind="notice",
                            subject_id=notice.id, before={"read_at": None}, after=after, now=now)  # fmt: skip
    return notice


async def _record(session: AsyncSession, made: Sequence[dict[str, object]], *, now: datetime) -> None:
    """The first event of each new notice: nobody else knows it yet, so that its `seq` needs no looking up."""
    scope: Scope = session.info["scope"]
    await session.execute(
        insert(events.Event),
        [
            {
                "org_id": notice["org_id"],
                "id": new_id(),
                "party_ids": [],
                "kind": "notice.made",
                "subject_kind": "notice",
                "subject_id": notice["id"],
                "seq": 1,
                "actor_kind": scope.actor_kind,
                "actor_id": scope.actor_id,
                "before": None,
                "after": {
                    "kind": notice["kind"],
                    "subject_id": str(notice["subject_id"]),
                    "cause_id": str(notice["cause_id"]),
                    "items": notice["items"],
                },
                "request_id": scope.request_id,
                "at": now,
            }
            for notice in made
        ],
    )

"""What does an organisation see of its notices?"""

from datetime import datetime

import msgspec

from app.core.ids import public_id
from app.notices.models import Notice
from app.notices.queries import COUNT_CAP
from app.notices.rules import ITEM_PREFIX, SUBJECT_PREFIX, NoticeKind


class NoticeOut(msgspec.Struct, frozen=True):
    """A notice. Of `saved_search.fits`, `subject` is the saved search, `title` its name then, `items` are listings.

    Of `invoice.reminder`, `subject` is an invoice on account that is open, `title` its number, `items` the same paper.

    At most twenty items are named; `item_count` says how many there were. They may have changed or gone since.
    """

    id: str
    kind: str
    subject: str
    title: str
    items: list[str]
    item_count: int
    made_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        """The notice as its organisation sees it."""
        kind = NoticeKind(notice.kind)
        return cls(
            id=public_id("ntc", notice.id),
            kind=kind,
            subject=public_id(SUBJECT_PREFIX[kind], notice.subject_id),
            title=notice.title,
            items=[public_id(ITEM_PREFIX[kind], item) for item in notice.item_ids],
            item_count=notice.items,
            made_at=notice.made_at,
            read_at=notice.read_at,
        )


class UnreadOut(msgspec.Struct, frozen=True):
    """How many notices nobody has read: exact, or with `at_least` a thousand and perhaps more."""

    unread: int
    at_least: bool

    @classmethod
    def of(cls, counted: int) -> "UnreadOut":
        """What was counted, up to the cap."""
        return cls(min(counted, COUNT_CAP), counted > COUNT_CAP)

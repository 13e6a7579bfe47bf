"""What was an organisation told of, and has somebody read it?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import MaybeMoment, Moment, one_of
from app.core.db import Table
from app.notices.rules import NoticeKind


class Notice(Table):
    """One notice to one organisation. Its members share it: when one of them has read it, it is read.

    One cause gives a subject one notice, however often the job that tells it runs.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(one_of("kind", *NoticeKind), name="kind"),
        CheckConstraint(
            "items > 0 and cardinality(item_ids) between 1 and 20 and cardinality(item_ids) <= items", name="items"
        ),
        ForeignKeyConstraint(["org_id"], ["organisation.org_id"]),
        UniqueConstraint("org_id", "subject_id", "cause_id"),
        Index("ix_notice_unread", "org_id", "id", postgresql_where=text("read_at is null")),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(Text)
    subject_id: Mapped[UUID]
    """What the organisation had asked to be told about: a saved search."""
    cause_id: Mapped[UUID]
    """What gave rise to it: a batch of news."""
    title: Mapped[str]
    """The subject's name when it was told: it may be renamed or deleted."""
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType()))
    """The first of them."""
    items: Mapped[int]
    """How many there were."""
    made_at: Mapped[Moment]
    read_at: Mapped[MaybeMoment]

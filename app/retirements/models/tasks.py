"""What do a provider's people do at the registry by hand, and what does its notice say?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.retirements.rules import NoticeState, TaskStatus

UNFINISHED = "status in ('open', 'prepared', 'checked', 'executed')"
"""Tasks that somebody still has something to do for: few beside those that are done, and indexed by themselves."""
DUE = "coalesce(due_at, opened_at)"
"""When a task is due. One from the time before cut-offs were known has waited since it was opened."""


class RegistryTask(Table):
    """What a provider's people do at the registry by hand: one prepares, another checks, then it is carried out."""

    __tablename__ = "registry_task"
    __table_args__ = (
        CheckConstraint(one_of("status", *TaskStatus), name="status"),
        CheckConstraint("checker_id is null or checker_id <> maker_id", name="two_people"),
        CheckConstraint(one_of("mode", "serial", "total"), name="mode"),
        CheckConstraint(one_of("notice_state", *NoticeState), name="notice_state"),
        CheckConstraint(
            "status <> 'confirmed' or notice_since is null or notice_state in ('agreed', 'made_up')",
            name="released_when_agreed",
        ),
        CheckConstraint("(precheck_requested_at is null) = (precheck_requested_by is null)", name="precheck_requested"),
        CheckConstraint(
            "(precheck_answered_at is null) = (precheck_answer is null)"
            " and (precheck_answered_at is null) = (precheck_answered_by is null)",
            name="precheck_answered",
        ),
        CheckConstraint("(claimed_by is null) = (claimed_until is null)", name="claimed_for_a_time"),
        Index(
            "ix_registry_task_waiting",
            "org_id",
            "status",
            "due_at",
            "id",
            postgresql_where=text("status in ('open', 'prepared')"),
        ),
        ForeignKeyConstraint(["buyer_id", "retirement_id"], ["retirement.org_id", "retirement.id"]),
        Index("uq_registry_task_retirement", "buyer_id", "retirement_id", unique=True),
        Index("ix_registry_task_due", "org_id", text(DUE), "id"),
        Index("ix_registry_task_unfinished", "org_id", text(DUE), "id", postgresql_where=text(UNFINISHED)),
        Index("ix_registry_task_of_desk", "desk_id", text(DUE), "id", postgresql_where=text(UNFINISHED)),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID]
    desk_id: Mapped[UUID]
    retirement_id: Mapped[UUID]
    registry_code: Mapped[str]
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What is to be typed at the registry, word for word."""
    status: Mapped[TaskStatus] = mapped_column(Text)
    opened_at: Mapped[Moment]
    due_at: Mapped[MaybeMoment]
    """By the registry's calendar of cut-offs as it was known when the task was opened."""
    mode: Mapped[str] = mapped_column(Text, server_default=text("'serial'"))
    precheck_requested_by: Mapped[UUID | None]
    precheck_requested_at: Mapped[MaybeMoment]
    precheck_answered_by: Mapped[UUID | None]
    precheck_answered_at: Mapped[MaybeMoment]
    precheck_answer: Mapped[str | None]
    """What the registry's office said of the sheet, as the provider's person noted it."""
    claimed_by: Mapped[UUID | None]
    claimed_until: Mapped[MaybeMoment]
    """Until then the next step is this person's alone."""
    maker_id: Mapped[UUID | None]
    prepared_at: Mapped[MaybeMoment]
    checker_id: Mapped[UUID | None]
    checked_at: Mapped[MaybeMoment]
    executed_by: Mapped[UUID | None]
    executed_at: Mapped[MaybeMoment]
    registry_transaction: Mapped[str | None]
    recorded_on: Mapped[date | None]
    notice_key: Mapped[str | None]
    notice_sha256: Mapped[str | None]
    notice_filename: Mapped[str | None]
    notice_state: Mapped[NoticeState] = mapped_column(Text, server_default=text("'none'"))
    notice_since: Mapped[MaybeMoment]
    """Since when the notice at hand is read: what was typed before does not count."""
    released_by: Mapped[UUID | None]
    """The operator's person who read the notice and released it."""
    confirmed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class NoticeReading(Table):
    """What a program read, or a person typed, of a task's notice. Written once, never edited."""

    __tablename__ = "notice_reading"
    __table_args__ = (
        CheckConstraint(one_of("kind", "read", "typed"), name="kind"),
        CheckConstraint("(kind = 'typed') = (typed_by is not null)", name="typed_by_somebody"),
        ForeignKeyConstraint(["org_id", "task_id"], ["registry_task.org_id", "registry_task.id"]),
        Index("ix_notice_reading_task", "org_id", "task_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The provider."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[UUID]
    task_id: Mapped[UUID]
    notice_sha256: Mapped[str]
    kind: Mapped[str] = mapped_column(Text)
    typed_by: Mapped[UUID | None]
    taken_at: Mapped[Moment]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Where it says something else than was asked for, field by field, both versions."""

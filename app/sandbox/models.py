"""How far was the clock of this test desk moved?"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Interval
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment, Version
from app.core.db import Table


class DeskClock(Table):
    """The one clock of a test desk; without a row it was never moved. At a live desk nothing reads or writes it."""

    __tablename__ = "test_clock"
    __table_args__ = (CheckConstraint("ahead >= interval '0'", name="never_back"),)

    desk_id: Mapped[UUID] = mapped_column(primary_key=True)
    ahead: Mapped[timedelta] = mapped_column(Interval)
    """It runs on like every clock, so much ahead of the machine's."""
    moved_at: Mapped[Moment]
    """By the clock before it was moved."""
    version: Mapped[Version]

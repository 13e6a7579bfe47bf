"""What happens by the clock? One row per recurring job; ticked by whichever worker gets the row first."""

from datetime import timedelta

from sqlalchemy import Interval, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import MaybeMoment, Moment
from app.core.db import Table


class ScheduleEntry(Table):
    """A recurring job: when it runs next, and how far apart runs are."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    every: Mapped[timedelta] = mapped_column(Interval)
    next_run_at: Mapped[Moment]
    last_run_at: Mapped[MaybeMoment]

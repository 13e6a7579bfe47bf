"""Which accounts' owners want their registry's own list fetched once a day, and for which day was it last asked for?"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment
from app.core.db import Table


class DailyFetch(Table):
    """An owner's wish for one account. A program reads an account only for whoever wants it to."""

    __tablename__ = "daily_fetch"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
    said_by: Mapped[UUID]
    said_at: Mapped[Moment]
    asked_on: Mapped[date | None]
    """The day in Japan for which the schedule last asked: once, whatever came of it."""

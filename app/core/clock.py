"""What time is it? Read at the edge only (http, workers, cli) and handed inwards as `now`."""

from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Final

ahead_of_time: Final[ContextVar[timedelta]] = ContextVar("ahead_of_time", default=timedelta())
"""How far the clock of a test desk stands ahead. The web edge of a test desk sets it for each request; at a live desk
nothing does."""


def utc_now() -> datetime:
    """The present moment, in UTC; at a test desk the moment that its clock was moved to."""
    return datetime.now(UTC) + ahead_of_time.get()

"""What time is it? Read at the edge only (http, workers, cli) and handed inwards as `now`."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)

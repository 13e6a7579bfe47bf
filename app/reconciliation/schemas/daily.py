"""What does a provider say, and read, of its registry's list being fetched every day?"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.reconciliation.models import DailyFetch


class DailyFetchIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the account's list is wanted every day."""

    wanted: bool


class DailyFetchOut(msgspec.Struct, frozen=True):
    """Whether the account's list is wanted every day, and the day in Japan for which it was last asked."""

    registry_account_id: str
    wanted: bool
    said_at: datetime | None
    asked_on: date | None

    @classmethod
    def of(cls, account_id: UUID, row: DailyFetch | None) -> "DailyFetchOut":
        """The owner's wish; an account of which nothing was said is not fetched."""
        account = public_id("acc", account_id)
        return cls(account, False, None, None) if row is None else cls(account, row.wanted, row.said_at, row.asked_on)

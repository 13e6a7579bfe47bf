"""What is shown of a month that is closed or proposed to be?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.closing.rules import write_month
from app.closing.schemas.book import BookMoneyOut
from app.core.ids import public_id
from app.ledger.models import CloseStatus, LedgerClose

CLOSE_PREFIX = "cls"


class CloseIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The month to be closed, like 2026-11."""

    month: Annotated[str, msgspec.Meta(min_length=7, max_length=7)]


class BookCloseOut(msgspec.Struct, frozen=True):
    """A month. Closed, `hash` is over every posting, every balance, and `previous_hash`; `moved` is what was posted in it."""

    id: str
    month: str
    status: CloseStatus
    proposed_by: str
    proposed_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    postings: int
    moved: list[BookMoneyOut]
    algorithm: str
    previous_hash: str | None
    hash: str | None
    version: int

    @classmethod
    def of(cls, row: LedgerClose) -> "BookCloseOut":
        """Shape a month."""
        return cls(
            id=public_id(CLOSE_PREFIX, row.id), month=write_month(row.month), status=row.status,
            proposed_by=public_id("mem", row.proposed_by), proposed_at=row.proposed_at,
            closed_by=None if row.closed_by is None else public_id("mem", row.closed_by), closed_at=row.closed_at,
            postings=row.postings, moved=[BookMoneyOut(minor, currency) for currency, minor in sorted(row.totals.items())],
            algorithm=row.algorithm, previous_hash=row.previous_hash, hash=row.hash, version=row.version,
        )  # fmt: skip

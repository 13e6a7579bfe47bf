"""What is shown and sent of a difference between two books?"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from app.closing.models import DifferenceStatus, MoneyDifference
from app.closing.operations import CounterAccount
from app.closing.rules import DifferenceAction, DifferenceKind, Side
from app.closing.schemas.book import POSTING_PREFIX, BookMoneyOut
from app.core.ids import public_id

DIFFERENCE_PREFIX = "mdf"
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class TakeOnIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing: an empty object."""


class SettleIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be posted, and why. `counter_account` is given with `correction`, and with it alone."""

    action: Literal["write_off", "correction"]
    note: Note
    counter_account: CounterAccount | None = None


class AgreeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second person's answer to what was proposed."""

    agreed: bool
    note: Note


class MoneyDifferenceOut(msgspec.Struct, frozen=True):
    """One difference. `amount` is what they moved less what our book says, as they see it."""

    id: str
    kind: DifferenceKind
    side: Side
    amount: BookMoneyOut
    subject: str
    """Stripe's id, the bank's reference, or the reason of our posting."""
    posting_id: str | None
    day: date
    age_days: int
    """Since it was found."""
    status: DifferenceStatus
    opened_at: datetime
    owner_id: str | None
    action: DifferenceAction | None
    counter_account: str | None
    note: str
    proposed_by: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: MoneyDifference, *, now: datetime) -> "MoneyDifferenceOut":
        """Shape a difference as of now."""
        owner, proposer, resolver = (
            None if each is None else public_id("mem", each)
            for each in (row.owner_id, row.proposed_by, row.resolved_by)
        )
        return cls(
            id=public_id(DIFFERENCE_PREFIX, row.id), kind=row.kind, side=row.side,
            amount=BookMoneyOut(row.amount_minor, row.currency), subject=row.subject,
            posting_id=None if row.posting_id is None else public_id(POSTING_PREFIX, row.posting_id), day=row.day,
            age_days=(now - row.opened_at).days, status=row.status, opened_at=row.opened_at, owner_id=owner,
            action=row.action, counter_account=row.counter_account, note=row.note, proposed_by=proposer,
            resolved_by=resolver, resolved_at=row.resolved_at, version=row.version,
        )  # fmt: skip

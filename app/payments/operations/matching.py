"""What stands in a new line that was looked at before it is written, and what is to be done about it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.models import LineOutcome, LineStatus
from app.payments.rules import KeyedMovement
from app.payments.rules.matching import Match


class Matched(NamedTuple):
    """What a line was taken for."""

    match: Match
    whose: Sequence[tuple[UUID, UUID]]
    """Of each of the match's payments: who is to pay it, and for which order."""
    names_other: bool
    """It names what is no order's payment: an invoice, perhaps."""

    @property
    def outcome(self) -> LineOutcome:
        """What the line is called: `pending` where a job is to look closer, otherwise as it was matched."""
        if self.match.is_sure or self.names_other:
            return LineOutcome.PENDING
        return LineOutcome.UNKNOWN_PAYER if self.match.outcome == "nothing" else LineOutcome(self.match.outcome)


class NewLine(NamedTuple):
    """A movement with the id of the line that it becomes, and what it was taken for; None where money went out."""

    id: UUID
    keyed: KeyedMovement
    found: Matched | None


async def follow_up(session: AsyncSession, lines: Sequence[NewLine], *, now: datetime) -> None:
    """Ask for what is to be done about lines just written: a sure one is settled, others are a person's.

    One that may name an invoice has a job that looks there, and is left to a person by that.
    """
    sure: list[UUID] = []
    elsewhere: list[UUID] = []
    judged: dict[UUID, dict[str, Any]] = {}
    for line_id, _, found in lines:
        if found is None:
            continue
        if found.match.is_sure:
            sure.append(line_id)
        elif found.names_other:
            elsewhere.append(line_id)
        else:
            status = LineStatus.FOR_A_PERSON
            judged[line_id] = {"status": status, "outcome": found.outcome, "matched_as": found.match.outcome}
    await outbox.enqueue_each(session, "orders.settle", due=now, line_id=sure)
    await outbox.enqueue_each(session, "invoices.settle", due=now, line_id=elsewhere)
    await events.record_next(
        session, "bank_line.judged", org_id=DESK_ID, subject_kind="bank_line", told=judged, before=None, now=now
    )

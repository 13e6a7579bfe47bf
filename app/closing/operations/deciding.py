"""How does a person answer for a difference? Takes it on, says what is to be posted, and a second person agrees.

There is no way to wave one away: a difference is over when both books say the same, either because what was missing came
(the next comparison sees it) or because money was posted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select, update

from app.closing.errors import CounterAccountInvalid, DifferenceNotFound, PersonNeeded, ProposerCannotAgree
from app.closing.models import DifferenceStatus, MoneyDifference, StripeLine
from app.closing.rules import DIFFERENCE_REASON, DifferenceAction, Settled, Side
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import (
    Account,
    bank,
    disputes,
    stripe_clearing,
    stripe_fees,
    stripe_transit,
    suspense,
    write_off,
)

CounterAccount = Literal["suspense", "stripe_fees", "stripe_transit", "disputes"]
_COUNTER: Final = {
    "suspense": suspense, "stripe_fees": stripe_fees, "stripe_transit": stripe_transit, "disputes": disputes,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be posted, and why. A correction names the account that it is booked against."""

    action: DifferenceAction
    counter_account: CounterAccount | None
    note: str


async def locked_difference(session: AsyncSession, difference_id: UUID) -> MoneyDifference:
    """A difference under its lock. Raises DifferenceNotFound (404)."""
    asked = select(MoneyDifference).where(MoneyDifference.org_id == DESK_ID, MoneyDifference.id == difference_id)
    found = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise DifferenceNotFound("There is no difference with this id.")
    return found


async def take_on(session: AsyncSession, scope: Scope, row: MoneyDifference, *, now: datetime) -> None:
    """The caller answers for a locked difference from now on. Raises PersonNeeded (403), InvalidState (409)."""
    _refuse_machines(scope)
    _refuse_resolved(row)
    before, row.owner_id = row.status, scope.actor_id
    if row.status == DifferenceStatus.OPEN:
        row.status = DifferenceStatus.TAKEN
    await _changed(session, row, "taken_on", before=before, now=now, owner_id=str(scope.actor_id))


async def propose_difference(
    session: AsyncSession, scope: Scope, row: MoneyDifference, asked: Proposal, *, now: datetime
) -> None:
    """Say what is to be posted for a locked difference: it waits for a second person.

    Raises PersonNeeded (403), InvalidState (409), CounterAccountInvalid (422).
    """
    _refuse_machines(scope)
    _refuse_resolved(row)
    if (asked.action is DifferenceAction.CORRECTION) != (asked.counter_account is not None):
        error = FieldError("/counter_account", "counter_account", "With `correction`, and with it alone.")
        raise CounterAccountInvalid("A correction names its counter account; a write-off has its own.", errors=(error,))
    before, row.status = row.status, DifferenceStatus.PROPOSED
    row.action, row.counter_account, row.note = asked.action, asked.counter_account, asked.note
    row.proposed_by, row.proposed_at = scope.actor_id, now
    await _changed(session, row, "proposed", before=before, now=now, action=row.action, note=row.note)


async def decide_difference(
    session: AsyncSession, scope: Scope, row: MoneyDifference, *, agreed: bool, note: str, now: datetime
) -> None:
    """A second person agrees to what was proposed for a locked difference, and it is posted, today; or sends it back.

    Raises PersonNeeded (403), InvalidState (409) when nothing is proposed, ProposerCannotAgree (409).
    """
    _refuse_machines(scope)
    if row.status != DifferenceStatus.PROPOSED:
        raise InvalidState(f"The difference is {row.status}: nothing waits for a second person.", state=row.status)
    if row.proposed_by == scope.actor_id:
        raise ProposerCannotAgree("You proposed this: somebody else decides it.")
    before = row.status
    if not agreed:
        row.status, row.action, row.counter_account = DifferenceStatus.OPEN, None, None
        row.proposed_by, row.proposed_at, row.note = None, None, note
        await _changed(session, row, "sent_back", before=before, now=now, note=note)
        return
    await _post(session, row, now)
    await _settle_line(session, row)
    row.status, row.resolved_by, row.resolved_at = DifferenceStatus.RESOLVED, scope.actor_id, now
    told = {"action": row.action, "note": row.note, "agreed_note": note}
    await _changed(session, row, "resolved", before=before, now=now, **told)


async def _post(session: AsyncSession, row: MoneyDifference, now: datetime) -> None:
    """Theirs less ours: what they hold more leaves our account of them, which is seen from outside."""
    theirs = stripe_clearing() if row.side == Side.STRIPE else bank()
    counter = _counter_of(row)
    source, target = (theirs, counter) if row.amount_minor > 0 else (counter, theirs)
    posted = await ledger.post(
        session, source=source, target=target, amount=Money(abs(row.amount_minor), row.currency),
        reason=DIFFERENCE_REASON, subject_id=row.id, counterparty_id=None, booked_on=None, now=now,
    )  # fmt: skip
    assert posted, row.id


def _counter_of(row: MoneyDifference) -> Account:
    if row.action == DifferenceAction.WRITE_OFF:
        return write_off()
    assert row.counter_account is not None, row.id
    return _COUNTER[row.counter_account]()


async def _settle_line(session: AsyncSession, row: MoneyDifference) -> None:
    if row.side != Side.STRIPE or row.line_id is None:
        return
    settled = Settled.WRITTEN_OFF if row.action == DifferenceAction.WRITE_OFF else Settled.CORRECTED
    settling = update(StripeLine).where(
        StripeLine.org_id == DESK_ID, StripeLine.id == row.line_id, StripeLine.settled_as.is_(None)
    )
    done = await session.scalar(
        settling.values(settled_as=settled, posting_id=row.posting_id).returning(StripeLine.id),
        execution_options={"synchronize_session": False},
    )
    assert done is not None, row.id


async def _changed(
    session: AsyncSession, row: MoneyDifference, what: str, *, before: DifferenceStatus, now: datetime, **facts: Any
) -> None:
    row.version += 1
    await session.flush()
    await events.record(
        session, f"money_difference.{what}", org_id=DESK_ID, subject_kind="money_difference", subject_id=row.id,
        before={"status": before}, after={"status": row.status, **facts}, now=now,
    )  # fmt: skip


def _refuse_machines(scope: Scope) -> None:
    if scope.actor_kind != "member":
        raise PersonNeeded("Sign in: an API key cannot answer for this.")


def _refuse_resolved(row: MoneyDifference) -> None:
    if row.status == DifferenceStatus.RESOLVED:
        raise InvalidState("The difference is resolved.", state=row.status)

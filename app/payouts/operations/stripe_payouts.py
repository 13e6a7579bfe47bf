"""How is what Stripe sends to the desk's bank kept up with, and found among the bank's lines?"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.money import Money
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.ledger import operations as ledger
from app.ledger.rules import stripe_clearing, stripe_transit
from app.payments import operations as payments
from app.payments.models import BankLine, LineStatus
from app.payouts.errors import LineDoesNotFit, StripePayoutNotFound
from app.payouts.models import StripePayout
from app.payouts.queries import ARRIVES_WITHIN_DAYS
from integrations.stripe import shapes

COME_BACK: Final = ("failed", "canceled")
_ARRIVES_WITHIN: Final = timedelta(days=ARRIVES_WITHIN_DAYS)


async def note_stripe_payout(session: AsyncSession, said: shapes.Payout, *, now: datetime) -> StripePayout:
    """Write down how one of Stripe's own payouts stands, and book it: the desk is named.

    Its money leaves Stripe's balance when it is made (stripe:transit -> stripe:clearing), and is there again when it
    failed or was canceled, which may be after it was called paid (docs.stripe.com/api/payouts/object, status).
    """
    row = await _locked_or_new(session, said, now)
    before = {"status": row.status} if row.version else None
    if row.version and (row.status, row.failure_code) == (said.status, said.failure_code):
        row.checked_at = now
        return row
    row.status, row.failure_code = said.status, said.failure_code
    row.arrives_on, row.checked_at = day_in_japan(said.arrives_at), now
    row.version += 1
    await session.flush()
    await _record(session, row, "seen", before, now)
    await _post(session, row, "stripe_payout", back=False, now=now)
    if said.status in COME_BACK:
        await _post(session, row, "stripe_payout_back", back=True, now=now)
    return row


async def locked_stripe_payout(session: AsyncSession, row_id: UUID) -> StripePayout:
    """One of Stripe's own payouts, locked. Raises StripePayoutNotFound (404)."""
    asked = select(StripePayout).where(StripePayout.org_id == DESK_ID, StripePayout.id == row_id)
    row = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise StripePayoutNotFound("There is no such payout.")
    return row


async def note_arrival(session: AsyncSession, row: StripePayout, line: BankLine, *, now: datetime) -> None:
    """A locked line of the bank is this locked payout: posts unapplied -> stripe:transit. The desk is named.

    Raises InvalidState (409) when it has arrived already or came back, LineDoesNotFit (409), LineNotResolvable (409).
    """
    if row.bank_line_id is not None or row.status in COME_BACK:
        state = "arrived" if row.bank_line_id is not None else row.status
        raise InvalidState(f"The payout is {state}.", state=state)
    if (line.amount_minor, line.currency) != (row.amount_minor, row.currency):
        raise LineDoesNotFit("The line has another amount.", state=line.status, payouts_minor=row.amount_minor)
    await payments.use_up(
        session, line, stripe_transit(), "stripe_payout_arrived", counterparty_id=None,
        note=f"Stripe payout {row.payout_id}", now=now,
    )  # fmt: skip
    before = {"status": row.status}
    row.bank_line_id, row.arrived_at = line.id, now
    row.version += 1
    await session.flush()
    await _record(session, row, "arrived", before, now)


async def match_stripe_payout(session: AsyncSession, line: BankLine, *, now: datetime) -> bool:
    """Whether a locked line that waits for a person is the one payout of Stripe's that it can be; then it is booked so.

    It is when exactly one has its amount, is on its way or arrived by Stripe's word, has no line yet, and was expected
    within `ARRIVES_WITHIN_DAYS` of the line's day. For whoever judges lines that name no payment; the desk is named.
    """
    waits = line.status == LineStatus.FOR_A_PERSON and line.unapplied_minor == line.amount_minor > 0
    if not waits:
        return False
    asked = select(StripePayout).where(
        StripePayout.org_id == DESK_ID,
        StripePayout.bank_line_id.is_(None),
        StripePayout.status.in_(("in_transit", "paid")),
        StripePayout.amount_minor == line.amount_minor,
        StripePayout.currency == line.currency,
        StripePayout.arrives_on.between(line.booked_on - _ARRIVES_WITHIN, line.booked_on + _ARRIVES_WITHIN),
    )
    locking = asked.order_by(StripePayout.id).limit(2).with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(locking)).all()
    if len(found) != 1:
        return False
    await note_arrival(session, found[0], line, now=now)
    return True


async def _locked_or_new(session: AsyncSession, said: shapes.Payout, now: datetime) -> StripePayout:
    """The row, locked; version 0 when it is new. Two who see it for the first time at once make one row."""
    new = {
        "org_id": DESK_ID,
        "id": new_id(),
        "payout_id": said.id,
        "status": said.status,
        "amount_minor": said.amount_minor,
        "currency": said.currency,
        "automatic": said.automatic,
        "arrives_on": day_in_japan(said.arrives_at),
        "failure_code": said.failure_code,
        "first_seen_at": now,
        "checked_at": now,
        "version": 0,
    }
    await session.execute(insert(StripePayout).values(**new).on_conflict_do_nothing(index_elements=["payout_id"]))
    asked = select(StripePayout).where(StripePayout.org_id == DESK_ID, StripePayout.payout_id == said.id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()


async def _post(session: AsyncSession, row: StripePayout, reason: str, *, back: bool, now: datetime) -> None:
    """To the bank, or back to Stripe's balance. Below zero is a debit of the bank: the same the other way round."""
    if row.amount_minor == 0:
        return
    to_bank = back is (row.amount_minor < 0)
    source, target = stripe_transit(), stripe_clearing()
    await ledger.post(
        session, source=source if to_bank else target, target=target if to_bank else source,
        amount=Money(abs(row.amount_minor), row.currency), reason=reason, subject_id=row.id, counterparty_id=None,
        booked_on=None, now=now,
    )  # fmt: skip


async def _record(
    session: AsyncSession, row: StripePayout, what: str, before: dict[str, str] | None, now: datetime
) -> None:
    await events.record(
        session, f"stripe_payout.{what}", org_id=DESK_ID, subject_kind="stripe_payout", subject_id=row.id,
        before=before, after={"status": row.status, "amount_minor": row.amount_minor}, now=now,
    )  # fmt: skip

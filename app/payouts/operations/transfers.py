"""What follows when Stripe has paid a provider, would not, or gives money back that was paid?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import public_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import payable, payouts_in_transit, stripe_clearing
from app.payments import operations as payments
from app.payouts.errors import ReversalTooLarge
from app.payouts.models import Payout, PayoutReversal
from app.payouts.operations.accounts import refuse_machines
from app.payouts.operations.deciding import PREFIX, end_unpaid, move
from app.payouts.operations.earnings import correct
from app.payouts.rules import PayoutMethod, PayoutStatus, ReversalStatus
from integrations.stripe.asked import NewReversal
from integrations.stripe.shapes import Reversal, Transfer

REVERSAL_PREFIX = "prv"


async def note_transfer(session: AsyncSession, payout: Payout, made: Transfer, *, now: datetime) -> None:
    """Stripe has moved a locked payout's money to the provider's balance: it is paid. Late in peace when it was."""
    if payout.status != PayoutStatus.SENDING:
        return
    assert (made.amount_minor, made.currency) == (payout.payout_minor, payout.currency), payout.id
    payout.transfer_id, payout.sent_at, payout.paid_at = made.id, now, now
    await move(session, payout, PayoutStatus.SENT, now=now)
    await move(session, payout, PayoutStatus.PAID, now=now)
    await ledger.post(
        session, source=payouts_in_transit(), target=stripe_clearing(),
        amount=Money(payout.payout_minor, payout.currency), reason="payout_sent", subject_id=payout.id,
        counterparty_id=payout.org_id, booked_on=None, now=now,
    )  # fmt: skip


async def refuse_transfer(session: AsyncSession, payout: Payout, why: str, *, now: datetime) -> None:
    """Stripe would not move a locked payout's money: it failed, and is owed again. Late in peace."""
    if payout.status == PayoutStatus.SENDING:
        await end_unpaid(session, payout, PayoutStatus.FAILED, why, now=now)


async def take_back(
    session: AsyncSession, payout: Payout, reversal_id: UUID, amount_minor: int, note: str, *, now: datetime
) -> PayoutReversal:
    """Ask Stripe for money of a locked, paid payout, because the provider owes it; in yen. Both parties are named.

    Raises PeoplePayOut (403), InvalidState (409), ReversalTooLarge (409).
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if payout.method != PayoutMethod.STRIPE or payout.status != PayoutStatus.PAID:
        raise InvalidState("Only what was paid by Stripe can be taken back there.", state=payout.status)
    left_minor = payout.payout_minor - payout.reversed_minor - await _asked_minor(session, payout)
    if amount_minor > left_minor:
        raise ReversalTooLarge("Less is left of the payout.", left_minor=left_minor)
    reversal = PayoutReversal(
        org_id=payout.org_id, id=reversal_id, desk_id=DESK_ID, payout_id=payout.id, amount_minor=amount_minor,
        currency=payout.currency, status=ReversalStatus.ASKED, note=note, asked_by=scope.actor_id, asked_at=now,
    )  # fmt: skip
    session.add(reversal)
    payout.version += 1  # Whoever saw it before has not seen that this much is asked for.
    await session.flush()
    assert payout.transfer_id is not None, payout.id
    asked = NewReversal(
        reference=public_id(REVERSAL_PREFIX, reversal_id),
        transfer_id=payout.transfer_id,
        amount_minor=amount_minor,
        description=f"Offset Desk payout {public_id(PREFIX, payout.id)}",
        facts={"payout_id": public_id(PREFIX, payout.id)},
    )
    await payments.plan(
        session, "reversal", asked, subject_id=reversal_id, subject_org_id=payout.org_id, due=now, now=now
    )
    await _record(session, reversal, None, now)
    return reversal


async def locked_reversal(session: AsyncSession, provider_id: UUID, reversal_id: UUID) -> PayoutReversal:
    """A reversal that was asked for, locked; its payout is locked before."""
    asked = select(PayoutReversal).where(PayoutReversal.org_id == provider_id, PayoutReversal.id == reversal_id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()


async def payout_of_reversal(session: AsyncSession, provider_id: UUID, reversal_id: UUID) -> UUID:
    """The payout whose money a reversal takes back."""
    asked = select(PayoutReversal.payout_id).where(
        PayoutReversal.org_id == provider_id, PayoutReversal.id == reversal_id
    )
    return (await session.scalars(asked)).one()


async def note_reversal(
    session: AsyncSession, payout: Payout, reversal: PayoutReversal, said: Reversal | str, *, now: datetime
) -> None:
    """The money came back, and the provider owes so much less; or Stripe would not. Both rows are locked."""
    if reversal.status != ReversalStatus.ASKED:
        return
    reversal.done_at = now
    if isinstance(said, str):
        reversal.status, reversal.reason = ReversalStatus.REFUSED, said
        await _record(session, reversal, ReversalStatus.ASKED, now)
        return
    assert said.amount_minor == reversal.amount_minor, reversal.id
    reversal.status, reversal.reversal_id = ReversalStatus.MADE, said.id
    payout.reversed_minor += reversal.amount_minor
    payout.version += 1
    await session.flush()
    amount = Money(reversal.amount_minor, reversal.currency)
    await correct(session, payout.org_id, reversal.id, amount, now=now)
    await _record(session, reversal, ReversalStatus.ASKED, now)
    await ledger.post(
        session, source=stripe_clearing(), target=payable(payout.org_id), amount=amount, reason="payout_reversal",
        subject_id=reversal.id, counterparty_id=payout.org_id, booked_on=None, now=now,
    )  # fmt: skip


async def note_reversed_elsewhere(session: AsyncSession, payout: Payout, transfer: Transfer, *, now: datetime) -> bool:
    """Whether more of a locked payout was reversed at Stripe than was asked for here: then a person must look at it.

    Nothing is posted: who did it, and why, is not known. A reversal of ours whose answer is under way explains it.
    """
    known_minor = payout.reversed_minor + await _asked_minor(session, payout)
    if transfer.reversed_minor <= known_minor:
        return False
    await events.record(
        session, "payout.reversed_elsewhere", org_id=payout.org_id, subject_kind="payout", subject_id=payout.id,
        after={"reversed_minor": transfer.reversed_minor, "known_minor": known_minor}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    return True


async def _asked_minor(session: AsyncSession, payout: Payout) -> int:
    asked = select(func.coalesce(func.sum(PayoutReversal.amount_minor), 0)).where(
        PayoutReversal.org_id == payout.org_id,
        PayoutReversal.payout_id == payout.id,
        PayoutReversal.status == ReversalStatus.ASKED,
    )
    return int((await session.scalars(asked)).one())


async def _record(
    session: AsyncSession, reversal: PayoutReversal, before: ReversalStatus | None, now: datetime
) -> None:
    await session.flush()
    await events.record(
        session, f"payout_reversal.{reversal.status}", org_id=reversal.org_id, subject_kind="payout_reversal",
        subject_id=reversal.id, before=None if before is None else {"status": before},
        after={"status": reversal.status, "amount_minor": reversal.amount_minor}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip

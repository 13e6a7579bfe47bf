"""Who lets a payout go, and what moves in the book when it does, is called off, or does not arrive?

payable -> held:payouts is posted with the approval, and back when the payout ends unpaid. The consumption tax on the
commission is posted with the approval, too: rounded once for the whole payout, it belongs to no single entry.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import public_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import Account, consumption_tax, payable, payouts_in_transit
from app.payments import operations as payments
from app.payouts.errors import ApprovedBySomebodyElse, PayoutNotFound, PayoutNotPayable
from app.payouts.models import Earning, Payout
from app.payouts.operations.accounts import known_connected, payable_account, refuse_machines
from app.payouts.operations.terms import lock_provider
from app.payouts.rules import ENDED_UNPAID, PayoutMethod, PayoutStatus
from integrations.stripe.asked import NewTransfer

PREFIX = "pyo"


async def locked_payout(session: AsyncSession, provider_id: UUID, payout_id: UUID) -> Payout:
    """A payout, locked after its provider; both parties are named. Raises PayoutNotFound (404)."""
    await lock_provider(session, provider_id)
    asked = select(Payout).where(Payout.org_id == provider_id, Payout.id == payout_id)
    payout = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if payout is None:
        raise PayoutNotFound("There is no such payout.")
    return payout


async def approve(session: AsyncSession, payout: Payout, *, now: datetime) -> None:
    """Let a locked draft be paid: the second person of the desk does. By Stripe it is on its way from here on.

    Raises PeoplePayOut (403), InvalidState (409), ApprovedBySomebodyElse (409), and PayoutNotPayable (409) when one of
    its entries is disputed by now, or its destination is not the one any more that may be paid to.
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if payout.status != PayoutStatus.DRAFT:
        raise InvalidState(f"The payout is {payout.status}.", state=payout.status)
    if payout.made_by == scope.actor_id:
        raise ApprovedBySomebodyElse("You made this payout. Ask a colleague.")
    await _refuse_unpayable(session, payout)
    payout.approved_by, payout.approved_at = scope.actor_id, now
    await move(session, payout, PayoutStatus.APPROVED, now=now)
    owed = payable(payout.org_id)
    await _post(session, payout, owed, consumption_tax(), payout.commission_tax_minor, reason="payout_tax", now=now)
    if payout.method == PayoutMethod.STRIPE:
        await _ask_stripe(session, payout, now)
    # Last: the balance of what is on its way is one row that every payout locks.
    await _post(session, payout, owed, payouts_in_transit(), payout.payout_minor, reason="payout", now=now)


async def cancel(session: AsyncSession, payout: Payout, reason: str, *, now: datetime) -> None:
    """Call a locked payout off that has not left the house; its entries are free again. Raises InvalidState (409)."""
    if payout.status not in (PayoutStatus.DRAFT, PayoutStatus.APPROVED):
        raise InvalidState(f"The payout is {payout.status}.", state=payout.status)
    await end_unpaid(session, payout, PayoutStatus.CANCELED, reason, now=now)


async def end_unpaid(
    session: AsyncSession, payout: Payout, status: PayoutStatus, reason: str, *, now: datetime
) -> None:
    """End a locked payout without its money having arrived: that is owed to the provider again, and its entries are free."""
    assert status in ENDED_UNPAID, status
    was_posted = payout.approved_at is not None
    await session.execute(
        update(Earning)
        .where(Earning.org_id == payout.org_id, Earning.payout_id == payout.id)
        .values(payout_id=None)
        .execution_options(synchronize_session=False)
    )
    payout.reason, payout.closed_at = reason, now
    await move(session, payout, status, now=now)
    if was_posted:
        owed = payable(payout.org_id)
        await _post(
            session, payout, consumption_tax(), owed, payout.commission_tax_minor, reason="payout_tax_back", now=now
        )
        await _post(session, payout, payouts_in_transit(), owed, payout.payout_minor, reason="payout_back", now=now)


async def move(session: AsyncSession, payout: Payout, status: PayoutStatus, *, now: datetime) -> None:
    """Give a locked payout its next status, and write the event that tells of it."""
    before = {"status": payout.status}
    payout.status = status
    payout.version += 1
    await session.flush()
    await events.record(
        session, f"payout.{status}", org_id=payout.org_id, subject_kind="payout", subject_id=payout.id,
        before=before, after={"status": status, "payout_minor": payout.payout_minor, "reason": payout.reason},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    if status is PayoutStatus.PAID:
        outbox.enqueue(session, "invoices.issue_payout_statement", due=now, org_id=payout.org_id, payout_id=payout.id)


async def _refuse_unpayable(session: AsyncSession, payout: Payout) -> None:
    held = select(Earning.id).where(Earning.org_id == payout.org_id, Earning.payout_id == payout.id, Earning.held)
    if await session.scalar(held.limit(1)) is not None:
        raise PayoutNotPayable("A dispute is open over one of its orders.", reason="disputed")
    match payout.method:
        case PayoutMethod.ZENGIN:
            account = await payable_account(session, payout.org_id)
            same = account is not None and account.id == payout.account_id
        case PayoutMethod.STRIPE:
            connected = await known_connected(session, payout.org_id)
            same = connected is not None and connected.account_id == payout.destination
            same = same and connected is not None and connected.transfers == "active"
    if not same:
        raise PayoutNotPayable("Its destination is not confirmed, or not ready, any more.", reason="account_not_ready")


async def _ask_stripe(session: AsyncSession, payout: Payout, now: datetime) -> None:
    """Plan the transfer, in the transaction of the approval: a worker makes it, once."""
    assert payout.destination is not None, payout.id
    asked = NewTransfer(
        reference=public_id(PREFIX, payout.id),
        destination=payout.destination,
        amount_minor=payout.payout_minor,
        currency=payout.currency,
        transfer_group=None,
        source_charge_id=None,
        description=f"Offset Desk payout {public_id(PREFIX, payout.id)}",
        facts={"organisation_id": public_id("org", payout.org_id)},
    )
    await payments.plan(
        session, "transfer", asked, subject_id=payout.id, subject_org_id=payout.org_id, due=now, now=now
    )
    await move(session, payout, PayoutStatus.SENDING, now=now)


async def _post(
    session: AsyncSession, payout: Payout, source: Account, target: Account, minor: int, *, reason: str, now: datetime
) -> None:
    if minor:
        await ledger.post(
            session, source=source, target=target, amount=Money(minor, payout.currency), reason=reason,
            subject_id=payout.id, counterparty_id=payout.org_id, booked_on=None, now=now,
        )  # fmt: skip

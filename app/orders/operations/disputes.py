"""What becomes of an order whose payment is disputed: held, released, or taken back as far as that can be?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.money import Money
from app.core.period import day_in_japan
from app.ledger import operations as ledger
from app.ledger import rules as accounts
from app.orders import queries
from app.orders.models import Order, OrderLine
from app.orders.operations.giving_back import BEFORE_ALLOCATION, count_back, return_units
from app.orders.operations.orders import move, note_stock
from app.orders.operations.substitutions import withdraw_open
from app.orders.rules import Back, OrderStatus, back, share_of_loss
from app.payments import operations as payments
from app.payments.models import Dispute, Payment, PaymentAttempt
from app.payments.rules import AttemptStatus, Bearer, DisputeOutcome
from app.payouts import operations as payouts
from app.payouts.operations import Returned
from app.payouts.rules import EarningKind, RiskBearer
from app.retirements import operations as retirements


async def hold_for_dispute(
    session: AsyncSession, order: Order, payment: Payment, dispute: Dispute, *, now: datetime
) -> None:
    """While it is open nothing that was paid by it goes to a registry. Order and payment are locked."""
    await retirements.note_payment(
        session, order.org_id, order.id, final_at=payment.final_at, blocked_at=dispute.opened_at, now=now
    )
    providers = await queries.parties_of(session, order.org_id, order.id)
    await payouts.hold(session, providers, order.id, now=now)
    await session.flush()


async def release(session: AsyncSession, order: Order, *, note: str, now: datetime) -> None:
    """A person takes the payment of a locked, paid order for final from now on. Raises InvalidState (409).

    What is disputed stays held: the payer's bank decides.
    """
    if order.status not in (*BEFORE_ALLOCATION, OrderStatus.FULFILLED):
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    if await payments.is_disputed(session, order.id):
        raise InvalidState("The payment is disputed: its payer's bank decides.", state="payment_disputed")
    payment.final_at = now if payment.final_at is None else min(payment.final_at, now)
    await retirements.note_payment(session, order.org_id, order.id, final_at=payment.final_at, blocked_at=None, now=now)
    providers = await queries.parties_of(session, order.org_id, order.id)
    await payouts.set_available(session, providers, order.id, payment.final_at, now=now)
    order.version += 1
    await session.flush()
    await events.record(
        session, "order.released", org_id=order.org_id, subject_kind="order", subject_id=order.id,
        after={"final_at": payment.final_at.isoformat(), "note": note}, now=now,
    )  # fmt: skip


async def end_won(session: AsyncSession, order: Order, payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    """The money is the desk's again: what waited goes on as if nothing had been."""
    before = payments.dispute_facts(dispute)
    dispute.outcome, dispute.closed_at = DisputeOutcome.WON, now
    dispute.version += 1
    await session.flush()
    blocked_at = now if payment.final_at is None else None
    await retirements.note_payment(
        session, order.org_id, order.id, final_at=payment.final_at, blocked_at=blocked_at, now=now
    )
    await payouts.release(session, await queries.parties_of(session, order.org_id, order.id), order.id, now=now)
    await payments.tell_dispute(session, dispute, "dispute.won", before=before, now=now)


async def end_lost(
    session: AsyncSession, order: Order, payment: Payment, attempt: PaymentAttempt, dispute: Dispute, *, now: datetime
) -> None:
    """The money is gone: what is not at a registry goes back to its providers, the rest somebody bears by contract.

    A refund that was owed already, and that Stripe would not make, its payer has got with it.
    """
    before = payments.dispute_facts(dispute)
    given_minor = 0
    if attempt.status == AttemptStatus.PAID:  # Else its money pays no order, and was owed back.
        given_minor = await _cover(session, order, dispute, now=now)
    providers = await queries.parties_of(session, order.org_id, order.id)
    owed_minor = await payments.settle_by_dispute(session, attempt, dispute.taken_minor - given_minor, now=now)
    dispute.returned_minor += owed_minor
    given_minor += owed_minor
    if given_minor < dispute.taken_minor:
        dispute.borne_by = Bearer.DESK
        await _post(
            session, dispute, accounts.write_off(), "dispute_borne", dispute.taken_minor - given_minor, None, now=now
        )
    dispute.borne_minor = dispute.taken_minor - dispute.returned_minor
    dispute.outcome, dispute.closed_at = DisputeOutcome.LOST, now
    dispute.version += 1
    await session.flush()
    await payouts.release(session, providers, order.id, now=now)
    await retirements.note_payment(session, order.org_id, order.id, final_at=payment.final_at, blocked_at=None, now=now)
    await payments.tell_dispute(session, dispute, "dispute.lost", before=before, now=now)


async def _cover(session: AsyncSession, order: Order, dispute: Dispute, *, now: datetime) -> int:
    """Take back what can be, and charge what was taken to whose it was; how much of it that covers."""
    held = order.status in BEFORE_ALLOCATION
    plan = await _take_back(session, order, now=now)
    dispute.returned_minor = min(plan.total_minor, dispute.taken_minor)
    if not held:
        return await _charge_providers(session, order, dispute, plan, now=now)
    returned_minor = dispute.returned_minor
    await _post(session, dispute, accounts.held_orders(), "dispute_returned", returned_minor, None, now=now)
    borne_minor = min(plan.borne_minor, plan.total_minor - returned_minor)
    if borne_minor:  # What the desk had put in for dearer credits is its own again.
        await ledger.post(
            session, source=accounts.held_orders(), target=accounts.write_off(),
            amount=Money(borne_minor, dispute.currency), reason="substitution_back", subject_id=dispute.id,
            counterparty_id=order.org_id, booked_on=None, now=now,
        )  # fmt: skip
    return returned_minor


async def _take_back(session: AsyncSession, order: Order, *, now: datetime) -> Back:
    """Give every unit back that has not gone to a registry, and say what those are worth."""
    lines = await queries.lines_of(session, order.org_id, order.id)
    issuers = await queries.issuers_of(session, order.org_id, order.id)
    await withdraw_open(session, order, then=[(line.provider_id, line.lot_id) for line in lines], now=now)
    if order.status == OrderStatus.FULFILLED:
        await retirements.cancel_unsent(session, order.org_id, order.id, now=now)
    returning = await _returnable(session, order, lines)
    plan = back([queries.line_left(line) for line in lines], [queries.issuer_left(each) for each in issuers], returning)
    await return_units(session, order, lines, returning, now=now)
    await count_back(session, lines, issuers, plan)
    note_stock(session, order, now=now)
    if all(line.refunded == line.quantity for line in lines) and order.status != OrderStatus.REFUNDED:
        order.closed_at = now
        await move(session, order, OrderStatus.REFUNDED, now=now, disputed=True)
    return plan


async def _returnable(session: AsyncSession, order: Order, lines: Sequence[OrderLine]) -> Mapping[int, int]:
    if order.status in BEFORE_ALLOCATION:
        return {line.n: line.quantity - line.refunded for line in lines if line.refunded < line.quantity}
    holdings = await queries.holdings_of(session, order.org_id, order.id)
    return {holding.line_n: holding.held for holding in holdings if holding.held}


async def _charge_providers(session: AsyncSession, order: Order, dispute: Dispute, plan: Back, *, now: datetime) -> int:
    """Providers give back what came back to them, and bear what is at a registry where their contract says so.

    How much of what was taken that covers. Credits that came back are given back at their whole price: where less was
    taken, for the desk had returned a part before as goodwill, the rest makes that good. What is borne is at most what
    is then left of the loss.
    """
    left_minor, day = dispute.taken_minor, day_in_japan(now)
    issuers = await queries.issuers_of(session, order.org_id, order.id)
    charged = {each.provider_id: (each.goods_minor, each.tax_minor) for each in plan.issuers}
    for provider_id, (goods_minor, tax_minor) in charged.items():
        covered_minor = min(goods_minor + tax_minor, left_minor)
        left_minor -= covered_minor
        owed = accounts.payable(provider_id)
        await _post(session, dispute, owed, "dispute_returned", covered_minor, provider_id, now=now)
        await _make_good(session, dispute, provider_id, goods_minor + tax_minor - covered_minor, now=now)
    for issuer in issuers:
        terms = await payouts.terms_in_force(session, issuer.provider_id, day)
        if terms is None or terms.risk_bearer != RiskBearer.PROVIDER:
            continue
        borne = share_of_loss(queries.issuer_left(issuer), left_minor)
        if not sum(borne):
            continue
        left_minor -= sum(borne)
        dispute.borne_by = Bearer.PROVIDER
        owed = accounts.payable(issuer.provider_id)
        await _post(session, dispute, owed, "dispute_borne", sum(borne), issuer.provider_id, now=now)
        before = charged.get(issuer.provider_id, (0, 0))
        charged[issuer.provider_id] = (before[0] + borne[0], before[1] + borne[1])
    for provider_id, (goods_minor, tax_minor) in charged.items():
        returned = Returned(provider_id, order.id, dispute.id, goods_minor, tax_minor)
        await payouts.give_back(session, returned, kind=EarningKind.DISPUTE_LOST, now=now)
    return dispute.taken_minor - left_minor


async def _make_good(session: AsyncSession, dispute: Dispute, provider_id: UUID, minor: int, *, now: datetime) -> None:
    """What a provider gives back beyond what was taken: payable -> write_off, where the desk's goodwill was booked."""
    if minor:
        await ledger.post(
            session, source=accounts.payable(provider_id), target=accounts.write_off(),
            amount=Money(minor, dispute.currency), reason="dispute_returned", subject_id=dispute.id,
            counterparty_id=provider_id, booked_on=None, now=now,
        )  # fmt: skip


async def _post(
    session: AsyncSession,
    dispute: Dispute,
    source: accounts.Account,
    reason: str,
    minor: int,
    whose: UUID | None,
    *,
    now: datetime,
) -> None:
    if not minor:
        return
    await ledger.post(
        session, source=source, target=accounts.disputes(), amount=Money(minor, dispute.currency), reason=reason,
        subject_id=dispute.id, counterparty_id=whose, booked_on=None, now=now,
    )  # fmt: skip

"""What becomes of other credits that were proposed for a short order? Its buyer takes them or not, or their time is over.

The order's lock decides between all of these: whoever comes second finds the proposal closed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.idempotency import StillRunning
from app.core.ids import public_id
from app.core.money import Money
from app.core.scope import Scope
from app.inventory import operations as inventory
from app.ledger import operations as ledger
from app.ledger import rules as accounts
from app.orders import queries
from app.orders.errors import SubstitutionNotFound
from app.orders.models import Order, OrderIssuer, OrderLine, Substitution, SubstitutionLine
from app.orders.operations.giving_back import count_back, refuse_disputed, return_units
from app.orders.operations.orders import move, note_stock
from app.orders.rules import Exchange, OrderStatus, Substitute, SubstitutionStatus, exchange
from app.payments import operations as payments
from app.payments.models import Payment
from app.payments.rules import RefundKind, RefundStatus

SUBSTITUTION_PREFIX: Final = "sub"
_EVENTS: Final = {
    SubstitutionStatus.ACCEPTED: "order.substitution_accepted",
    SubstitutionStatus.REJECTED: "order.substitution_rejected",
    SubstitutionStatus.EXPIRED: "order.substitution_expired",
    SubstitutionStatus.WITHDRAWN: "order.substitution_withdrawn",
}


async def accept(session: AsyncSession, order: Order, substitution_id: UUID, *, now: datetime) -> Substitution:
    """The buyer of a locked order takes what was proposed: its lines take the place of those that the order is short of.

    The reservation of what goes returns, the difference goes back to the buyer or is put in by the desk, and the order is
    allocated as ever. The transaction names buyer, desk and providers. Raises SubstitutionNotFound (404), InvalidState
    (409) when it is closed, its time is over, or the payment is disputed.
    """
    made, rows = await _open(session, order, substitution_id)
    if made.expires_at <= now:
        raise InvalidState("The proposal's time is over.", state=SubstitutionStatus.EXPIRED)
    await refuse_disputed(session, order)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    lines = await queries.lines_of(session, order.org_id, order.id)
    issuers = await queries.issuers_of(session, order.org_id, order.id)
    plan = exchange(
        [queries.line_left(each) for each in lines],
        [queries.issuer_left(each) for each in issuers],
        substitutes_of(rows),
    )
    assert (plan.back_minor, plan.borne_minor) == (made.back_minor, made.borne_minor), made.id
    going = {each.n: each.quantity for each in plan.gone.lines}
    await return_units(session, order, lines, going, now=now)
    await _replace(session, order, lines, issuers, rows, plan)
    await _settle_difference(session, payment, made, plan, now=now)
    await _close(session, order, made, SubstitutionStatus.ACCEPTED, now=now)
    note_stock(session, order, now=now)
    await move(session, order, OrderStatus.PAID, now=now, substitution_id=public_id(SUBSTITUTION_PREFIX, made.id))
    outbox.enqueue(session, "orders.allocate", due=now, org_id=order.org_id, order_id=order.id)
    return made


async def reject(session: AsyncSession, order: Order, substitution_id: UUID, *, now: datetime) -> Substitution:
    """The buyer of a locked order does not want it: the order stays short. Raises SubstitutionNotFound (404), InvalidState (409)."""
    made, rows = await _open(session, order, substitution_id)
    await _let_go(session, order, made, rows, SubstitutionStatus.REJECTED, now=now)
    return made


async def expire(session: AsyncSession, order: Order, substitution_id: UUID, *, now: datetime) -> None:
    """End a proposal for a locked order whose time is over; late in peace when it was answered before."""
    found = await queries.open_substitution(session, order.org_id, order.id)
    if found is None or found[0].id != substitution_id or found[0].expires_at > now:
        return
    await _let_go(session, order, *found, SubstitutionStatus.EXPIRED, now=now)


async def withdraw_open(
    session: AsyncSession, order: Order, *, then: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    """Take back what is proposed for a locked order, if anything is: it is given back, or something else is proposed.

    `then` are the lots, as (provider, lot), that the same step moves afterwards: all are locked here, in their order.
    """
    found = await queries.open_substitution(session, order.org_id, order.id)
    if found is not None:
        await inventory.lock_stocks(session, [*then, *((row.provider_id, row.lot_id) for row in found[1])])
        await _let_go(session, order, *found, SubstitutionStatus.WITHDRAWN, now=now)


async def require_parties(session: AsyncSession, order: Order) -> None:
    """Refuse for a moment when a locked order has got another provider since the transaction named its parties.

    Raises StillRunning (409): asked again, it names them all.
    """
    scope: Scope = session.info["scope"]
    if not set(await queries.parties_of(session, order.org_id, order.id)) <= set(scope.org_ids):
        raise StillRunning("Ask again in a moment.", retry_after_s=1)


def substitutes_of(rows: Sequence[SubstitutionLine]) -> list[Substitute]:
    """What is proposed, as `rules.exchange` asks for it."""
    return [Substitute(row.line_n, row.provider_id, row.quantity, row.goods_minor) for row in rows]


async def _open(
    session: AsyncSession, order: Order, substitution_id: UUID
) -> tuple[Substitution, Sequence[SubstitutionLine]]:
    found = await queries.open_substitution(session, order.org_id, order.id)
    if found is not None and found[0].id == substitution_id:
        return found
    closed = await session.scalar(
        select(Substitution)
        .where(Substitution.org_id == order.org_id, Substitution.order_id == order.id)
        .where(Substitution.id == substitution_id)
    )
    if closed is None:
        raise SubstitutionNotFound("Nothing with this id was proposed for this order.")
    raise InvalidState(f"The proposal is {closed.status}.", state=closed.status)


async def _let_go(
    session: AsyncSession,
    order: Order,
    made: Substitution,
    rows: Sequence[SubstitutionLine],
    status: SubstitutionStatus,
    *,
    now: datetime,
) -> None:
    """Give back what was reserved for it, and close it."""
    for row in sorted(rows, key=lambda row: row.lot_id):
        await inventory.release(session, provider_id=row.provider_id, lot_id=row.lot_id, quantity=row.quantity)
    await _close(session, order, made, status, now=now)
    note_stock(session, order, now=now)


async def _replace(
    session: AsyncSession,
    order: Order,
    lines: Sequence[OrderLine],
    issuers: Sequence[OrderIssuer],
    rows: Sequence[SubstitutionLine],
    plan: Exchange,
) -> None:
    """Count what goes at its lines and providers, and write the lines that come."""
    await count_back(session, lines, issuers, plan.gone)
    going = {each.n: each.quantity for each in plan.gone.lines}
    for line in lines:
        line.substituted += going.get(line.n, 0)
    last = lines[-1].n
    session.add_all(
        OrderLine(
            org_id=order.org_id, order_id=order.id, n=last + row.n, provider_id=row.provider_id,
            listing_id=row.listing_id, lot_id=row.lot_id, quantity=row.quantity, price_minor=row.price_minor,
            price_per=row.price_per, goods_minor=row.goods_minor, price_version=row.price_version,
            terms_version=row.terms_version, substitutes=row.line_n, borne_minor=borne_minor,
        )
        for row, borne_minor in zip(rows, plan.shares, strict=True)
    )  # fmt: skip
    known = {each.provider_id: each for each in issuers}
    for owed in plan.owed:
        issuer = known.get(owed.provider_id)
        if issuer is None:
            session.add(
                OrderIssuer(
                    org_id=order.org_id, order_id=order.id, provider_id=owed.provider_id,
                    tax_basis_points=owed.tax_basis_points, goods_minor=owed.goods_minor, tax_minor=owed.tax_minor,
                )
            )  # fmt: skip
            continue
        # What was given back stays so; what is owed is more by the new goods, and its tax is rounded once over all.
        issuer.goods_minor = issuer.refunded_goods_minor + owed.goods_minor
        issuer.tax_minor = Money(issuer.goods_minor, order.currency).share(issuer.tax_basis_points).minor
        issuer.refunded_tax_minor = issuer.tax_minor - owed.tax_minor
    await session.flush()


async def _settle_difference(
    session: AsyncSession, payment: Payment, made: Substitution, plan: Exchange, *, now: datetime
) -> None:
    """Cheaper: the buyer gets the rest back. Dearer: the desk puts it in. What it had put in for what goes is its own again."""
    if plan.gone.borne_minor:
        await ledger.post(
            session, source=accounts.held_orders(), target=accounts.write_off(),
            amount=Money(plan.gone.borne_minor, made.currency), reason="substitution_back", subject_id=made.id,
            counterparty_id=made.org_id, booked_on=None, now=now,
        )  # fmt: skip
    if plan.borne_minor:
        await ledger.post(
            session, source=accounts.write_off(), target=accounts.held_orders(),
            amount=Money(plan.borne_minor, made.currency), reason="substitution", subject_id=made.id,
            counterparty_id=made.org_id, booked_on=None, now=now,
        )  # fmt: skip
    if plan.back_minor:
        attempt = await payments.paying_attempt(session, payment)
        refund = await payments.owe(
            session, payment, RefundKind.ORDER, amount_minor=plan.back_minor, attempt=attempt,
            status=RefundStatus.DUE, note=made.note, now=now,
        )  # fmt: skip
        await ledger.post(
            session, source=accounts.held_orders(), target=accounts.refunds(made.org_id),
            amount=Money(plan.back_minor, made.currency), reason="refund", subject_id=refund.id,
            counterparty_id=made.org_id, booked_on=None, now=now,
        )  # fmt: skip


async def _close(
    session: AsyncSession, order: Order, made: Substitution, status: SubstitutionStatus, *, now: datetime
) -> None:
    scope: Scope = session.info["scope"]
    made.status, made.closed_at, made.answered_by = status, now, scope.actor_id
    made.version += 1
    await session.flush()
    told = {"substitution_id": public_id(SUBSTITUTION_PREFIX, made.id)}
    await events.record(
        session, _EVENTS[status], org_id=order.org_id, subject_kind="order", subject_id=order.id,
        before=told | {"status": SubstitutionStatus.OPEN}, after=told | {"status": status}, now=now,
    )  # fmt: skip

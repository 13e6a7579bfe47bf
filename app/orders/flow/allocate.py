"""What happens when an order is paid? Serials leave the lots, providers earn, and the invalidation is asked for."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.core import outbox
from app.core.db import AsyncSession, Database
from app.core.ids import new_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.inventory import operations as inventory
from app.inventory.models import Holding
from app.ledger import operations as ledger
from app.ledger import rules as accounts
from app.listings import operations as listings
from app.orders import operations, queries
from app.orders.models import Order, OrderLine
from app.orders.rules import OrderStatus
from app.payments import operations as payments
from app.payments.models import Payment
from app.payouts import operations as payouts
from app.retirements import operations as retirements
from app.retirements.rules import RANDOM_BITS, Wish, new_reference


async def allocate(db: Database, org_id: UUID, order_id: UUID, *, now: datetime, request_id: str) -> None:
    """Turn a paid order into holdings with exact serials. A lot that cannot be carved makes the order `short`.

    Late in peace when it was done before.
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        providers = await queries.parties_of(session, org_id, order_id)
    async with db.transaction(scope.with_party(DESK_ID, *providers)) as session:  # A trade names its parties.
        order = await queries.locked(session, org_id, order_id)
        if order.status != OrderStatus.PAID:
            return
        lines = operations.in_lot_order(
            [line for line in await queries.lines_of(session, org_id, order_id) if line.refunded < line.quantity]
        )
        payment = await payments.locked_payment_of(session, org_id, order_id)
        # A bank transfer cannot be disputed; whatever else may have been before its order could be allocated.
        disputed = payment.paid_by != "bank_transfer" and await payments.is_disputed(session, order.id)
        holdings = await _carve(session, order, lines, payment, blocked=disputed, now=now)
        if holdings is None:
            await operations.move(session, order, OrderStatus.SHORT, now=now)
            return
        await _retire_at_once(session, order, holdings, now)
        for line in lines:
            if await inventory.exhaust_if_empty(session, provider_id=line.provider_id, lot_id=line.lot_id, now=now):
                await listings.close_for_lot(
                    session, provider_id=line.provider_id, lot_id=line.lot_id, reason="sold_out", now=now
                )
        await _earn(session, order, lines, payment, now)
        if disputed:
            await payouts.hold(session, providers, order.id, now=now)
        order.closed_at = now
        await operations.move(session, order, OrderStatus.FULFILLED, now=now)
        outbox.enqueue(session, "invoices.issue_for_order", due=now, org_id=org_id, order_id=order_id)


async def _carve(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine], payment: Payment, *, blocked: bool, now: datetime
) -> list[Holding] | None:
    """A holding for every line, or none at all; none of it goes to a registry before the payment is final.

    `blocked`: nor while it is disputed.
    """
    holdings = []
    async with session.begin_nested() as attempt:
        for line in lines:
            holding = await inventory.carve(
                session, owner_id=order.org_id, provider_id=line.provider_id, lot_id=line.lot_id, order_id=order.id,
                line_n=line.n, quantity=line.quantity - line.refunded, final_at=payment.final_at,
                blocked_at=now if blocked or payment.final_at is None else None, now=now,
            )  # fmt: skip
            if holding is None:
                await attempt.rollback()
                return None
            holdings.append(holding)
    return holdings


async def _retire_at_once(session: AsyncSession, order: Order, holdings: Sequence[Holding], now: datetime) -> None:
    """Ask for the invalidation that was signed off with the order: one request for each holding."""
    if order.retire is None:
        return
    wish = msgspec.convert(order.retire, Wish)
    registry_codes = await queries.registry_codes(
        session, [(holding.provider_id, holding.lot_id) for holding in holdings]
    )
    for holding in holdings:
        await retirements.request(
            session, retirement_id=new_id(), reference=new_reference(secrets.randbits(RANDOM_BITS)),
            holding=holding, registry_code=registry_codes[holding.lot_id], wish=wish, quantity=holding.quantity,
            requested_by=order.placed_by, signed_off=True, now=now,
        )  # fmt: skip


async def _earn(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine], payment: Payment, now: datetime
) -> None:
    """The money leaves what is held for orders and is owed to the providers, each its goods and its tax.

    Its commission goes off at once; what is left may be paid out when the payment is final.
    """
    for issuer in await queries.issuers_of(session, order.org_id, order.id):
        goods_minor = issuer.goods_minor - issuer.refunded_goods_minor
        tax_minor = issuer.tax_minor - issuer.refunded_tax_minor
        if not goods_minor:
            continue
        await ledger.post(
            session, source=accounts.held_orders(), target=accounts.payable(issuer.provider_id),
            amount=Money(goods_minor + tax_minor, order.currency), reason="sale", subject_id=order.id,
            counterparty_id=issuer.provider_id, booked_on=None, now=now,
        )  # fmt: skip
    await payouts.earn(session, await queries.sold_of(session, order, lines), final_at=payment.final_at, now=now)

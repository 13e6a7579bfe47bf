"""How do units of an order go back to their lots, and how is that counted? For refunds and for lost disputes alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import Scope
from app.inventory import operations as inventory
from app.orders import queries
from app.orders.errors import PersonNeeded
from app.orders.models import Order, OrderIssuer, OrderLine
from app.orders.operations.orders import in_lot_order
from app.orders.rules import Back, OrderStatus
from app.payments import operations as payments

BEFORE_ALLOCATION = (OrderStatus.PAID, OrderStatus.SHORT)


async def return_units(
    session: AsyncSession,
    order: Order,
    lines: Sequence[OrderLine],
    returning: Mapping[int, int],
    *,
    now: datetime,
) -> None:
    """Give so many units of each line back: a reservation before allocation, held serials afterwards. Order is locked."""
    found = () if order.status in BEFORE_ALLOCATION else await queries.holdings_of(session, order.org_id, order.id)
    holdings = {holding.line_n: holding.id for holding in found}
    for line in in_lot_order([line for line in lines if line.n in returning]):
        if order.status in BEFORE_ALLOCATION:
            await inventory.release(
                session, provider_id=line.provider_id, lot_id=line.lot_id, quantity=returning[line.n]
            )
            continue
        await inventory.give_back(
            session, owner_id=order.org_id, provider_id=line.provider_id, holding_id=holdings[line.n],
            quantity=returning[line.n], now=now,
        )  # fmt: skip


async def count_back(
    session: AsyncSession, lines: Sequence[OrderLine], issuers: Sequence[OrderIssuer], plan: Back
) -> None:
    """Count what goes back at the order's lines, and at what it owes each provider."""
    by_line = {each.n: each for each in plan.lines}
    by_issuer = {each.provider_id: each for each in plan.issuers}
    for line in lines:
        if line.n in by_line:
            line.refunded += by_line[line.n].quantity
    for issuer in issuers:
        if issuer.provider_id in by_issuer:
            issuer.refunded_goods_minor += by_issuer[issuer.provider_id].goods_minor
            issuer.refunded_tax_minor += by_issuer[issuer.provider_id].tax_minor
    await session.flush()


async def refuse_disputed(session: AsyncSession, order: Order) -> None:
    """While its payer's bank decides about an order's money nothing of it is given back: it would be given twice.

    Raises InvalidState (409).
    """
    if await payments.is_disputed(session, order.id):
        raise InvalidState("The payment is disputed: its payer's bank decides.", state="payment_disputed")


def refuse_machines(session: AsyncSession) -> None:
    """The desk's own money is given by somebody who has signed in. Raises PersonNeeded (403)."""
    scope: Scope = session.info["scope"]
    if scope.actor_kind != "member":
        raise PersonNeeded("Sign in: an API key cannot answer for this.")

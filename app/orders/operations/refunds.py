"""How is an order given back, whole or in part? Its units return to their lots, its money to its buyer, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from app.core import outbox
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.money import Money
from app.core.scope import Scope
from app.inventory.models import Holding
from app.ledger import operations as ledger
from app.ledger import rules as accounts
from app.orders import queries
from app.orders.errors import NothingToRefund, RefundInvalid, SecondPersonNeeded
from app.orders.models import Order, OrderLine
from app.orders.operations.giving_back import (
    BEFORE_ALLOCATION,
    count_back,
    refuse_disputed,
    refuse_machines,
    return_units,
)
from app.orders.operations.orders import move, note_stock
from app.orders.operations.substitutions import withdraw_open
from app.orders.rules import Back, OrderStatus, back
from app.payments import operations as payments
from app.payments import queries as given
from app.payments.models import Payment, Refund, RefundIssuer, RefundLine
from app.payments.rules import RefundKind, RefundStatus
from app.payouts import operations as payouts
from app.payouts.operations import Returned
from app.payouts.rules import EarningKind


async def refund(
    session: AsyncSession, order: Order, quantities: Mapping[int, int] | None, *, note: str, now: datetime
) -> Refund:
    """Give so many units of each line back (None: all that can be), and their money with its tax, by the way that it came.

    Before allocation the reservation returns, and what was proposed instead; afterwards held serials do. What is on its
    way to a registry, or there, cannot be given back. What the desk had put in returns to it. The order is locked; the transaction names buyer, providers and desk. Raises InvalidState,
    NothingToRefund (409), RefundInvalid (422).
    """
    if order.status not in (*BEFORE_ALLOCATION, OrderStatus.FULFILLED):
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    await refuse_disputed(session, order)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    lines = await queries.lines_of(session, order.org_id, order.id)
    issuers = await queries.issuers_of(session, order.org_id, order.id)
    holdings = await _holdings(session, order)
    returning = _wanted(order, lines, holdings, quantities)
    plan = back([queries.line_left(line) for line in lines], [queries.issuer_left(each) for each in issuers], returning)
    left_minor = payment.received_minor - await given.refunded_minor(session, order.org_id, payment.id)
    if not 0 < plan.buyer_minor <= left_minor:
        raise NothingToRefund(f"¥{left_minor:,} of what was paid are left to be given back.", most_minor=left_minor)
    await withdraw_open(session, order, then=[(line.provider_id, line.lot_id) for line in lines], now=now)
    await return_units(session, order, lines, returning, now=now)
    await count_back(session, lines, issuers, plan)
    made = await _owe(session, order, payment, plan, note=note, now=now)
    await _follow(session, order, lines, made, now=now)
    return made


async def propose_goodwill(
    session: AsyncSession, order: Order, *, amount_minor: int, note: str, now: datetime
) -> Refund:
    """Propose to give money back although the credits stay the buyer's: at most what was paid and not given back.

    A second person confirms it; until then nothing is owed. Raises PersonNeeded (403), InvalidState, NothingToRefund (409).
    """
    refuse_machines(session)
    if order.status != OrderStatus.FULFILLED:
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    await refuse_disputed(session, order)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    left_minor = payment.received_minor - await given.refunded_minor(session, order.org_id, payment.id)
    if amount_minor > left_minor:
        raise NothingToRefund(f"At most ¥{left_minor:,} of this order can be given back.", most_minor=left_minor)
    attempt = await payments.paying_attempt(session, payment)
    return await payments.owe(
        session, payment, RefundKind.GOODWILL, amount_minor=amount_minor, attempt=attempt,
        status=RefundStatus.PROPOSED, note=note, now=now,
    )  # fmt: skip


async def confirm_goodwill(session: AsyncSession, refund: Refund, *, now: datetime) -> None:
    """A second person confirms a locked proposal: the desk bears it (write_off -> refunds), and it is sent.

    Raises PersonNeeded (403), RefundNotPayable, SecondPersonNeeded (409).
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if scope.actor_id == refund.proposed_by:
        raise SecondPersonNeeded("You have proposed it: somebody else confirms it.")
    await payments.confirm(session, refund, now=now)
    await ledger.post(
        session, source=accounts.write_off(), target=accounts.refunds(refund.org_id),
        amount=Money(refund.amount_minor, refund.currency), reason="goodwill", subject_id=refund.id,
        counterparty_id=refund.org_id, booked_on=None, now=now,
    )  # fmt: skip


async def _holdings(session: AsyncSession, order: Order) -> dict[int, Holding]:
    """What the order's lines hold now, by line; empty before allocation."""
    if order.status != OrderStatus.FULFILLED:
        return {}
    found = await queries.holdings_of(session, order.org_id, order.id)
    return {holding.line_n: holding for holding in found}


def _wanted(
    order: Order, lines: Sequence[OrderLine], holdings: Mapping[int, Holding], quantities: Mapping[int, int] | None
) -> dict[int, int]:
    """How many units of which line, each checked. Raises NothingToRefund (409), RefundInvalid (422)."""
    left = {line.n: line.quantity - line.refunded for line in lines}
    if order.status == OrderStatus.FULFILLED:
        left = {n: holdings[n].held if n in holdings else 0 for n in left}
    if quantities is None:
        returning = {n: quantity for n, quantity in left.items() if quantity}
        if not returning:
            raise NothingToRefund("All of it is at the registry, on its way there, or was given back.")
        return returning
    wrong = [
        FieldError(
            f"/lines/{place}/quantity", "too_many", f"At most {left.get(n, 0)} units of line {n} can be given back."
        )
        for place, (n, quantity) in enumerate(quantities.items())
        if quantity > left.get(n, 0)
    ]
    if wrong:
        raise RefundInvalid("Nothing was given back. See `errors`.", errors=tuple(wrong))
    return dict(quantities)


async def _owe(
    session: AsyncSession, order: Order, payment: Payment, plan: Back, *, note: str, now: datetime
) -> Refund:
    attempt = await payments.paying_attempt(session, payment)
    made = await payments.owe(
        session, payment, RefundKind.ORDER, amount_minor=plan.buyer_minor, attempt=attempt, status=RefundStatus.DUE,
        note=note, now=now,
    )  # fmt: skip
    key = {"org_id": order.org_id, "refund_id": made.id}
    await session.execute(
        insert(RefundLine),
        [
            {
                **key,
                "n": each.n,
                "provider_id": each.provider_id,
                "quantity": each.quantity,
                "goods_minor": each.goods_minor,
            }
            for each in plan.lines
        ],
    )
    await session.execute(
        insert(RefundIssuer),
        [
            {
                **key, "provider_id": each.provider_id, "tax_basis_points": each.tax_basis_points,
                "goods_minor": each.goods_minor, "tax_minor": each.tax_minor,
            }
            for each in plan.issuers
        ],
    )  # fmt: skip
    # Before allocation the money is still held; afterwards it is the providers', who give it back.
    if order.status in BEFORE_ALLOCATION:
        await _post(session, made, accounts.held_orders(), order.org_id, plan.buyer_minor, now=now)
        await _post_borne(session, made, accounts.held_orders(), order.org_id, plan.borne_minor, now=now)
        return made
    for each in plan.issuers:
        minor, owed = each.goods_minor + each.tax_minor - each.borne_minor, accounts.payable(each.provider_id)
        await _post(session, made, owed, each.provider_id, minor, now=now)
        await _post_borne(session, made, owed, each.provider_id, each.borne_minor, now=now)
        returned = Returned(each.provider_id, order.id, made.id, each.goods_minor, each.tax_minor)
        await payouts.give_back(session, returned, kind=EarningKind.REFUND, now=now)
    return made


async def _post(
    session: AsyncSession, made: Refund, source: accounts.Account, whose: UUID, minor: int, *, now: datetime
) -> None:
    if not minor:
        return
    await ledger.post(
        session, source=source, target=accounts.refunds(made.org_id), amount=Money(minor, made.currency),
        reason="refund", subject_id=made.id, counterparty_id=whose, booked_on=None, now=now,
    )  # fmt: skip


async def _post_borne(
    session: AsyncSession, made: Refund, source: accounts.Account, whose: UUID, minor: int, *, now: datetime
) -> None:
    """What the desk had put in for dearer credits is its own again."""
    if not minor:
        return
    await ledger.post(
        session, source=source, target=accounts.write_off(), amount=Money(minor, made.currency),
        reason="substitution_back", subject_id=made.id, counterparty_id=whose, booked_on=None, now=now,
    )  # fmt: skip


async def _follow(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine], made: Refund, *, now: datetime
) -> None:
    """The order's own next step: over when nothing is left of it, allocated when a short one can be filled now."""
    note_stock(session, order, now=now)
    if all(line.refunded == line.quantity for line in lines):
        order.closed_at = now
        await move(session, order, OrderStatus.REFUNDED, now=now, refunded_minor=made.amount_minor)
        return
    if order.status == OrderStatus.SHORT:
        await move(session, order, OrderStatus.PAID, now=now, refunded_minor=made.amount_minor)
        outbox.enqueue(session, "orders.allocate", due=now, org_id=order.org_id, order_id=order.id)
        return
    order.version += 1
    await session.flush()

"""What may be done to quotes and orders within one transaction?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.money import YEN
from app.core.scope import Scope
from app.core.terms import Terms
from app.inventory import operations as inventory
from app.listings.models import PublicListing
from app.orders import queries, rules
from app.orders.errors import ListingGone, OrderInvalid
from app.orders.models import BuyerExposure, Order, OrderLine, Quote, QuoteLine
from app.orders.rules import OrderStatus
from app.payments import operations as payments


async def quote(
    session: AsyncSession,
    scope: Scope,
    quote_id: UUID,
    wanted: Sequence[tuple[UUID, int]],
    *,
    terms: Terms,
    now: datetime,
) -> Quote:
    """Lock today's prices for `terms.quote_valid`; nothing is reserved. `wanted` is (listing, quantity) per line.

    Raises ListingGone (409) with the lines' pointers, OrderInvalid (422) for mixed units, too small lines, and more
    than an order may cost.
    """
    offers = await _offers(session, scope, [listing_id for listing_id, _ in wanted])
    chosen = [(offers[listing_id], quantity) for listing_id, quantity in wanted]
    _check_lines(chosen)
    priced = [rules.Priced(offer.provider_id, quantity, offer.price_minor) for offer, quantity in chosen]
    issuers = rules.by_issuer(priced, terms.tax_basis_points)
    goods, tax = sum(i.goods_minor for i in issuers), sum(i.tax_minor for i in issuers)
    if goods > rules.TOTAL_MAX_MINOR:
        raise too_large()
    made = Quote(
        org_id=scope.org_id,
        id=quote_id,
        currency=YEN,
        unit=chosen[0][0].unit,
        quantity=sum(quantity for _, quantity in wanted),
        goods_minor=goods,
        tax_minor=tax,
        total_minor=goods + tax,
        created_at=now,
        expires_at=now + terms.quote_valid,
        order_id=None,
        storefront_id=scope.storefront_id if scope.actor_kind == "storefront" else None,
    )
    session.add(made)
    await session.flush()
    session.add_all(_quote_line(made, n, offer, quantity) for n, (offer, quantity) in enumerate(chosen, start=1))
    await events.record(
        session,
        "quote.created",
        org_id=scope.org_id,
        subject_kind="quote",
        subject_id=quote_id,
        after={"total_minor": made.total_minor, "quantity": made.quantity},
        now=now,
    )
    return made


def _quote_line(quote: Quote, n: int, offer: PublicListing, quantity: int) -> QuoteLine:
    return QuoteLine(
        org_id=quote.org_id,
        quote_id=quote.id,
        n=n,
        provider_id=offer.provider_id,
        listing_id=offer.listing_id,
        lot_id=offer.lot_id,
        quantity=quantity,
        price_minor=offer.price_minor,
        goods_minor=quantity * offer.price_minor,
    )


async def close_unpaid(session: AsyncSession, order: Order, status: OrderStatus, *, now: datetime) -> None:
    """Give back what a locked, unpaid order had reserved, and end it as canceled or expired."""
    assert order.status == OrderStatus.AWAITING_PAYMENT, order.status
    await _count_unpaid(session, order, -order.quantity)
    for line in in_lot_order(await queries.lines_of(session, order.org_id, order.id)):
        await inventory.release(session, provider_id=line.provider_id, lot_id=line.lot_id, quantity=line.quantity)
    await payments.close(session, order.org_id, order.id, now=now)
    order.closed_at = now
    await move(session, order, status, now=now)


async def reserve_again(session: AsyncSession, order: Order) -> bool:
    """Reserve a closed order's lines once more, all or none, for money that came late."""
    async with session.begin_nested() as attempt:
        for line in in_lot_order(await queries.lines_of(session, order.org_id, order.id)):
            taken = await inventory.reserve(
                session, provider_id=line.provider_id, lot_id=line.lot_id, quantity=line.quantity
            )
            if not taken:
                await attempt.rollback()
                return False
    return True


async def mark_paid(session: AsyncSession, order: Order, *, now: datetime) -> None:
    """The money is here: the deadline no longer matters, and serials are carved next."""
    if order.status == OrderStatus.AWAITING_PAYMENT:
        await _count_unpaid(session, order, -order.quantity)
    order.paid_at, order.closed_at = now, None
    await move(session, order, OrderStatus.PAID, now=now)
    outbox.enqueue(session, "orders.allocate", due=now, org_id=order.org_id, order_id=order.id)


async def move(session: AsyncSession, order: Order, status: OrderStatus, *, now: datetime, **facts: Any) -> None:
    """Change the status of a locked order, with its event."""
    before = order.status
    order.status = status
    order.version += 1
    await session.flush()
    await events.record(
        session,
        f"order.{status}",
        org_id=order.org_id,
        subject_kind="order",
        subject_id=order.id,
        before={"status": before},
        after={"status": status, **facts},
        now=now,
    )


def in_lot_order(lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Lines in the order in which lots are locked everywhere."""
    return sorted(lines, key=lambda line: line.lot_id)


async def _count_unpaid(session: AsyncSession, order: Order, by: int) -> None:
    counted = await session.execute(
        update(BuyerExposure)
        .where(BuyerExposure.org_id == order.org_id)
        .values(unpaid=BuyerExposure.unpaid + by)
        .returning(BuyerExposure.org_id)
    )
    assert counted.one() is not None


async def _offers(session: AsyncSession, scope: Scope, listing_ids: list[UUID]) -> dict[UUID, PublicListing]:
    found = await session.scalars(select(PublicListing).where(PublicListing.listing_id.in_(listing_ids)))
    offers = {offer.listing_id: offer for offer in found if rules.is_shown(offer.provider_id, scope.providers)}
    gone = [n for n, listing_id in enumerate(listing_ids) if listing_id not in offers]
    if gone:
        raise listing_gone(gone)
    return offers


def _check_lines(chosen: list[tuple[PublicListing, int]]) -> None:
    if len({offer.unit for offer, _ in chosen}) > 1:
        raise mixed_units()
    small = [(n, offer.min_quantity) for n, (offer, quantity) in enumerate(chosen) if quantity < offer.min_quantity]
    if small:
        raise below_minimum(small)


def listing_gone(lines: Sequence[int]) -> ListingGone:
    """The refusal that points at the lines whose listing is not open."""
    errors = tuple(FieldError(f"/lines/{n}/listing_id", "listing_gone", "This listing is not open.") for n in lines)
    return ListingGone("Leave out the lines in `errors`, or choose other listings.", errors=errors)


def below_minimum(lines: Sequence[tuple[int, int]]) -> OrderInvalid:
    """The refusal that points at the lines below their listing's smallest order."""
    errors = tuple(
        FieldError(f"/lines/{n}/quantity", "below_minimum", f"The smallest order of this listing is {minimum}.")
        for n, minimum in lines
    )
    return OrderInvalid("Some lines are smaller than their listing allows.", errors=errors)


def mixed_units() -> OrderInvalid:
    """The refusal of an order in several units."""
    error = FieldError("/lines", "mixed_units", "One order is in one unit.")
    return OrderInvalid("Order credits in different units separately.", errors=(error,))


def too_large() -> OrderInvalid:
    """The refusal of an order that nobody can mean."""
    error = FieldError("/lines", "too_large", f"At most {rules.TOTAL_MAX_MINOR} yen in one order.")
    return OrderInvalid("The order is too large.", errors=(error,))

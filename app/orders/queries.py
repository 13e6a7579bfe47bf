"""Which orders and quotes are there? Questions only; somebody else's is not found."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.quantity import goods_minor
from app.core.scope import DESK_ID, Scope
from app.inventory.models import Holding, Lot
from app.listings.models import ListingTerms
from app.listings.queries.categories import family
from app.listings.rules import TermsText
from app.orders.errors import OrderNotFound, QuoteNotFound
from app.orders.models import Order, OrderIssuer, OrderLine, Quote, QuoteLine, Substitution, SubstitutionLine
from app.orders.rules import IssuerLeft, LineLeft, OrderStatus, SubstitutionStatus
from app.payouts.operations import Sold
from app.payouts.rules import SoldPart


async def order_of(session: AsyncSession, scope: Scope, order_id: UUID) -> Order:
    """The organisation's own order. Raises OrderNotFound (404)."""
    order = await session.scalar(select(Order).where(Order.org_id == scope.org_id, Order.id == order_id))
    if order is None:
        raise OrderNotFound("You have no order with this id.")
    return order


async def lines_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> list[OrderLine]:
    """An order's lines, in the order's own order."""
    found = await session.scalars(
        select(OrderLine).where(OrderLine.org_id == org_id, OrderLine.order_id == order_id).order_by(OrderLine.n)
    )
    return list(found)


async def holdings_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> Sequence[Holding]:
    """What the order's lines have become; the transaction names its buyer."""
    asked = select(Holding).where(Holding.org_id == org_id, Holding.order_id == order_id).order_by(Holding.line_n)
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def sold_of(session: AsyncSession, order: Order, lines: Sequence[OrderLine]) -> list[Sold]:
    """What each provider sells by these lines of an order, by category; the transaction names the providers."""
    lots = select(Lot.id, Lot.registry_code, family()).where(
        tuple_(Lot.org_id, Lot.id).in_([(line.provider_id, line.lot_id) for line in lines])
    )
    categories = {lot_id: (code, of_methods) for lot_id, code, of_methods in await session.execute(lots)}
    issuers = await issuers_of(session, order.org_id, order.id)
    tax = {each.provider_id: each.tax_minor - each.refunded_tax_minor for each in issuers}
    parts: dict[UUID, list[SoldPart]] = {}
    for line in lines:
        goods = goods_minor(line.quantity - line.refunded, line.price_minor, line.price_per)
        parts.setdefault(line.provider_id, []).append(SoldPart(*categories[line.lot_id], goods))
    return [
        Sold(provider_id, order.id, tuple(sold), tax[provider_id], order.currency)
        for provider_id, sold in sorted(parts.items())
    ]


def line_left(line: OrderLine) -> LineLeft:
    """A line as `rules.back` asks for it."""
    return LineLeft(
        line.n, line.provider_id, line.quantity, line.refunded, line.price_minor, line.price_per, line.borne_minor
    )


def issuer_left(issuer: OrderIssuer) -> IssuerLeft:
    """What an order owes one provider still, as `rules.back` asks for it."""
    return IssuerLeft(
        issuer.provider_id,
        issuer.tax_basis_points,
        issuer.goods_minor - issuer.refunded_goods_minor,
        issuer.tax_minor - issuer.refunded_tax_minor,
    )


async def order_of_desk(session: AsyncSession, order_id: UUID) -> Order:
    """Whoever's order this is, for the operator. Raises OrderNotFound (404)."""
    order = await session.scalar(select(Order).where(Order.desk_id == DESK_ID, Order.id == order_id))
    if order is None:
        raise OrderNotFound("There is no order with this id.")
    return order


async def issuers_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> list[OrderIssuer]:
    """What an order owes to each provider."""
    found = await session.scalars(
        select(OrderIssuer)
        .where(OrderIssuer.org_id == org_id, OrderIssuer.order_id == order_id)
        .order_by(OrderIssuer.provider_id)
    )
    return list(found)


async def orders_page(session: AsyncSession, scope: Scope, page: Page, status: OrderStatus | None) -> Sequence[Order]:
    """The organisation's orders, newest first."""
    query = select(Order).where(Order.org_id == scope.org_id).order_by(Order.id.desc()).limit(page.fetch)
    if status is not None:
        query = query.where(Order.status == status)
    if page.after is not None:
        query = query.where(beyond([(Order.id, True)], page.after))
    return (await session.scalars(query)).all()


async def short_orders(session: AsyncSession, page: Page) -> Sequence[Order]:
    """The operator's list: paid orders that could not be filled, oldest first."""
    query = (
        select(Order)
        .where(Order.desk_id == DESK_ID, Order.status == OrderStatus.SHORT)
        .order_by(Order.id)
        .limit(page.fetch)
    )
    if page.after is not None:
        query = query.where(beyond([(Order.id, False)], page.after))
    return (await session.scalars(query)).all()


async def quote_of(session: AsyncSession, scope: Scope, quote_id: UUID) -> tuple[Quote, list[QuoteLine]]:
    """The organisation's own quote and its lines, or one of the storefront's that it came through.

    For those the transaction names the storefront's owner. Raises QuoteNotFound (404).
    """
    of_storefront = and_(Quote.org_id == scope.storefront_org_id, Quote.storefront_id == scope.storefront_id)
    mine = (
        Quote.org_id == scope.org_id
        if scope.storefront_id is None
        else or_(Quote.org_id == scope.org_id, of_storefront)
    )
    quote = await session.scalar(select(Quote).where(Quote.id == quote_id, mine))
    if quote is None:
        raise QuoteNotFound("You have no quote with this id.")
    lines = await session.scalars(
        select(QuoteLine).where(QuoteLine.org_id == quote.org_id, QuoteLine.quote_id == quote_id).order_by(QuoteLine.n)
    )
    return quote, list(lines)


async def parties_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> tuple[UUID, ...]:
    """The providers of an order, and of what is proposed for it, which the transactions of its later steps name."""
    of_lines = select(OrderLine.provider_id.label("id")).where(
        OrderLine.org_id == org_id, OrderLine.order_id == order_id
    )
    proposed = (
        select(SubstitutionLine.provider_id)
        .join(Substitution, _its_substitution())
        .where(Substitution.org_id == org_id, Substitution.order_id == order_id)
        .where(Substitution.status == SubstitutionStatus.OPEN)
    )
    parties = of_lines.union(proposed).subquery()
    return tuple(await session.scalars(select(parties.c.id).order_by(parties.c.id)))


async def lots_of(session: AsyncSession, org_id: UUID, order_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """Every lot that an order, or what was proposed for it, is or was reserved of, as (provider, lot): by lot, as they are locked."""
    ordered = select(OrderLine.provider_id, OrderLine.lot_id.label("lot_id")).where(
        OrderLine.org_id == org_id, OrderLine.order_id == order_id
    )
    proposed = select(SubstitutionLine.provider_id, SubstitutionLine.lot_id).where(
        SubstitutionLine.org_id == org_id, SubstitutionLine.order_id == order_id
    )
    either = ordered.union(proposed).subquery()
    found = await session.execute(select(either.c.provider_id, either.c.lot_id).order_by(either.c.lot_id))
    return [(provider_id, lot_id) for provider_id, lot_id in found]


async def substitutions_of(
    session: AsyncSession, order: Order
) -> list[tuple[Substitution, Sequence[SubstitutionLine]]]:
    """What was proposed for an order, newest first, each with its lines; the transaction names its buyer. Two statements."""
    rows = await session.scalars(
        select(Substitution)
        .where(Substitution.org_id == order.org_id, Substitution.order_id == order.id)
        .order_by(Substitution.id.desc())
    )
    lines = await session.scalars(
        select(SubstitutionLine)
        .where(SubstitutionLine.org_id == order.org_id, SubstitutionLine.order_id == order.id)
        .order_by(SubstitutionLine.n)
    )
    found: dict[UUID, list[SubstitutionLine]] = {}
    for line in lines:
        found.setdefault(line.substitution_id, []).append(line)
    return [(row, found[row.id]) for row in rows]


async def open_substitution(
    session: AsyncSession, org_id: UUID, order_id: UUID
) -> tuple[Substitution, Sequence[SubstitutionLine]] | None:
    """What is proposed for a locked order and not answered yet, with its lines."""
    row = await session.scalar(
        select(Substitution)
        .where(Substitution.org_id == org_id, Substitution.order_id == order_id)
        .where(Substitution.status == SubstitutionStatus.OPEN)
        .execution_options(populate_existing=True)
    )
    return None if row is None else (row, await lines_proposed(session, row))


async def lines_proposed(session: AsyncSession, proposed: Substitution) -> Sequence[SubstitutionLine]:
    """What was proposed, in its own order; the transaction names its buyer."""
    lines = await session.scalars(
        select(SubstitutionLine)
        .where(SubstitutionLine.org_id == proposed.org_id, SubstitutionLine.substitution_id == proposed.id)
        .order_by(SubstitutionLine.n)
    )
    return lines.all()


def _its_substitution() -> ColumnElement[bool]:
    return and_(Substitution.org_id == SubstitutionLine.org_id, Substitution.id == SubstitutionLine.substitution_id)


async def locked(session: AsyncSession, org_id: UUID, order_id: UUID) -> Order:
    """The order, locked: the first lock of every step."""
    order = await session.scalar(select(Order).where(Order.org_id == org_id, Order.id == order_id).with_for_update())
    assert order is not None, order_id
    return order


async def registry_codes(session: AsyncSession, lots: Sequence[tuple[UUID, UUID]]) -> dict[UUID, str]:
    """The registry of each lot, given as (provider, lot); the transaction names the providers."""
    found = await session.execute(select(Lot.id, Lot.registry_code).where(tuple_(Lot.org_id, Lot.id).in_(lots)))
    return {lot_id: code for lot_id, code in found}  # noqa: C416 - a Row is not a tuple to the type checker.


async def terms_of(session: AsyncSession, lines: Sequence[OrderLine]) -> list[tuple[OrderLine, TermsText]]:
    """The words that each line was bought under, in the lines' order; the transaction names their providers."""
    keys = [(line.provider_id, line.listing_id, line.terms_version) for line in lines]
    table = ListingTerms
    rows = await session.execute(
        select(table.listing_id, table.text_ja, table.text_en).where(
            tuple_(table.org_id, table.listing_id, table.version).in_(keys)
        )
    )
    found = {listing_id: TermsText(ja, en) for listing_id, ja, en in rows}
    return [(line, found[line.listing_id]) for line in lines if line.listing_id in found]

"""What was quoted, ordered and supplied, in the words of an invoice's lines?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.catalog.models import Project, ProjectMethodology, Registry
from app.core.db import AsyncSession
from app.core.period import day_in_japan
from app.core.quantity import goods_minor, priced_per
from app.core.text import tidy_line
from app.inventory.models import Holding, Lot, SerialRange
from app.inventory.queries import written_ranges
from app.inventory.rules import Serials
from app.invoices.queries.waiting import never_supplied
from app.invoices.rules import REDUCED_BASIS_POINTS, Content, Line
from app.orders import queries as orders
from app.orders.models import Order, OrderLine, Quote, QuoteLine
from app.orders.rules import OrderStatus

_NAME_CHARS: Final = 80
_BLOCKS_PRINTED: Final = 8
"""A line of more blocks of serials says how many there are: the holding's page lists them all."""


class _Origin(NamedTuple):
    """What a line's credits are: the lot, its project and registry, and the project's methodologies."""

    lot: Lot
    project: Project
    registry: Registry
    methodologies: Sequence[str]


def supplied_on(order: Order) -> date | None:
    """The day in Japan on which an order's units became the buyer's; None while they have not."""
    return day_in_japan(order.closed_at) if order.status == OrderStatus.FULFILLED and order.closed_at else None


async def lines_of_order(session: AsyncSession, order: Order) -> list[Line]:
    """An order's lines as a paper has them: what was supplied, with its serials, or while nothing was what was ordered.

    What took the place of ordered units stands here instead of them. The transaction names its providers.
    """
    rows = await orders.lines_of(session, order.org_id, order.id)
    return await _lines_of(session, order, [(row, row.quantity - row.substituted) for row in rows])


async def lines_as_paid(session: AsyncSession, order: Order) -> list[Line]:
    """An order's lines as they were paid for, whatever took their place since. The transaction names its providers."""
    rows = await orders.lines_of(session, order.org_id, order.id)
    return await _lines_of(session, order, [(row, row.quantity) for row in rows if row.substitutes is None])


async def borne_of(session: AsyncSession, order: Order, lines: Sequence[Line]) -> dict[int, int]:
    """What of these lines of an order the desk has put in, in yen by line: they are dearer than what was paid for."""
    rows = {row.n: row for row in await orders.lines_of(session, order.org_id, order.id) if row.borne_minor}
    return {line.n: orders.line_left(rows[line.n]).borne_of(line.quantity) for line in lines if line.n in rows}


async def _lines_of(session: AsyncSession, order: Order, ordered: Sequence[tuple[OrderLine, int]]) -> list[Line]:
    """These lines, of each so many units less those that were given back before it was supplied."""
    rows = [row for row, _ in ordered]
    issuers = await orders.issuers_of(session, order.org_id, order.id)
    rates = {issuer.provider_id: issuer.tax_basis_points for issuer in issuers}
    origins = await _origins(session, [(row.provider_id, row.lot_id) for row in rows])
    serials = await _serials(session, order, {lot_id: origin.lot for lot_id, origin in origins.items()})
    day = supplied_on(order)
    never = {} if day is None else await never_supplied(session, order)
    return [
        _line(
            row,
            order.id,
            _content(origins[row.lot_id], serials.get(row.n, ())),
            quantity=quantity,
            unit=order.unit,
            rate=rates[row.provider_id],
            day=day,
            per=row.price_per,
        )
        for row, units in ordered
        if (quantity := units - never.get(row.n, 0)) > 0
    ]


async def lines_of_quote(
    session: AsyncSession, quote: Quote, rows: Sequence[QuoteLine], *, tax_basis_points: int
) -> list[Line]:
    """A quote's lines as a paper has them. The transaction names its providers."""
    origins = await _origins(session, [(row.provider_id, row.lot_id) for row in rows])
    per = priced_per(quote.unit)
    return [
        _line(
            row,
            quote.id,
            _content(origins[row.lot_id], ()),
            quantity=row.quantity,
            unit=quote.unit,
            rate=tax_basis_points,
            day=None,
            per=per,
        )
        for row in rows
    ]


def _line(
    row: OrderLine | QuoteLine,
    order_id: UUID,
    content: Content,
    *,
    quantity: int,
    unit: str,
    rate: int,
    day: date | None,
    per: int,
) -> Line:
    return Line(
        order_id=order_id,
        n=row.n,
        provider_id=row.provider_id,
        content=content,
        quantity=quantity,
        unit=unit,
        price_minor=row.price_minor,
        price_per=per,
        goods_minor=goods_minor(quantity, row.price_minor, per),
        tax_basis_points=rate,
        reduced_rate_marked=rate == REDUCED_BASIS_POINTS,
        supplied_on=day,
    )


async def _origins(session: AsyncSession, lots: Iterable[tuple[UUID, UUID]]) -> dict[UUID, _Origin]:
    methodologies = (
        select(func.array_agg(aggregate_order_by(ProjectMethodology.text, ProjectMethodology.n)))
        .where(ProjectMethodology.project_id == Project.id)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Lot, Project, Registry, func.coalesce(methodologies, []))
        .join(Project, Project.id == Lot.project_id)
        .join(Registry, Registry.code == Lot.registry_code)
        .where(tuple_(Lot.org_id, Lot.id).in_(set(lots)))
    )
    return {row[0].id: _Origin(*row) for row in rows}


async def _serials(session: AsyncSession, order: Order, lots: Mapping[UUID, Lot]) -> dict[int, tuple[str, ...]]:
    """The serials of each line, as its registry writes them, by the line's place."""
    rows = await session.execute(
        select(Holding.line_n, Holding.lot_id, SerialRange.lo, SerialRange.hi)
        .join(SerialRange, (SerialRange.org_id == Holding.org_id) & (SerialRange.holding_id == Holding.id))
        .where(Holding.org_id == order.org_id, Holding.order_id == order.id)
        .order_by(Holding.line_n, SerialRange.lo)
    )
    found: dict[tuple[int, UUID], list[Serials]] = {}
    for n, lot_id, lo, hi in rows:
        found.setdefault((n, lot_id), []).append(Serials(lo, hi))
    return {n: _written(lots[lot_id], ranges) for (n, lot_id), ranges in found.items() if lot_id in lots}


def _written(lot: Lot, ranges: Sequence[Serials]) -> tuple[str, ...]:
    blocks = written_ranges(lot, ranges)
    texts = [
        block.text or (f"{block.serial_prefix}{block.first}" + ("" if block.numbers == 1 else f" – {block.last}"))
        for block in blocks
    ]
    more = len(texts) - _BLOCKS_PRINTED
    return tuple(texts) if more <= 0 else (*texts[:_BLOCKS_PRINTED], f"ほか{more}件 / and {more} more")


def _content(origin: _Origin, serials: tuple[str, ...]) -> Content:
    lot, project, registry, methodologies = origin
    return Content(
        name=_cut(f"{registry.name_ja} {tidy_line(project.name or project.summary)}"),
        project_number=project.number,
        methodology=_cut(", ".join(tidy_line(text) for text in methodologies)),
        vintage=f"{lot.vintage_from.isoformat()} – {lot.vintage_to.isoformat()}",
        serials=serials,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _NAME_CHARS else text[: _NAME_CHARS - 1] + "…"

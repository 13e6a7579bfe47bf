"""What did credits of a kind cost on a day? Counted when the day is over, over everybody's orders, and shown in averages.

A day is written once and stays: two counts of one day, held against each other, would tell the trade between them.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.core.db import AsyncSession, Database
from app.core.money import YEN
from app.core.period import JAPAN, day_in_japan
from app.core.quantity import priced_per
from app.inventory.models import Lot
from app.listings.models import DailyPrice, PublicPrice
from app.listings.queries.categories import family
from app.listings.rules import Traded, may_be_shown
from app.orders.models import Order, OrderLine

GRACE: Final = timedelta(hours=1)
"""So long after midnight in Japan a day is written: what was paid at its end is in the database by then."""
DAYS_BACK: Final = 31
"""Days that were missed, while no worker ran, are made up for within a month."""
ASK_DAYS: Final = 30


class Category(NamedTuple):
    """What is compared: a registry's family of methodologies, in one unit."""

    registry_code: str
    family: str
    unit: str


async def write_days(db: Database, *, now: datetime) -> int:
    """Write the days in Japan that are over and not written yet; how many rows. It may run twice, or late."""
    last = day_in_japan(now - GRACE) - timedelta(days=1)
    days = [last - timedelta(days=back) for back in range(DAYS_BACK)]
    async with db.public() as session:
        known = set(await session.scalars(select(DailyPrice.day).where(DailyPrice.day.in_(days)).distinct()))
    written = 0
    for day in sorted(set(days) - known):
        async with db.audit() as session:  # The one reader of everybody's trades: only averages leave this block.
            rows = _rows(day, await _traded(session, day), await _last_asks(session, day), now)
        if rows:
            async with db.public() as session:
                made = insert(DailyPrice).values(rows).on_conflict_do_nothing()
                written += len((await session.scalars(made.returning(DailyPrice.day))).all())
    return written


def _rows(
    day: date, traded: Mapping[Category, Traded], asks: Mapping[Category, int], now: datetime
) -> list[dict[str, Any]]:
    shown = {category: found for category, found in traded.items() if may_be_shown(found)}
    return [
        {
            "day": day,
            **category._asdict(),
            "currency": YEN,
            "average_minor": shown[category].average_minor if category in shown else None,
            "quantity": shown[category].quantity if category in shown else None,
            "last_ask_minor": asks.get(category),
            "built_at": now,
        }
        for category in sorted(shown.keys() | asks.keys())
    ]


def _bounds(day: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(), JAPAN)
    return begin, begin + timedelta(days=1)


async def _traded(session: AsyncSession, day: date) -> dict[Category, Traded]:
    """What was paid for on the day, by category. Two statements, however much that was."""
    lines = _paid_lines(day)
    category = (lines.c.registry_code, lines.c.family, lines.c.unit)
    of_buyers = (
        select(*category, func.sum(lines.c.quantity).label("quantity"), func.sum(lines.c.goods_minor).label("goods"))
        .group_by(*category, lines.c.org_id)
        .subquery()
    )
    named = (of_buyers.c.registry_code, of_buyers.c.family, of_buyers.c.unit)
    sums = (func.sum(of_buyers.c.quantity), func.sum(of_buyers.c.goods), func.count(), func.max(of_buyers.c.quantity))
    bought = (await session.execute(select(*named, *sums).group_by(*named))).all()
    sellers = select(*category, func.count(lines.c.provider_id.distinct())).group_by(*category)
    providers = {Category(*row[:3]): row[3] for row in await session.execute(sellers)}
    return {
        (key := Category(*row[:3])): Traded(
            price_per=priced_per(key.unit),
            quantity=int(row[3]),
            goods_minor=int(row[4]),
            buyers=row[5],
            providers=providers[key],
            largest_quantity=int(row[6]),
        )
        for row in bought
    }


def _paid_lines(day: date) -> Subquery:
    begin, end = _bounds(day)
    return (
        select(
            Lot.registry_code,
            family().label("family"),
            Lot.unit,
            OrderLine.org_id,
            OrderLine.provider_id,
            OrderLine.quantity,
            OrderLine.goods_minor,
        )
        .join(Order, (Order.org_id == OrderLine.org_id) & (Order.id == OrderLine.order_id))
        .join(Lot, (Lot.org_id == OrderLine.provider_id) & (Lot.id == OrderLine.lot_id))
        .where(Order.paid_at >= begin, Order.paid_at < end)
        .where(OrderLine.substitutes.is_(None))  # What was paid for that day, whatever took its place later.
        .subquery()
    )


async def _last_asks(session: AsyncSession, day: date) -> dict[Category, int]:
    """What a public listing of each category was put up at last, in minor units; nothing older than `ASK_DAYS`."""
    _, end = _bounds(day)
    category = (PublicPrice.registry_code, PublicPrice.family, PublicPrice.unit)
    rows = await session.execute(
        select(*category, PublicPrice.price_minor)
        .ext(distinct_on(*category))
        .where(PublicPrice.from_at < end, PublicPrice.from_at >= end - timedelta(days=ASK_DAYS))
        .order_by(*category, PublicPrice.from_at.desc(), PublicPrice.listing_id, PublicPrice.version.desc())
    )
    return {Category(*row[:3]): row[3] for row in rows}

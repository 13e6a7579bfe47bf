"""What did listings ask for, and what was paid on average?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.listings.models import DailyPrice, PublicPrice

_PLACE = (
    (DailyPrice.day, True),
    (DailyPrice.registry_code, True),
    (DailyPrice.family, True),
    (DailyPrice.unit, True),
)


@dataclass(frozen=True, slots=True)
class PriceFilter:
    """Which days and categories are wanted; None does not narrow. Both days inclusive."""

    registry: str | None
    family: str | None
    unit: str | None
    first: date | None
    last: date | None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {name: getattr(self, name) for name in self.__slots__}


async def daily_prices(session: AsyncSession, page: Page, wanted: PriceFilter) -> Sequence[DailyPrice]:
    """Days of categories, newest first."""
    asked: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.registry, DailyPrice.registry_code.__eq__),
        (wanted.family, DailyPrice.family.__eq__),
        (wanted.unit, DailyPrice.unit.__eq__),
        (wanted.first, DailyPrice.day.__ge__),
        (wanted.last, DailyPrice.day.__le__),
    ]
    chosen = select(DailyPrice).where(*(narrow(given) for given, narrow in asked if given is not None))
    if page.after is not None:
        chosen = chosen.where(beyond(_PLACE, page.after))
    return (await session.scalars(chosen.order_by(*(each.desc() for each, _ in _PLACE)).limit(page.fetch))).all()


def daily_price_place(row: DailyPrice) -> tuple[KeyValue, ...]:
    """Where a day of a category stands in the order of `daily_prices`."""
    return row.day, row.registry_code, row.family, row.unit


async def asked_prices(session: AsyncSession, listing_id: UUID, page: Page) -> Sequence[PublicPrice]:
    """What a listing asked everybody for, newest first; nothing of the time when it was not for everybody."""
    chosen = select(PublicPrice).where(PublicPrice.listing_id == listing_id).order_by(PublicPrice.version.desc())
    if page.after is not None:
        chosen = chosen.where(beyond([(PublicPrice.version, True)], page.after))
    return (await session.scalars(chosen.limit(page.fetch))).all()

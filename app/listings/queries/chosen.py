"""Which open listings fit a buyer's criteria and can be bought at this moment, cheapest first?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_

from app.core.db import AsyncSession
from app.core.quantity import priced_per
from app.core.scope import Scope
from app.listings.models import LimitedListing, PublicListing, Shown
from app.listings.queries.limited import is_chosen, is_for, is_on
from app.listings.queries.public import Offer, with_availability
from app.listings.rules import Pricing

CANDIDATES_MAX: Final = 200
"""So many listings are looked at for one quote of at most twenty lines: the cheapest by their lowest price."""
ROUNDS_MAX: Final = 5
"""So often the next ones are fetched when those found are sold out."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a buyer wants, whichever listing it comes from; None does not narrow. Prices in minor units, tax excluded."""

    unit: str
    registry: str | None = None
    methodology: str | None = None
    region: str | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    """The listing's vintage lies within."""
    price_max_minor: int | None = None
    """The most that one unit may cost, at the lowest tier."""
    providers: frozenset[UUID] | None = None
    """Only these providers: a storefront's choice."""

    def named(self) -> Mapping[str, object]:
        """The criteria as the caller gave them."""
        given = {name: getattr(self, name) for name in self.__slots__ if name != "providers"}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in given.items()
            if value is not None
        }


async def candidates(session: AsyncSession, reader: Scope, criteria: Criteria, *, now: datetime) -> list[Offer]:
    """Listings that fit, are for the reader, and have something left, by their lowest price. A handful of statements."""
    fits = [*_fits(PublicListing, criteria, now), is_chosen(PublicListing.provider_id, reader)]
    found = await _available(session, PublicListing, fits)
    fits = [*_fits(LimitedListing, criteria, now), is_for(reader), is_chosen(LimitedListing.provider_id, reader)]
    found += await _available(session, LimitedListing, fits)
    return sorted(found, key=_place)[:CANDIDATES_MAX]


def pricing_of(shown: Shown) -> Pricing:
    """What so much of a listing costs."""
    return Pricing(shown.price_minor, tuple(shown.tier_quantities), tuple(shown.tier_prices), priced_per(shown.unit))


_Table = type[PublicListing] | type[LimitedListing]


async def _available(session: AsyncSession, table: _Table, fits: Sequence[ColumnElement[bool]]) -> list[Offer]:
    """The cheapest that fit; further ones are fetched while those found so far are mostly sold out."""
    place = (table.least_price_minor, table.listing_id)
    chosen: Select[Any] = select(table).where(*fits).order_by(*place).limit(CANDIDATES_MAX)
    found: list[Offer] = []
    after: tuple[int, UUID] | None = None
    for _ in range(ROUNDS_MAX):
        asked = chosen if after is None else chosen.where(tuple_(*place) > after)
        rows: Sequence[Shown] = (await session.scalars(asked)).all()
        found += [offer for offer in await with_availability(session, rows) if offer.available > 0]
        if len(rows) < CANDIDATES_MAX or len(found) >= CANDIDATES_MAX // 2:
            break
        after = rows[-1].least_price_minor, rows[-1].listing_id
    return found


def _place(offer: Offer) -> tuple[int, UUID]:
    return offer.listing.least_price_minor, offer.listing.listing_id


def _fits(table: _Table, wanted: Criteria, now: datetime) -> list[ColumnElement[bool]]:
    asked: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.registry, lambda code: table.terms.contains([f"registry:{code}"])),
        (wanted.methodology, lambda code: table.terms.contains([f"methodology:{code}"])),
        (wanted.region, lambda region: table.terms.contains([f"region:{region}"])),
        (wanted.vintage_from, table.vintage_from.__ge__),
        (wanted.vintage_to, table.vintage_to.__le__),
        (wanted.price_max_minor, table.least_price_minor.__le__),
        (wanted.providers, table.provider_id.in_),
    ]
    narrowed = [narrow(given) for given, narrow in asked if given is not None]
    return [table.unit == wanted.unit, is_on(table.ends_at, now), *narrowed]

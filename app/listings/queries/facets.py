"""How many listings would each further filter leave? Counted up to a thousand, and never said more exactly than known.

Without a filter each value is counted in its own index, up to 1,001. With one, the first rows that may fit are looked at:
when that was all of them the counts are exact, else they are what was met so far, and said to be at least that.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import CTE, Text, column, func, select, text, true

from app.core.db import AsyncSession
from app.listings.models import ListingTerm, PublicListing
from app.listings.queries.search import TERM_DIMENSIONS, Wanted, fits, rarest

COUNT_CAP: Final = 1_000
LOOKED_AT: Final = 1_200
"""Rows of the rarest value that was asked for, or, where none was, rows that fit: about ten milliseconds."""
_EVERY_VALUE: Final = text(
    """
    with recursive found (term) as (
      (select term from listing_term order by term limit 1)
      union all
      select (select t.term from listing_term t where t.term > found.term order by t.term limit 1)
      from found where found.term is not null
    )
    select found.term, counted.n
    from found, lateral (select count(*) as n from (select from listing_term t where t.term = found.term limit :cap) capped) counted
    where found.term is not null
    """
)


class Facet(NamedTuple):
    """One value: how many listings have it, and whether there may be more than that."""

    dimension: str
    value: str
    listings: int
    at_least: bool


async def facets(session: AsyncSession, wanted: Wanted) -> list[Facet]:
    """The values among the listings that fit, the most frequent first within each dimension. Few statements."""
    if wanted.is_everything:
        every = await session.execute(_EVERY_VALUE, {"cap": COUNT_CAP + 1})
        return _told([(term, n) for term, n in every], looked_at_all=True)
    if wanted.projects is not None and not wanted.projects:
        return []
    terms = wanted.filter.terms()
    if terms and wanted.projects is None and wanted.filter.provider is None:
        looked_at, met = _led_by(await rarest(session, terms), wanted)
    else:
        some = select(PublicListing.terms).where(*fits(wanted)).limit(LOOKED_AT + 1)
        looked_at = met = some.cte("met").prefix_with("materialized")
    each = func.unnest(met.c.terms).table_valued(column("term", Text), name="each").render_derived()
    how_many = select(func.count()).select_from(looked_at).scalar_subquery()
    counted = select(each.c.term, func.count(), how_many).select_from(met).join(each, true()).group_by(each.c.term)
    rows = (await session.execute(counted)).all()
    return _told([(found, n) for found, n, _ in rows], looked_at_all=not rows or rows[0][2] <= LOOKED_AT)


def _led_by(term: str, wanted: Wanted) -> tuple[CTE, CTE]:
    """The first rows that have a value, and those of them that fit."""
    some = select(ListingTerm.listing_id).where(ListingTerm.term == term).limit(LOOKED_AT + 1)
    led = some.cte("led").prefix_with("materialized")
    met = select(PublicListing.terms).join(led, led.c.listing_id == PublicListing.listing_id)
    return led, met.where(*fits(wanted, led_by=term)).cte("met").prefix_with("materialized")


def _told(counted: Sequence[tuple[str, int]], *, looked_at_all: bool) -> list[Facet]:
    order = {name: place for place, name in enumerate(TERM_DIMENSIONS)}
    told = []
    for term, n in counted:
        dimension, _, value = term.partition(":")
        told.append(Facet(dimension, value, min(n, COUNT_CAP), n > COUNT_CAP or not looked_at_all))
    return sorted(told, key=lambda facet: (order[facet.dimension], -facet.listings, facet.value))

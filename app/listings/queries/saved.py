"""Which searches has an organisation saved, and which of all that were saved does a batch of news fit?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select, text, tuple_

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.listings.errors import SavedSearchNotFound
from app.listings.models import SavedSearch
from app.listings.queries.search import ListingFilter

SEARCHES_AT_ONCE: Final = 1_000
"""So many are compared with a batch of news in one statement: what comes back stays small, and the statement short."""
START: Final = (UUID(int=0), UUID(int=0))
"""Before the first of all saved searches."""
# A listing's news of one batch is one: what it cost before the first of them. A search is found by one value that the
# listing must have (`led_by`), then compared whole. A listing that already fitted at its price before is not new.
# What is small is made first: the planner knows nothing of its size and would begin with what is not.
_FITS: Final = text(
    """
    with news as (
      select distinct on (listing_id) listing_id, price_before from listing_news where batch_id = :batch
      order by listing_id, n
    ), shown as materialized (
      select n.price_before, l.listing_id, l.terms, l.project_id, l.provider_id, l.price_minor, l.vintage_from,
             l.vintage_to, l.available_seen, l.ends_at, null::uuid[] as audience_ids
      from news n join public_listing l on l.listing_id = n.listing_id
      union all
      select n.price_before, l.listing_id, l.terms, l.project_id, l.provider_id, l.price_minor, l.vintage_from,
             l.vintage_to, l.available_seen, l.ends_at, l.audience_ids
      from news n join limited_listing l on l.listing_id = n.listing_id
    ), looked_up as materialized (
      select l.*, w.folded, key
      from shown l left join project_words w on w.project_id = l.project_id,
           unnest(l.terms || array['provider:' || l.provider_id::text, '']) key
      where l.ends_at is null or l.ends_at > :now
    ), searches as materialized (
      select s.* from saved_search s join organisation o on o.org_id = s.org_id and o.status = 'active'
      where (s.org_id, s.id) > (:after_org, :after_id) and (s.org_id, s.id) <= (:upto_org, :upto_id)
    )
    select s.org_id, s.id, s.name, (array_agg(l.listing_id order by l.price_minor, l.listing_id))[1:20] as listing_ids,
           count(*)::int as listings
    from searches s join looked_up l on l.key = s.led_by
    where (l.audience_ids is null or s.org_id = any (l.audience_ids))
      and l.terms @> s.terms
      and (s.provider_id is null or l.provider_id = s.provider_id)
      and (s.price_gte is null or l.price_minor >= s.price_gte)
      and (s.price_lte is null or l.price_minor <= s.price_lte)
      and (s.vintage_from is null or l.vintage_from >= s.vintage_from)
      and (s.vintage_to is null or l.vintage_to <= s.vintage_to)
      and (s.available_gte is null or l.available_seen >= s.available_gte)
      and not exists (select from unnest(s.words) word where strpos(coalesce(l.folded, ''), word) = 0)
      and (l.price_before is null or l.price_before < s.price_gte or l.price_before > s.price_lte)
    group by s.org_id, s.id, s.name
    order by s.org_id, s.id
    """
)


class Fit(NamedTuple):
    """A saved search that something new fits: the cheapest first, and how many there are."""

    org_id: UUID
    search_id: UUID
    name: str
    listing_ids: list[UUID]
    listings: int


async def next_searches(session: AsyncSession, after: tuple[UUID, UUID]) -> tuple[UUID, UUID] | None:
    """The last of the searches to be compared next, over all organisations (the audit's transaction); None: no more."""
    place = tuple_(SavedSearch.org_id, SavedSearch.id)
    ahead = select(SavedSearch.org_id, SavedSearch.id).where(place > after)
    ahead = ahead.order_by(SavedSearch.org_id, SavedSearch.id).limit(SEARCHES_AT_ONCE)
    found = (await session.execute(ahead)).all()
    return None if not found else (found[-1].org_id, found[-1].id)


async def new_fits(
    session: AsyncSession, batch_id: UUID, after: tuple[UUID, UUID], upto: tuple[UUID, UUID], *, now: datetime
) -> list[Fit]:
    """What a batch of news fits among the searches after one and up to another, of all organisations; in their order.

    A limited listing fits only searches of the organisations that it is for. One statement for all of them.
    """
    asked: dict[str, Any] = {"batch": batch_id, "now": now}
    asked |= dict(zip(("after_org", "after_id", "upto_org", "upto_id"), (*after, *upto), strict=True))
    return [Fit(*row) for row in await session.execute(_FITS, asked)]


async def saved_searches(session: AsyncSession, scope: Scope, page: Page) -> Sequence[SavedSearch]:
    """The caller's organisation's saved searches, newest first."""
    asked = select(SavedSearch).where(SavedSearch.org_id == scope.org_id)
    if page.after is not None:
        asked = asked.where(beyond([(SavedSearch.id, True)], page.after))
    return (await session.scalars(asked.order_by(SavedSearch.id.desc()).limit(page.fetch))).all()


async def saved_search(session: AsyncSession, scope: Scope, search_id: UUID) -> SavedSearch:
    """One of the caller's organisation's saved searches. Raises SavedSearchNotFound (404)."""
    asked = select(SavedSearch).where(SavedSearch.org_id == scope.org_id, SavedSearch.id == search_id)
    found = await session.scalar(asked)
    if found is None:
        raise SavedSearchNotFound("Your organisation has no saved search with this id.")
    return found


def filter_of(saved: SavedSearch) -> ListingFilter:
    """The filter that was saved."""
    asked: dict[str, Any] = dict(term.split(":", 1) for term in saved.terms)
    if "fiscal_year" in asked:
        asked["fiscal_year"] = int(asked["fiscal_year"])
    return ListingFilter(
        q=saved.q,
        provider=saved.provider_id,
        price_gte=saved.price_gte,
        price_lte=saved.price_lte,
        vintage_from=saved.vintage_from,
        vintage_to=saved.vintage_to,
        available_gte=saved.available_gte,
        **asked,
    )

"""How is a search saved, changed and given up, and how is its owner told of what fits?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update

from app.catalog.queries import words_in
from app.core import events
from app.core.db import AsyncSession
from app.core.scope import Scope
from app.listings.errors import SavedSearchExists, SavedSearchNotFound, TooManySavedSearches
from app.listings.models import ListingNews, NewsBatch, SavedSearch
from app.listings.queries import START, ListingFilter, filter_of
from app.listings.queries.saved import Fit
from app.listings.rules import SEARCHES_MAX, led_by
from app.notices.operations import News, tell
from app.notices.rules import NoticeKind

BATCH: Final = 1_000


async def save_search(
    session: AsyncSession, scope: Scope, search_id: UUID, *, name: str, wanted: ListingFilter, now: datetime
) -> SavedSearch:
    """Keep a search for the caller's organisation. Raises SavedSearchExists, TooManySavedSearches (409)."""
    await _in_turn(session, scope)
    await _require_free(session, scope, name)
    if await _count(session, SavedSearch.org_id == scope.org_id) >= SEARCHES_MAX:
        raise TooManySavedSearches(f"An organisation may have {SEARCHES_MAX}.", limit=SEARCHES_MAX)
    saved = SavedSearch(
        org_id=scope.org_id, id=search_id, name=name, made_by=scope.actor_id, made_at=now, version=1, **_columns(wanted)
    )
    session.add(saved)
    await session.flush()
    await _record(session, "saved_search.made", saved, _told(saved), now=now)
    return saved


async def locked_search(session: AsyncSession, scope: Scope, search_id: UUID) -> SavedSearch:
    """A saved search of the caller's organisation that is about to be changed. Raises SavedSearchNotFound (404)."""
    await _in_turn(session, scope)
    asked = select(SavedSearch).where(SavedSearch.org_id == scope.org_id, SavedSearch.id == search_id)
    saved = await session.scalar(asked.with_for_update())
    if saved is None:
        raise SavedSearchNotFound("Your organisation has no saved search with this id.")
    return saved


async def change_search(
    session: AsyncSession,
    scope: Scope,
    saved: SavedSearch,
    *,
    name: str | None,
    wanted: ListingFilter | None,
    now: datetime,
) -> None:
    """Give a locked saved search another name or filter; None stays. All as it was: nothing happens.

    Raises SavedSearchExists (409).
    """
    before = _told(saved)
    if name is not None and name != saved.name:
        await _require_free(session, scope, name)
        saved.name = name
    if wanted is not None and wanted != filter_of(saved):
        for column, value in _columns(wanted).items():
            setattr(saved, column, value)
    after = _told(saved)
    if after == before:
        return
    saved.version += 1
    await session.flush()
    await _record(session, "saved_search.changed", saved, after, before=before, now=now)


async def delete_search(session: AsyncSession, saved: SavedSearch, *, now: datetime) -> None:
    """Give up a locked saved search. Notices that it led to stay."""
    await _record(session, "saved_search.deleted", saved, {}, before=_told(saved), now=now)
    await session.delete(saved)
    await session.flush()


async def claim_news(session: AsyncSession, batch_id: UUID) -> NewsBatch | None:
    """The batch of news to go on with: one that was begun and not finished, else a new one; None: no news."""
    begun = await session.scalar(select(NewsBatch).order_by(NewsBatch.id).limit(1))
    if begun is not None:
        return begun
    fresh = select(ListingNews.n).where(ListingNews.batch_id.is_(None)).order_by(ListingNews.n).limit(BATCH)
    claimed = (await session.scalars(fresh.with_for_update(skip_locked=True))).all()
    if not claimed:
        return None
    batch = NewsBatch(id=batch_id, after_org=START[0], after_id=START[1])
    session.add(batch)
    await session.flush()
    await session.execute(update(ListingNews).where(ListingNews.n.in_(claimed)).values(batch_id=batch_id))
    return batch


async def pass_searches(session: AsyncSession, batch_id: UUID, upto: tuple[UUID, UUID]) -> None:
    """Note that all searches up to this one were compared with a batch; never backwards, when two do the same."""
    place = tuple_(NewsBatch.after_org, NewsBatch.after_id)
    moved = update(NewsBatch).where(NewsBatch.id == batch_id, place < upto)
    moved = moved.values(after_org=upto[0], after_id=upto[1])
    await session.execute(moved.execution_options(synchronize_session=False))


async def finish_news(session: AsyncSession, batch_id: UUID) -> None:
    """Forget a batch whose notices are made."""
    await session.execute(delete(ListingNews).where(ListingNews.batch_id == batch_id))
    await session.execute(delete(NewsBatch).where(NewsBatch.id == batch_id))


async def tell_fits(session: AsyncSession, org_id: UUID, batch_id: UUID, fits: Sequence[Fit], *, now: datetime) -> int:
    """A notice for each of an organisation's searches that still exists, once for each batch; how many were made."""
    alive = await session.scalars(
        select(SavedSearch.id).where(SavedSearch.org_id == org_id, SavedSearch.id.in_([fit.search_id for fit in fits]))
    )
    kept = set(alive.all())
    told = [News(fit.search_id, fit.name, fit.listing_ids, fit.listings) for fit in fits if fit.search_id in kept]
    return await tell(session, org_id, NoticeKind.SEARCH_FITS, batch_id, told, now=now)


async def _in_turn(session: AsyncSession, scope: Scope) -> None:
    """One change of an organisation's searches at a time: what is counted and what is named stays so until the end."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"searches:{scope.org_id}", 0))))


async def _require_free(session: AsyncSession, scope: Scope, name: str) -> None:
    if await _count(session, SavedSearch.org_id == scope.org_id, SavedSearch.name == name):
        raise SavedSearchExists("Your organisation has a saved search of this name.")


async def _count(session: AsyncSession, *conditions: Any) -> int:
    return await session.scalar(select(func.count()).select_from(SavedSearch).where(*conditions)) or 0


def _columns(wanted: ListingFilter) -> dict[str, Any]:
    terms = wanted.terms()
    return {
        "q": wanted.q,
        "words": [] if wanted.q is None else words_in(wanted.q),
        "terms": terms,
        "led_by": led_by(terms, wanted.provider),
        "provider_id": wanted.provider,
        "price_gte": wanted.price_gte,
        "price_lte": wanted.price_lte,
        "vintage_from": wanted.vintage_from,
        "vintage_to": wanted.vintage_to,
        "available_gte": wanted.available_gte,
    }


def _told(saved: SavedSearch) -> dict[str, Any]:
    """What an event tells of a saved search."""
    given = filter_of(saved).named().items()
    return {"name": saved.name, "filter": {name: _plain(value) for name, value in given if value is not None}}


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)


async def _record(
    session: AsyncSession,
    kind: str,
    saved: SavedSearch,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    await events.record(
        session,
        kind,
        org_id=saved.org_id,
        subject_kind="saved_search",
        subject_id=saved.id,
        before=before,
        after=after,
        now=now,
    )

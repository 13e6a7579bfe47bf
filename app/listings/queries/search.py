"""Which open listings fit, in which order? Every filter-and-sort pair that is promised to be fast is answered from an index.

| pair | answered by |
|---|---|
| newest · cheapest · dearest | `ix_public_listing_published`, `…_price` (both ways) |
| registry, methodology, family, region, prefecture, use, fiscal year, label, mechanism, each by price | `pk_listing_term` |
| provider, newest | `…_provider` |
| words, by price | the few projects that have the words, then `…_project`, or `…_price` when they are many |

Filters combine freely: the rarest value leads, the others are looked at in the row. What no pair covers is found by the
planner from the same indexes.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, column, func, literal, or_, select, true
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.catalog import queries as catalog
from app.core.db import AsyncSession
from app.core.pages import KeyValue, Page, beyond
from app.listings.models import ListingTerm, PublicListing
from app.listings.queries.limited import is_on

FEW: Final = 2_000
"""So many rows are read and sorted in about a millisecond: no index order is needed."""
PROJECTS_ABREAST: Final = 64
"""Of so many projects the cheapest listings are merged; more projects are so common that the price order meets them."""
TERM_DIMENSIONS: Final = (
    "registry", "kind", "family", "mechanism", "fiscal_year", "methodology", "region", "prefecture", "eligible_for",
    "label", "rating",
)  # fmt: skip
SORTS: Final[Mapping[str, tuple[tuple[str, bool], ...]]] = {
    "-published_at": (("published_at", True), ("listing_id", True)),
    "price": (("price_minor", False), ("listing_id", False)),
    "-price": (("price_minor", True), ("listing_id", True)),
    "vintage": (("vintage_to", False), ("listing_id", False)),
    "-vintage": (("vintage_to", True), ("listing_id", True)),
    "-available": (("available_seen", True), ("listing_id", True)),
}
"""The columns of each order, and whether they run downwards."""


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which open listings are wanted; None does not narrow. Prices are in whole yen for one unit, tax excluded."""

    q: str | None = None
    """Words, all of which the project's texts hold, whatever their width or case."""
    registry: str | None = None
    kind: str | None = None
    family: str | None = None
    mechanism: str | None = None
    fiscal_year: int | None = None
    """Japan's fiscal year in which the vintage ends."""
    methodology: str | None = None
    """A code without its version, exactly."""
    region: str | None = None
    prefecture: str | None = None
    eligible_for: str | None = None
    label: str | None = None
    rating: str | None = None
    """`agency:value`."""
    provider: UUID | None = None
    price_gte: int | None = None
    price_lte: int | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    available_gte: int | None = None

    def named(self) -> Mapping[str, object]:
        """The filters as the caller gave them: a cursor is bound to them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def terms(self) -> list[str]:
        """The values asked for by equality, as a listing names them."""
        given = ((name, getattr(self, name)) for name in TERM_DIMENSIONS)
        return [f"{name}:{value}" for name, value in given if value is not None]


class Wanted(NamedTuple):
    """A search as the database is asked: the filter, its words looked up, and for whom."""

    filter: ListingFilter
    projects: Sequence[UUID] | None
    """Those that have the words; None: no words were given."""
    providers: frozenset[UUID] | None
    """The only ones whose listings this reader's storefront shows; None: all."""
    now: datetime

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows it."""
        return self.filter == ListingFilter() and self.providers is None


async def wanted_by(
    session: AsyncSession, asked: ListingFilter, *, providers: frozenset[UUID] | None, now: datetime
) -> Wanted:
    """Look the words up. At most one statement."""
    projects = None if asked.q is None else await catalog.projects_with_words(session, asked.q)
    return Wanted(asked, projects, providers, now)


def fits(wanted: Wanted, table: Any = PublicListing, *, led_by: str = "") -> list[ColumnElement[bool]]:
    """The whole filter as conditions on one row of a projection, but for a value that led to the row.

    Said twice, it would make the planner believe that hardly any row fits, and read all of them.
    """
    asked, conditions = wanted.filter, [is_on(table.ends_at, wanted.now)]
    if terms := [each for each in asked.terms() if each != led_by]:
        conditions.append(table.terms.contains(terms))
    compared: list[tuple[Any, Callable[[Any, Any], Any], Any]] = [
        (table.provider_id, operator.eq, asked.provider),
        (table.price_minor, operator.ge, asked.price_gte),
        (table.price_minor, operator.le, asked.price_lte),
        (table.vintage_from, operator.ge, asked.vintage_from),
        (table.vintage_to, operator.le, asked.vintage_to),
        (table.available_seen, operator.ge, asked.available_gte),
    ]
    conditions += [compare(column, value) for column, compare, value in compared if value is not None]
    if wanted.projects is not None:
        conditions.append(table.project_id == func.any(_ids(wanted.projects)))
    if wanted.providers is not None:
        conditions.append(table.provider_id == func.any(_ids(sorted(wanted.providers))))
    return conditions


async def found(session: AsyncSession, page: Page, wanted: Wanted, sort: str) -> Sequence[PublicListing]:
    """The page's rows in the order of `sort`, one more than are shown. Three short statements at most.

    A cursor of an order by price ends in the moment at which its first page was cut. A listing whose price changed
    since is shown once at most: not again when it comes from a place that was passed.
    """
    if wanted.projects is not None and not wanted.projects:
        return []
    chosen = await _chosen(session, page, wanted, sort)
    return (await session.scalars(chosen)).all()


def place_of(listing: PublicListing, sort: str, first_cut: datetime) -> tuple[KeyValue, ...]:
    """Where a listing stands in an order, and since when its reader has been paging: what a cursor holds."""
    return (*(getattr(listing, name) for name, _ in SORTS[sort]), first_cut)


def first_cut(page: Page, now: datetime) -> datetime:
    """When the first page of this reading was cut."""
    if page.after is None:
        return now
    moment = page.after[-1]
    assert isinstance(moment, datetime), moment
    return moment


async def _chosen(session: AsyncSession, page: Page, wanted: Wanted, sort: str) -> Select[PublicListing]:
    """The statement that answers from the best index there is."""
    by_price = sort in {"price", "-price"}
    if wanted.projects is not None and by_price and len(wanted.projects) <= PROJECTS_ABREAST:
        return _merged(page, wanted, sort)
    if wanted.projects is not None and await _are_few(session, wanted.projects):
        return _sorted(page, wanted, sort)
    if by_price and wanted.projects is None and wanted.filter.provider is None and (terms := wanted.filter.terms()):
        return _led_by(await rarest(session, terms), page, wanted, sort)
    return _walked(page, wanted, sort, PublicListing)


def _walked(page: Page, wanted: Wanted, sort: str, table: Any) -> Select[PublicListing]:
    """Along the index of the order, looking at each row."""
    conditions = [*fits(wanted, table), *_further(page, sort, table)]
    return select(table).where(*conditions).order_by(*_order(table, sort)).limit(page.fetch)


def _led_by(term: str, page: Page, wanted: Wanted, sort: str) -> Select[PublicListing]:
    """Along one value's own price order, looking at the rest in the row."""
    led = [(getattr(ListingTerm, name), downwards) for name, downwards in SORTS[sort]]
    chosen = (
        select(PublicListing)
        .join(ListingTerm, ListingTerm.listing_id == PublicListing.listing_id)
        .where(ListingTerm.term == term, *fits(wanted, led_by=term))
        .order_by(*(each.desc() if downwards else each.asc() for each, downwards in led))
        .limit(page.fetch)
    )
    if page.after is None:
        return chosen
    return chosen.where(beyond(led, page.after[:-1]), _not_passed(PublicListing, page, sort))


def _merged(page: Page, wanted: Wanted, sort: str) -> Select[PublicListing]:
    """The first listings of each of a few projects, merged."""
    project = (
        func.unnest(_ids(wanted.projects or ())).table_valued(column("id", UuidType()), name="project").render_derived()
    )
    inner = aliased(PublicListing)
    each = (
        select(inner)
        .where(
            inner.project_id == project.c.id, *fits(wanted._replace(projects=None), inner), *_further(page, sort, inner)
        )
        .order_by(*_order(inner, sort))
        .limit(page.fetch)
        .lateral("listed")
    )
    listed = aliased(PublicListing, each)
    return select(listed).select_from(project).join(each, true()).order_by(*_order(listed, sort)).limit(page.fetch)


def _sorted(page: Page, wanted: Wanted, sort: str) -> Select[PublicListing]:
    """All of a few rows, fetched before they are put in order: the planner may not walk an index instead."""
    few = select(PublicListing).where(*fits(wanted)).cte("few").prefix_with("materialized")
    listed = aliased(PublicListing, few)
    return select(listed).where(*_further(page, sort, listed)).order_by(*_order(listed, sort)).limit(page.fetch)


async def _are_few(session: AsyncSession, projects: Sequence[UUID]) -> bool:
    of_them = (
        select(PublicListing.listing_id).where(PublicListing.project_id == func.any(_ids(projects))).limit(FEW + 1)
    )
    counted = await session.scalar(select(func.count()).select_from(of_them.subquery()))
    return counted is not None and counted <= FEW


async def rarest(session: AsyncSession, terms: Sequence[str]) -> str:
    """The value that the fewest listings have, as far as a thousand tell."""
    if len(terms) == 1:
        return terms[0]
    counted = {term: await term_count(session, term) for term in terms}
    return min(terms, key=counted.__getitem__)


async def term_count(session: AsyncSession, term: str, cap: int = 1_001) -> int:
    """How many listings have a value; `cap` stands for that and more."""
    some = select(ListingTerm.listing_id).where(ListingTerm.term == term).limit(cap)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _order(table: Any, sort: str) -> list[ColumnElement[Any]]:
    return [getattr(table, name).desc() if downwards else getattr(table, name).asc() for name, downwards in SORTS[sort]]


def _further(page: Page, sort: str, table: Any) -> list[ColumnElement[bool]]:
    """What lies after the page that the cursor was cut from."""
    if page.after is None:
        return []
    place = [(getattr(table, name), downwards) for name, downwards in SORTS[sort]]
    return [beyond(place, page.after[:-1]), _not_passed(table, page, sort)]


def _not_passed(table: Any, page: Page, sort: str) -> ColumnElement[bool]:
    """Whether a row has not been shown before it was given another price."""
    if sort not in {"price", "-price"} or page.after is None:
        return true()
    old_place = [
        (func.coalesce(table.price_before, table.price_minor), sort == "-price"),
        (table.listing_id, sort == "-price"),
    ]
    unmoved = or_(
        table.priced_at.is_(None),
        table.priced_at <= literal(page.after[-1]),
        table.published_at > literal(page.after[-1]),
    )
    return or_(unmoved, and_(true(), beyond(old_place, page.after[:-1])))


def _ids(ids: Sequence[UUID]) -> ColumnElement[list[UUID]]:
    return literal(list(ids), ARRAY(UuidType()))

"""What does a search answer: a page, what further filters would leave, and listings side by side?"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from app.listings.queries.facets import Facet
from app.listings.schemas.public import ListingOut


class FacetValueOut(msgspec.Struct, frozen=True):
    """One value of a filter. `at_least`: so many were counted and there may be more; `shown` writes that as `1,000+`."""

    value: str
    count: int
    at_least: bool
    shown: str


class FacetOut(msgspec.Struct, frozen=True):
    """One filter and its values, the most frequent first."""

    filter: str
    values: list[FacetValueOut]


class ListingPageOut(msgspec.Struct, frozen=True):
    """One page of a search. `next_cursor` is null on the last page; `facets` is null unless it was asked for."""

    data: list[ListingOut]
    has_more: bool
    next_cursor: str | None
    facets: list[FacetOut] | None


_SAY_NOTHING: Final = frozenset({"id", "published_at", "version", "price_version", "terms_version"})
"""Of these every listing has its own: that they differ is no fact about the credits."""


class ComparisonOut(msgspec.Struct, frozen=True):
    """Listings in the order asked for, and the names of the facts in which they differ, as `project.registry`."""

    data: list[ListingOut]
    differing: list[str]

    @classmethod
    def of(cls, listings: list[ListingOut]) -> "ComparisonOut":
        """The listings side by side."""
        facts = [dict(_facts(msgspec.to_builtins(listing))) for listing in listings]
        names = dict.fromkeys(name for each in facts for name in each)
        differing = [name for name in names if any(each.get(name) != facts[0].get(name) for each in facts)]
        return cls(listings, [name for name in differing if name not in _SAY_NOTHING])


def _facts(told: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Every fact in an answer by the names on the way to it; a list is one fact."""
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _facts(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def facets_out(facets: Sequence[Facet] | None) -> list[FacetOut] | None:
    """Facets as callers see them."""
    if facets is None:
        return None
    told: dict[str, list[FacetValueOut]] = {}
    for facet in facets:
        shown = f"{facet.listings:,}{'+' if facet.at_least else ''}"
        told.setdefault(facet.dimension, []).append(FacetValueOut(facet.value, facet.listings, facet.at_least, shown))
    return [FacetOut(name, values) for name, values in told.items()]

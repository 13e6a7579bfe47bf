"""What do organisations send of a search that they save, and what do they see of it?"""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from app.core.errors import FieldError, Unprocessable
from app.core.ids import public_id, read_public_id
from app.identity.rules import wrong_about_name
from app.listings.models import SavedSearch
from app.listings.queries import ListingFilter, filter_of
from app.listings.rules import PRICE_MAX_MINOR, wrong_about_search

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Yen = Annotated[int, msgspec.Meta(ge=0, le=PRICE_MAX_MINOR, description="Whole yen for one unit, tax excluded.")]
_Units = Annotated[int, msgspec.Meta(ge=1, le=10**12, description="At least so many units can be ordered.")]


class SearchFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a listing must be, all of it: the filters of `GET /v1/listings` by their names."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    registry: _Word | None = None
    kind: _Word | None = None
    family: _Word | None = None
    mechanism: _Word | None = None
    fiscal_year: Annotated[int, msgspec.Meta(ge=1990, le=2100)] | None = None
    methodology: _Word | None = None
    region: _Word | None = None
    prefecture: _Word | None = None
    eligible_for: _Word | None = None
    label: _Word | None = None
    rating: _Word | None = None
    provider: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    price_gte: _Yen | None = None
    price_lte: _Yen | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    available_gte: _Units | None = None

    @classmethod
    def of(cls, wanted: ListingFilter) -> "SearchFilter":
        """The filter as callers write it."""
        provider = None if wanted.provider is None else public_id("org", wanted.provider)
        given: dict[str, Any] = dict(wanted.named()) | {"provider": provider}
        return cls(**given)


class SavedSearchIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A search to be told of, by a name that your organisation has not given to another."""

    name: _Name
    filter: SearchFilter


class SavedSearchChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays. The filter is given whole."""

    name: _Name | None = None
    filter: SearchFilter | None = None


class SavedSearchOut(msgspec.Struct, frozen=True):
    """A saved search. `search` is the query that shows what fits now."""

    id: str
    name: str
    filter: SearchFilter
    search: str
    made_at: datetime
    version: int

    @classmethod
    def of(cls, saved: SavedSearch) -> "SavedSearchOut":
        """The saved search as its organisation sees it."""
        shown = SearchFilter.of(filter_of(saved))
        query = urlencode(msgspec.to_builtins(shown))
        return cls(
            id=public_id("ssr", saved.id),
            name=saved.name,
            filter=shown,
            search=f"/v1/listings?{query}" if query else "/v1/listings",
            made_at=saved.made_at,
            version=saved.version,
        )


def read_search(name: str | None, asked: SearchFilter | None) -> ListingFilter | None:
    """The filter that is meant, None for none. Raises Unprocessable (422) when it, or the name, makes no sense."""
    wrong = [] if name is None else list(wrong_about_name(name, "/name"))
    given: dict[str, Any] = {} if asked is None else msgspec.structs.asdict(asked)
    provider: UUID | None = None
    if given:
        wrong += wrong_about_search(given)
    if given.get("provider") is not None:
        provider = read_public_id("org", given["provider"])
        if provider is None:
            wrong.append(FieldError("/filter/provider", "invalid", "An id begins with org_."))
    if wrong:
        raise Unprocessable("This search cannot be saved.", errors=tuple(wrong))
    return ListingFilter(**given | {"provider": provider}) if given else None

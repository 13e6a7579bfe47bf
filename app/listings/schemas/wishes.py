"""What do providers send of a listing, and what does it mean?"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from app.core.errors import FieldError, Unprocessable
from app.core.ids import read_public_id
from app.listings.rules import (
    MIN_QUANTITY_MAX,
    PRICE_MAX_MINOR,
    TERMS_MAX,
    TIERS_MAX,
    Audience,
    Offered,
    Pricing,
    TermsText,
)

AUDIENCE_MAX = 100
_Id = Annotated[str, msgspec.Meta(max_length=40)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_MinQuantity = Annotated[
    int, msgspec.Meta(ge=1, le=MIN_QUANTITY_MAX, description="The smallest order, in the lot's unit.")
]
_Step = Annotated[int, msgspec.Meta(ge=1, le=MIN_QUANTITY_MAX, description="Only multiples of it are sold.")]
_LowStock = Annotated[
    int,
    msgspec.Meta(ge=0, le=MIN_QUANTITY_MAX, description="You are told when no more than so many are left; 0: none."),
]


class PriceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The price of one unit, consumption tax excluded, in whole yen."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=PRICE_MAX_MINOR)]
    currency: Literal["JPY"]


class TierIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `quantity` units on, every unit of the line costs `price`."""

    quantity: Annotated[int, msgspec.Meta(ge=2, le=MIN_QUANTITY_MAX)]
    price: PriceIn


class OfferedToIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a listing is for: everybody, these organisations, or whoever comes through one storefront.

    Whether an id exists is not looked up: naming it tells nothing.
    """

    kind: Literal["public", "organisations", "storefront"]
    organisation_ids: Annotated[list[_Id], msgspec.Meta(max_length=AUDIENCE_MAX)] | None = None
    storefront_id: _Id | None = None


class TermsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer agrees to, in Japanese, English or both. Each change is a new version; an order keeps its own."""

    ja: Annotated[str, msgspec.Meta(max_length=TERMS_MAX)] = ""
    en: Annotated[str, msgspec.Meta(max_length=TERMS_MAX)] = ""


Tiers = Annotated[list[TierIn], msgspec.Meta(max_length=TIERS_MAX)]


class ListingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A confirmed lot to offer. Prices are of one unit, tax excluded.

    `starts_at` in the future: it opens then. `floor` is your own least price, a guard against slips: nobody else is
    ever told.
    """

    lot_id: _Id
    price: PriceIn
    min_quantity: _MinQuantity
    tiers: Tiers = []
    quantity_step: _Step = 1
    floor: PriceIn | None = None
    starts_at: _Moment | None = None
    ends_at: _Moment | None = None
    offered_to: OfferedToIn | None = None
    terms: TermsIn | None = None
    low_stock_at: _LowStock = 0


class ListingChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays, and what `clear` names is no more. Tiers are given whole."""

    price: PriceIn | None = None
    min_quantity: _MinQuantity | None = None
    tiers: Tiers | None = None
    quantity_step: _Step | None = None
    floor: PriceIn | None = None
    starts_at: _Moment | None = None
    ends_at: _Moment | None = None
    offered_to: OfferedToIn | None = None
    terms: TermsIn | None = None
    low_stock_at: _LowStock | None = None
    clear: Annotated[list[Literal["floor", "starts_at", "ends_at", "terms"]], msgspec.Meta(max_length=4)] = []


_NO_WORDS = TermsText("", "")


def read_listing(asked: ListingIn) -> tuple[Offered, TermsText]:
    """What is to be offered, and under which words. Raises Unprocessable (422) for an audience that cannot be."""
    audience, ids = _audience(asked.offered_to or OfferedToIn("public"))
    offered = Offered(
        pricing=_pricing(asked.price.amount, asked.tiers),
        min_quantity=asked.min_quantity,
        quantity_step=asked.quantity_step,
        floor_minor=None if asked.floor is None else asked.floor.amount,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        audience=audience,
        audience_ids=ids,
        low_stock_at=asked.low_stock_at,
    )
    return offered, _words(asked.terms) or _NO_WORDS


def read_change(asked: ListingChange, before: Offered) -> tuple[Offered, TermsText | None]:
    """What is offered from now on, and the new words, None when they stay. Raises Unprocessable (422)."""
    changed = before
    if asked.price is not None:
        changed = replace(changed, pricing=replace(changed.pricing, price_minor=asked.price.amount))
    if asked.tiers is not None:
        changed = replace(changed, pricing=_pricing(changed.pricing.price_minor, asked.tiers))
    if asked.offered_to is not None:
        audience, ids = _audience(asked.offered_to)
        changed = replace(changed, audience=audience, audience_ids=ids)
    given: dict[str, Any] = {
        "min_quantity": asked.min_quantity,
        "quantity_step": asked.quantity_step,
        "floor_minor": None if asked.floor is None else asked.floor.amount,
        "starts_at": asked.starts_at,
        "ends_at": asked.ends_at,
        "low_stock_at": asked.low_stock_at,
    }
    changed = replace(changed, **{name: value for name, value in given.items() if value is not None})
    _require_no_contradiction(asked)
    fields = {"floor": "floor_minor", "starts_at": "starts_at", "ends_at": "ends_at"}
    cleared: dict[str, Any] = {fields[name]: None for name in asked.clear if name in fields}
    changed = replace(changed, **cleared)
    return changed, _NO_WORDS if "terms" in asked.clear else _words(asked.terms)


def _require_no_contradiction(asked: ListingChange) -> None:
    both = [
        FieldError(f"/clear/{n}", "contradiction", "It is given a value, too.")
        for n, name in enumerate(asked.clear)
        if getattr(asked, name) is not None
    ]
    if both:
        raise Unprocessable("A field is both given and cleared.", errors=tuple(both))


def _pricing(price_minor: int, tiers: list[TierIn]) -> Pricing:
    return Pricing(price_minor, tuple(tier.quantity for tier in tiers), tuple(tier.price.amount for tier in tiers))


def _words(terms: TermsIn | None) -> TermsText | None:
    return None if terms is None else TermsText(terms.ja.strip(), terms.en.strip())


def _audience(asked: OfferedToIn) -> tuple[Audience, tuple[UUID, ...]]:
    wrong: list[FieldError] = []
    ids: list[UUID] = []
    if asked.kind == "organisations":
        for n, written in enumerate(asked.organisation_ids or ()):
            ids += _known(wrong, f"/offered_to/organisation_ids/{n}", "org", written)
    elif asked.kind == "storefront":
        ids += _known(wrong, "/offered_to/storefront_id", "sfr", asked.storefront_id or "")
    unused = {
        "organisation_ids": asked.kind != "organisations" and asked.organisation_ids,
        "storefront_id": asked.kind != "storefront" and asked.storefront_id,
    }
    wrong += [
        FieldError(f"/offered_to/{name}", "contradiction", f"It does not belong to {asked.kind}.")
        for name, given in unused.items()
        if given
    ]
    if asked.kind == "organisations" and not asked.organisation_ids:
        wrong.append(FieldError("/offered_to/organisation_ids", "required", "Name at least one organisation."))
    if wrong:
        raise Unprocessable("Nobody can be offered this.", errors=tuple(wrong))
    return Audience(asked.kind), tuple(dict.fromkeys(ids))


def _known(wrong: list[FieldError], pointer: str, prefix: str, written: str) -> list[UUID]:
    found = read_public_id(prefix, written)
    if found is None:
        wrong.append(FieldError(pointer, "invalid", f"An id begins with {prefix}_."))
        return []
    return [found]

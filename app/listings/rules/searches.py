"""Which searches may be saved, and by which of its values is one found when a listing comes in?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from app.core.errors import FieldError

SEARCHES_MAX: Final = 100
"""An organisation may save so many."""
_RAREST_FIRST: Final = (
    "rating", "methodology", "label", "prefecture", "family", "fiscal_year", "region", "eligible_for", "kind",
    "mechanism", "registry",
)  # fmt: skip
"""The dimensions of a search, those whose values the fewest listings share first."""


def led_by(terms: Iterable[str], provider_id: UUID | None) -> str:
    """The value that a listing must have before it is looked at: of the rarest kind; empty when there is none."""
    if provider_id is not None:
        return f"provider:{provider_id}"
    by_dimension = {term.partition(":")[0]: term for term in terms}
    return next((by_dimension[name] for name in _RAREST_FIRST if name in by_dimension), "")


def wrong_about_search(asked: Mapping[str, Any]) -> Iterator[FieldError]:
    """What keeps a filter from ever fitting anything, or from saying anything."""
    if asked["q"] is not None and not asked["q"].strip():
        yield FieldError("/filter/q", "blank", "Type a word, or leave it out.")
    for least, most in (("price_gte", "price_lte"), ("vintage_from", "vintage_to")):
        if asked[least] is not None and asked[most] is not None and asked[least] > asked[most]:
            yield FieldError(f"/filter/{most}", "never_fits", f"It is less than {least}.")

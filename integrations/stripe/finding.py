"""Which object did we make under a reference? A list read to its end, or no answer.

Lists, never the search: what was just made is in a list at once, and in the search only later (docs.stripe.com/search,
data freshness).
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

import msgspec

from integrations.stripe.answers import believed
from integrations.stripe.calling import Calling
from integrations.stripe.client import Absent, LookupFailed, NotFound
from integrations.stripe.lists import PAGE_SIZE, PAGES_MAX, page_of
from integrations.stripe.reading import Reader

_S = TypeVar("_S")

Listing: TypeAlias = Callable[..., Awaitable[object]]
"""A method of stripe-python that lists, called with parameters and `options`."""


async def find(
    calling: Calling, listing: Listing, narrowed: Mapping[str, object], read: Reader[_S], expected: Mapping[str, object]
) -> _S | NotFound:
    """The one object in a list whose metadata has the `expected` reference, if it is all else that was
    expected. `narrowed` is what Stripe looks through, in its parameters.

    Two under one reference are no answer: a person has to look at them.
    """
    ours: list[msgspec.Raw] = []
    seen: set[str] = set()
    params = {**narrowed, "limit": PAGE_SIZE}
    for _ in range(PAGES_MAX):
        page = await page_of(calling, partial(listing, params), limit=PAGE_SIZE)
        if isinstance(page, LookupFailed):
            return page
        if not seen.isdisjoint(entry.id for entry in page.entries):
            return LookupFailed("a list that goes round in circles")
        seen.update(entry.id for entry in page.entries)
        ours += [entry.raw.copy() for entry in page.entries if entry.reference == expected["reference"]]
        if not page.more:
            return _only(ours, read, expected)
        params["starting_after"] = page.entries[-1].id
    return LookupFailed(f"more than {PAGES_MAX} pages")


def _only(ours: list[msgspec.Raw], read: Reader[_S], expected: Mapping[str, object]) -> _S | NotFound:
    if not ours:
        return Absent()
    if len(ours) > 1:
        return LookupFailed(f"{len(ours)} objects under one reference")
    return believed(ours[0], read, expected)

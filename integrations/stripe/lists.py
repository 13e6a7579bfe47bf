"""How are Stripe's lists read? Page by page, by hand, each page checked before any of it is used.

A page begins behind or before an entry, so that newer ones in front move nothing.
"""

from typing import Final

import msgspec

from integrations.stripe.answers import listed
from integrations.stripe.calling import Call, Calling
from integrations.stripe.client import LookupFailed
from integrations.stripe.reading import CannotBeRead, decoded
from integrations.stripe.shapes import REFERENCE
from integrations.stripe.wire import envelopes

PAGE_SIZE: Final = 100
"""The most that Stripe gives at once; it gives ten when it is not asked (docs.stripe.com/api/pagination)."""
PAGES_MAX: Final = 300
"""Of one list: thirty thousand entries. A longer one is not read to its end, and so proves nothing."""


class Entry(msgspec.Struct, frozen=True):
    """One of a list: its id, the reference in its metadata if it has one, and all of it, unread."""

    id: str
    reference: object
    raw: msgspec.Raw


class Page(msgspec.Struct, frozen=True):
    """One page, newest first; `more` tells that the list goes on in the direction that was asked for."""

    entries: tuple[Entry, ...]
    more: bool


async def page_of(calling: Calling, call: Call, *, limit: int) -> Page | LookupFailed:
    """One page. One that is longer than asked, names an entry twice, or promises more and is empty, cannot be read."""
    body = listed(await calling.ask(call))
    if isinstance(body, LookupFailed):
        return body
    try:
        read = decoded(body, envelopes.Listed)
        entries = tuple(_entry(raw) for raw in read.data)
    except CannotBeRead as error:
        return LookupFailed(f"a page that cannot be read: {error}")
    if len(entries) > limit or len({entry.id for entry in entries}) != len(entries):
        return LookupFailed("a page that is too long, or names an entry twice")
    if read.has_more and not entries:
        return LookupFailed("an empty page that promises more")
    return Page(entries, read.has_more)


def _entry(raw: msgspec.Raw) -> Entry:
    read = decoded(raw, envelopes.Entry)
    return Entry(read.id, (read.metadata or {}).get(REFERENCE), raw)

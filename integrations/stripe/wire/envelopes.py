"""How does Stripe wrap things: events, lists, and what was wrong?"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from integrations.stripe.wire.values import Id, Moment


class EventObject(msgspec.Struct, frozen=True):
    """`event.data.object`: of it we read only what it is. A `balance` has no id."""

    object: Annotated[str, Meta(min_length=1)]
    id: str | None = None


class EventData(msgspec.Struct, frozen=True):
    """`event.data`."""

    object: EventObject


class Event(msgspec.Struct, frozen=True):
    """The Event object."""

    object: Literal["event"]
    id: Id
    type: Annotated[str, Meta(min_length=1, max_length=255)]
    livemode: bool
    created: Moment
    data: EventData
    account: Id | None = None
    api_version: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """One of a list, as far as is needed to tell whether it is ours."""

    id: Id
    metadata: dict[str, object] | None = None


class Listed(msgspec.Struct, frozen=True):
    """One page of a list (docs.stripe.com/api/pagination), its entries unread."""

    object: Literal["list"]
    data: list[msgspec.Raw]
    has_more: bool


class Error(msgspec.Struct, frozen=True):
    """What was wrong (docs.stripe.com/api/errors)."""

    type: str
    code: str | None = None
    message: str | None = None
    param: str | None = None


class Envelope(msgspec.Struct, frozen=True):
    """How Stripe wraps what was wrong."""

    error: Error

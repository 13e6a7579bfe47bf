"""What is said to the stage's hands of the fake Stripe, and by them? Amounts are whole yen."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec


class Durability(StrEnum):
    """When a record counts as written."""

    PAGE_CACHE = "page_cache"
    """When the system has it: kill -9 loses nothing, a power cut may."""
    DISK = "disk"
    """When the disk has it."""


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where webhooks go. Each of the secrets signs (`v1=` once per secret), as while one is being rotated out.

    `connected`: it gets the events of connected accounts; `own`: those of our account. Stripe has an endpoint for each.
    """

    url: str
    secrets: tuple[str, ...]
    own: bool = True
    connected: bool = True


class Endpoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All endpoints there are."""

    endpoints: tuple[Endpoint, ...]


class Stage(StrEnum):
    """What kind of request meets a fault."""

    WRITE = "write"
    READ = "read"


class FaultName(StrEnum):
    """What can go wrong. Where it `acts`, it was done although the caller does not hear of it."""

    ACTS_THEN_DROPS = "acts_then_drops"  # The connection is reset instead of an answer.
    ACTS_THEN_TIMES_OUT = "acts_then_times_out"  # Silence for `delay_ms`, then a reset.
    ACTS_THEN_HTML = "acts_then_html"  # A gateway's 502; the key keeps the honest answer.
    ACTS_THEN_FAILS = "acts_then_fails"  # A 500 of JSON; the key keeps the honest answer.
    ACTS_THEN_KEEPS_FAILURE = "acts_then_keeps_failure"  # A 500, and the key keeps that 500.
    CUT_JSON = "cut_json"  # Half of the honest answer.
    SLOW = "slow"  # The honest answer after `delay_ms`; the key is in use meanwhile.
    DROPS_BEFORE_ACTING = "drops_before_acting"  # A reset, and nothing done.
    FAILS = "fails"  # A 500, nothing done, nothing kept.
    KEEPS_FAILURE = "keeps_failure"  # A 500, nothing done, and the key keeps that 500.
    HTML = "html"  # A gateway's 502, nothing done.
    DOWN = "down"  # A 503, nothing done.
    TOO_MANY = "too_many"  # A 429 (`rate_limit`), nothing done, nothing kept.
    CONFLICT = "conflict"  # A 409 (`idempotency_key_in_use`), nothing done, nothing kept.


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault for the next `times` requests of a kind, whose path contains `where` when that is given."""

    name: FaultName
    at: Stage = Stage.WRITE
    where: str | None = None
    times: int = 1
    delay_ms: int = 0


class Chance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Faults by lot: so many in a thousand requests of a kind. The lots depend on the request, not on who comes first."""

    seed: int
    per_mille: dict[FaultName, int]
    at: Stage = Stage.WRITE
    delay_ms: int = 0


class Tampering(StrEnum):
    """What is wrong with a webhook's delivery."""

    NOTHING = "nothing"
    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    OTHER_SECRET = "other_secret"  # noqa: S105 - The name of a fault.
    OLD_TIMESTAMP = "old_timestamp"  # Signed well, an hour ago.
    OTHER_ACCOUNT = "other_account"  # Signed well, of an account that is not connected to us.
    CHANGED_AMOUNT = "changed_amount"  # Signed well, with one yen more in the snapshot than is true.
    LIVEMODE = "livemode"  # Signed well, of the other mode.


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events to be delivered now, in this order, each so many times."""

    event_ids: tuple[str, ...]
    times: int = 1
    tampering: Tampering = Tampering.NOTHING


class Delivered(msgspec.Struct, frozen=True):
    """What the receiver answered to each delivery; None when there was no answer."""

    statuses: tuple[int | None, ...]


class View(msgspec.Struct, frozen=True):
    """What a checker reads of the book."""

    lines: int
    objects: dict[str, list[dict[str, Any]]]
    """Each kind of thing -> all of them as on the wire, the oldest first; those of connected accounts too."""
    references: dict[str, dict[str, int]]
    """Each kind -> each id of ours in the metadata -> how many things carry it."""
    charged: dict[str, int]
    """Each intent -> how many successful charges it has: never more than one."""
    refunded: dict[str, int]
    """Each intent -> how much of it went back, or is on its way."""
    balances: dict[str, int]
    """Each account -> the sum of the nets of its balance transactions."""


class Forward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Time moves forward, by so many seconds."""

    by_s: Annotated[int, msgspec.Meta(ge=0)]


class Hold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether webhooks are held back."""

    held: bool

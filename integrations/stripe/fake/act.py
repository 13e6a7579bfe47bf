"""What does one request change, all of it or nothing?

An act works on copies; the office writes them into the book as one line, and only then are they what there is.
"""

from typing import Any, Final

import msgspec

from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.ids import name_of
from integrations.stripe.fake.refusals import missing_thing, wrong_value
from integrations.stripe.fake.shelf import Shelf, Thing, Wanted

PLATFORM: Final = "acct_ourPlatform0000000001"
"""The account whose secret key is ours."""
CURRENCY: Final = "jpy"
"""What every balance here is kept in; it has no decimals (docs.stripe.com/currencies#zero-decimal)."""

LIMIT_MOST: Final = 100
"""How many things one page holds at most: docs.stripe.com/api/pagination."""


class Cause(msgspec.Struct, frozen=True):
    """Who asked: an account, by a request with or without an idempotency key. None when time did it, or the stage's hands."""

    owner: str
    request_id: str | None
    key: str | None


class Answer(msgspec.Struct, frozen=True):
    """An answer that is not just a thing: another status, or a body that nothing stands behind."""

    status: int
    body: dict[str, Any]


class Page(msgspec.Struct, frozen=True):
    """A page of a list."""

    things: list[Thing]
    more: bool


class Act:
    """Things made and changed, and events about them, in the order in which they came about."""

    def __init__(self, shelf: Shelf, cause: Cause, *, seed: str, now: int) -> None:
        self.now = now
        self.cause = cause
        self.owner = cause.owner
        self.serial = shelf.serial
        self.changed: dict[str, Thing] = {}
        self._shelf = shelf
        self._seed = seed

    def make(self, kind: str, facts: Thing, *, called: str | None = None, owner: str | None = None) -> Thing:
        """Make a thing, with a name of its own; `called` names it as if it were of another kind."""
        self.serial += 1
        made: Thing = {
            "id": name_of(called or kind, self._seed, self.serial),
            "object": kind,
            "created": self.now,
            "_seq": self.serial,
            "_owner": owner or self.owner,
        }
        made |= facts
        self.changed[made["id"]] = made
        return made

    def edit(self, name: str) -> Thing:
        """A thing to be changed."""
        if name not in self.changed:
            thing = self._shelf.find(name)
            assert thing is not None, name
            self.changed[name] = _copy(thing)
        return self.changed[name]

    def see(self, name: str) -> Thing:
        """A thing that is there for sure, not to be changed."""
        thing = self.changed.get(name) or self._shelf.find(name)
        assert thing is not None, name
        return thing

    def find(self, name: str) -> Thing | None:
        """A thing of whatever account and kind, if there is one."""
        return self.changed.get(name) or self._shelf.find(name)

    def seek(self, kind: str, name: str) -> Thing | None:
        """A thing of the asking account by a name that somebody gave."""
        thing = self.changed.get(name) or self._shelf.find(name)
        mine = thing is not None and thing["object"] == kind and thing["_owner"] == self.owner
        return thing if mine else None

    def need(self, kind: str, name: str, param: str, *, status: int = 400) -> Thing:
        """A thing of the asking account; raises `Refused` with `resource_missing`."""
        thing = self.seek(kind, name)
        if thing is None:
            raise missing_thing(kind, name, param, status=status)
        return thing

    def every(self, kind: str, field: str, value: Any) -> list[Thing]:
        """All things of the asking account with this value in an indexed field, the oldest first, as they now are."""
        found = {thing["id"]: self.see(thing["id"]) for thing in self._shelf.every(self.owner, kind, field, value)}
        found |= {
            name: thing
            for name, thing in self.changed.items()
            if (thing["object"], thing["_owner"], thing.get(field)) == (kind, self.owner, value)
        }
        return [thing for thing in found.values() if thing.get(field) == value]

    def page(self, kind: str, asked: Asked, **only: Any) -> Page:
        """The page of a list that was asked for; raises `Refused` for a cursor that names nothing.

        `only` are its filters; None does not filter, a tuple lets any of its values through.
        """
        limit = asked.get("limit", 10)
        if not 1 <= limit <= LIMIT_MOST:
            raise wrong_value("limit", f"This value must be between 1 and {LIMIT_MOST}.")
        for cursor in ("starting_after", "ending_before"):
            if cursor in asked:
                self.need(kind, asked[cursor], cursor)
        created = asked.get("created", {})
        since, until = _span(created if isinstance(created, dict) else {"gte": created, "lte": created})
        wanted = Wanted(
            kind, {field: value for field, value in only.items() if value is not None}, since, until,
            asked.get("starting_after"), asked.get("ending_before"), limit,
        )  # fmt: skip
        return Page(*self._shelf.page(self.owner, wanted))

    def funds(self, owner: str) -> tuple[int, int]:
        """What an account has, available and pending: the sums of the nets in its balance transactions."""
        nets = dict(self._shelf.nets[owner, CURRENCY])
        for thing in self.changed.values():
            fresh = thing["object"] == "balance_transaction" and self._shelf.find(thing["id"]) is None
            if fresh and thing["_owner"] == owner:
                nets[thing["available_on"]] = nets.get(thing["available_on"], 0) + thing["net"]
        available = sum(net for at, net in nets.items() if at <= self.now)
        return available, sum(nets.values()) - available

    def unpaid_lines(self, owner: str) -> list[Thing]:
        """Lines of an account that are available and in no payout."""
        lines = [self.see(thing["id"]) for thing in self._shelf.every(owner, "balance_transaction", "_unpaid", True)]
        return [line for line in lines if line["available_on"] <= self.now]

    def tell(self, kind: str, thing: Thing, previous: dict[str, Any] | None = None) -> None:
        """Let an event say what just became of a thing; it keeps the thing as it is now.

        What becomes of a connected account is an event of that account, in its list and not in ours.
        """
        self.make(
            "event",
            {
                "type": kind,
                "_about": thing["id"],
                "_snapshot": _copy(thing),
                "_previous": previous,
                "_request": {"id": self.cause.request_id, "idempotency_key": self.cause.key},
                "_undelivered": False,
                "_deliveries": {},
                "_next_at": None,
            },
            owner=thing["id"] if thing["object"] == "account" else thing["_owner"],
        )


def _copy(thing: Thing) -> Thing:
    copied: Thing = msgspec.json.decode(msgspec.json.encode(thing))
    return copied


def _span(created: dict[str, int]) -> tuple[int | None, int | None]:
    """Bounds that are included, of bounds that may be left out."""
    since = [created[name] + more for name, more in (("gte", 0), ("gt", 1)) if name in created]
    until = [created[name] - less for name, less in (("lte", 0), ("lt", 1)) if name in created]
    return max(since, default=None), min(until, default=None)

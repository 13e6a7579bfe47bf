"""What is there, and how is it found: by its id, or in a list that begins with the newest?

A thing is what Stripe calls an object, as few facts as it can be rebuilt from; names that begin with `_` are not shown.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from typing import Any, Final, TypeAlias

import msgspec

Thing: TypeAlias = dict[str, Any]

_INDEXED: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("email",),
    "payment_intent": ("customer", "_awaits"),
    "charge": ("payment_intent", "customer", "transfer_group"),
    "refund": ("payment_intent", "charge"),
    "checkout.session": ("customer", "payment_intent"),
    "transfer": ("destination", "transfer_group", "source_transaction"),
    "transfer_reversal": ("transfer",),
    "balance_transaction": ("type", "source", "_payout", "_unpaid"),
    "dispute": ("charge", "payment_intent"),
    "event": ("type", "_undelivered"),
    "customer_cash_balance_transaction": ("customer",),
}


class Wanted(msgspec.Struct, frozen=True):
    """One page of a list. `since` and `until` are seconds, both included; at most one of `after` and `before` is set."""

    kind: str
    only: Mapping[str, Any]
    since: int | None
    until: int | None
    after: str | None
    before: str | None
    limit: int


class Shelf:
    """All things of our account and of those connected to it."""

    def __init__(self) -> None:
        self.serial = 0
        """How many names were given so far."""
        self.nets: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        """For each account and currency: what becomes available at which moment."""
        self._things: dict[str, Thing] = {}
        self._at: dict[int, str] = {}
        self._lists: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        self._due: list[tuple[int, str]] = []
        self._mail: list[tuple[int, int]] = []

    def find(self, name: str) -> Thing | None:
        """The thing with this id; not to be changed."""
        return self._things.get(name)

    def put(self, thing: Thing) -> None:
        """Add a thing, or take its newer state."""
        before = self._things.get(thing["id"])
        self._things[thing["id"]] = thing
        self._at[thing["_seq"]] = thing["id"]
        had = set() if before is None else set(_places(before))
        has = set(_places(thing))
        for place in had - has:
            seqs = self._lists[place]
            del seqs[bisect_left(seqs, thing["_seq"])]
        for place in has - had:
            insort(self._lists[place], thing["_seq"])
        if before is None and thing["object"] == "balance_transaction":
            self.nets[thing["_owner"], thing["currency"]][thing["available_on"]] += thing["net"]
        if thing.get("_due") is not None and (before is None or before.get("_due") != thing["_due"]):
            heappush(self._due, (thing["_due"], thing["id"]))
        if thing.get("_next_at") is not None and (before is None or before["_next_at"] != thing["_next_at"]):
            heappush(self._mail, (thing["_next_at"], thing["_seq"]))

    def page(self, owner: str, wanted: Wanted) -> tuple[list[Thing], bool]:
        """One page, the newest first, and whether the list goes on in that direction."""
        seqs = self._listed(owner, wanted)
        if wanted.before is not None:
            start = bisect_right(seqs, self._things[wanted.before]["_seq"])
            found, more = self._taken((seqs[place] for place in range(start, len(seqs))), wanted)
            return found[::-1], more
        end = len(seqs) if wanted.after is None else bisect_left(seqs, self._things[wanted.after]["_seq"])
        return self._taken((seqs[place] for place in range(end - 1, -1, -1)), wanted)

    def every(self, owner: str, kind: str, field: str, value: Any) -> list[Thing]:
        """All things of a kind with this value in an indexed field, the oldest first."""
        return [self._things[self._at[seq]] for seq in self._lists[owner, kind, field, value]]

    def all_of(self, kind: str) -> list[Thing]:
        """All things of a kind, of whatever account, the oldest first."""
        return [thing for thing in self._things.values() if thing["object"] == kind]

    def next_due(self, now: int) -> Thing | None:
        """Something whose time has come, if there is anything; it is named once for each time that was set."""
        while self._due and self._due[0][0] <= now:
            due, name = heappop(self._due)
            if self._things[name].get("_due") == due:
                return self._things[name]
        return None

    def next_mail(self, now: int) -> Thing | None:
        """The event that is to be delivered next, if one is; again and again until its state says otherwise."""
        while self._mail and self._mail[0][0] <= now:
            at, seq = self._mail[0]
            event = self._things[self._at[seq]]
            if event["_next_at"] == at:
                return event
            heappop(self._mail)
        return None

    def _listed(self, owner: str, wanted: Wanted) -> list[int]:
        indexed = _INDEXED.get(wanted.kind, ())
        one = (name for name, value in wanted.only.items() if name in indexed and not isinstance(value, tuple))
        field = next(one, None)
        if field is None:
            return self._lists[owner, wanted.kind]
        return self._lists[owner, wanted.kind, field, wanted.only[field]]

    def _taken(self, seqs: Iterator[int], wanted: Wanted) -> tuple[list[Thing], bool]:
        found: list[Thing] = []
        for seq in seqs:
            thing = self._things[self._at[seq]]
            if wanted.before is None and wanted.since is not None and thing["created"] < wanted.since:
                break  # Time only goes forward here: whatever is older was made earlier.
            if not _fits(thing, wanted):
                continue
            if len(found) == wanted.limit:
                return found, True
            found.append(thing)
        return found, False


def _places(thing: Thing) -> Iterator[tuple[Any, ...]]:
    """The lists that a thing stands in."""
    owner, kind = thing["_owner"], thing["object"]
    yield owner, kind
    for field in _INDEXED.get(kind, ()):
        if thing.get(field) is not None:
            yield owner, kind, field, thing[field]


def _fits(thing: Thing, wanted: Wanted) -> bool:
    if wanted.since is not None and thing["created"] < wanted.since:
        return False
    if wanted.until is not None and thing["created"] > wanted.until:
        return False
    return all(
        thing.get(field) in value if isinstance(value, tuple) else thing.get(field) == value
        for field, value in wanted.only.items()
    )

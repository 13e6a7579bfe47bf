"""How does the fake Stripe do one thing at a time, so that its book has it before anybody is told?"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from integrations.registries.fake.book import Book
from integrations.registries.fake.messages import BookRecord
from integrations.stripe.fake.act import PLATFORM, Act, Cause
from integrations.stripe.fake.acts.dueness import fall_due
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.keys import Kept, Keys
from integrations.stripe.fake.messages import Durability, Endpoint
from integrations.stripe.fake.shelf import Shelf

_Outcome = TypeVar("_Outcome")

TIME = Cause(owner=PLATFORM, request_id=None, key=None)
"""When nobody asked: a deadline passed, or the stage's hands moved."""


class Office:
    """Everything that there is, and the book that it can be built again from. Not to be used by two threads."""

    def __init__(
        self,
        book: Book,
        *,
        seed: str,
        durability: Durability,
        clock: Callable[[], datetime],
    ) -> None:
        self.shelf = Shelf()
        self.keys = Keys()
        self.endpoints: dict[str, Endpoint] = {}
        """Where events go, by what they are called; the book remembers it."""
        self._book = book
        self._seed = seed
        self._durability = durability
        self._clock = clock
        self._ahead_s = 0
        for record in book.records:
            self._take(record)

    def now(self) -> int:
        """What time it is here: the clock, moved forward as far as the stage's hands moved it."""
        return int(self._clock().timestamp()) + self._ahead_s

    def received_at(self) -> int:
        """What time it is for whoever a webhook is sent to: nobody moves the clocks of others, who refuse what is old."""
        return int(self._clock().timestamp())

    @property
    def lines(self) -> int:
        """How many lines the book has."""
        return len(self._book.records)

    def move_clock(self, by_s: int) -> None:
        """Move time forward; what falls due happens at once."""
        self._write("clock", {"ahead_s": self._ahead_s + by_s}, ahead_s=by_s)  # The line stands at the new time.
        self.catch_up()

    def drop_keys(self) -> None:
        """Forget all idempotency keys, while no time passes; the book remembers it."""
        self._write("keys_dropped", {})

    def set_endpoints(self, endpoints: tuple[Endpoint, ...]) -> None:
        """Tell of events there from now on. They are named by their place: what waits for the first goes to the first."""
        if endpoints != tuple(self.endpoints.values()):
            self._write("endpoints", {"endpoints": msgspec.to_builtins(endpoints)})

    def catch_up(self) -> None:
        """Do what fell due."""
        while (thing := self.shelf.next_due(self.now())) is not None:
            self.perform(TIME, partial(fall_due, name=thing["id"]))

    def look(self, cause: Cause) -> Act:
        """An act that only looks: nothing that it changes will be kept."""
        return Act(self.shelf, cause, seed=self._seed, now=self.now())

    def perform(
        self, cause: Cause, work: Callable[[Act], _Outcome], *, kept: Callable[[_Outcome], Kept] | None = None
    ) -> _Outcome:
        """Do the work as one act, and write it down; `kept` says what is remembered under the idempotency key.

        Raises what the work raises; then nothing has happened.
        """
        act = self.look(cause)
        outcome = work(act)
        body: dict[str, Any] = {"serial": act.serial, "things": list(act.changed.values())}
        if kept is not None:
            body["kept"] = kept(outcome).as_written()
        if act.changed or kept is not None:
            self._await_deliveries(act)
            self._write("act", body)
        return outcome

    def remember(self, kept: Kept) -> None:
        """Remember an answer under its key, where nothing else happened."""
        self._write("act", {"serial": self.shelf.serial, "things": [], "kept": kept.as_written()})

    def note_delivery(
        self, event_id: str, endpoint_id: str, *, status: int | None, settled: bool, next_at: int
    ) -> None:
        """Note one attempt to deliver an event; `settled` ends them."""
        self._write(
            "delivery",
            {"event": event_id, "endpoint": endpoint_id, "status": status, "settled": settled, "next_at": next_at,
             "delivered": status is not None and 200 <= status < 300},
        )  # fmt: skip

    def _await_deliveries(self, act: Act) -> None:
        """Each new event waits for each endpoint that is told of such."""
        for thing in act.changed.values():
            if thing["object"] == "event":
                told = [name for name, each in self.endpoints.items() if is_told(each, thing)]
                waits = {"attempts": 0, "status": None, "settled": False, "delivered": False, "next_at": act.now}
                thing.update(_awaiting(dict.fromkeys(told, waits)))

    def _write(self, kind: str, body: dict[str, Any], *, ahead_s: int = 0) -> None:
        now = datetime.fromtimestamp(self.now() + ahead_s, UTC)
        write = self._book.append if self._durability is Durability.DISK else self._book.jot
        self._take(write(kind, body, now=now))

    def _take(self, record: BookRecord) -> None:
        take_record(record, self.shelf, self.keys)
        if record.kind == "clock":
            self._ahead_s = record.body["ahead_s"]
        if record.kind == "endpoints":
            endpoints = msgspec.convert(record.body["endpoints"], tuple[Endpoint, ...])
            self.endpoints = {f"we_{letters(f'endpoint:{place}', 24)}": one for place, one in enumerate(endpoints)}


def take_record(record: BookRecord, shelf: Shelf, keys: Keys) -> None:
    """Let one line of the book come true."""
    match record.kind:
        case "act":
            shelf.serial = record.body["serial"]
            for thing in record.body["things"]:
                shelf.put(thing)
            if "kept" in record.body:
                keys.put(Kept.read(record.body["kept"]))
        case "delivery":
            shelf.put(_after_delivery(shelf, record.body))
        case "keys_dropped":
            keys.drop()


def _after_delivery(shelf: Shelf, noted: dict[str, Any]) -> dict[str, Any]:
    event = shelf.find(noted["event"])
    assert event is not None, noted
    waits = event["_deliveries"].get(noted["endpoint"], {"attempts": 0, "delivered": False})
    waits = {
        "attempts": waits["attempts"] + 1,
        "status": noted["status"],
        "settled": noted["settled"],
        "delivered": waits["delivered"] or noted["delivered"],
        "next_at": noted["next_at"],
    }
    return event | _awaiting(event["_deliveries"] | {noted["endpoint"]: waits})


def _awaiting(deliveries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What an event waits for."""
    moments = [each["next_at"] for each in deliveries.values() if not each["settled"]]
    undelivered = not all(each["delivered"] for each in deliveries.values())
    return {"_deliveries": deliveries, "_undelivered": undelivered, "_next_at": min(moments, default=None)}


def is_told(endpoint: Endpoint, event: dict[str, Any]) -> bool:
    return endpoint.own if event["_owner"] == PLATFORM else endpoint.connected

"""What does the book say? For a checker, from the running office or from the file alone."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrations.registries.fake.book import read_book
from integrations.stripe.fake.act import PLATFORM, Act, Cause
from integrations.stripe.fake.keys import Keys
from integrations.stripe.fake.messages import View
from integrations.stripe.fake.office import take_record
from integrations.stripe.fake.shelf import Shelf, Thing
from integrations.stripe.fake.shown import KINDS, show
from integrations.stripe.shapes import REFERENCE


def read_view(path: Path) -> View:
    """What a book says that nobody needs to hold, as of its last line; raises `BookTampered`."""
    records = read_book(path)
    shelf, keys = Shelf(), Keys()
    for record in records:
        take_record(record, shelf, keys)
    last = records[-1].at if records else datetime.fromtimestamp(0, UTC)
    act = Act(shelf, Cause(PLATFORM, None, None), seed="", now=int(last.timestamp()))
    return view(shelf, act, lines=len(records))


def view(shelf: Shelf, act: Act, *, lines: int) -> View:
    """Everything that is on the shelf, and what a checker counts."""
    things = {kind: shelf.all_of(kind) for kind in KINDS}
    charges = [one for one in things["charge"] if one["status"] == "succeeded" and one["payment_intent"] is not None]
    refunds = [one for one in things["refund"] if one["status"] not in {"failed", "canceled"}]
    return View(
        lines=lines,
        objects={kind: [show(thing, act) for thing in found] for kind, found in things.items()},
        references={kind: dict(_references(found)) for kind, found in things.items()},
        charged=dict(Counter(one["payment_intent"] for one in charges)),
        refunded=_summed((one["payment_intent"], one["amount"]) for one in refunds if one["payment_intent"]),
        balances=_summed((one["_owner"], one["net"]) for one in things["balance_transaction"]),
    )


def _references(things: list[Thing]) -> Counter[str]:
    return Counter(thing["metadata"][REFERENCE] for thing in things if REFERENCE in (thing.get("metadata") or {}))


def _summed(pairs: Any) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for name, amount in pairs:
        sums[name] += amount
    return dict(sums)

"""What does the fake Isometric do with a request: refuse it, or carry it out?

Its state is nothing but its book; every act is a line before it is a change. It has no guard against the same request
twice, as the real one has none: a second one retires again, as long as there is something to retire.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Final

import msgspec

from integrations.registries.fake.book import Book
from integrations.registries.fake.messages import BookRecord
from integrations.registries.isometric.fake.messages import (
    ByBatch,
    Habits,
    Issued,
    NewBeneficiary,
    OldestFirst,
    Retired,
    Taken,
    View,
)
from integrations.registries.isometric.fake.shelf import Piece, Shelf, piece_on_wire, quantity

OWN_ID: Final = "org_0000000000000001"
OWN: Final = {"id": OWN_ID, "name": "Offset Desk", "domain": "desk.example"}


class Wrong(ValueError):
    """The request is refused; `where` in it, and why."""

    def __init__(self, where: tuple[str | int, ...], why: str) -> None:
        super().__init__(why)
        self.where = where


class _Issue(msgspec.Struct, frozen=True):
    issued: Issued
    owner_id: str


class _Posted(msgspec.Struct, frozen=True):
    what: str


class Office:
    """The registry itself, without its wire. One thread works it, and no act of it waits."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._shelf = Shelf()
        self._organisations: dict[str, dict[str, Any]] = {OWN_ID: dict(OWN)}
        self._retired: dict[str, Retired] = {}
        self._took: dict[str, list[str]] = {}
        self._posts: Counter[str] = Counter()
        self.habits = Habits()
        for record in book.records:
            self._learn(record)

    def issue(self, issued: Issued, *, now: datetime) -> dict[str, Any]:
        """Put a batch into an organisation's account."""
        self._write("batch", _Issue(issued, issued.owner_id or OWN_ID), now)
        return self._on_wire(list(self._shelf.pieces.values())[-1])

    def note_post(self, what: str, *, now: datetime) -> None:
        """Count a request that arrived, whatever becomes of it."""
        self._write("post", _Posted(what), now)

    def make_beneficiary(self, new: NewBeneficiary, *, now: datetime) -> dict[str, Any]:
        """Make an organisation in whose name can be retired; raises `Wrong` when its domain is taken."""
        if any(one["domain"] == new.beneficiary_domain for one in self._organisations.values()):
            raise Wrong(("body", "beneficiary_domain"), "Value error, this domain is taken")
        self._write("beneficiary", new, now)
        return list(self._organisations.values())[-1]

    def retire(self, asked: ByBatch | OldestFirst, *, now: datetime) -> dict[str, Any]:
        """Retire; raises `Wrong` when there is not that much, or not there."""
        if asked.owner_organisation_id != OWN_ID:
            raise Wrong(("body", "owner_organisation_id"), "Value error, not your organisation")
        if asked.beneficiary_organisation_id not in self._organisations:
            raise Wrong(("body", "beneficiary_organisation_id"), "Value error, no such beneficiary")
        taken = self._named(asked) if isinstance(asked, ByBatch) else self._oldest(asked)
        retired = Retired(now, asked.beneficiary_organisation_id, asked.retirement_purposes, asked.notes, tuple(taken))
        self._write("retirement", retired, now)
        return self.retirement(list(self._retired)[-1])

    def retirement(self, retirement_id: str) -> dict[str, Any]:
        """One retirement as on the wire; raises KeyError."""
        retired = self._retired[retirement_id]
        return {
            "id": retirement_id,
            "retired_at": retired.retired_at,
            "purposes": retired.purposes,
            "beneficiary": self._organisations[retired.beneficiary_id],
            "owner": OWN,
            "credit_batch_size_total": quantity(sum(one.kilograms for one in retired.taken)),
            "url": f"https://registry.example/{retirement_id}",
            "notes": retired.notes,
        }

    def batches_of(self, retirement_id: str) -> list[dict[str, Any]]:
        """What a retirement took; raises KeyError."""
        return [self.batch(batch_id) for batch_id in self._took[retirement_id]]

    def batch(self, batch_id: str) -> dict[str, Any]:
        """One batch; raises KeyError."""
        return self._on_wire(self._shelf.pieces[batch_id])

    def retirements(self, owner_id: str | None) -> list[dict[str, Any]]:
        """The newest first."""
        mine = owner_id in (None, OWN_ID)
        return [self.retirement(one) for one in reversed(self._retired)] if mine else []

    def batches(self, owner_id: str, statuses: list[str]) -> list[dict[str, Any]]:
        """An organisation's batches in these states, the newest issue first."""
        shown = [
            one
            for one in self._shelf.pieces.values()
            if one.owner_id == owner_id and one.status in statuses and self._is_listed(one)
        ]
        return [self._on_wire(one) for one in sorted(shown, key=lambda one: (one.issued_at, one.id), reverse=True)]

    def beneficiaries(self) -> list[dict[str, Any]]:
        """Everybody in whose name can be retired, itself among them."""
        return list(self._organisations.values())

    def view(self) -> View:
        """The whole book, for a checker."""
        batches = tuple(self._on_wire(one) for one in self._shelf.pieces.values())
        retirements = tuple(self.retirement(one) for one in self._retired)
        return View(
            tuple(self._book.records), batches, retirements, tuple(self._organisations.values()), dict(self._posts)
        )

    def _is_listed(self, piece: Piece) -> bool:
        return self.habits.lists_retired_for_others or piece.beneficiary_id in (None, OWN_ID)

    def _named(self, asked: ByBatch) -> list[Taken]:
        named: dict[str, int] = {}
        for place, one in enumerate(asked.credit_batch_quantities):
            where = ("body", "credit_batch_quantities", place)
            piece = self._shelf.pieces.get(one.credit_batch_id)
            if piece is None or (piece.owner_id, piece.status) != (OWN_ID, "active"):
                raise Wrong((*where, "credit_batch_id"), "Value error, not an active batch of yours")
            if piece.issued.supplier_id != asked.supplier_id:
                raise Wrong((*where, "credit_batch_id"), "Value error, of another supplier")
            named[piece.id] = named.get(piece.id, 0) + one.credit_quantity_kg
            if named[piece.id] > piece.kilograms:
                raise Wrong((*where, "credit_quantity_kg"), "Value error, more than the batch holds")
        return [Taken(batch_id, kilograms, self.habits.splits_from_end) for batch_id, kilograms in named.items()]

    def _oldest(self, asked: OldestFirst) -> list[Taken]:
        taken: list[Taken] = []
        left = asked.credit_quantity_kg
        for piece in self._shelf.active_of(OWN_ID):
            of_year = asked.vintage in (None, piece.issued.sequestered_on.year)
            if piece.issued.supplier_id == asked.supplier_id and of_year and left:
                taken.append(Taken(piece.id, min(left, piece.kilograms), self.habits.splits_from_end))
                left -= taken[-1].kilograms
        if left:
            raise Wrong(("body", "credit_quantity_kg"), "Value error, more than you own of this supplier")
        return taken

    def _on_wire(self, piece: Piece) -> dict[str, Any]:
        owner = self._organisations.get(piece.owner_id, {"id": piece.owner_id, "name": "Other", "domain": None})
        beneficiary = None if piece.beneficiary_id is None else self._organisations[piece.beneficiary_id]
        return piece_on_wire(piece, owner, beneficiary)

    def _write(self, kind: str, body: msgspec.Struct, now: datetime) -> None:
        self._learn(self._book.append(kind, msgspec.to_builtins(body), now=now))

    def _learn(self, record: BookRecord) -> None:
        match record.kind:
            case "batch":
                issue = msgspec.convert(record.body, _Issue)
                self._shelf.put(issue.issued, owner_id=issue.owner_id, at=record.at)
            case "post":
                self._posts[msgspec.convert(record.body, _Posted).what] += 1
            case "beneficiary":
                new = msgspec.convert(record.body, NewBeneficiary)
                own_id = f"org_{len(self._organisations) + 1:016d}"
                self._organisations[own_id] = {
                    "id": own_id, "name": new.beneficiary_name, "domain": new.beneficiary_domain,
                }  # fmt: skip
            case "retirement":
                self._learn_retirement(msgspec.convert(record.body, Retired))
            case _:
                raise AssertionError(f"The book holds a line of the kind {record.kind!r}.")

    def _learn_retirement(self, retired: Retired) -> None:
        retirement_id = f"ret_{len(self._retired) + 1:016d}"
        self._retired[retirement_id] = retired
        self._took[retirement_id] = [
            self._shelf.take(one, retirement_id, retired.beneficiary_id, retired.retired_at).id for one in retired.taken
        ]

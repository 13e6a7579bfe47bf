"""Which batches are there, and what becomes of one when a part of it is taken?

A batch is never changed but in its state: a part is taken by splitting it in two, and the halves are batches of
their own.
"""

from datetime import datetime
from typing import Any

import msgspec

from integrations.registries.isometric.fake.messages import Issued, Taken


class Piece(msgspec.Struct):
    """One batch; the serials from `first`, one for each kilogram."""

    id: str
    issued: Issued
    issued_at: datetime
    first: int
    kilograms: int
    owner_id: str
    status: str = "active"
    parent_id: str | None = None
    children: tuple[str, str] | None = None
    retirement_id: str | None = None
    retired_at: datetime | None = None
    beneficiary_id: str | None = None

    @property
    def serial_number(self) -> str:
        """As the document's one example is written."""
        return f"{self.issued.prefix}{self.first}-{self.first + self.kilograms - 1}"


class Shelf:
    """All batches that ever were, in the order in which they came to be."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}

    def put(self, issued: Issued, *, owner_id: str, at: datetime) -> Piece:
        """Issue a batch."""
        return self._add(issued, issued.first, issued.kilograms, owner_id, at, None)

    def active_of(self, owner_id: str) -> list[Piece]:
        """What an organisation can retire, the oldest issue first and within one the lowest serials."""
        mine = [one for one in self.pieces.values() if (one.owner_id, one.status) == (owner_id, "active")]
        return sorted(mine, key=lambda one: (one.issued_at, one.issued.prefix, one.first))

    def take(self, taken: Taken, retirement_id: str, beneficiary_id: str, at: datetime) -> Piece:
        """Retire so many kilograms of an active batch, splitting it when that is less than all."""
        piece = self.pieces[taken.batch_id]
        assert piece.status == "active", piece.id
        if taken.kilograms < piece.kilograms:
            piece = self._split(piece, taken)
        piece.status, piece.retirement_id, piece.retired_at = "retired", retirement_id, at
        piece.beneficiary_id = beneficiary_id
        return piece

    def _split(self, piece: Piece, taken: Taken) -> Piece:
        cut = piece.kilograms - taken.kilograms if taken.from_end else taken.kilograms
        halves = [
            self._add(piece.issued, first, kilograms, piece.owner_id, piece.issued_at, piece.id)
            for first, kilograms in ((piece.first, cut), (piece.first + cut, piece.kilograms - cut))
        ]
        piece.status, piece.children = "split", (halves[0].id, halves[1].id)
        return halves[1 if taken.from_end else 0]

    def _add(
        self, issued: Issued, first: int, kilograms: int, owner_id: str, at: datetime, parent_id: str | None
    ) -> Piece:
        piece = Piece(f"ctb_{len(self.pieces) + 1:016d}", issued, at, first, kilograms, owner_id, parent_id=parent_id)
        self.pieces[piece.id] = piece
        return piece


def quantity(kilograms: int) -> dict[str, Any]:
    """As the API writes a quantity: tonnes as a number with three decimals, and kilograms."""
    tonnes = f"{kilograms // 1000}.{kilograms % 1000:03d}".rstrip("0").rstrip(".")
    return {"credits": msgspec.Raw(tonnes.encode()), "credit_kgs": kilograms}


def piece_on_wire(piece: Piece, owner: dict[str, Any], beneficiary: dict[str, Any] | None) -> dict[str, Any]:
    """A batch as the document's `CreditBatch`, with all that it requires."""
    left, right = piece.children or (None, None)
    return {
        "id": piece.id,
        "serial_number": piece.serial_number,
        "status": piece.status,
        "size": quantity(piece.kilograms),
        "issued_at": piece.issued_at,
        "retired_at": piece.retired_at,
        "delivered_at": None,
        "sequestered_on": piece.issued.sequestered_on,
        "country_of_issue": "GBR",
        "supplier_id": piece.issued.supplier_id,
        "parent_id": piece.parent_id,
        "left_child_id": left,
        "right_child_id": right,
        "issuance_id": piece.issued.issuance_id,
        "delivery_id": None,
        "beneficiary": beneficiary,
        "retirement_id": piece.retirement_id,
        "removal_id": "rmv_0000000000000001",
        "owner": owner,
        "project_id": piece.issued.project_id,
        "carbon_removal_data": None,
        "ccp_approved": False,
    }

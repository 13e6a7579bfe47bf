"""What does the bank know? A book of its own: what came, what left, and what it was told to transfer by a file of ours.

It knows nothing of the desk's program: a file is read here by the bank's layout of 総合振込, amounts alone (the sources of
the layout stand in app/payments/rules/zengin/layouts.py).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_RECORD: Final = 120
_AMOUNT: Final = slice(80, 90)
_HEADER: Final = "booked_on,amount,payer_name,memo,bank_reference\n"


@dataclass(frozen=True)
class Movement:
    """One line of the bank's: whole yen, below zero for what left."""

    minor: int
    text: str
    reference: str


@dataclass
class Bank:
    """The desk's account at its bank."""

    movements: list[Movement] = field(default_factory=list)
    _told: int = 0

    @property
    def balance_minor(self) -> int:
        """What is on the account."""
        return sum(each.minor for each in self.movements)

    def book(self, minor: int, text: str) -> str:
        """Book one movement; its reference."""
        made = Movement(minor, text, secrets.token_hex(8))
        self.movements.append(made)
        return made.reference

    def execute(self, file: bytes) -> Sequence[int]:
        """The amounts of a file of transfers, which the bank sends: its header says 21, and its trailer their sum."""
        bare = file.replace(b"\r\n", b"").rstrip(b"\x1a")
        records = [bare[place : place + _RECORD] for place in range(0, len(bare), _RECORD)]
        assert records[0][:3] == b"121", records[0]
        amounts = [int(record[_AMOUNT]) for record in records if record[:1] == b"2"]
        trailer = next(record for record in records if record[:1] == b"8")
        assert (int(trailer[1:7]), int(trailer[7:19])) == (len(amounts), sum(amounts)), trailer
        return amounts

    def statement(self, day: date) -> bytes | None:
        """What nobody was told of yet, as the bank's file; None when there is nothing."""
        new = self.movements[self._told :]
        self._told = len(self.movements)
        rows = "".join(f"{day.isoformat()},{each.minor},{each.text},,{each.reference}\n" for each in new)
        return (_HEADER + rows).encode() if new else None

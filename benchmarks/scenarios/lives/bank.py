"""What does the bank know? A book of its own: what came, what left, and what it was told to transfer by a file of ours.

It knows nothing of the desk's program: a file is read here by the bank's layout of 総合振込, amounts alone, and what was
booked is told as CSV or by its layout of 入出金取引明細, which it writes itself (the sources of both layouts stand in
app/payments/rules/zengin/layouts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_RECORD: Final = 120
_AMOUNT: Final = slice(80, 90)
_HEADER: Final = "booked_on,amount,payer_name,memo,bank_reference\n"
_OPENING: Final = 10**9
"""What the account held before: what was paid through Stripe may leave here before it arrives."""
ACCOUNT: Final = {
    "bank_code": "0001", "branch_code": "110", "account_kind": "ordinary", "account_number": "0123456",
    "followed_by": "statements", "years": "western", "inquiry_numbers": "of_the_bank", "virtual_accounts": "none",
}  # fmt: skip
"""The desk's account, as the operator lists it."""


@dataclass(frozen=True)
class Movement:
    """One line of the bank's: whole yen, below zero for what left; the text is half-width, the reference eight digits."""

    minor: int
    text: str
    reference: str


@dataclass
class Bank:
    """The desk's account at its bank."""

    movements: list[Movement] = field(default_factory=list)
    _told: int = 0
    _files: int = 0

    @property
    def balance_minor(self) -> int:
        """What is on the account."""
        return sum(each.minor for each in self.movements)

    def book(self, minor: int, text: str) -> str:
        """Book one movement; its reference."""
        made = Movement(minor, text, f"{len(self.movements) + 1:08}")
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

    def statements(self, day: date) -> list[bytes]:
        """What nobody was told of yet, as the bank's files: now of one kind, now of the other, now of both."""
        before, new = self.movements[: self._told], self.movements[self._told :]
        if not new:
            return []
        self._told = len(self.movements)
        self._files += 1
        rows = "".join(f"{day.isoformat()},{each.minor},{each.text},,{each.reference}\n" for each in new)
        csv, fixed = (_HEADER + rows).encode(), _statement(day, before, new)
        return [[csv], [fixed], [fixed, csv]][self._files % 3]


def _statement(day: date, before: Sequence[Movement], new: Sequence[Movement]) -> bytes:
    """A file of the account's movements: a header, a row for each, their sums, and an end; 200 columns each."""
    on, opening = f"{day:%y%m%d}", _OPENING + sum(each.minor for each in before)
    closing = opening + sum(each.minor for each in new)
    ins = [each.minor for each in new if each.minor > 0]
    outs = [-each.minor for each in new if each.minor < 0]
    records = [
        "1030" + on * 3 + "0001" + "ﾐｽﾞﾎ".ljust(15) + "110" + "ﾏﾙﾉｳﾁ".ljust(15) + "0001" + "0000123456"
        + "ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ".ljust(40) + f"11{opening:014}",
        *(_row(on, each) for each in new),
        f"8{len(ins):06}{sum(ins):013}{len(outs):06}{sum(outs):013}1{closing:014}{len(new):07}",
        f"9{len(new) + 3:010}{1:05}",
    ]  # fmt: skip
    return b"".join((record.ljust(200) + "\r\n").encode("cp932") for record in records)


def _row(on: str, each: Movement) -> str:
    way = "1" if each.minor > 0 else "2"
    return (
        "2" + each.reference + on * 2 + way + "11" + f"{abs(each.minor):012}" + "0" * 32 + "110" + "0" * 10
        + each.text.ljust(48) + "ﾐﾂｲｽﾐﾄﾓ".ljust(15) + "ｼﾌﾞﾔ".ljust(15) + "ﾌﾘｺﾐ".ljust(20)
    )  # fmt: skip

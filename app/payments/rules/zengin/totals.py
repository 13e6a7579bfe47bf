"""Do the movements of a block add up to what its trailer says?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.payments.rules.zengin.errors import ZenginCode, ZenginError


@dataclass(frozen=True, slots=True)
class Totals:
    """How many movements in and out, and how much, in yen. In a notice, out is what was cancelled."""

    in_count: int
    in_minor: int
    out_count: int
    out_minor: int


class Sums:
    """The running sums of a block."""

    def __init__(self) -> None:
        self._counts = [0, 0]
        self._minors = [0, 0]

    def add(self, amount_minor: int) -> None:
        """Count one movement: in where it is above zero."""
        side = 0 if amount_minor > 0 else 1
        self._counts[side] += 1
        self._minors[side] += abs(amount_minor)

    @property
    def totals(self) -> Totals:
        """What was counted so far."""
        return Totals(self._counts[0], self._minors[0], self._counts[1], self._minors[1])


def trailer_errors(
    record: int, trailer: Mapping[str, str], totals: Totals, opening_minor: int | None
) -> Iterator[ZenginError]:
    """What the trailer says otherwise than the records; a field that the bank leaves blank says nothing.

    That the balance before and the movements make the balance after is our own check, where the bank gives both.
    """
    rows = totals.in_count + totals.out_count
    yield from _compared(record, trailer, "in_count", totals.in_count, "wrong_count")
    yield from _compared(record, trailer, "in_total", totals.in_minor, "wrong_total")
    yield from _compared(record, trailer, "out_count", totals.out_count, "wrong_count")
    yield from _compared(record, trailer, "out_total", totals.out_minor, "wrong_total")
    yield from _compared(record, trailer, "rows", rows, "wrong_count")
    closing_minor = balance_in(trailer)
    if opening_minor is not None and closing_minor is not None:
        due_minor = opening_minor + totals.in_minor - totals.out_minor
        if closing_minor != due_minor:
            detail = f"The balance after is {closing_minor}, and the movements make it {due_minor}."
            yield ZenginError(record, "balance", "wrong_balance", detail)


def balance_in(cells: Mapping[str, str]) -> int | None:
    """The balance in yen, below zero where it is overdrawn (貸越区分 2); None where 貸越区分 does not tell its sign."""
    match cells.get("overdrawn"), cells.get("balance"):
        case "1", str(digits) if digits:
            return int(digits)
        case "2", str(digits) if digits:
            return -int(digits)
    return None


def _compared(
    record: int, trailer: Mapping[str, str], field: str, counted: int, code: ZenginCode
) -> Iterator[ZenginError]:
    said = trailer.get(field, "")
    if said and int(said) != counted:
        yield ZenginError(record, field, code, f"The trailer says {int(said)}, and the records make {counted}.")

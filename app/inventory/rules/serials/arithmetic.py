"""Which serials are in a block, and how is a block cut so that none is lost and none is there twice?

Some registries number with more digits than any machine integer (Puro writes 30). A series is a registry, a prefix
and the digits above the 18th; inside it a serial is the number of its low 18 digits, which fits an int8. Files give the
first and the last serial of a block; here ranges are half-open, `lo` included and `hi` not.

Positions count units, not numbers: where one number stands for 1,000 units (an I-REC for 1,000 kWh) number 7 is the
positions from 7,000 up to 8,000, and a series keeps so many digits fewer. What a lot, a holding and a price count is then
the same everywhere, and a range is whole numbers when both of its ends are multiples of 1,000.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, NamedTuple

from app.core.text import folded

LOW_DIGITS = 18
MAX_DIGITS = 36
SerialCode = Literal[
    "not_digits",
    "too_many_digits",
    "serials_reversed",
    "serials_cross_series",
    "padding_differs",
    "malformed_serial",
    "no_serial_grammar",
    "grouping_differs",
]


class Serials(NamedTuple):
    """The serials from `lo` up to, but not including, `hi`; `lo < hi`."""

    lo: int
    hi: int

    @property
    def quantity(self) -> int:
        """How many units there are; as many serial numbers, where one stands for one unit."""
        return self.hi - self.lo


class Located(NamedTuple):
    """Where a block lies: its series, and the range in it. `high` and `width` are what `written` needs beside these."""

    series_key: str
    lo: int
    hi: int
    high: str
    width: int

    @property
    def serials(self) -> Serials:
        """The range in its series."""
        return Serials(self.lo, self.hi)


class SerialRefusal(NamedTuple):
    """Why two texts are not the first and the last serial of a block."""

    code: SerialCode
    detail: str


def locate(
    registry_code: str, prefix: str, first: str, last: str, *, units_per_serial: int = 1
) -> Located | SerialRefusal:
    """Return where the block from `first` to `last` (both included, decimal digits with or without zeros before) lies.

    Two prefixes that differ only in width, case or spacing name one series: a block must not be sold twice because
    somebody typed Ｊ for J.
    """
    assert ":" not in registry_code, registry_code  # What keeps one series' key from being another's.
    for text in (first, last):
        refusal = serial_refusal(text)
        if refusal:
            return refusal
    if int(first) > int(last):
        return SerialRefusal("serials_reversed", f"The first serial, {first}, is above the last, {last}.")
    width = len(first)
    if last != str(int(last)).zfill(width):
        return SerialRefusal("padding_differs", f"{first} and {last} do not begin with zeros in the same manner.")
    low = low_digits(units_per_serial)
    high = first[:-low].lstrip("0")
    if high != last[:-low].lstrip("0"):
        detail = f"{first} and {last} differ above the {low}th digit; split the block there."
        return SerialRefusal("serials_cross_series", detail)
    lo, hi = int(first[-low:]) * units_per_serial, (int(last[-low:]) + 1) * units_per_serial
    return Located(f"{registry_code}:{high}:{folded(prefix)}", lo, hi, high, width)


def serial_refusal(text: str) -> SerialRefusal | None:
    """Say why this text alone cannot be a serial number, or None when it can."""
    if not (text.isascii() and text.isdigit()):
        return SerialRefusal("not_digits", f"A serial number is only digits; {text!r} is not.")
    if len(text) > MAX_DIGITS:
        return SerialRefusal("too_many_digits", f"{text} has {len(text)} digits; at most {MAX_DIGITS} are read.")
    return None


def low_digits(units_per_serial: int) -> int:
    """How many digits of a number are its place in a series: positions stay below 10^18, which an int8 holds."""
    assert units_per_serial > 0, units_per_serial
    return LOW_DIGITS - (len(str(units_per_serial - 1)) if units_per_serial > 1 else 0)


def written(high: str, serials: Serials, width: int, *, units_per_serial: int = 1) -> tuple[str, str]:
    """Return the first and the last serial as the registry writes them, both included, in `width` digits at least."""
    assert serials.lo < serials.hi, serials
    assert serials.lo % units_per_serial == serials.hi % units_per_serial == 0, (serials, units_per_serial)
    low = low_digits(units_per_serial)
    first, last = (
        (high + str(number).zfill(low) if high else str(number)).zfill(width)
        for number in (serials.lo // units_per_serial, serials.hi // units_per_serial - 1)
    )
    return first, last


def overlaps(one: Serials, other: Serials) -> bool:
    """Tell whether two ranges of one series have a serial in common."""
    return one.lo < other.hi and other.lo < one.hi


def carve(cursor: int, end: int, quantity: int) -> Serials:
    """Return the next `quantity` serials of the free part, which runs from `cursor` up to `end`.

    Raises ValueError when the free part holds fewer, or when nothing is asked for.
    """
    if not 0 < quantity <= end - cursor:
        raise ValueError(f"{quantity} serials cannot be carved from the {end - cursor} that are free.")
    return Serials(cursor, cursor + quantity)


def split(serials: Serials, quantity: int) -> tuple[Serials, Serials | None]:
    """Return the first `quantity` serials and the rest, None when nothing is left. Raises ValueError as `carve` does."""
    taken = carve(serials.lo, serials.hi, quantity)
    return taken, Serials(taken.hi, serials.hi) if taken.hi < serials.hi else None


def take(ranges: Iterable[Serials], quantity: int) -> tuple[list[Serials], list[Serials]]:
    """Return ranges of exactly `quantity` serials from the front of `ranges`, and what is left; at most one is cut.

    Raises ValueError when the ranges hold fewer, or when nothing is asked for.
    """
    if quantity <= 0:
        raise ValueError(f"{quantity} serials cannot be taken.")
    taken: list[Serials] = []
    left: list[Serials] = []
    wanted = quantity
    for serials in ranges:
        if wanted == 0:
            left.append(serials)
            continue
        part, rest = split(serials, min(wanted, serials.quantity))
        taken.append(part)
        left += [rest] if rest else []
        wanted -= part.quantity
    if wanted:
        raise ValueError(f"{quantity} serials cannot be taken from the {quantity - wanted} that there are.")
    return taken, left


def joined(ranges: Iterable[Serials]) -> list[Serials]:
    """Return the same serials of one series in order, with neighbours as one range. Raises ValueError on an overlap."""
    ordered = sorted(ranges)
    if any(overlaps(one, other) for one, other in pairwise(ordered)):
        raise ValueError("A serial is in two of the ranges.")
    found: list[Serials] = []
    for serials in ordered:
        begins = found.pop().lo if found and found[-1].hi == serials.lo else serials.lo
        found.append(Serials(begins, serials.hi))
    return found

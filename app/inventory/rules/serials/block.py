"""What does a registry's own text say of one block of serials, and how is a part of it written in the same manner?"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.inventory.rules.serials.arithmetic import Located, SerialRefusal, Serials, locate, written


class SerialFacts(NamedTuple):
    """What the text tells beside the numbers; None where the registry's form has no such part."""

    issuance: str
    """What the registry's batch or issuance is called by, as far as the text tells: the same for all of its blocks."""
    project: str | None
    country: str | None
    """ISO 3166, two or three letters, as the registry writes it."""
    year: int | None
    vintage: tuple[date, date] | None
    """First and last day, both included."""


class Block(NamedTuple):
    """One block as its registry writes it: the text is before + first + between + last + after, to the character."""

    registry_code: str
    before: str
    first: str
    between: str
    last: str
    after: str
    located: Located
    facts: SerialFacts

    @property
    def text(self) -> str:
        """The text that was parsed."""
        return self.before + self.first + self.between + self.last + self.after

    def part(self, serials: Serials) -> str:
        """A part of the block (half-open positions in its series) as the registry writes it."""
        lo, hi = self.located.serials
        assert lo <= serials.lo < serials.hi <= hi, serials
        first, last = written(self.located.high, serials, self.located.width)
        return self.before + first + self.between + last + self.after


Parse = Callable[[str], Block | SerialRefusal]
"""A grammar: raises nothing; what is no serial of its registry is refused by name."""


def malformed(text: str, like: str) -> SerialRefusal:
    """The refusal of a text that is not in a registry's form; `like` is an example of what is."""
    return SerialRefusal("malformed_serial", f"{text[:200]!r} is not written as {like} is.")


def block_of(registry_code: str, match: re.Match[str], facts: SerialFacts, *, series: str) -> Block | SerialRefusal:
    """The block of a matched text; `first` and `last` are named groups, and what lies around them is kept verbatim.

    `series` is the part of the text that numbers are counted within (`""`: the registry counts through all of them).
    """
    first, last = match["first"], match["last"]
    located = locate(registry_code, series, first, last)
    if isinstance(located, SerialRefusal):
        return located
    text = match.string
    before, after = text[: match.start("first")], text[match.end("last") :]
    between = text[match.end("first") : match.start("last")]
    return Block(registry_code, before, first, between, last, after, located, facts)


def day_of(text: str) -> date | None:
    """The day of DDMMYYYY, or None when there is no such day."""
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)  # A file has few vintages, each of them many times.
def days_of(first: str, last: str) -> tuple[date, date] | None:
    """Two days written DDMMYYYY, in order; None when they are not."""
    begins, ends = day_of(first), day_of(last)
    return (begins, ends) if begins and ends and begins <= ends else None

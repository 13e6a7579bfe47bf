"""Which open payments are of an amount, and what are their payers called?"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from app.payments.rules.matching.facts import Candidate


class ByAmount:
    """Open payments by what is still due in yen, then by a folded name of their payer: "" where none is known.

    Most amounts are of one payment, and a hundred thousand of these are held for a fifth of what a dict of each would take.
    """

    def __init__(self) -> None:
        self._lone: dict[int, tuple[str, Candidate]] = {}
        self._shared: dict[int, dict[str, list[Candidate]]] = {}

    def add(self, name: str, candidate: Candidate) -> None:
        """Have a payment under a name; it may have several."""
        minor = candidate.open_minor
        if minor in self._shared:
            self._shared[minor].setdefault(name, []).append(candidate)
        elif minor in self._lone:
            first_name, first = self._lone.pop(minor)
            names = self._shared[minor] = {first_name: [first]}
            names.setdefault(name, []).append(candidate)
        else:
            self._lone[minor] = (name, candidate)

    def of(self, minor: int) -> Mapping[str, Sequence[Candidate]]:
        """The payments of an amount by name."""
        lone = self._lone.get(minor)
        return self._shared.get(minor, {}) if lone is None else {lone[0]: (lone[1],)}

    def above(self, minor: int, most: int) -> Iterator[tuple[str, Sequence[Candidate]]]:
        """Names, each with its payments of an amount that is up to `most` above this one, the smallest first."""
        amounts = self._sorted
        first = bisect_right(amounts, minor)
        for amount in amounts[first : bisect_right(amounts, minor + most, first)]:
            lone = self._lone.get(amount)
            if lone is None:
                yield from self._shared[amount].items()
            else:
                yield lone[0], (lone[1],)

    @cached_property
    def _sorted(self) -> list[int]:
        """All amounts, once the last payment was added."""
        return sorted(self._lone.keys() | self._shared.keys())

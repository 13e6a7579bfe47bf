"""Which serials of one prefix are taken, and by whom? Pure arithmetic on numbers, both ends included."""

from bisect import bisect_left, insort

import msgspec


class Span(msgspec.Struct, frozen=True, order=True):
    """From `first` to `last`, both included."""

    first: int
    last: int
    owner: str

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class Spans:
    """Spans that never overlap, in ascending order."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    def add(self, span: Span) -> None:
        """Take a span that nobody holds; to add one that overlaps is a mistake of the caller."""
        assert not self.within(span.first, span.last), f"{span} overlaps"
        insort(self._spans, span)

    def within(self, first: int, last: int) -> list[Span]:
        """Return what of these spans lies between the two numbers, cut to them."""
        start = bisect_left(self._spans, first, key=lambda span: span.last)
        found = []
        for span in self._spans[start:]:
            if span.first > last:
                break
            found.append(Span(max(span.first, first), min(span.last, last), span.owner))
        return found

    def covers(self, first: int, last: int) -> bool:
        """Tell whether every number between the two is held."""
        return sum(span.count for span in self.within(first, last)) == last - first + 1

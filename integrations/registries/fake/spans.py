"""Which serials of one prefix are taken, and by whom? Pure arithmetic on numbers, both ends included."""

from bisect import bisect_left, insort
from collections.abc import Iterator

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

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def add(self, span: Span) -> None:
        """Take a span that nobody holds; to add one that overlaps is a mistake of the caller."""
        assert not self.within(span.first, span.last), f"{span} overlaps"
        insort(self._spans, span)

    def within(self, first: int, last: int) -> list[Span]:
        """Return what of these spans lies between the two numbers, cut to them."""
        start = bisect_left(self._spans, first, key=lambda span: span.last)
        found = []
        for place in range(start, len(self._spans)):
            span = self._spans[place]
            if span.first > last:
                break
            found.append(Span(max(span.first, first), min(span.last, last), span.owner))
        return found

    def remove(self, first: int, last: int) -> None:
        """Let go what was taken from `first` to `last`; to name numbers that nobody holds is a mistake of the caller."""
        assert self.covers(first, last), (first, last)
        apart = [span for span in self._spans if span.last < first or span.first > last]
        cut = [span for span in self._spans if span.last >= first and span.first <= last]
        rest = [Span(span.first, first - 1, span.owner) for span in cut if span.first < first]
        rest += [Span(last + 1, span.last, span.owner) for span in cut if span.last > last]
        self._spans = sorted(apart + rest)

    def without(self, others: "Spans") -> Iterator[Span]:
        """What of these spans no other holds, in ascending order."""
        for span in self._spans:
            begins = span.first
            for other in others.within(span.first, span.last):
                if begins < other.first:
                    yield Span(begins, other.first - 1, span.owner)
                begins = other.last + 1
            if begins <= span.last:
                yield Span(begins, span.last, span.owner)

    def covers(self, first: int, last: int) -> bool:
        """Tell whether every number between the two is held."""
        return sum(span.count for span in self.within(first, last)) == last - first + 1

"""Which of the open payments can the lines of a file pay at all? The others need not be held in memory."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from app.payments.rules.matching.bulk import Line
from app.payments.rules.matching.facts import FEE_MAX_MINOR, Candidate
from app.payments.rules.matching.names import folded_payer


class Wanted:
    """What lines say. `matches` finds the same among all open payments as among those that `keeps` keeps."""

    def __init__(self, lines: Sequence[Line], references: Iterable[str]) -> None:
        """`references` are all that stand in the lines' texts."""
        self._lines = lines
        self._references = frozenset(references)
        self._amounts = sorted({line[3] for line in lines})
        self._accounts = frozenset(line[4] for line in lines) - {""}

    def keeps(self, candidate: Candidate) -> bool:
        """Whether a line names it, is of its amount or a fee less, or may be of its payer."""
        below = bisect_right(self._amounts, candidate.open_minor)
        return (
            (below > 0 and candidate.open_minor - self._amounts[below - 1] <= FEE_MAX_MINOR)
            or candidate.reference in self._references
            or candidate.virtual_account in self._accounts
            or any(folded_payer(name) in self._names for name in candidate.payer_names)
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(folded_payer(name) for name in {line[1] for line in self._lines}) - {""}

"""Which of the open payments can the lines of a file pay at all? The others need not be held in memory."""

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property

from app.payments.rules.matching.bulk import Line
from app.payments.rules.matching.facts import FEE_MAX_MINOR, Candidate
from app.payments.rules.matching.names import folded_payer


class Wanted:
    """What lines say. `matches` finds the same among all open payments as among those that `keeps` keeps."""

    def __init__(self, lines: Iterable[Line], references: AbstractSet[str]) -> None:
        """`references` are all that stand in the lines' texts. The lines are passed over once, and not kept."""
        self._references = references
        self.folded: dict[str, str] = {}
        """The payers' names in the lines, each with what it folds to."""
        amounts, self._accounts = set(), set[str]()
        for _, payer_name, _, amount_minor, virtual_account in lines:
            amounts.add(amount_minor)
            if virtual_account:
                self._accounts.add(virtual_account)
            if payer_name not in self.folded:
                self.folded[payer_name] = folded_payer(payer_name)
        self._amounts = sorted(amounts)

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
        return frozenset(self.folded.values()) - {""}

"""Which of the open payments can the lines of a file pay at all? The others need not be held in memory."""

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property
from uuid import UUID

from app.payments.rules.matching.bulk import Line
from app.payments.rules.matching.facts import FEE_MAX_MINOR, Candidate
from app.payments.rules.matching.names import folded_payer


class Wanted:
    """What lines say, and the open payments that they may pay: `matches` finds the same among these as among all."""

    def __init__(self, lines: Iterable[Line], references: AbstractSet[str]) -> None:
        """`references` are all that stand in the lines' texts. The lines are passed over once, and not kept."""
        self._references = references
        self._accounts: set[str] = set()
        self._texts: set[str] = set()
        amounts, self._lines = set(), 0
        for _, payer_name, _, amount_minor, virtual_account in lines:
            self._lines += 1
            amounts.add(amount_minor)
            self._texts.add(payer_name)
            if virtual_account:
                self._accounts.add(virtual_account)
        self._amounts = sorted(amounts)
        self._kept: list[Candidate] = []
        self._unlikely: list[Candidate] = []
        self._pays: dict[UUID, bool] = {}
        """Whether a line may be of a payer, by its name."""

    def look_at(self, candidate: Candidate) -> None:
        """Keep a payment that a line names, that is of a line's amount or a fee more, or whose payer a line may be of."""
        below = bisect_right(self._amounts, candidate.open_minor)
        if (
            (below > 0 and candidate.open_minor - self._amounts[below - 1] <= FEE_MAX_MINOR)
            or candidate.reference in self._references
            or candidate.virtual_account in self._accounts
        ):
            self._kept.append(candidate)
            return
        # To fold the names of a hundred thousand lines takes longer than all else: it is done when more would be held for
        # nothing than there are lines.
        self._unlikely.append(candidate)
        if len(self._unlikely) > self._lines:
            self._kept += filter(self._may_be_paid, self._unlikely)
            self._unlikely.clear()

    def kept(self) -> list[Candidate]:
        """What is to be held, once every payment was looked at."""
        return self._kept + self._unlikely

    def _may_be_paid(self, candidate: Candidate) -> bool:
        pays = self._pays.get(candidate.payer_id)
        if pays is None:
            pays = any(folded_payer(name) in self._names for name in candidate.payer_names)
            self._pays[candidate.payer_id] = pays
        return pays

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(folded_payer, self._texts)) - {""}

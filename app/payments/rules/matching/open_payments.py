"""Which of the open payments does a line pay?

One way to look for all callers: a line by itself and a file of a hundred thousand get the same answer. What is believed, in
this order: a reference that the payer wrote; a virtual account that the bank tells; an amount and a name together. What
is not sure is a suggestion for a person, and two that are alike are never decided by which came first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final
from uuid import UUID

from app.payments.rules.matching.amounts import ByAmount
from app.payments.rules.matching.facts import (
    CLEARLY_AHEAD,
    FEE_MAX_MINOR,
    LISTED_MAX,
    NAME_FITS,
    NAMES_COMPARED_MAX,
    SEVERAL_MAX,
    Candidate,
    LineFacts,
    Match,
    MatchOutcome,
)
from app.payments.rules.matching.names import SAME, folded_payer, letters_of, likeness, slips_allowed
from app.payments.rules.matching.sums import summing
from app.payments.rules.references import reference_in

_NOTHING = Match("nothing", (), 0, None, 0)
_TOLD: Final = NAME_FITS - CLEARLY_AHEAD
"""Below, a name neither fits nor comes near one that does."""
# Kana and signs that hold no digit whatever form of Unicode they are brought to: most names, and most banks' words.
_NO_DIGITS: Final = re.compile(r"[ -/:-~\uff65-\uff9f\u30a1-\u30fc\u3000]*")
_Scored = list[tuple[int, Candidate]]


class OpenPayments:
    """The open payments, found by reference, virtual account, amount and name. No two have one id or one reference."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._by_reference: dict[str, Candidate] = {}
        self._by_virtual_account: dict[str, list[Candidate]] = {}
        self._by_amount = ByAmount()
        self._by_name: dict[str, list[Candidate]] = {}
        self._by_claim: dict[str, list[Candidate]] = {}
        """By the names that payers only say are their own."""
        self._letters: dict[str, int] = {"": 0}
        self._folded: dict[str, str] = {}
        """Known names as they were given: a payer has many payments, and a learned name is spelt as its bank does."""
        for row in candidates:
            self._add(row if isinstance(row, Candidate) else Candidate._make(row))

    def match(self, line: LineFacts, references: Sequence[str]) -> Match:
        """What the line pays, or may pay; a line that is no money in pays nothing. `references` are `references_of` it."""
        if line.amount_minor <= 0:
            return _NOTHING
        named = [self._by_reference[reference] for reference in references if reference in self._by_reference]
        if named:
            return _by_reference(named, line.amount_minor)
        pool = self._by_virtual_account.get(line.virtual_account) if line.virtual_account else None
        if pool:
            return _by_virtual_account(pool, line.amount_minor)
        name = self._folded.get(line.payer_name)
        found = self._by_amount_and_name(line.amount_minor, folded_payer(line.payer_name) if name is None else name)
        # The payer named an order, and it is none of these: an amount that fits another may be the same order paid twice.
        return found._replace(outcome="other_reference") if references else found

    def _add(self, candidate: Candidate) -> None:
        self._by_reference[candidate.reference] = candidate
        if candidate.virtual_account:
            self._by_virtual_account.setdefault(candidate.virtual_account, []).append(candidate)
        names = {self._known(text) for text in candidate.payer_names} - {""}
        for name in names or ("",):
            self._by_amount.add(name, candidate)
        for name in names:
            self._by_name.setdefault(name, []).append(candidate)
        for name in {self._known(text) for text in candidate.claimed_names} - names - {""}:
            self._by_claim.setdefault(name, []).append(candidate)

    def _known(self, text: str) -> str:
        name = self._folded.get(text)
        if name is None:
            name = self._folded[text] = folded_payer(text)
        if name not in self._letters:
            self._letters[name] = letters_of(name)
        return name

    def _by_amount_and_name(self, amount_minor: int, name: str) -> Match:
        of_amount = self._by_amount.of(amount_minor)
        known = of_amount.get(name, ()) if name else ()
        if known:  # An exactly known name is ahead of any that is only alike.
            return _one_of("by_amount_and_name", [(SAME, candidate) for candidate in known])
        equal = self._scored(name, of_amount)
        best = max((score for score, _ in equal), default=0)
        if best >= NAME_FITS:
            return _one_of("by_amount_and_name", [one for one in equal if one[0] > best - CLEARLY_AHEAD])
        claimed = [(SAME, one) for one in self._by_claim.get(name, ()) if one.open_minor == amount_minor]
        return (
            _name_differs(claimed)
            if claimed
            else self._several(amount_minor, name) or self._less_by_a_fee(amount_minor, name) or _name_differs(equal)
        )

    def _scored(self, name: str, of_amount: Mapping[str, Sequence[Candidate]]) -> _Scored:
        """Each payment of an amount with the likeness of its likest name: 0 where that is less than `_TOLD`."""
        scores = {id(candidate): (0, candidate) for candidates in of_amount.values() for candidate in candidates}
        if name and len(of_amount) <= NAMES_COMPARED_MAX:
            scores |= self._alike(name, of_amount.items(), _TOLD)
        return list(scores.values())

    def _alike(
        self, name: str, others: Iterable[tuple[str, Sequence[Candidate]]], least: int
    ) -> dict[int, tuple[int, Candidate]]:
        """The payments with a name that is at least so alike, by the object's identity: a payment may have several names."""
        letters = letters_of(name)
        slips = slips_allowed(len(name) * SAME // least, least)  # Of the longest name that can be alike.
        found: dict[int, tuple[int, Candidate]] = {}
        for other, candidates in others:
            if (letters ^ self._letters[other]).bit_count() > 2 * slips or abs(len(name) - len(other)) > slips:
                continue
            score = likeness(name, other) if other else 0
            if score >= least:
                for candidate in candidates:
                    if score > found.get(id(candidate), (0,))[0]:
                        found[id(candidate)] = (score, candidate)
        return found

    def _several(self, amount_minor: int, name: str) -> Match | None:
        """Payments of one payer, its name exactly known, that together are what came in."""
        payers: dict[UUID, list[Candidate]] = {}
        for candidate in self._by_name.get(name, ()):
            payers.setdefault(candidate.payer_id, []).append(candidate)
        return _several_of([pool for pool in payers.values() if len(pool) <= SEVERAL_MAX], amount_minor)

    def _less_by_a_fee(self, amount_minor: int, name: str) -> Match | None:
        """Payments of a payer whose name fits, of which the line is less by what a bank may have kept."""
        known = [one for one in self._by_name.get(name, ()) if 0 < one.open_minor - amount_minor <= FEE_MAX_MINOR]
        if known or not name:
            return _less([(SAME, candidate) for candidate in known], amount_minor)
        # Of an amount that a fee would bring down to this one.
        above = list(islice(self._by_amount.above(amount_minor, FEE_MAX_MINOR), NAMES_COMPARED_MAX + 1))
        if len(above) > NAMES_COMPARED_MAX:
            return None
        return _less(list(self._alike(name, above, NAME_FITS).values()), amount_minor)


def references_of(payer_name: str, memo: str) -> list[str]:
    """The references that stand in a line's texts."""
    name = "" if _NO_DIGITS.fullmatch(payer_name) else payer_name
    return reference_in(name, "" if _NO_DIGITS.fullmatch(memo) else memo)


def _by_reference(named: list[Candidate], amount_minor: int) -> Match:
    """A reference wins whatever the amount: how much of it is applied is another rule's (`judgement`)."""
    if len(named) == 1:
        return Match("by_reference", (named[0].payment_id,), 1, None, 0)
    if sum(candidate.open_minor for candidate in named) == amount_minor:
        return _listed("several_orders", [(0, candidate) for candidate in named])._replace(score=None)
    return _listed("ambiguous", [(0, candidate) for candidate in named])._replace(score=None)


def _by_virtual_account(pool: list[Candidate], amount_minor: int) -> Match:
    """The bank tells who was meant: a payment if the account is of one, else the payer's only one of this amount."""
    equal = [candidate for candidate in pool if candidate.open_minor == amount_minor]
    if len(pool) == 1 or equal:
        return _one_of("by_virtual_account", [(0, candidate) for candidate in equal or pool])._replace(score=None)
    several = _several_of([pool] if len(pool) <= SEVERAL_MAX else [], amount_minor)
    less = [(0, one) for one in pool if 0 < one.open_minor - amount_minor <= FEE_MAX_MINOR]
    found = several or _less(less, amount_minor) or _listed("ambiguous", [(0, candidate) for candidate in pool])
    return found._replace(score=None)


def _one_of(outcome: MatchOutcome, scored: _Scored) -> Match:
    """This one, if it is one; otherwise nobody knows which."""
    if len(scored) > 1:
        return _listed("ambiguous", scored)
    ((score, candidate),) = scored
    return Match(outcome, (candidate.payment_id,), 1, score, 0)


def _several_of(pools: list[list[Candidate]], amount_minor: int) -> Match | None:
    choices = [
        [(SAME, pool[place]) for place in places]
        for pool in pools
        for places in summing([candidate.open_minor for candidate in pool], amount_minor)
    ]
    if not choices:
        return None
    if len(choices) == 1:
        return _listed("several_orders", choices[0])
    every = {one[1].payment_id: one for choice in choices for one in choice}
    return _listed("ambiguous", list(every.values()))


def _less(scored: _Scored, amount_minor: int) -> Match | None:
    if not scored:
        return None
    found = _one_of("amount_differs", scored)
    return found._replace(missing_minor=scored[0][1].open_minor - amount_minor) if len(scored) == 1 else found


def _name_differs(equal: _Scored) -> Match:
    return _one_of("name_differs", equal) if equal else _NOTHING


def _listed(outcome: MatchOutcome, scored: _Scored) -> Match:
    best_first = sorted(scored, key=lambda one: (-one[0], one[1].payment_id))
    payments = tuple(candidate.payment_id for _, candidate in best_first[:LISTED_MAX])
    return Match(outcome, payments, len(scored), best_first[0][0], 0)

"""Which payments do the lines of a whole file pay?"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from app.payments.rules.matching.facts import Candidate, LineFacts, Match
from app.payments.rules.matching.open_payments import OpenPayments

Line = tuple[UUID, str, str, int, str]
"""The line's id, then as `LineFacts`: payer's name, memo, yen, virtual account."""


def matches(lines: Iterable[Line], open_payments: Iterable[Candidate]) -> Iterator[tuple[UUID, Match]]:
    """Yield each line's id with its match, in the lines' order: the same as `match` says of each by itself.

    The open payments (plain tuples in the order of `Candidate` will do) are kept and looked up; lines are passed over
    once and not kept. Each line is looked at alone: two lines may be matched with one payment, and whoever applies them
    finds it paid at the second.
    """
    known = OpenPayments(open_payments)
    for line_id, *facts in lines:
        yield line_id, known.match(LineFacts._make(facts))

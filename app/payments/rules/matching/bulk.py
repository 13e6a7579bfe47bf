"""Which payments do the lines of a whole file pay?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from app.payments.rules.matching.facts import Candidate, LineFacts, Match
from app.payments.rules.matching.open_payments import OpenPayments, references_of

Line = tuple[UUID, str, str, int, str]
"""The line's id, then as `LineFacts`: payer's name, memo, yen, virtual account."""


def references_in_lines(lines: Iterable[Line]) -> dict[UUID, list[str]]:
    """The references that stand in each line's texts, where any does."""
    found = ((line_id, references_of(payer_name, memo)) for line_id, payer_name, memo, _, _ in lines)
    return {line_id: references for line_id, references in found if references}


def matches(lines: Iterable[Line], open_payments: Iterable[Candidate]) -> Iterator[tuple[UUID, Match]]:
    """Yield each line's id with its match, in the lines' order: the same as `match` says of each by itself.

    The open payments (plain tuples in the order of `Candidate` will do) are kept and looked up; lines are passed over
    once and not kept. Each line is looked at alone: two lines may be matched with one payment, and whoever applies them
    finds it paid at the second.
    """
    known = OpenPayments(open_payments)
    for line_id, *facts in lines:
        line = LineFacts._make(facts)
        yield line_id, known.match(line, references_of(line.payer_name, line.memo))


def matches_named(
    lines: Iterable[Line],
    open_payments: Iterable[Candidate],
    references: Mapping[UUID, Sequence[str]],
) -> Iterator[tuple[UUID, Match]]:
    """As `matches`, for lines whose references are known (`references_in_lines`)."""
    known = OpenPayments(open_payments)
    for line_id, *facts in lines:
        yield line_id, known.match(LineFacts._make(facts), references.get(line_id, ()))

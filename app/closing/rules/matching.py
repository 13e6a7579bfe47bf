"""Does a line of Stripe's say what our book says, and since when does its silence count?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.closing.rules.counterparts import COUNTERPARTS, FEE_CATEGORY
from app.closing.rules.words import DifferenceKind, Settled

GRACE: Final = timedelta(hours=24)
"""How long one book may be ahead of the other: webhooks come late, and Stripe tells some lines only hours afterwards."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What decides about a line: amounts in minor units, above zero for what Stripe's balance gained."""

    category: str
    amount_minor: int
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Ours:
    """A posting of ours that the line's source leads to and that no line answers to yet, with Stripe's sign."""

    posting_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a line: settled, or (with `kind`) a difference of `amount_minor`, or neither: it waits."""

    settled: Settled | None
    kind: DifferenceKind | None
    posting_id: UUID | None
    amount_minor: int


def judge(line: LineFacts, ours: Sequence[Ours], *, now: datetime) -> Verdict:
    """Compare a line with the postings that could be it. A difference counts after the grace time; an unknown kind at once."""
    if line.category == FEE_CATEGORY or line.amount_minor == 0:
        return Verdict(Settled.FEE, None, None, 0)
    if line.category not in COUNTERPARTS:
        return Verdict(None, DifferenceKind.UNKNOWN_TYPE, None, line.amount_minor)
    of_currency = sorted((each for each in ours if each.currency == line.currency), key=lambda each: each.posting_id)
    for each in of_currency:
        if each.amount_minor == line.amount_minor:
            return Verdict(Settled.MATCHED, None, each.posting_id, 0)
    if not is_overdue(line.created_at, now=now):
        return Verdict(None, None, None, line.amount_minor)
    if not of_currency:
        return Verdict(None, DifferenceKind.LINE_WITHOUT_POSTING, None, line.amount_minor)
    nearest = of_currency[0]
    return Verdict(None, DifferenceKind.AMOUNT_DIFFERS, nearest.posting_id, line.amount_minor - nearest.amount_minor)


def is_overdue(since: datetime, *, now: datetime) -> bool:
    """Whether the other book has had its time."""
    return now - since >= GRACE


def fee_of(category: str, amount_minor: int, fee_minor: int) -> int:
    """What a line cost, in minor units; below zero when a fee came back. A line of the kind `fee` is a fee as a whole."""
    return fee_minor - amount_minor if category == FEE_CATEGORY else fee_minor


@dataclass(frozen=True, slots=True)
class Standing:
    """A difference that is not resolved, as far as the next comparison looks at it."""

    kind: DifferenceKind
    posting_id: UUID | None
    amount_minor: int


def still_stands(standing: Standing, verdict: Verdict) -> bool:
    """Whether the next comparison found the very same difference again."""
    return (standing.kind, standing.posting_id, standing.amount_minor) == (
        verdict.kind,
        verdict.posting_id,
        verdict.amount_minor,
    )

"""What is a line of the bank's statement, and how much of it may be applied to the order it names?

An order is paid whole or not at all: a line that is too small waits in the book's account `unapplied` until the lines of
its payment together reach what is due.
"""

from dataclasses import dataclass, replace
from typing import Literal

Outcome = Literal[
    "exact", "over", "short", "completes", "duplicate", "late", "late_reserved", "unknown_payer", "outgoing", "invoice"
]
"""The words of `models.LineOutcome` but `pending` and those that suggest (`matching`); a test holds them together. `invoice` is of
no order: `judge` never says it."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a payment expects. Amounts are minor units of its currency."""

    amount_minor: int
    received_minor: int
    waiting_minor: int
    """What earlier short lines of the same payment hold in `unapplied`."""
    payment_status: str
    order_status: str

    @property
    def due_minor(self) -> int:
        """What is still to be applied."""
        return self.amount_minor - self.received_minor


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a line is. `applied_minor` and `left_minor` add up to the line's amount."""

    outcome: Outcome
    applied_minor: int
    """Of this line, to the order."""
    left_minor: int
    """Of this line, for a person (below zero for an outgoing line: nothing of it is ours to apply)."""
    from_waiting_minor: int = 0
    """Of the earlier short lines, to the order: all that waits, or nothing."""


def may_reserve_again(line_minor: int, due: Due) -> bool:
    """Whether this line, with the short ones that wait, pays an order that has expired: then its tonnes are asked for
    once more. A canceled order takes no money: its buyer said so.
    """
    return due.order_status == "expired" and due.payment_status != "paid" and _is_covered(line_minor, due)


def judge(line_minor: int, due: Due | None, *, reserved_again: bool) -> Judgement:
    """Judge a line against the payment it names (None: it names none).

    `reserved_again` tells that the tonnes of an expired order were reserved again (`may_reserve_again`). A line that pays all by itself leaves earlier short ones where they wait.
    """
    if line_minor < 0:
        return _left("outgoing", line_minor)
    if due is None:
        return _left("unknown_payer", line_minor)
    match due.payment_status, due.order_status:
        case ("paid", _) | (_, "paid" | "fulfilled" | "short"):
            return _left("duplicate", line_minor)
        case _, "canceled":
            return _left("late", line_minor)
        case _, "awaiting_payment" | "expired":
            return _of_open(line_minor, due, reserved_again=reserved_again)
    raise AssertionError(due)


def _of_open(line_minor: int, due: Due, *, reserved_again: bool) -> Judgement:
    if not _is_covered(line_minor, due):
        return _left("short", line_minor)
    if due.order_status == "awaiting_payment":
        return _paying(line_minor, due)
    return replace(_paying(line_minor, due), outcome="late_reserved") if reserved_again else _left("late", line_minor)


def _is_covered(line_minor: int, due: Due) -> bool:
    return line_minor + due.waiting_minor >= due.due_minor


def _left(outcome: Outcome, line_minor: int) -> Judgement:
    return Judgement(outcome, 0, line_minor)


def _paying(line_minor: int, due: Due) -> Judgement:
    assert 0 <= due.waiting_minor < due.due_minor, due
    if line_minor >= due.due_minor:
        left_minor = line_minor - due.due_minor
        return Judgement("over" if left_minor else "exact", due.due_minor, left_minor)
    applied_minor = due.due_minor - due.waiting_minor
    return Judgement("completes", applied_minor, line_minor - applied_minor, due.waiting_minor)

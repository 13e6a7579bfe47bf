"""What does Stripe's state of a dispute mean, and what of it moves money?"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DisputeOutcome(StrEnum):
    """How a dispute ended, or that it has not."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Bearer(StrEnum):
    """Who bears what a lost dispute took for credits that are at the registry."""

    PROVIDER = "provider"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a dispute took from the desk's balance, and what came back; minor units, both above or at zero."""

    taken_minor: int
    back_minor: int


def outcome_of(stripe_status: str) -> DisputeOutcome:
    """What Stripe's status means (docs.stripe.com/api/disputes/object): an inquiry that was closed took nothing."""
    match stripe_status:
        case "won" | "warning_closed" | "prevented":
            return DisputeOutcome.WON
        case "lost":
            return DisputeOutcome.LOST
        case _:
            return DisputeOutcome.OPEN


def taken(amounts_minor: Iterable[int]) -> Taken:
    """What the lines of Stripe's book about one dispute add up to: below zero it was taken, above it came back."""
    every = list(amounts_minor)
    return Taken(-sum(each for each in every if each < 0), sum(each for each in every if each > 0))

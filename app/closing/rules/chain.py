"""What is a closed month's hash over? Each day's postings, each balance, and the hash of the month before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

ALGORITHM: Final = "offsetdesk-close-1"
"""SHA-256 over canonical JSON; a day's digest is SHA-256 over its postings in the order of their ids (`operations.digests`)."""


@dataclass(frozen=True, slots=True)
class DayDigest:
    """The postings of one day."""

    day: date
    postings: int
    digest: str


@dataclass(frozen=True, slots=True)
class ClosedBalance:
    """One account in one currency over the month, in minor units."""

    account: str
    currency: str
    opening_minor: int
    in_minor: int
    out_minor: int
    closing_minor: int


def month_hash(month: date, previous: str | None, days: Sequence[DayDigest], balances: Sequence[ClosedBalance]) -> str:
    """The hash of a closed month, in hexadecimal. The order in which days and balances are given does not matter."""
    told = {
        "algorithm": ALGORITHM,
        "month": month.isoformat(),
        "previous": previous,
        "days": sorted([each.day.isoformat(), each.postings, each.digest] for each in days),
        "balances": sorted(
            [each.account, each.currency, each.opening_minor, each.in_minor, each.out_minor, each.closing_minor]
            for each in balances
        ),
    }
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()

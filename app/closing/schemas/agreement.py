"""What is shown of how our book agrees with Stripe's and the bank's?"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from app.closing.models import StripeReading
from app.closing.queries import BankDay, Sum, SumOfItems
from app.closing.schemas.book import BookMoneyOut


class ItemsOut(msgspec.Struct, frozen=True):
    """How many items, and what they add up to: theirs less ours."""

    count: int
    amount: int


class StripeAgreementOut(msgspec.Struct, frozen=True):
    """One currency at Stripe: the sum of its lines, and minus our `stripe:clearing`. `unexplained` is 0, or a book is broken."""

    currency: str
    stripe: int
    book: int
    difference: int
    open_differences: ItemsOut
    waiting: ItemsOut
    """What one side has and the other has not yet."""
    unexplained: int


class BankDayOut(msgspec.Struct, frozen=True):
    """One day: the bank's lines, our postings on `bank`, and the differences that were found. `unexplained` is 0."""

    day: date
    currency: str
    bank: int
    book: int
    difference: int
    differences_found: int
    unexplained: int


class WaitingLinesOut(msgspec.Struct, frozen=True):
    """Lines of the bank that are booked and wait: their money is in `unapplied` or `suspense`."""

    count: int
    amount: BookMoneyOut


class AgreementOut(msgspec.Struct, frozen=True):
    """Stripe as of now, and the bank for each day of a month. Amounts are in the currency's minor unit."""

    month: str
    stripe_read_at: datetime | None
    """When Stripe's book was last read to its end."""
    stripe: list[StripeAgreementOut]
    bank: list[BankDayOut]
    bank_waiting: list[WaitingLinesOut]

    @classmethod
    def of(
        cls,
        month: str,
        reading: StripeReading | None,
        stripe: tuple[Sequence[Sum], Sequence[SumOfItems], Sequence[SumOfItems]],
        bank: tuple[Sequence[BankDay], Sequence[SumOfItems]],
    ) -> "AgreementOut":
        """Shape what `queries.agreement` found: sums, open items and what waits at Stripe; days and what waits at the bank."""
        days, lines = bank
        return cls(
            month, None if reading is None else reading.complete_at, _stripe(*stripe), [_day(each) for each in days],
            [WaitingLinesOut(each.count, BookMoneyOut(each.minor, each.currency)) for each in lines],
        )  # fmt: skip


def _stripe(
    sums: Sequence[Sum], items: Sequence[SumOfItems], waiting: Sequence[SumOfItems]
) -> list[StripeAgreementOut]:
    told = []
    for each in sums:
        mine, late = _of(items, each.currency), _of(waiting, each.currency)
        difference = each.theirs_minor - each.ours_minor
        told.append(
            StripeAgreementOut(
                each.currency, each.theirs_minor, each.ours_minor, difference, mine, late,
                difference - mine.amount - late.amount,
            )
        )  # fmt: skip
    return told


def _of(items: Sequence[SumOfItems], currency: str) -> ItemsOut:
    of_currency = [each for each in items if each.currency == currency]
    return ItemsOut(sum(each.count for each in of_currency), sum(each.minor for each in of_currency))


def _day(each: BankDay) -> BankDayOut:
    difference = each.bank_minor - each.book_minor
    return BankDayOut(
        each.day, each.currency, each.bank_minor, each.book_minor, difference, each.items_minor,
        difference - each.items_minor,
    )  # fmt: skip

"""When is an invoice on account due, how late is it, and what is sent about it? Pure: holidays come in as dates."""

import calendar
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.invoices.errors import PaymentTermsInvalid

_LAST: Final = 31
_MONTHS_AFTER_MAX: Final = 12
_YEARS_END: Final = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})


class Shift(StrEnum):
    """Where a due date goes that falls on a bank's holiday."""

    PREVIOUS = "previous_business_day"
    NEXT = "next_business_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms on account: closed on `closing_day` of a month, due on `day` of the month `months_after` that one.

    月末締め翌月末払い is (31, 1, 31). A day that a month does not have is its last.
    """

    closing_day: int
    months_after: int
    day: int
    on_holiday: Shift

    def __post_init__(self) -> None:
        """Raises PaymentTermsInvalid."""
        if not (1 <= self.closing_day <= _LAST and 1 <= self.day <= _LAST):
            raise PaymentTermsInvalid("A day of the month is 1 to 31; 31 is the last.")
        if not 0 <= self.months_after <= _MONTHS_AFTER_MAX:
            raise PaymentTermsInvalid(f"An invoice is due within {_MONTHS_AFTER_MAX} months.")
        if self.months_after == 0 and self.day <= self.closing_day:
            raise PaymentTermsInvalid("An invoice would be due before its period is closed.")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


class Bucket(StrEnum):
    """How long something is overdue."""

    NOT_DUE = "not_due"
    UP_TO_30 = "1_30"
    UP_TO_60 = "31_60"
    UP_TO_90 = "61_90"
    OVER_90 = "over_90"


class Reminder(StrEnum):
    """What a debtor is sent about an invoice, in this order."""

    COMING_DUE = "coming_due"
    FIRST = "first"
    SECOND = "second"
    LAST = "last"
    """After it a person decides."""


REMINDED_AFTER_DAYS: Final = {Reminder.COMING_DUE: -3, Reminder.FIRST: 3, Reminder.SECOND: 14, Reminder.LAST: 30}
"""Days after the due date. A custom of ours: no law asks for them. A transfer on the due date is in the bank's file the
next business day, so that nobody is reminded of what was paid in time."""


def closing_period(terms: Terms, day: date) -> Period:
    """The period that a supply on this day is invoiced in: from the day after one closing to the next."""
    closing = _day_of(day.year, day.month, terms.closing_day)
    if day > closing:
        closing = _months_on(closing, 1, terms.closing_day)
    return Period(_months_on(closing, -1, terms.closing_day) + timedelta(days=1), closing)


def due_date(terms: Terms, invoice_date: date, holidays: AbstractSet[date]) -> date:
    """The day on which an invoice of this date must be paid; `holidays` are the national ones around it."""
    closing = closing_period(terms, invoice_date).last
    due = _months_on(closing, terms.months_after, terms.day)
    step = timedelta(days=-1 if terms.on_holiday == Shift.PREVIOUS else 1)
    while not is_bank_day(due, holidays):
        due += step
    return due


def is_bank_day(day: date, holidays: AbstractSet[date]) -> bool:
    """Whether banks are open: not on Saturdays, Sundays, national holidays, and from 31 December to 3 January.

    銀行法 (Banking Act), article 15, paragraph 1; 銀行法施行令 (its Cabinet Order), article 5, paragraph 1.
    """
    weekend = day.weekday() >= calendar.SATURDAY
    return not weekend and day not in holidays and (day.month, day.day) not in _YEARS_END


def bucket_of(due_on: date, today: date) -> Bucket:
    """How late something due on `due_on` is today. On its due date nothing is late."""
    late = (today - due_on).days
    if late <= 0:
        return Bucket.NOT_DUE
    limits = ((30, Bucket.UP_TO_30), (60, Bucket.UP_TO_60), (90, Bucket.UP_TO_90))
    return next((bucket for limit, bucket in limits if late <= limit), Bucket.OVER_90)


def aged(owed: Iterable[tuple[date, int]], today: date) -> dict[Bucket, int]:
    """What is owed in each bucket, in yen, from pairs of due date and amount; every bucket is there."""
    sums = dict.fromkeys(Bucket, 0)
    for due_on, minor in owed:
        sums[bucket_of(due_on, today)] += minor
    return sums


def reminder_due(due_on: date, today: date, sent: Reminder | None) -> Reminder | None:
    """What is to be sent today, when `sent` was the last: never one again, and of several that are late the latest."""
    order = list(Reminder)
    late = (today - due_on).days
    reached = [each for each in order if late >= REMINDED_AFTER_DAYS[each]]
    if not reached or (sent is not None and order.index(reached[-1]) <= order.index(sent)):
        return None
    return reached[-1]


def _months_on(day: date, months: int, day_of_month: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return _day_of(count // 12, count % 12 + 1, day_of_month)


def _day_of(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))

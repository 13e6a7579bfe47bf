"""Up to which day is a provider's account closed, and from when may that be paid? Days are days in Japan. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.holidays import SINCE, UNTIL, holidays_of
from app.core.period import JAPAN

_NEW_YEAR_ENDS = 3


@dataclass(frozen=True, slots=True)
class Closing:
    """When an account is closed: each week on a day (1 Monday to 7 Sunday), or each month (31: its last day)."""

    weekday: int | None
    day: int | None


def last_closing(closing: Closing, today: date) -> date:
    """The newest closing day that is over: what becomes payable on the day itself still belongs to it."""
    assert (closing.weekday is None) != (closing.day is None), closing
    yesterday = today - timedelta(days=1)
    if closing.weekday is not None:
        return yesterday - timedelta(days=(yesterday.isoweekday() - closing.weekday) % 7)
    assert closing.day is not None, closing
    this_month = _in_month(yesterday.year, yesterday.month, closing.day)
    if this_month <= yesterday:
        return this_month
    before = yesterday.replace(day=1) - timedelta(days=1)
    return _in_month(before.year, before.month, closing.day)


def end_of(day: date) -> datetime:
    """The moment at which a day in Japan is over."""
    return datetime.combine(day + timedelta(days=1), time.min, JAPAN)


def is_bank_day(day: date) -> bool:
    """Whether banks in Japan are open: no Saturday or Sunday, no national holiday, and not 31 December to 3 January.

    Banking Act, Enforcement Order, article 5 names these days. Of years whose holidays are not known yet, no day is one.
    """
    if not SINCE <= day.year <= UNTIL:
        return False
    at_new_year = (day.month, day.day) == (12, 31) or (day.month == 1 and day.day <= _NEW_YEAR_ENDS)
    return day.isoweekday() <= 5 and not at_new_year and day not in holidays_of((day.year,))


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))

"""Which days are national holidays in Japan, when banks are shut? Pure.

国民の祝日に関する法律 (Act on National Holidays), articles 2 and 3: fixed days, days of a Monday, two equinoxes; a holiday on
a Sunday moves to the next day that is none; a day between two holidays is one. The law leaves the equinoxes to the
observatory, which publishes them a year ahead (官報, 暦要項): reckoned here by the customary approximation, good from 1980
to 2099 and not yet published for later years. Holidays that a law sets for one year alone are not foreseen.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

SINCE: Final = 2022
"""The law as it stands since then; earlier years had other days."""
UNTIL: Final = 2099
"""The equinoxes of later years are not reckoned."""
_FIXED: Final = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS: Final = ((1, 2), (7, 3), (9, 3), (10, 2))
"""A month and which of its Mondays."""
_A_DAY: Final = timedelta(days=1)


def holidays_of(years: Iterable[int]) -> frozenset[date]:
    """The national holidays of these years, from 2022 to 2099."""
    return frozenset(day for year in years for day in _holidays_in(year))


def _holidays_in(year: int) -> set[date]:
    assert SINCE <= year <= UNTIL, year
    named = {date(year, month, day) for month, day in _FIXED}
    named |= {_monday(year, month, count) for month, count in _MONDAYS}
    named |= {date(year, 3, _equinox(year, 20_843_100)), date(year, 9, _equinox(year, 23_248_800))}
    moved = {_next_free(day, named) for day in named if day.weekday() == calendar.SUNDAY}
    between = {day + _A_DAY for day in named if day + 2 * _A_DAY in named}
    return named | moved | between


def _monday(year: int, month: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(calendar.MONDAY - first.weekday()) % 7 + 7 * (count - 1))


def _equinox(year: int, at_1980: int) -> int:
    """The day of the month, from its millionths in 1980: a year is 0.242194 days longer than 365."""
    since = year - 1980
    return (at_1980 + 242_194 * since) // 1_000_000 - since // 4


def _next_free(day: date, named: set[date]) -> date:
    while day in named:
        day += _A_DAY
    return day

"""By when must a task be carried out so that the registry takes it this week, and when will it have done it?"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from app.core.period import JAPAN
from app.retirements.rules.registry_rules.shape import CutOff

DESK_DAYS: Final = 2
"""Working days in which the desk wants a task done where a registry has no cut-off: our own aim."""
_NO_CUT_OFF: Final = CutOff(5, "17:00", 0, "JP", ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03"))
_ONE_DAY: Final = timedelta(days=1)


def is_working_day(day: date, calendar: CutOff) -> bool:
    """Whether the registry works: no Saturday, Sunday, national holiday (the library's calendar) or closed day."""
    if day.weekday() >= 5 or f"{day.month:02d}-{day.day:02d}" in calendar.closed:
        return False
    return calendar.holidays_of != "JP" or day not in _holidays_in_japan(day.year)


def due_at(opened_at: datetime, cut_off: CutOff | None) -> datetime:
    """When a task that is opened now has to be carried out: the registry's next cut-off, in Japan's time.

    A cut-off on a day that the registry does not work is brought forward; one that is over by then is not meant.
    Without a cut-off: the end of the desk's second working day from now.
    """
    if cut_off is None:
        day = working_days_after(opened_at.astimezone(JAPAN).date(), DESK_DAYS, _NO_CUT_OFF)
        return _at(day, _NO_CUT_OFF)
    day = opened_at.astimezone(JAPAN).date()
    monday = day - timedelta(days=day.weekday())
    while True:
        found = monday + timedelta(days=cut_off.weekday - 1)
        while not is_working_day(found, cut_off) and found >= monday:
            found -= _ONE_DAY
        if found >= monday and _at(found, cut_off) >= opened_at:
            return _at(found, cut_off)
        monday += timedelta(days=7)


def carried_out_by(cut_off_at: datetime, cut_off: CutOff) -> date:
    """The last day on which the registry carries out what was in by a cut-off: so many working days of the next week."""
    day = cut_off_at.astimezone(JAPAN).date()
    sunday = day + timedelta(days=6 - day.weekday())
    return working_days_after(sunday, cut_off.processing_days, cut_off)


def working_days_after(day: date, count: int, calendar: CutOff) -> date:
    """The day that is so many working days later; the day itself for none."""
    while count > 0:
        day += _ONE_DAY
        count -= is_working_day(day, calendar)
    return day


def _at(day: date, calendar: CutOff) -> datetime:
    return datetime.combine(day, time.fromisoformat(calendar.time), JAPAN)


@lru_cache(maxsize=64)
def _holidays_in_japan(year: int) -> frozenset[date]:
    import holidays  # With the first task that is due at a registry: it knows the holidays of every country.

    return frozenset(holidays.country_holidays("JP", years=year))

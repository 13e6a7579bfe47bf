"""Which Japanese fiscal year does a day belong to, and which years may claim it?"""

from datetime import date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9), "JST")
"""Japan has had no summer time since 1951."""
FISCAL_YEAR_STARTS_IN = 4
LATE_CLAIM_ENDS_IN = 6


def day_in_japan(now: datetime) -> date:
    """The calendar day in Japan at this moment: registries and tax count days there."""
    return now.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """The fiscal year (April to March) that a day falls in: 2027-03-31 is of fiscal year 2026."""
    return day.year if day.month >= FISCAL_YEAR_STARTS_IN else day.year - 1


def claimable_fiscal_years(recorded_on: date) -> tuple[int, ...]:
    """The fiscal years that an invalidation recorded on this day may be counted for, newest first.

    An invalidation completed from April to June may be counted for either year, at the reporter's choice
    (SHK reports under the Act on Promotion of Global Warming Countermeasures; J-Credit secretariat, use page).
    """
    year = fiscal_year(recorded_on)
    late = FISCAL_YEAR_STARTS_IN <= recorded_on.month <= LATE_CLAIM_ENDS_IN
    return (year, year - 1) if late else (year,)

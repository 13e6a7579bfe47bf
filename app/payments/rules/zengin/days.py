"""Which day does a bank mean by six digits, or by four?

The association's records count years of the era (和暦): YYMMDD without its name, so 08 is Reiwa 8 (2026) or Heisei 8 (1996).
The era is decided by `latest`, the last day that the bank can have booked: of the days that the digits may mean, the one that
lies in the ten years before it. Eras thirty years apart leave one at most. Reiwa began on 2019-05-01, Heisei on 1989-01-08; a
Heisei year that goes on after its era (31 for 2019) is read as it was meant, as banks said in 2019. Some banks write the
last two digits of the western year instead: ask, and say so. When the next era begins, this file must learn it.
"""

from datetime import date
from functools import lru_cache
from typing import Final, Literal

YearCount = Literal["japanese", "western"]
_ERAS: Final = ((date(2019, 5, 1), 2018), (date(1989, 1, 8), 1988))
"""The first day of an era, and the year before its first."""
_YEARS_BACK: Final = 10


@lru_cache(maxsize=256)  # A file has thousands of rows, and few days.
def day_of(digits: str, *, years: YearCount, latest: date) -> date | None:
    """The day that YYMMDD means, or None when there is no such day in the ten years up to `latest`."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    counted = _ERAS if years == "japanese" else ((date.min, 2000),)
    oldest = latest.replace(year=latest.year - _YEARS_BACK, day=min(latest.day, 28))
    for begins, before in counted:
        found = _day(before + year, month, day)
        if found is not None and begins <= found and oldest <= found <= latest:
            return found
    return None


def is_a_day(digits: str) -> bool:
    """Whether month and day of YYMMDD can stand together in some year."""
    return _day(2000, int(digits[2:4]), int(digits[4:])) is not None


def next_day_of(digits: str, *, not_before: date) -> date | None:
    """The first day with this month and day (MMDD) on or after another; None when no year has one."""
    for year in range(not_before.year, not_before.year + 9):  # Eight years without a 29 February: around 2100.
        found = _day(year, int(digits[:2]), int(digits[2:]))
        if found is not None and found >= not_before:
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

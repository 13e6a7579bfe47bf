"""Are the holidays that due dates step over those of Japan?"""

import holidays

from app.core.holidays import holidays_of

YEARS = range(2022, 2051)


def test_the_holidays_of_the_law_are_those_that_others_reckon() -> None:
    ours, theirs = holidays_of(YEARS), set(holidays.country_holidays("JP", years=YEARS))
    assert ours == theirs
    assert len(ours) > 16 * len(YEARS)

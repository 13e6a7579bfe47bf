"""How long is a paper kept, and by what must it be found? Pure.

Kept: the copy of an invoice that was given, for seven years from the day on which two months have passed since the day
after the end of the taxable period in which it was given (消費税法 Consumption Tax Act, article 57-4, paragraph 6;
消費税法施行令, article 70-13, paragraph 1; National Tax Agency, インボイス制度に関するQ&A, on the years of keeping). Corporation
tax counts seven years from the day after the return is due, ten for a year with a loss, and company law ten years for
books (Agency's tax answer No. 5930; 法人税法施行規則, articles 26-3 and 59). Whether a business had a loss is not known here.

Found: by date, amount and counterparty; dates and amounts by a range; any two of them together (電子帳簿保存法施行規則,
article 2, paragraph 6, item 6, taken over for electronic transactions by article 4, paragraph 1).

Not verified: the text of the law itself, read only in the Agency's answers and in quotations; the relief for businesses
below a turnover, which the desk does not use.
"""

import calendar
from datetime import date, timedelta
from typing import Final

MONTHS_BEFORE_KEEPING: Final = 2
YEARS_KEPT: Final = 7
YEARS_KEPT_AFTER_A_LOSS: Final = 10
SEARCHED_BY: Final = ("issued_on", "total_minor", "counterparty_name")
SEARCHED_BY_RANGE: Final = ("issued_on", "total_minor")


def tax_period_end(issued_on: date, *, last_month: int) -> date:
    """The end of the taxable year in which a paper was issued, for a business whose years end with `last_month`."""
    year = issued_on.year if issued_on.month <= last_month else issued_on.year + 1
    return _last_of_month(year, last_month)


def kept_through(period_end: date, *, years: int) -> date:
    """The last day on which a paper of the taxable year that ended on `period_end` must be there.

    Years that end on 31 March 2027 are kept from 1 June 2027 through 31 May 2034. Ten years are counted from the same
    day, which for a business with a longer time for its return is too early by that time: not verified.
    """
    ended = period_end + timedelta(days=1)
    months = ended.month - 1 + MONTHS_BEFORE_KEEPING
    year, month = ended.year + months // 12 + years, months % 12 + 1
    day = min(ended.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])

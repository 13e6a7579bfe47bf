"""Does an invoice on account fall due when its terms say, and is nobody reminded twice or too soon?"""

import calendar
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.invoices.errors import PaymentTermsInvalid
from app.invoices.rules import (
    REMINDED_AFTER_DAYS,
    Bucket,
    Reminder,
    Shift,
    Terms,
    aged,
    bucket_of,
    closing_period,
    due_date,
    is_bank_day,
    reminder_due,
)

JAPAN = frozenset(holidays.country_holidays("JP", years=range(2025, 2030)))
DAYS = st.dates(date(2025, 3, 1), date(2028, 12, 31))


def terms(closing_day: int, months_after: int, day: int, on_holiday: Shift = Shift.NEXT) -> Terms:
    return Terms(closing_day=closing_day, months_after=months_after, day=day, on_holiday=on_holiday)


@pytest.mark.parametrize(
    ("which", "invoiced", "due"),
    [
        (terms(31, 1, 31), date(2026, 11, 20), date(2027, 1, 4)),  # The year's end: 31 December to 3 January.
        (terms(31, 1, 31, Shift.PREVIOUS), date(2026, 11, 20), date(2026, 12, 30)),
        (terms(31, 1, 31), date(2026, 11, 30), date(2027, 1, 4)),
        (terms(31, 1, 31), date(2026, 12, 1), date(2027, 2, 1)),  # 31 January 2027 is a Sunday.
        (terms(31, 1, 31, Shift.PREVIOUS), date(2026, 12, 1), date(2027, 1, 29)),
        (terms(31, 1, 31), date(2027, 1, 31), date(2027, 3, 1)),  # February has 28 days; the 28th is a Sunday.
        (terms(31, 1, 31), date(2028, 1, 15), date(2028, 2, 29)),
        (terms(20, 1, 10), date(2026, 11, 20), date(2026, 12, 10)),
        (terms(20, 1, 10), date(2026, 11, 21), date(2027, 1, 12)),  # 10: Sunday, 11: Coming of Age Day.
        (terms(20, 1, 10, Shift.PREVIOUS), date(2026, 11, 21), date(2027, 1, 8)),
        (terms(15, 0, 31), date(2026, 9, 15), date(2026, 9, 30)),
        (terms(30, 1, 31), date(2027, 2, 28), date(2027, 3, 31)),  # February is closed on its last day.
        (terms(31, 2, 5), date(2026, 3, 10), date(2026, 5, 7)),  # Golden Week: 3 to 6 May 2026.
        (terms(31, 2, 5, Shift.PREVIOUS), date(2026, 3, 10), date(2026, 5, 1)),
        (terms(31, 12, 31), date(2026, 1, 31), date(2027, 2, 1)),
    ],
)
def test_an_invoice_is_due_as_its_terms_say(which, invoiced, due):
    assert due_date(which, invoiced, JAPAN) == due


TERMS = st.builds(terms, st.integers(1, 31), st.integers(1, 12), st.integers(1, 31), st.sampled_from(Shift))


@given(TERMS, DAYS)
def test_a_due_date_is_a_bank_day_as_near_as_can_be_to_the_day_agreed(which, day):
    due = due_date(which, day, JAPAN)
    assert is_bank_day(due, JAPAN)
    closing = closing_period(which, day).last
    months = closing.year * 12 + closing.month - 1 + which.months_after
    year, month = months // 12, months % 12 + 1
    agreed = date(year, month, min(which.day, calendar.monthrange(year, month)[1]))
    between = [min(due, agreed) + timedelta(days=n) for n in range(abs((due - agreed).days) + 1)]
    assert all(each == due or not is_bank_day(each, JAPAN) for each in between)
    assert (due >= agreed) if which.on_holiday == Shift.NEXT else (due <= agreed)


@given(TERMS, DAYS)
def test_every_day_is_in_one_period_and_periods_follow_each_other(which, day):
    period = closing_period(which, day)
    assert period.first <= day <= period.last
    assert closing_period(which, period.first) == closing_period(which, period.last) == period
    assert closing_period(which, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)


@pytest.mark.parametrize(
    "wrong", [(0, 1, 31), (32, 1, 31), (31, 1, 0), (31, 1, 32), (31, -1, 31), (31, 13, 31), (20, 0, 20), (31, 0, 31)]
)
def test_terms_that_cannot_be_kept_are_refused_by_name(wrong):
    with pytest.raises(PaymentTermsInvalid):
        terms(*wrong)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 12, 30), True),
        (date(2026, 12, 31), False),
        (date(2027, 1, 1), False),
        (date(2028, 1, 3), False),
        (date(2028, 1, 4), True),
        (date(2026, 11, 23), False),  # Labour Thanksgiving Day.
        (date(2026, 11, 21), False),  # A Saturday.
        (date(2026, 9, 22), False),  # A day between two holidays.
    ],
)
def test_banks_are_closed_on_holidays_weekends_and_at_the_years_end(day, is_open):
    assert is_bank_day(day, JAPAN) == is_open


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (-400, Bucket.NOT_DUE), (0, Bucket.NOT_DUE), (1, Bucket.UP_TO_30), (30, Bucket.UP_TO_30), (31, Bucket.UP_TO_60),
        (60, Bucket.UP_TO_60), (61, Bucket.UP_TO_90), (90, Bucket.UP_TO_90), (91, Bucket.OVER_90), (4000, Bucket.OVER_90),
    ],
)  # fmt: skip
def test_what_is_late_is_in_its_bucket(late, bucket):
    due = date(2026, 11, 30)
    assert bucket_of(due, due + timedelta(days=late)) == bucket


@given(st.lists(st.tuples(DAYS, st.integers(0, 10**12))), DAYS)
def test_ageing_loses_no_yen_and_names_every_bucket(owed, today):
    sums = aged(owed, today)
    assert list(sums) == list(Bucket)
    assert sum(sums.values()) == sum(minor for _, minor in owed)


def test_each_reminder_is_sent_once_in_its_turn():
    due, sent, seen = date(2026, 11, 30), None, []
    for late in range(-10, 60):
        reminder = reminder_due(due, due + timedelta(days=late), sent)
        if reminder is not None:
            seen.append((late, reminder))
            sent = reminder
    assert seen == [(REMINDED_AFTER_DAYS[each], each) for each in Reminder]


@given(st.integers(-60, 200), st.sampled_from([None, *Reminder]))
def test_of_several_reminders_that_are_late_only_the_latest_is_sent_and_none_again(late, sent):
    due = date(2026, 11, 30)
    reminder = reminder_due(due, due + timedelta(days=late), sent)
    assume(reminder is not None)
    order = list(Reminder)
    assert sent is None or order.index(reminder) > order.index(sent)
    assert REMINDED_AFTER_DAYS[reminder] <= late
    assert all(REMINDED_AFTER_DAYS[later] > late for later in order[order.index(reminder) + 1 :])

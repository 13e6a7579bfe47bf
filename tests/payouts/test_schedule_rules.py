"""Is an account closed on the day that was agreed, and is what becomes payable that day still part of it?"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.core.period import day_in_japan
from app.payouts.rules import BankAccount, Closing, checked_account, end_of, is_bank_day, last_closing

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(1, 7))
def test_a_week_is_closed_on_its_day_and_only_when_that_is_over(today: date, weekday: int) -> None:
    closed = last_closing(Closing(weekday, None), today)
    assert closed.isoweekday() == weekday
    assert timedelta(days=1) <= today - closed <= timedelta(days=7)


@given(DAYS, st.integers(1, 31))
def test_a_month_is_closed_on_its_day_or_at_its_end(today: date, day: int) -> None:
    closed = last_closing(Closing(None, day), today)
    assert closed.day == min(day, monthrange(closed.year, closed.month)[1])
    assert timedelta(days=1) <= today - closed <= timedelta(days=31)
    following = [closed + timedelta(days=n) for n in range(1, (today - closed).days)]
    assert not [each for each in following if each.day == min(day, monthrange(each.year, each.month)[1])]


def test_a_month_that_is_shorter_closes_with_its_end() -> None:
    assert last_closing(Closing(None, 31), date(2027, 3, 1)) == date(2027, 2, 28)
    assert last_closing(Closing(None, 31), date(2027, 2, 28)) == date(2027, 1, 31)
    assert last_closing(Closing(None, 20), date(2026, 11, 20)) == date(2026, 10, 20)
    assert last_closing(Closing(None, 20), date(2026, 11, 21)) == date(2026, 11, 20)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_before_the_end_of_its_day_in_japan_and_not_before_an_earlier_ones(moment: datetime) -> None:
    day = day_in_japan(moment)
    assert end_of(day - timedelta(days=1)) <= moment < end_of(day)


def test_banks_are_closed_at_weekends_and_at_new_year() -> None:
    closed = [date(2026, 11, 28), date(2026, 11, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3)]
    assert [is_bank_day(day) for day in closed] == [False] * 5
    assert all(is_bank_day(day) for day in (date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 4)))


def test_banks_are_closed_on_national_holidays_and_in_years_that_nobody_knows() -> None:
    closed = [date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23), date(2027, 3, 22), date(2100, 6, 1), date.max]
    assert not any(is_bank_day(day) for day in closed)
    assert is_bank_day(date(2026, 9, 24))


def test_an_account_is_kept_as_the_bank_spells_it_or_every_wrong_field_is_named() -> None:
    typed = BankAccount("0005", "ミツビシUFJ", "001", "ホンテン", "ordinary", "7", "カブシキガイシャアオバ")
    assert checked_account(typed) == BankAccount("0005", "ﾐﾂﾋﾞｼUFJ", "001", "ﾎﾝﾃﾝ", "ordinary", "0000007", "ｶ)ｱｵﾊﾞ")
    wrong = checked_account(BankAccount("5", "三菱", "01", "本店", "ordinary", "12345678", "青葉"))
    assert isinstance(wrong, tuple)
    assert [(error.pointer, error.code) for error in wrong] == [
        ("/bank_code", "not_digits"), ("/branch_code", "not_digits"), ("/number", "not_digits"),
        ("/bank_name", "kanji"), ("/branch_name", "kanji"), ("/holder", "kanji"),
    ]  # fmt: skip

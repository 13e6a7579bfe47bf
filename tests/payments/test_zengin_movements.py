"""On which day was a movement, to which account did it come, and is it the same one in every file?"""

from datetime import date

import pytest

from app.payments.rules.zengin import (
    BankPractice,
    Reading,
    bank_movement,
    keyed_movements,
)
from tests.payments.zengin_files import (
    PRACTICE,
    READING,
    end_01,
    end_03,
    header_01,
    header_03,
    read,
    row_01,
    row_03,
    trailer_01,
    trailer_03,
    whole,
)


@pytest.mark.parametrize(
    ("digits", "years", "latest", "day"),
    [
        ("081110", "japanese", date(2026, 11, 24), date(2026, 11, 10)),
        ("010501", "japanese", date(2026, 4, 1), date(2019, 5, 1)),
        ("310430", "japanese", date(2026, 4, 1), date(2019, 4, 30)),
        ("310507", "japanese", date(2026, 4, 1), date(2019, 5, 7)),
        ("300101", "japanese", date(2026, 4, 1), date(2018, 1, 1)),
        ("280503", "japanese", date(2016, 5, 3), date(2016, 5, 3)),
        ("080229", "japanese", date(2028, 3, 1), None),
        ("100229", "japanese", date(2028, 2, 29), date(2028, 2, 29)),
        ("010430", "japanese", date(2026, 4, 1), None),
        ("261110", "western", date(2026, 11, 24), date(2026, 11, 10)),
        ("081110", "western", date(2026, 11, 24), None),
    ],
)
def test_the_era_is_the_one_that_makes_it_a_day_of_the_last_ten_years(digits, years, latest, day):
    made = f"{latest.year - 2018:02}" if years == "japanese" and latest.year > 2019 else f"{latest.year % 100:02}"
    made = "28" if latest.year == 2016 else made
    reading = Reading(BankPractice(years, "of_the_movement", "none"), latest)
    header = header_03(made=f"{made}{latest:%m%d}")
    found = read(header, row_03(day=digits), trailer_03(), end_03(), reading=reading)
    if day is None:
        assert {error.record for error in found.errors} == {2}
        return
    assert [one.booked_on for one in found.movements] == [day]


def test_a_movement_may_bear_interest_from_a_later_day_but_not_be_booked_on_one():
    (later,) = whole(header_03(), row_03(day="081124", value="081201"), trailer_03(), end_03()).movements
    assert later.value_on == date(2026, 12, 1)
    (blank,) = whole(header_03(), row_03(value="      "), trailer_03(), end_03()).movements
    assert blank.value_on == blank.booked_on


@pytest.mark.parametrize(
    ("place", "row", "name", "account"),
    [
        ("none", row_01(code="1101234567"), "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", ""),
        ("payer_code", row_01(code="1101234567"), "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", "1101234567"),
        ("payer_code", row_01(code="0" * 10), "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", ""),
        ("edi", row_01(edi="1101234567 X"), "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", "1101234567"),
        ("name_end", row_01(name="ｶ)ｱｵﾊﾞ".ljust(38) + "1101234567"), "ｶ)ｱｵﾊﾞ", "1101234567"),
        ("name_end", row_01(), "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", ""),
    ],
)
def test_a_virtual_account_is_taken_from_where_the_bank_puts_it(place, row, name, account):
    reading = Reading(BankPractice("japanese", "of_the_movement", place), READING.latest)
    (found,) = read(header_01(), row, trailer_01(), end_01(), reading=reading).movements
    assert (found.payer_name, found.virtual_account) == (name, account)


def test_a_movement_becomes_one_of_the_desks_statements():
    (found,) = whole(header_03(), row_03(edi="INV-7"), trailer_03(), end_03()).movements
    ours = bank_movement(found, PRACTICE)
    assert (ours.row, ours.booked_on, ours.amount_minor) == (2, date(2026, 11, 10), 540_000)
    assert (ours.payer_name, ours.memo, ours.bank_reference) == ("ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", "ﾌﾘｺﾐ INV-7", "00000001")
    assert bank_movement(found, BankPractice("japanese", "of_the_file", "none")).bank_reference == ""


def keys(rows, practice=PRACTICE):
    outs = (0, 0)
    found = whole(header_03(sign=" "), *rows, trailer_03((len(rows), 540_000 * len(rows)), outs), end_03(len(rows) + 3))
    return [keyed.line_key for keyed in keyed_movements(found.movements, practice)]


def test_a_movement_has_one_key_in_every_file_and_true_twins_are_two():
    one, twin, other = row_03(), row_03(), row_03("00000002")
    assert keys([one]) == keys([other, one])[1:]
    assert len(set(keys([one, twin]))) == 2
    assert set(keys([one, twin])) < set(keys([other, one, twin]))
    assert keys([one]) != keys([other])
    counted = BankPractice("japanese", "of_the_file", "none")
    assert keys([one], counted) == keys([other], counted)
    assert len(set(keys([one, other], counted))) == 2


@pytest.mark.parametrize(
    "changed",
    [
        row_03(day="081111"), row_03(value="081111"), row_03(kind="14"), row_03(name="ｶ)ｱｵﾊﾞ"), row_03(code="1" * 10),
        row_03(summary=""), row_03(edi="X"),
    ],
)  # fmt: skip
def test_what_the_bank_says_otherwise_is_another_movement(changed):
    assert keys([changed]) != keys([row_03()])

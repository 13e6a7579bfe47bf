"""Is a bank's file believed whole or not at all, and is all that it says read from its columns?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules.zengin import (
    ERRORS_MAX,
    AccountClosed,
    AccountOpened,
    BankPractice,
    FileEnd,
    OwnAccount,
    Reading,
    ReadZengin,
    RefusedZengin,
    Totals,
    ZenginError,
    ZenginMovement,
    bank_movement,
    keyed_movements,
    read_movements,
    read_zengin,
)
from tests.payments.zengin_files import (
    WHOLE_01,
    WHOLE_03,
    end_01,
    end_03,
    file_of,
    header_01,
    header_03,
    row_01,
    row_03,
    trailer_01,
    trailer_03,
)

PRACTICE = BankPractice(years="japanese", inquiry_numbers="of_the_movement", virtual_account="none")
READING = Reading(PRACTICE, date(2026, 11, 24))


def read(*records, reading=READING, **form):
    return read_zengin([file_of(*records, **form)], reading)


def whole(*records, **form):
    found = read(*records, **form)
    assert isinstance(found, ReadZengin), found
    return found


def complaints(content: bytes, reading=READING):
    found = read_zengin([content], reading)
    assert isinstance(found, RefusedZengin), found
    return [(error.record, error.field, error.code) for error in found.errors]


def test_a_statement_is_read_from_its_columns():
    (block,) = whole(*WHOLE_03).accounts
    assert block.account == OwnAccount("0001", "110", "1", "1234567", "ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ")
    assert block.totals == Totals(1, 540_000, 0, 0)
    assert block.movements == (
        ZenginMovement(
            record=2, account=block.account, booked_on=date(2026, 11, 10), value_on=date(2026, 11, 10),
            amount_minor=540_000, kind="transfer", inquiry_number="00000001", payer_code="", payer_name="ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
            sender_bank="ﾐﾂｲｽﾐﾄﾓ", sender_branch="ｼﾌﾞﾔ", summary="ﾌﾘｺﾐ", edi="", virtual_account="",
        ),
    )  # fmt: skip


def test_a_notice_is_read_from_its_columns_in_both_of_its_forms():
    (small,) = whole(*WHOLE_01).movements
    assert (small.amount_minor, small.kind, small.summary) == (540_000, "transfer", "")
    large = 12_345_678_901
    rows = [row_01(minor=0, large=large, edi="INV-7"), row_01("000002", edi="12345678901")]
    found = whole(header_01(), *rows, trailer_01((2, large + 540_000)), end_01())
    assert [movement.amount_minor for movement in found.movements] == [large, 540_000]
    assert [movement.edi for movement in found.movements] == ["INV-7", "12345678901"]


def test_twenty_digits_of_edi_information_are_no_amount():
    (movement,) = whole(header_01(), row_01(edi="9" * 20), trailer_01(), end_01()).movements
    assert (movement.amount_minor, movement.edi) == (540_000, "9" * 20)


@pytest.mark.parametrize("line_end", ["\r\n", "\n", ""])
@pytest.mark.parametrize("mark", [b"", b"\x1a", b"\x1a\r\n"])
def test_line_ends_and_the_mark_of_the_end_change_nothing(line_end, mark):
    for records in (WHOLE_03, WHOLE_01):
        assert whole(*records, line_end=line_end, mark=mark) == whole(*records)


def test_money_that_left_and_what_was_cancelled_is_below_zero():
    rows = [row_03(), row_03("00000002", minor=330, way="2", kind="18", name="", summary="ﾃｽｳﾘﾖｳ")]
    trailer = trailer_03((1, 540_000), (1, 330), balance="00000001539670")
    found = whole(header_03(), *rows, trailer, end_03(5))
    assert [movement.amount_minor for movement in found.movements] == [540_000, -330]
    cancelled = [row_01(), row_01("000002", cancelled="1")]
    found = whole(header_01(), *cancelled, trailer_01((1, 540_000), (1, 540_000)), end_01())
    assert [(one.amount_minor, one.kind) for one in found.movements] == [
        (540_000, "transfer"),
        (-540_000, "cancellation"),
    ]
    assert found.accounts[0].totals == Totals(1, 540_000, 1, 540_000)


def test_a_correction_is_told_as_one():
    row = row_03(way="2", kind="19")
    (found,) = whole(header_03(), row, trailer_03((0, 0), (1, 540_000), balance="00000000460000"), end_03()).movements
    assert (found.kind, found.amount_minor) == ("correction", -540_000)


def test_each_account_of_a_file_has_its_own_block():
    other = header_03(number="0007654321")
    records = [*WHOLE_03[:3], other, row_03(minor=7), trailer_03((1, 7), balance="00000001000007"), end_03(7, 2)]
    found = whole(*records)
    assert [block.account.number for block in found.accounts] == ["1234567", "7654321"]
    assert [one.amount_minor for one in found.movements] == [540_000, 7]


def test_a_day_without_movements_is_a_whole_file():
    assert whole(header_01(), trailer_01((0, 0)), end_01()).movements == ()
    empty = trailer_03((0, 0), balance="00000001000000")
    assert whole(header_03(), empty, end_03(3)).accounts[0].totals == Totals(0, 0, 0, 0)


def test_an_overdrawn_balance_counts_below_zero():
    header, trailer = header_03(sign="2", balance="00000000040000"), trailer_03(balance="00000000500000")
    assert whole(header, row_03(), trailer, end_03())
    wrong = trailer_03(sign="2", balance="00000000500000")
    assert complaints(file_of(header, row_03(), wrong, end_03())) == [(3, "balance", "wrong_balance")]


def test_a_bank_that_leaves_balances_and_counts_out_is_believed_without():
    assert whole(header_03(sign=" ", balance=" " * 14), row_03(), trailer_03(), end_03())
    assert whole(header_03(sign="0", balance="0" * 14), row_03(), trailer_03(sign="0", balance="0" * 14), end_03(0, 0))
    assert whole(*WHOLE_03[:3], end_03(3))  # The end record may or may not count itself.
    assert whole(*WHOLE_03[:3], "9" + " " * 199)


# What is wrong, and how it is named.


@pytest.mark.parametrize("records", [WHOLE_03, WHOLE_01])
@pytest.mark.parametrize("line_end", ["\r\n", ""])
def test_a_file_cut_off_anywhere_is_refused(records, line_end):
    content = file_of(*records, line_end=line_end, mark=b"\x1a")
    needed = len(content) - 1 - len(line_end)
    assert isinstance(read_zengin([content[:needed]], READING), ReadZengin)
    for cut_off in range(needed):
        found = read_zengin([content[:cut_off]], READING)
        assert isinstance(found, RefusedZengin), cut_off
        assert found.errors
        told = list(read_movements([content[:cut_off]], READING))
        assert not any(isinstance(one, FileEnd) for one in told)
    # Behind the end record nothing is missing but a line end: half of one is not believed either.
    if line_end:
        assert complaints(content[: needed + 1]) == [(5, "", "bytes_after_end")]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((row_03(), trailer_03(), end_03(0, 0)), [(1, "", "missing_header"), (2, "", "missing_header"), (3, "", "missing_header")]),
        ((end_03(0, 0),), [(1, "", "missing_header")]),
        ((header_03(), row_03(), end_03(0, 0)), [(3, "", "missing_trailer")]),
        ((header_03(), row_03(), header_03(), trailer_03((0, 0), balance="00000001000000"), end_03(0, 0)), [(3, "", "missing_trailer")]),
        ((header_03(), row_03()), [(2, "", "missing_trailer")]),
        ((header_03(), row_03(), trailer_03()), [(3, "", "missing_end")]),
        ((*WHOLE_03, header_03()), [(5, "", "bytes_after_end")]),
        ((header_03(), "5" + row_03()[1:], trailer_03((0, 0), balance="00000001000000"), end_03(0, 0)), [(2, "", "unknown_record")]),
        ((header_03(code="04"), row_03(), trailer_03(), end_03(0, 0)), [(1, "type_code", "unsupported_type")]),
        ((header_03(kind="6"), row_03(), trailer_03(), end_03(0, 0)), [(1, "account_kind", "unsupported_account")]),
        ((header_03(made="091120"), row_03(), trailer_03(), end_03(0, 0)), [(1, "made_on", "date_out_of_range")]),
        ((header_03(), row_03(way="3"), trailer_03(), end_03(0, 0)), [(2, "direction", "unknown_word")]),
        ((header_03(), row_03(kind="99"), trailer_03(), end_03(0, 0)), [(2, "movement_kind", "unknown_word")]),
        ((header_03(), row_03(day="081131"), trailer_03(), end_03(0, 0)), [(2, "booked_on", "bad_date")]),
        ((header_03(), row_03(day="081125"), trailer_03(), end_03(0, 0)), [(2, "booked_on", "date_out_of_range")]),
        ((header_03(), row_03(day="200101"), trailer_03(), end_03(0, 0)), [(2, "booked_on", "date_out_of_range")]),
        ((header_03(), row_03(minor=0), trailer_03(), end_03(0, 0)), [(2, "amount", "zero_amount")]),
        ((header_03(), row_03(day="0811 1"), trailer_03(), end_03(0, 0)), [(2, "booked_on", "not_digits"), (2, "value_on", "not_digits")]),
        ((header_03(), row_03(), trailer_03((2, 540_000), rows=1), end_03(0, 0)), [(3, "in_count", "wrong_count")]),
        ((header_03(), row_03(), trailer_03((1, 540_001)), end_03(0, 0)), [(3, "in_total", "wrong_total")]),
        ((header_03(), row_03(), trailer_03(outs=(1, 0), rows=1), end_03(0, 0)), [(3, "out_count", "wrong_count")]),
        ((header_03(), row_03(), trailer_03(outs=(0, 1)), end_03(0, 0)), [(3, "out_total", "wrong_total")]),
        ((header_03(), row_03(), trailer_03(rows=2), end_03(0, 0)), [(3, "rows", "wrong_count")]),
        ((header_03(), row_03(), trailer_03(balance="00000001540001"), end_03(0, 0)), [(3, "balance", "wrong_balance")]),
        ((*WHOLE_03[:3], end_03(6)), [(4, "records", "wrong_count")]),
        ((*WHOLE_03[:3], end_03(4, 2)), [(4, "accounts", "wrong_count")]),
        ((header_01(), row_01(cancelled="X"), trailer_01(), end_01()), [(2, "cancelled", "unknown_word")]),
        ((header_01(), row_01(large=540_000), trailer_01(), end_01()), [(2, "large_amount", "two_amounts")]),
        ((*WHOLE_01[:3], header_03(), row_03(), trailer_03(), end_01()), [(4, "type_code", "mixed_types")]),
        ((header_01(), row_01(), row_01(cancelled="1"), trailer_01((1, 540_000), (0, 0)), end_01()), [(4, "out_count", "wrong_count"), (4, "out_total", "wrong_total")]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name_and_place(records, expected):
    assert complaints(file_of(*records)) == expected
    assert complaints(file_of(*records, line_end="")) == expected or expected[0][2] == "unknown_record"


def test_the_bytes_of_a_file_are_what_they_must_be():
    good = file_of(*WHOLE_03)
    assert complaints(b"") == [(0, "", "empty_file")]
    assert complaints(b"\xf1" + good[1:]) == [(1, "", "ebcdic")]
    assert complaints(file_of("1031" + WHOLE_03[0][4:], *WHOLE_03[1:])) == [(1, "encoding", "ebcdic")]
    assert complaints(good[:204] + b"\x00" + good[205:])[0] == (2, "inquiry_number", "undecodable_byte")
    assert complaints(good[:300] + good[301:]) == [(2, "", "wrong_length")]
    assert complaints(good[:300] + b"0" + good[300:]) == [(2, "", "wrong_length")]
    assert complaints(file_of(*WHOLE_03, line_end="").replace(b" " * 20, b" " * 19, 1))
    assert complaints(b"a,b\r\n1,2\r\n") == [(1, "", "wrong_length")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "euc_jp", "utf-16"])
def test_another_encoding_is_told_by_its_first_stray_byte(encoding):
    content = "\r\n".join([*WHOLE_03, ""]).encode(encoding)
    record, _, code = complaints(content)[0]
    assert (record, code) == (1, "undecodable_byte")
    (first, *_) = read_zengin([content], READING).errors
    if encoding != "utf-16":
        assert ("UTF-8" if encoding.startswith("utf") else "EUC-JP") in first.detail


def test_kanji_in_a_name_are_refused_and_not_cut_in_half():
    wide = "青葉".encode("cp932")
    content = file_of(*WHOLE_03).replace("ｶ)ｱｵ".encode("cp932"), wide)
    assert complaints(content) == [(2, "payer_name", "undecodable_byte")]


def test_a_file_of_nothing_but_errors_is_given_up():
    found = read_zengin([file_of(header_03(), *[row_03(minor=0)] * 1_000)], READING)
    assert len(found.errors) == ERRORS_MAX + 1
    assert found.errors[-1].code == "too_many_errors"
    assert found.errors[-1].record == ERRORS_MAX + 2


def test_movements_come_as_they_are_read_and_stop_at_the_first_error():
    def chunks():
        yield file_of(*WHOLE_03[:2])
        raise AssertionError("The second chunk was asked for before the first was told.")

    told = read_movements(chunks(), READING)
    assert isinstance(next(told), AccountOpened)
    assert next(told).amount_minor == 540_000
    broken = file_of(header_03(), row_03(), row_03(minor=0), row_03(), trailer_03((3, 1_080_000)), end_03(6))
    assert [type(one) for one in read_movements([broken], READING)] == [AccountOpened, ZenginMovement, ZenginError]
    good = [type(one) for one in read_movements([file_of(*WHOLE_03)], READING)]
    assert good == [AccountOpened, ZenginMovement, AccountClosed, FileEnd]


@given(st.integers(1, 450), st.sampled_from(["\r\n", "\n", ""]))
def test_where_a_file_is_cut_into_chunks_changes_nothing(size, line_end):
    content = file_of(*WHOLE_03, line_end=line_end)
    chunks = [content[place : place + size] for place in range(0, len(content), size)]
    assert read_zengin(chunks, READING) == whole(*WHOLE_03)


@given(st.lists(st.tuples(st.integers(1, 10**11), st.booleans()), max_size=8))
def test_every_yen_of_a_file_is_in_its_movements(told):
    rows = [row_03(f"{place:08}", minor=minor, way="1" if is_in else "2") for place, (minor, is_in) in enumerate(told)]
    ins, outs = [minor for minor, is_in in told if is_in], [minor for minor, is_in in told if not is_in]
    trailer = trailer_03((len(ins), sum(ins)), (len(outs), sum(outs)), sign=" ")
    found = whole(header_03(), *rows, trailer, end_03(len(told) + 3))
    assert [one.amount_minor for one in found.movements] == [minor if is_in else -minor for minor, is_in in told]


@given(st.binary(max_size=700))
def test_no_bytes_crash_it(content):
    for prefix in (b"", file_of(*WHOLE_03[:1]), file_of(*WHOLE_03[:2], line_end=""), file_of(*WHOLE_01[:2])):
        found = read_zengin([prefix + content], READING)
        assert isinstance(found, RefusedZengin)


@pytest.mark.parametrize("records", [WHOLE_03, WHOLE_01])
@pytest.mark.parametrize("byte", [b"0", b"1", b"9", b" ", b"\xb1", b"\x00", b"\r"])
def test_no_single_wrong_byte_changes_an_amount_unseen(records, byte):
    content = file_of(*records)
    for place in range(len(content)):
        changed = content[:place] + byte + content[place + 1 :]
        match read_zengin([changed], READING):
            case ReadZengin(accounts=(block,)):
                assert [one.amount_minor for one in block.movements] == [540_000], place
            case RefusedZengin(errors=errors):
                assert errors


def test_sums_are_not_held_against_a_block_that_could_not_be_read():
    wrong_header, wrong_row = header_03(made="091120"), row_03(minor=0)
    other = trailer_03((9, 9))
    assert complaints(file_of(wrong_header, row_03(), other, end_03())) == [(1, "made_on", "date_out_of_range")]
    assert complaints(file_of(header_03(), wrong_row, other, end_03())) == [(2, "amount", "zero_amount")]


def test_a_record_that_was_begun_is_told_as_cut_off():
    assert complaints(file_of(*WHOLE_03)[:300]) == [(2, "", "truncated")]
    assert complaints(file_of(*WHOLE_03)[:202]) == [(1, "", "missing_trailer")]


# Days.


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


# Virtual accounts, the desk's own movement, and keys.


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

"""What is wrong with a bank's file, and how is it named? It is believed whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules.zengin import (
    ERRORS_MAX,
    FileEnd,
    ReadZengin,
    RefusedZengin,
    read_movements,
    read_zengin,
)
from tests.payments.zengin_files import (
    READING,
    WHOLE_01,
    WHOLE_03,
    complaints,
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

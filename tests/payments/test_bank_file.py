"""Is every row of a statement read or told to be wrong, and has one movement one key in every file?"""

import codecs
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import AMOUNT_MAX_MINOR, TEMPLATE_HEADER, read_bank_file
from app.payments.rules.bank_file import ROWS_MAX
from app.payments.rules.bank_row import amount_in

LATEST = date(2026, 11, 24)
HEADER = ",".join(TEMPLATE_HEADER)
ROW = "2026-11-20,540000,カ)オフセツト,振込,A1"


def read(*rows: str, header: str = HEADER, encoding: str = "utf-8"):
    return read_bank_file("\r\n".join([header, *rows]).encode(encoding), latest=LATEST)


def complaints(file) -> list[tuple[int, str, str]]:
    assert not file.errors or not file.movements
    return [(error.row, error.column, error.code) for error in file.errors]


def keys(file) -> list[str]:
    assert not file.errors
    return [keyed.line_key for keyed in file.movements]


def test_a_row_is_read_as_it_stands():
    file = read(ROW)
    (keyed,) = file.movements
    movement = keyed.movement
    assert (movement.row, movement.booked_on, movement.amount_minor) == (2, date(2026, 11, 20), 540_000)
    assert (movement.payer_name, movement.memo, movement.bank_reference) == ("カ)オフセツト", "振込", "A1")
    assert file.rows == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_encodings_of_japanese_spreadsheets_say_the_same(encoding):
    assert read(ROW, encoding=encoding).movements == read(ROW).movements


def test_columns_may_be_japanese_in_any_order_and_two_may_be_missing():
    file = read("540000,カ)オフセツト,2026/11/20", header="入出金額,振込依頼人名,お取引日")
    (keyed,) = file.movements
    assert (keyed.movement.amount_minor, keyed.movement.memo, keyed.movement.bank_reference) == (540_000, "", "")
    assert len(keyed.line_key) == 64


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12000", 12_000),
        ("12,000", 12_000),
        ("１２，０００", 12_000),
        ("￥12,000", 12_000),
        ("\\12,000", 12_000),
        ("12,000円", 12_000),
        ("+5", 5),
        ("-500", -500),
        ("－５００", -500),
        ("−500", -500),
        ("▲1,500", -1_500),
        ("△ 1,500", -1_500),
        (" 007 ", 7),
        ("0", 0),
    ],
)
def test_an_amount_is_read_however_it_is_written(text, minor):
    assert amount_in(text) == minor


@pytest.mark.parametrize(
    "text",
    ["", "-", "1.5", "12,00", "1,2000", "1e3", "12 000", "--5", "5-", "(500)", "百", "٣", "0x10", "1_000", "9" * 60],
)
def test_what_is_no_amount_is_none(text):
    assert amount_in(text) is None


@given(st.integers(-(10**12), 10**12))
def test_every_amount_comes_back_from_its_spellings(minor):
    spelt = f"{minor:,}"
    wide = spelt.translate(str.maketrans("0123456789,-", "０１２３４５６７８９，－"))
    assert {amount_in(text) for text in (str(minor), spelt, wide, f"{spelt}円")} == {minor}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (",5,x,,", ("booked_on", "empty_cell")),
        ("yesterday,5,x,,", ("booked_on", "not_a_date")),
        ("2026-02-30,5,x,,", ("booked_on", "not_a_date")),
        ("2026-11-25,5,x,,", ("booked_on", "date_out_of_range")),
        ("1999-12-31,5,x,,", ("booked_on", "date_out_of_range")),
        ("2026-11-20,,x,,", ("amount", "empty_cell")),
        ("2026-11-20,5.5,x,,", ("amount", "not_an_amount")),
        ("2026-11-20,0,x,,", ("amount", "zero_amount")),
        (f"2026-11-20,{AMOUNT_MAX_MINOR + 1},x,,", ("amount", "amount_out_of_range")),
        (f"2026-11-20,-{AMOUNT_MAX_MINOR + 1},x,,", ("amount", "amount_out_of_range")),
        ("2026-11-20,5,a\u200bb,,", ("payer_name", "control_character")),
        ("2026-11-20,5,x,a\x07b,", ("memo", "control_character")),
        (f"2026-11-20,5,x,,{'r' * 201}", ("bank_reference", "too_long")),
        ("2026-11-20,5,x,", ("", "row_too_narrow")),
        ("2026-11-20,5,x,,,", ("", "row_too_wide")),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(row, complaint):
    assert complaints(read(ROW, row)) == [(3, *complaint)]


def test_every_wrong_cell_of_every_row_is_told_and_nothing_is_taken():
    file = read("x,y,z,,", ROW, "2026-11-20,0,x,,")
    assert complaints(file) == [
        (2, "booked_on", "not_a_date"),
        (2, "amount", "not_an_amount"),
        (4, "amount", "zero_amount"),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", (1, "", "empty_file")),
        (b"\n \n", (1, "", "empty_file")),
        (HEADER.encode(), (1, "", "no_rows")),
        (b"\xff\xfe\x00", (1, "", "unreadable_text")),
        (b"booked_on,amount\n", (1, "payer_name", "missing_column")),
        (HEADER.encode() + b",colour\n", (1, "colour", "unknown_column")),
        (HEADER.encode() + ",金額\n".encode(), (1, "amount", "repeated_column")),
        (HEADER.encode() + b'\n"2026-11-20,5', (2, "", "broken_row")),
        (HEADER.encode() + b"\n2026-11-20,5,x,," * (ROWS_MAX + 1), (ROWS_MAX + 2, "", "too_many_rows")),
    ],
)
def test_a_wrong_file_is_refused(content, complaint):
    assert complaints(read_bank_file(content, latest=LATEST)) == [complaint]


def test_a_file_in_two_encodings_has_one_key_per_movement():
    half = "2026-11-20,5,ｵﾌｾﾂﾄ,ﾌﾘｺﾐ,"
    full = "2026/11/20,５,オフセツト,フリコミ,"
    assert keys(read(half, encoding="cp932")) == keys(read(full))


def test_equal_movements_are_counted_and_overlapping_files_agree():
    one, other = "2026-11-20,5,a,b,", "2026-11-21,5,a,b,"
    first, second = keys(read(one, one, other)), keys(read(other, one, one, one))
    assert len(set(first)) == 3
    assert set(first) < set(second)
    assert len(set(second)) == 4


def test_the_banks_reference_is_the_key_and_stands_for_one_movement():
    assert keys(read(ROW, ROW)) == ["bank:a1"]
    assert keys(read(ROW.replace("振込", "別"))) == ["bank:a1"]
    assert complaints(read(ROW, ROW.replace("540000", "540001"))) == [(3, "bank_reference", "reference_contradicts")]
    assert complaints(read(ROW, ROW.replace("11-20", "11-21"))) == [(3, "bank_reference", "reference_contradicts")]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ab"), st.sampled_from(["", "R1", "R2", "R3"])), max_size=12)
)
def test_no_movement_is_lost_or_doubled(told):
    references = {reference: (minor, name) for minor, name, reference in told if reference}
    rows = [(*references.get(reference, (minor, name)), reference) for minor, name, reference in told]
    file = read(*(f"2026-11-20,{minor},{name},,{reference}" for minor, name, reference in rows))
    if not rows:
        assert complaints(file) == [(1, "", "no_rows")]
        return
    expected = sum(minor for minor, _, reference in rows if not reference) + sum(
        minor for minor, _ in references.values()
    )
    assert sum(keyed.movement.amount_minor for keyed in file.movements) == expected
    assert len(set(keys(file))) == len(file.movements)
    assert file.rows == len(rows)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_crash_it(content):
    for whole in (content, HEADER.encode() + b"\n" + content, codecs.BOM_UTF8 + content):
        file = read_bank_file(whole, latest=LATEST)
        assert bool(file.errors) != bool(file.movements)

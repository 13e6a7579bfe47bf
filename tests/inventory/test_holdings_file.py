"""Holdings files by example: each defect is found with its row, column and code."""

from datetime import date
from itertools import islice

import pytest

from app.catalog.rules import ListKind
from app.core.quantity import QUANTITY_MAX
from app.core.text import lines_of
from app.inventory.rules import TEMPLATE_HEADER, Serials, read_holdings, template
from app.inventory.rules.holding_facts import ENERGY_COLUMNS
from tests.inventory.files import JAPANESE_HEADER, defects, good, read, written


def test_the_template_is_a_file_that_is_accepted():
    rows = list(read_holdings(lines_of(template())))
    assert [row.row_number for row in rows] == [2, 3, 4]
    assert defects(rows) == []
    assert template().split("\r\n")[0] == ",".join([*TEMPLATE_HEADER, *ENERGY_COLUMNS])
    assert {row.facts.unit for row in rows} == {"t", "kg", "kWh"}


def test_a_good_row_is_read_in_full():
    (row,) = read(good())
    facts = row.facts
    assert (row.row_number, row.cells, row.errors) == (2, tuple(good()), ())
    assert (facts.registry_code, facts.project_list, facts.project_number) == ("jcredit", ListKind.JCREDIT_NORMAL, "35")
    assert (facts.certification_no, facts.serial_prefix) == ("認証 0035-7", "PREFIX-")
    assert (facts.serial_first, facts.serial_last, facts.quantity, facts.unit) == ("000101", "000220", 120, "t")
    assert (facts.vintage_from, facts.vintage_to) == (date(2023, 4, 1), date(2024, 3, 31))
    assert facts.note == "倉庫の照明"
    assert (facts.located.serials, facts.located.width) == (Serials(101, 221), 6)


def test_a_file_in_japanese_and_full_width_gives_the_same_facts():
    typed = good(
        registry="Ｊ－クレジット",
        project_list="【J-クレジット】一覧（通常型）",
        project_number="３５",
        serial_first="０００１０１",
        serial_last="０００２２０",
        quantity="１２０",
        unit="ｔ－ＣＯ２",
        vintage_from="２０２３／４／１",
        vintage_to="2024/3/31 0:00",
    )
    text = "\ufeff" + written([typed], JAPANESE_HEADER)
    (row,) = read_holdings(lines_of(text))
    assert row.errors == ()
    assert row.facts == read(good())[0].facts


def test_rows_are_counted_as_a_person_counts_them_in_a_spreadsheet():
    rows = read(good(note="二行\r\nの備考"), [""] * 12, [], good(serial_first="1", serial_last="1", quantity="2"))
    assert rows[0].facts.note == "二行 の備考"
    assert defects(rows) == [(5, "quantity", "quantity_contradicts_serials")]


def test_a_quantity_that_contradicts_the_serials_tells_both():
    (row,) = read(good(quantity="119"))
    assert "119" in row.errors[0].detail
    assert "120" in row.errors[0].detail


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"registry": ""}, "registry", "empty_cell"),
        ({"registry": "J Credit!"}, "registry", "malformed_registry"),
        ({"registry": "r" * 41}, "registry", "too_long"),
        ({"project_list": ""}, "project_list", "empty_cell"),
        ({"project_list": "森林"}, "project_list", "unknown_project_list"),
        ({"registry": "verra"}, "project_list", "project_list_not_of_registry"),
        ({"project_number": "-"}, "project_number", "empty_cell"),
        ({"project_number": "35号"}, "project_number", "malformed_project_number"),
        ({"certification_no": ""}, "certification_no", "empty_cell"),
        ({"certification_no": "9" * 101}, "certification_no", "too_long"),
        ({"serial_prefix": "P" * 101}, "serial_prefix", "too_long"),
        ({"serial_prefix": "P\u200b"}, "serial_prefix", "control_character"),
        ({"serial_first": ""}, "serial_first", "empty_cell"),
        ({"serial_first": "101-"}, "serial_first", "not_digits"),
        ({"serial_first": "=101"}, "serial_first", "not_digits"),
        ({"serial_last": "220.0"}, "serial_last", "not_digits"),
        ({"serial_last": "1" * 37}, "serial_last", "too_many_digits"),
        ({"serial_last": "000100"}, "serial_last", "serials_reversed"),
        ({"serial_last": "220"}, "serial_last", "padding_differs"),
        ({"serial_first": "9" * 18, "serial_last": "1" + "0" * 18}, "serial_last", "serials_cross_series"),
        ({"quantity": ""}, "quantity", "empty_cell"),
        ({"quantity": "120.0"}, "quantity", "not_a_whole_number"),
        ({"quantity": "1,20"}, "quantity", "not_a_whole_number"),
        ({"quantity": "-120"}, "quantity", "not_a_whole_number"),
        ({"quantity": "0"}, "quantity", "quantity_out_of_range"),
        ({"quantity": str(QUANTITY_MAX + 1)}, "quantity", "quantity_out_of_range"),
        ({"quantity": "119"}, "quantity", "quantity_contradicts_serials"),
        ({"unit": ""}, "unit", "empty_cell"),
        ({"unit": "トン"}, "unit", "unknown_unit"),
        ({"unit": "kg"}, "unit", "unit_not_of_registry"),
        ({"vintage_from": ""}, "vintage_from", "empty_cell"),
        ({"vintage_from": "2023年度"}, "vintage_from", "not_a_date"),
        ({"vintage_to": "2023/2/29"}, "vintage_to", "not_a_date"),
        ({"vintage_to": "2203-03-31"}, "vintage_to", "date_out_of_range"),
        ({"vintage_to": "2023-03-31"}, "vintage_to", "vintage_reversed"),
        ({"note": "あ" * 501}, "note", "too_long"),
        ({"note": "a\0b"}, "note", "control_character"),
        ({"note": "=1+1"}, "note", "formula_like_note"),
        ({"note": " ＝HYPERLINK()"}, "note", "formula_like_note"),
        ({"note": "+81"}, "note", "formula_like_note"),
        ({"note": "-1"}, "note", "formula_like_note"),
        ({"note": "@sum"}, "note", "formula_like_note"),
    ],
)
def test_each_defect_is_found_with_its_row_column_and_code(cells, column, code):
    other = good(serial_first="000001", serial_last="000009", quantity="9")
    rows = read(other, good(**cells))
    assert defects(rows) == [(3, column, code)]
    assert rows[0].facts is not None
    assert rows[1].facts is None


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    row = good(registry="!", project_number="", serial_last="1", unit="x", vintage_from="?", note="=")
    assert {code for _, _, code in defects(read(row))} == {
        "malformed_registry",
        "empty_cell",
        "serials_reversed",
        "unknown_unit",
        "not_a_date",
        "formula_like_note",
    }


def test_formula_like_cells_elsewhere_stay_the_text_they_are():
    (row,) = read(good(serial_prefix="=A1&", certification_no="+1"))
    assert (row.facts.serial_prefix, row.facts.certification_no) == ("=A1&", "+1")


def test_other_registries_need_no_list_and_no_certification_number():
    (row,) = read(good(registry="isometric", project_list="-", project_number="prj_1a", certification_no="", unit="KG"))
    assert row.errors == ()
    assert (row.facts.project_list, row.facts.certification_no, row.facts.unit) == (None, None, "kg")
    assert row.facts.project_number == "prj_1a"


def test_thousands_may_be_parted_by_commas():
    (row,) = read(good(serial_first="1", serial_last="1454054", quantity="1,454,054"))
    assert row.facts.quantity == 1_454_054


def test_serials_told_twice_name_the_other_row():
    overlapping = good(serial_first="000220", serial_last="000339")
    rows = read(good(), good(), overlapping, good(serial_first="000221", serial_last="000340"))
    assert defects(rows) == [(3, "serial_first", "duplicate_serials"), (4, "serial_first", "overlapping_serials")]
    assert "Row 2 " in rows[1].errors[0].detail
    assert "Row 2 " in rows[2].errors[0].detail
    assert rows[3].facts is not None


def test_the_same_numbers_of_another_series_do_not_overlap():
    rows = read(good(), good(serial_prefix="OTHER-"), good(serial_prefix="prefix-"))
    assert defects(rows) == [(4, "serial_first", "duplicate_serials")]


def test_a_bad_row_still_keeps_its_serials_from_being_told_again():
    assert defects(read(good(note="="), good())) == [
        (2, "note", "formula_like_note"),
        (3, "serial_first", "duplicate_serials"),
    ]


@pytest.mark.parametrize("text", ["", "\ufeff", "\r\n\r\n", ",,,\r\n"])
def test_an_empty_file_is_told(text):
    assert defects(read_holdings(lines_of(text))) == [(1, "", "empty_file")]


def test_a_header_alone_is_told():
    assert defects(read()) == [(1, "", "no_rows")]


@pytest.mark.parametrize("column", TEMPLATE_HEADER)
def test_a_missing_column_is_refused_by_name(column):
    header = [name for name in TEMPLATE_HEADER if name != column]
    assert defects(read(good()[1:], header=header)) == [(1, column, "missing_column")]


def test_unknown_unnamed_and_repeated_columns_are_refused_by_name():
    rows = read(good(), header=[*TEMPLATE_HEADER, "price", "", "数量"])
    assert defects(rows) == [
        (1, "price", "unknown_column"),
        (1, "", "unknown_column"),
        (1, "quantity", "repeated_column"),
    ]
    assert "'price'" in rows[0].errors[0].detail


def test_rows_of_another_width_are_refused_and_the_others_read():
    rows = read(good()[:-1], [*good(), ""], good())
    assert defects(rows) == [(2, "", "row_too_narrow"), (3, "", "row_too_wide")]
    assert rows[2].facts is not None


def test_an_unclosed_quote_costs_its_own_row_and_no_other():
    later = good(serial_first="000221", serial_last="000340")
    text = written([good()]) + '"jcredit,\r\n' + ",".join(later) + "\r\n"
    rows = list(read_holdings(lines_of(text)))
    assert defects(rows) == [(3, "", "broken_row")]
    assert [row.facts is not None for row in rows] == [True, False, True]
    assert rows[2].facts.located.serials == Serials(221, 341)


def test_rows_come_one_by_one_from_a_file_without_end():
    def endless():
        yield ",".join(TEMPLATE_HEADER) + "\n"
        number = 0
        while True:
            number += 1
            yield ",".join(good(serial_first=str(number), serial_last=str(number), quantity="1")) + "\n"

    assert [row.row_number for row in islice(read_holdings(endless()), 3)] == [2, 3, 4]

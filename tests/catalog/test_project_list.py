"""Project lists made for a test: any facts are read back, and what is damaged is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.rules import (
    ListKind,
    MethodologyUse,
    ProjectFacts,
    list_kind_of,
    project_number_of,
    read_project_list,
)
from app.core.text import lines_of
from tests.catalog.lists import (
    APPLIED,
    COMMITTEE,
    ENDS,
    ESTIMATE,
    GOOD_ROW,
    HEADER,
    HEADINGS,
    KIND,
    LOCATION,
    METHODOLOGY,
    NUMBER,
    OPERATOR,
    REGION,
    ROWS,
    SUMMARY,
    TEXT,
    changed,
    listed,
)

words = st.text(alphabet="山川Ａb株式会社（）、・ﾃ", min_size=1, max_size=8)
codes = st.sampled_from(["EN-S-001", "FO-001", "001-A", "R001", "SS-E004"])
versions = st.sampled_from([None, "1.0", "2.13"])


@st.composite
def facts(draw):
    kind = draw(st.sampled_from(ListKind))
    named = draw(st.lists(st.tuples(codes, versions), min_size=1, max_size=4, unique=True))
    uses = tuple(
        MethodologyUse(
            code,
            version,
            f"{code} Ver. {version}" if version else code,
            draw(words),
            draw(st.none() | st.integers(0, 10**12)),
        )
        for code, version in named
    )
    ends_on = draw(st.none() | st.dates())
    return ProjectFacts(
        registry_code="jcredit",
        list_kind=kind,
        number=draw(st.from_regex(r"(KC|KCP|JVR|)[0-9]{1,4}", fullmatch=True)),
        kind=kind.project_kind,
        operator_name=draw(words),
        credit_taker=draw(st.none() | words),
        summary=" / ".join(dict.fromkeys(use.summary for use in uses)),
        location=draw(words),
        regions=tuple(draw(st.lists(st.sampled_from(["北海道", "中国", "四国", "九州・沖縄", "全国"]), unique=True))),
        applied_on=draw(st.none() | st.dates()),
        committee=draw(st.none() | st.integers(0, 999)),
        ends_on=ends_on,
        ends_text=None if ends_on else draw(st.none() | words),
        methodologies=uses,
    )


def tonnes(kilograms):
    return "-" if kilograms is None else f"{kilograms // 1000}.{kilograms % 1000:03}"


def rows_of(project):
    for use in project.methodologies:
        yield [
            project.number,
            project.applied_on.isoformat() if project.applied_on else "-",
            "-" if project.committee is None else str(project.committee),
            project.operator_name,
            project.credit_taker or "－",
            use.summary,
            project.location,
            "、".join(project.regions),
            use.text.replace(" Ver", "\r\nVer"),
            project.ends_on.isoformat() if project.ends_on else project.ends_text or "-",
            tonnes(use.estimated_kg),
            HEADINGS[project.list_kind],
        ]


@given(st.lists(facts(), max_size=5, unique_by=lambda project: (project.list_kind, project.number)))
def test_any_projects_written_as_a_list_are_read_back(projects):
    report = listed(*(row for project in projects for row in rows_of(project)))
    assert report.projects == tuple(projects)
    assert report.errors == ()
    assert report.rows == report.used == sum(len(project.methodologies) for project in projects)
    assert len(report.warnings) == sum(project.ends_text is not None for project in projects)


@pytest.mark.parametrize(
    ("place", "cell", "column", "code"),
    [
        (NUMBER, "", "プロジェクト番号", "empty_number"),
        (NUMBER, "－", "プロジェクト番号", "empty_number"),
        (NUMBER, "番号", "プロジェクト番号", "malformed_number"),
        (NUMBER, "1 2", "プロジェクト番号", "malformed_number"),
        (NUMBER, "1" * 21, "プロジェクト番号", "malformed_number"),
        (OPERATOR, " ", "プロジェクト実施者", "empty_operator"),
        (METHODOLOGY, "-", "適用方法論", "empty_methodology"),
        (KIND, "", "分類", "unknown_list_kind"),
        (KIND, "【J-VER】一覧(プログラム型)", "分類", "unknown_list_kind"),
        (SUMMARY, "食品\0工場", "プロジェクト概要", "control_character"),
        (LOCATION, "山形県\u202e", "プロジェクト実施場所", "control_character"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_by_name(place, cell, column, code):
    report = listed(GOOD_ROW, changed(place, cell))
    assert [(note.row_number, note.column, note.code) for note in report.errors] == [(3, column, code)]
    assert (report.rows, report.used, report.refused, len(report.projects)) == (2, 1, 1, 1)


@pytest.mark.parametrize(
    ("place", "cell", "column", "code"),
    [
        (APPLIED, "2013/13/8 0:00", "登録申請日", "unreadable_date"),
        (ENDS, "未定", "認証対象期間終了日", "unreadable_date"),
        (COMMITTEE, "書面", "登録認証委員会", "unreadable_committee"),
        (ESTIMATE, "約500", "認証見込み量（t-CO2）", "unreadable_estimate"),
        (ESTIMATE, "-5", "認証見込み量（t-CO2）", "unreadable_estimate"),
        (ESTIMATE, "1.2345", "認証見込み量（t-CO2）", "unreadable_estimate"),
        (METHODOLOGY, "新方法論", "適用方法論", "unknown_methodology_form"),
        (METHODOLOGY, "EN-R-001 Ver. 1.3および1.7", "適用方法論", "several_versions"),
        (REGION, "東北、月面", "プロジェクト実施地域", "unknown_region"),
    ],
)
def test_a_doubtful_cell_is_a_warning_and_the_row_is_used(place, cell, column, code):
    report = listed(changed(place, cell))
    assert [(note.row_number, note.column, note.code) for note in report.warnings] == [(2, column, code)]
    assert (report.used, report.refused, report.errors) == (1, 0, ())


def test_the_estimate_is_exact_to_the_kilogram():
    cells = {"2840.5": 2_840_500, "0.1": 100, "４８４１８９８": 4_841_898_000, "1,234.567": 1_234_567, "1.2000": 1_200}
    for cell, kilograms in cells.items():
        assert listed(changed(ESTIMATE, cell)).projects[0].methodologies[0].estimated_kg == kilograms


def test_full_width_numbers_are_the_same_project():
    report = listed(changed(NUMBER, "ＫＣ０００３"), [*changed(NUMBER, "kc0003")[:METHODOLOGY], "001", *GOOD_ROW[9:]])
    assert [(project.number, len(project.methodologies)) for project in report.projects] == [("KC0003", 2)]


def test_the_same_row_twice_is_a_warning_and_the_same_methodology_told_otherwise_an_error():
    report = listed(GOOD_ROW, GOOD_ROW, changed(ESTIMATE, "562"))
    assert [(note.row_number, note.code) for note in report.warnings] == [(3, "row_repeated")]
    assert [(note.row_number, note.code) for note in report.errors] == [(4, "methodology_repeated")]
    assert (report.rows, report.used, report.refused) == (3, 2, 1)
    assert [use.estimated_kg for use in report.projects[0].methodologies] == [561_000]


@pytest.mark.parametrize("place", range(12))
def test_a_missing_column_is_named_and_no_row_is_used(place):
    header, row = [HEADER[:place] + HEADER[place + 1 :], GOOD_ROW[:place] + GOOD_ROW[place + 1 :]]
    report = listed(row, row, header=header)
    assert [(note.row_number, note.code) for note in report.errors] == [(1, "missing_column")]
    assert "".join(HEADER[place].split())[:6] == report.errors[0].column[:6]
    assert (report.rows, report.used, report.refused, report.projects) == (2, 0, 2, ())


def test_an_estimate_in_another_unit_is_a_missing_column():
    header = [cell.replace("t-CO2", "kg-CO2") for cell in HEADER]
    report = listed(GOOD_ROW, header=header)
    assert [note.code for note in report.errors] == ["missing_column"]
    assert [note.code for note in report.warnings] == ["unknown_column"]


def test_a_repeated_column_is_an_error_and_an_unknown_one_a_warning():
    assert [note.code for note in listed([*GOOD_ROW, "2"], header=[*HEADER, HEADER[0]]).errors] == ["repeated_column"]
    report = listed([*GOOD_ROW, "2"], header=[*HEADER, "法人番号"])
    assert [(note.column, note.code) for note in report.warnings] == [("法人番号", "unknown_column")]
    assert report.used == 1


def test_a_list_of_another_year_is_read():
    header = [cell.replace("2050", "2060") for cell in HEADER]
    assert listed(GOOD_ROW, header=header).used == 1


@pytest.mark.parametrize("row", [GOOD_ROW[:-1], [*GOOD_ROW, ""]])
def test_a_row_of_another_width_is_refused(row):
    report = listed(row, GOOD_ROW)
    assert [(note.row_number, note.code) for note in report.errors] == [(2, "wrong_width")]
    assert (report.used, report.refused) == (1, 1)


def test_an_empty_list_is_an_error():
    report = read_project_list([])
    assert [note.code for note in report.errors] == ["empty_list"]
    assert (report.rows, report.projects) == (0, ())


def test_an_unclosed_quote_is_an_error_of_the_row_where_it_begins():
    report = read_project_list(lines_of(TEXT[: TEXT.rindex('"')]))
    assert [note.code for note in report.errors] == ["broken_row"]
    assert report.rows == report.used + report.refused
    assert report.refused == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 399), st.integers(0, 11), st.text(max_size=12)), max_size=20))
def test_whatever_is_typed_into_the_list_every_row_is_accounted_for(mutations):
    rows = [list(row) for row in ROWS[:400]]
    for row, place, cell in mutations:
        rows[row][place] = cell
    report = listed(*rows)
    assert report.rows == report.used + report.refused
    assert report.refused == len({note.row_number for note in report.errors})
    assert report.rows == 400


@given(st.text())
def test_no_text_at_all_makes_the_reader_raise(text):
    report = read_project_list(lines_of(text))
    assert report.rows == report.used + report.refused


def test_a_list_is_known_by_its_heading_and_by_our_key():
    for kind, heading in HEADINGS.items():
        assert list_kind_of(heading) == list_kind_of(kind.value) == kind
    assert list_kind_of("【Ｊ－クレジット】一覧（通常型）") == ListKind.JCREDIT_NORMAL
    assert list_kind_of("通常型") is None


def test_a_project_number_has_one_form():
    assert [project_number_of(text) for text in ("ｋｃ０００３", " 12 ", "JVR0009", "P1")] == [
        "KC0003",
        "12",
        "JVR0009",
        "P1",
    ]
    assert [project_number_of(text) for text in ("", "-", "1.5", "１２号")] == [None] * 4

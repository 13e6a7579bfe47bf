"""The J-Credit project list: the real file counted to the row, and lists damaged on purpose."""

import csv
import hashlib
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.catalog
from app.catalog.rules import (
    ListKind,
    MethodologyUse,
    ProjectFacts,
    ProjectKind,
    list_kind_of,
    methodology_name,
    project_number_of,
    read_project_list,
)
from app.core.text import decoded, lines_of

REFERENCE = Path(app.catalog.__file__).parent / "reference"
CONTENT = (REFERENCE / "jcredit_projects.csv").read_bytes()
TEXT = decoded(CONTENT)[0]
HEADER, *ROWS = csv.reader(io.StringIO(TEXT, newline=""))
REAL = read_project_list(lines_of(TEXT))
PROJECTS = {(project.list_kind, project.number): project for project in REAL.projects}
HEADINGS = {
    ListKind.JCREDIT_NORMAL: "【J-クレジット】一覧(通常型)",
    ListKind.JCREDIT_PROGRAMME: "【J-クレジット】一覧(プログラム型)",
    ListKind.DOMESTIC_NORMAL: "【国内クレジット】一覧(通常型)",
    ListKind.DOMESTIC_PROGRAMME: "【国内クレジット】一覧(プログラム型)",
    ListKind.JVER_NORMAL: "【J-VER】一覧(通常型)",
}
NUMBER, APPLIED, COMMITTEE, OPERATOR, TAKER, SUMMARY, LOCATION, REGION, METHODOLOGY, ENDS, ESTIMATE, KIND = range(12)
GOOD_ROW = [
    "1",
    "2013/10/8 0:00",
    "1",
    "庄内ミート株式会社",
    "-",
    "食品工場におけるボイラーの更新",
    "山形県鶴岡市",
    "東北",
    "EN-S-001\r\nVer. 1.0",
    "2021/3/31 0:00",
    "561",
    HEADINGS[ListKind.JCREDIT_NORMAL],
]


def listed(*rows, header=HEADER):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return read_project_list(lines_of(text.getvalue()))


def changed(place, cell):
    return [*GOOD_ROW[:place], cell, *GOOD_ROW[place + 1 :]]


def test_the_shipped_bytes_are_those_the_source_note_names():
    note = (REFERENCE / "SOURCE.txt").read_text("utf-8")
    assert hashlib.sha256(CONTENT).hexdigest() in note
    assert f"{len(CONTENT):,} bytes" in note
    assert "CC BY 4.0" in note


def test_every_row_of_the_real_list_is_used():
    assert (REAL.rows, REAL.used, REAL.refused) == (1_177, 1_177, 0)
    assert REAL.errors == ()


def test_the_real_list_holds_1075_projects_under_862_numbers():
    assert len(REAL.projects) == len(PROJECTS) == 1_075
    assert len({project.number for project in REAL.projects}) == 862
    assert Counter(project.list_kind for project in REAL.projects) == {
        ListKind.JCREDIT_NORMAL: 364,
        ListKind.JCREDIT_PROGRAMME: 214,
        ListKind.DOMESTIC_NORMAL: 415,
        ListKind.DOMESTIC_PROGRAMME: 8,
        ListKind.JVER_NORMAL: 74,
    }
    assert Counter(project.kind for project in REAL.projects) == {ProjectKind.NORMAL: 853, ProjectKind.PROGRAMME: 222}


def test_the_real_list_holds_1177_uses_of_83_methodologies():
    uses = [use for project in REAL.projects for use in project.methodologies]
    assert len(uses) == 1_177
    assert len({use.code for use in uses}) == 83
    assert Counter(len(project.methodologies) for project in REAL.projects) == {1: 993, 2: 66, 3: 12, 4: 4}
    assert all(methodology_name(use.text) for use in uses)
    # The two former schemes name no versions; one J-Credit project names two.
    assert sum(use.version is None for use in uses) == 565 + 1


def test_the_estimates_add_up_to_the_kilogram():
    tonnes_in_tenths = sum(int(row[ESTIMATE].replace(".", "")) * (1 if "." in row[ESTIMATE] else 10) for row in ROWS)
    kilograms = sum(use.estimated_kg for project in REAL.projects for use in project.methodologies)
    assert kilograms == tonnes_in_tenths * 100 == 54_345_114_600


def test_dashes_in_the_real_list_mean_nothing():
    assert sum(project.credit_taker is None for project in REAL.projects) == 185
    assert {project.credit_taker for project in REAL.projects}.isdisjoint({"-", "‐", ""})
    assert sum(project.ends_on is None for project in REAL.projects) == 52
    assert all(project.applied_on and project.committee and project.operator_name for project in REAL.projects)


def test_only_the_schemes_own_regions_are_found():
    assert Counter(region for project in REAL.projects for region in project.regions) == {
        "中部": 225,
        "九州・沖縄": 138,
        "全国": 133,
        "関東": 119,
        "近畿": 118,
        "北海道": 98,
        "東北": 96,
        "中国": 92,
        "四国": 79,
    }


def test_one_project_of_three_rows_is_read_whole():
    assert PROJECTS[ListKind.JCREDIT_NORMAL, "35"].methodologies[2].code == "EN-R-002"
    assert [use.text for use in PROJECTS[ListKind.JCREDIT_NORMAL, "35"].methodologies] == [
        "EN-S-002 Ver. 1.0",
        "EN-S-006 Ver. 1.0",
        "EN-R-002 Ver. 1.0",
    ]


def test_the_first_project_is_read_in_full():
    assert PROJECTS[ListKind.JCREDIT_NORMAL, "1"] == ProjectFacts(
        registry_code="jcredit",
        list_kind=ListKind.JCREDIT_NORMAL,
        number="1",
        kind=ProjectKind.NORMAL,
        operator_name="庄内ミート株式会社",
        credit_taker=None,
        summary="食品工場におけるボイラーの更新",
        location="山形県鶴岡市",
        regions=("東北",),
        applied_on=date(2013, 10, 8),
        committee=1,
        ends_on=date(2021, 3, 31),
        ends_text=None,
        methodologies=(
            MethodologyUse("EN-S-001", "1.0", "EN-S-001 Ver. 1.0", "食品工場におけるボイラーの更新", 561_000),
        ),
    )


def test_number_1_of_the_two_jcredit_lists_are_two_projects():
    assert PROJECTS[ListKind.JCREDIT_NORMAL, "1"] != PROJECTS[ListKind.JCREDIT_PROGRAMME, "1"]


def test_the_odd_rows_of_the_real_list_are_named_one_by_one():
    assert [(note.row_number, note.column, note.code) for note in REAL.warnings] == [
        (152, "クレジット取得予定者", "differs_from_first_row"),
        (182, "適用方法論", "several_versions"),
        (182, "認証対象期間終了日", "unreadable_date"),
        (685, "プロジェクト実施場所", "differs_from_first_row"),
        (686, "プロジェクト実施場所", "differs_from_first_row"),
        (841, "登録申請日", "differs_from_first_row"),
        (842, "登録申請日", "differs_from_first_row"),
        (843, "登録申請日", "differs_from_first_row"),
        (1128, "認証対象期間終了日", "differs_from_first_row"),
    ]
    assert "Row 151 says '大阪ガス 株式会社' and is kept; this row says '株式会社日本海水'." in REAL.warnings[0].detail


def test_the_cell_with_two_places_and_dates_keeps_its_text():
    project = PROJECTS[ListKind.JCREDIT_NORMAL, "163"]
    assert project.ends_on is None
    assert project.ends_text == "介護老人保健施設平成の家：2029/3/31 生活支援ハウス観音の里：2025/3/31"
    assert [(use.code, use.version) for use in project.methodologies] == [("EN-R-001", None)]


def test_days_that_were_dragged_down_a_column_do_not_change_the_first():
    assert PROJECTS[ListKind.DOMESTIC_NORMAL, "KC0993"].applied_on == date(2017, 2, 23)
    assert PROJECTS[ListKind.JVER_NORMAL, "JVR0097"].ends_on == date(2019, 1, 11)
    assert PROJECTS[ListKind.DOMESTIC_NORMAL, "KC0228"].location == "静岡県浜松市中区"


@settings(max_examples=8, deadline=None)
@given(
    st.permutations(range(12)),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_the_real_list_written_in_another_way_gives_the_same_facts(order, quoting, line_end, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=line_end)
    writer.writerows([row[place] for place in order] for row in [HEADER, *ROWS])
    again = read_project_list(lines_of(decoded(text.getvalue().encode(encoding))[0]))
    assert again.projects == REAL.projects
    assert (again.rows, again.used, again.errors) == (REAL.rows, REAL.used, ())


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

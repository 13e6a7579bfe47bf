"""The J-Credit project list that we ship, counted to the row."""

import csv
import hashlib
import io
from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.rules import ListKind, MethodologyUse, ProjectFacts, ProjectKind, methodology_name, read_project_list
from app.core.text import decoded, lines_of
from tests.catalog.lists import CONTENT, ESTIMATE, HEADER, PROJECTS, REAL, REFERENCE, ROWS


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

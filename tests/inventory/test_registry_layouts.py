"""Registries' own files: each row is stock, or told to be none, or refused by name."""

import pytest

from app.core.text import lines_of
from app.inventory.rules import Asked, mapping_errors, read_file, records
from tests.inventory.registry_files import LAYOUTS, fact_of, outcome, read, text_of

EXPECTED = {
    "verra.csv": [
        ("9001", "29385-941467007-941467431-VCS-VCU-1507-VER-AU-14-9001-01012024-31122024-1", 425, "2024-01-01", "2024-12-31", "Made-up Forest, Northern Part"),
        "not_active",
        ("9641", "2646-115062603-115062650-VCU-016-MER-SG-14-9641-01072011-15042012-0", 48, "2011-07-01", "2012-04-15", "Made-up Wind Farm"),
        ("9736", "7891-434699166-434711165-VCU-034-APX-SG-1-9736-01012014-13072014-0", 12_000, "2014-01-01", "2014-07-13", "Made-up Biogas"),
        ("9352", "29902-1139690318-1139925921-VCS-VCU-500-VER-US-9352-01012024-31122024-0", 235_604, "2024-01-01", "2024-12-31", "Made-up Scope"),
    ],
    "gold_standard.csv": [
        ("91236", "GS1-1-UG-GS91236-16-2024-90307-1-19149", 19_149, "2024-01-01", "2024-12-31", "GS90001 Made-up Stoves"),
        "not_active",
        ("1020", "GS1-1-KH-1020-16-2012-925-1-22283", 22_283, "2012-01-01", "2012-12-31", "Made-up Lamps"),
        ("4823", "RW-5-91463953-2-2-0-7014 - RW-5-91467609-2-2-0-7014", 3_657, "2019-01-01", "2019-12-31", "Made-up Water"),
        ("5823", "NG-5-91746578-1-1-0-5067 to NG-5-91747094-1-1-0-5067", 517, "2010-01-01", "2010-12-31", "Made-up Landfill"),
    ],
    "acr.csv": [
        ("ACR9185", "ACR-US-9185-2025-93078-1 to 85847", 85_847, "2024-12-09", "2025-06-03", "Made-up Gases 1-2025"),
        ("ACR9129", "ACR-FR-9129-2025-92917-30932 to 35143", 4_212, "2025-02-07", "2025-03-19", "Made-up Gases 2"),
    ],
    "acr_cancelled.csv": ["not_active"] * 2,
    "art.csv": [
        ("ART902", "ART-GY-902-2021-11-2759599 to 2760598", 1_000, "2021-01-01", "2021-12-31", "Made-up Country"),
        ("ART930", "FCPF-CI-930-2023-20-1 to 46404", 46_404, "2023-01-01", "2023-12-31", "Cote d'Made-up"),
    ],
    "car.csv": [
        ("CAR9335", "CAR-1-US-9335-31-983-KS-2025-99205-1 to 5000", 5_000, "2025-01-01", "2025-12-31", "Made-up Acid"),
        ("CAR9568", "CAR-1-MX-9568-42-1130-QR-2025-99676-3792 to 23791", 20_000, "2025-01-01", "2025-12-31", "Made-up Ejido"),
        ("CAR9056", "CAR-ROC-US-9056-129-2283-WV-2025-98969-1 to 260294", 260_294, "2025-01-01", "2025-12-31", "Made-up Mine"),
    ],
    "car_retired.csv": ["not_active"] * 3,
    "isometric.csv": [
        ("prj_MADEUP1", "ISO-1-MADEUP-GBR-F5X7-2024-78177-81177", 3_001, "2024-01-01", "2024-12-31", ""),
        "not_active",
        ("prj_MADEUP2", "ISO-1-MADEUP-USA-AB12-2025-1-62", 62, "2025-01-01", "2025-12-31", ""),
    ],
    "cercarbono_retired.csv": ["not_active"] * 2,
}  # fmt: skip
SERIALS_OUT_OF_COLUMNS = {
    "project_number": "P", "serial_prefix": "Pre", "serial_first": "A", "serial_last": "B", "quantity": "Q",
    "vintage_from": "F", "vintage_to": "T", "project_name": "N",
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_row_of_a_registrys_file_is_read_for_what_it_is(name: str) -> None:
    reading = read_file(records(lines_of(text_of(name))))
    assert reading.layout == LAYOUTS[name]
    assert [fact_of(row) or outcome(row) for row in reading.rows] == EXPECTED[name]


def test_what_a_file_tells_of_its_projects_is_kept_for_the_catalogue() -> None:
    first = read(text_of("verra.csv"))[2].facts
    assert (first.declares.country, first.declares.methodologies) == ("SG", ("AMS-I.D.", "ACM0002"))
    assert (first.registry_code, first.certification_no, first.unit) == ("verra", "2646", "t")
    iso = read(text_of("isometric.csv"))[0].facts
    assert (iso.declares.country, iso.unit, iso.certification_no) == ("GB", "kg", "ISO-1-MADEUP-GBR-F5X7-2024")
    cer = read(text_of("gold_standard.csv"))[3].facts
    assert cer.certification_no == cer.serial_text


def test_blocks_of_one_count_are_one_series_whatever_their_text_says_besides() -> None:
    keys = {row.facts.located.series_key for row in read(text_of("verra.csv")) if row.facts}
    assert keys == {"verra::vcu"}


def test_a_file_without_serials_is_told_as_what_it_is() -> None:
    (row,) = read(text_of("verra_projects.csv"))
    assert [(error.code, "projects" in error.detail) for error in row.errors] == [("layout_without_serials", True)]


def test_a_layout_can_be_named_and_then_misses_its_columns_by_name() -> None:
    (row,) = read("a,b\n1,2\n", Asked("car", layout="car"))
    assert {error.code for error in row.errors} == {"missing_column"}
    assert "Offset Credit Serial Numbers" in {error.column for error in row.errors}


def test_an_unknown_layout_is_read_by_the_callers_mapping() -> None:
    text = "N,Pre,A,B,Q,F,T,P,more\nMade-up,X-,1,40,40,2024-01-01,2024-12-31,77,x\n"
    (row,) = read(text, Asked("puro", mapping=SERIALS_OUT_OF_COLUMNS))
    assert (row.facts.registry_code, row.facts.project_number, row.facts.quantity) == ("puro", "77", 40)
    assert (row.facts.serial_prefix, row.facts.declares.name) == ("X-", "Made-up")
    (missing,) = read(text.replace("Pre,", "Other,"), Asked("puro", mapping=SERIALS_OUT_OF_COLUMNS))
    assert [(error.column, error.code) for error in missing.errors] == [("Pre", "missing_column")]


def test_a_mapping_may_name_whole_serials_of_any_registry_with_a_grammar() -> None:
    serial = "PURO_PR_CORC_FR_981856_2021_8646834b-ea59-4167-996e-16d8a084cfc1_643002406555908610000000273330-643002406555908610000000273379"
    mapping = {"serial": "Bundle", "project_number": "Project", "quantity": "CORCs"}
    (row,) = read(f"Bundle,Project,CORCs\n{serial},981856,50\n", Asked("puro", mapping=mapping))
    assert (row.facts.serial_text, row.facts.quantity, row.facts.located.width) == (serial, 50, 30)
    assert row.facts.vintage_from.year == 2021


@pytest.mark.parametrize(
    ("mapping", "codes"),
    [
        ({"serial": "S", "project_number": "P"}, ["missing_field"]),
        ({"serial": "S", "project_number": "P", "quantity": "Q", "colour": "C"}, ["unknown_field"]),
        ({"serial": "S", "serial_first": "A", "project_number": "P", "quantity": "Q"}, ["excluded_field"]),
        ({"project_number": "P", "quantity": "Q"}, ["missing_field"]),
        ({"serial": "S", "project_number": "S", "quantity": "Q"}, ["repeated_header"]),
        ({}, ["missing_field"] * 3),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_field_by_field(mapping: dict[str, str], codes: list[str]) -> None:
    assert [error.code for error in mapping_errors(mapping, pointer="?mapping")] == codes
    assert mapping_errors(SERIALS_OUT_OF_COLUMNS, pointer="?mapping") == ()

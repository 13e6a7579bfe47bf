"""What do the serials of Puro and Plan Vivo tell beside their numbers, and what is none of them?"""

from datetime import date

import pytest

from app.inventory.rules import Block, SerialRefusal, Serials, parse

BUNDLE = "59a44376-3b87-4814-bce1-d05adeac04ad"
PURO = f"PURO_PR_CORC100+_US_517437_2025_{BUNDLE}_1-460"
FRENCH = "PURO_PR_CORC_FR_181856_2021_8646834b-ea59-4167-996e-16d8a084cfc1_643002406555908610000000273330-643002406555908610000000273379"
ISSUED = "PV-rPVC-GT-110200000000070-01012020-31122023-12028-12302-SPG"
FUTURE = "PV-fPVC-GT-110200000000070-01012020-31122042-14633-39202-SPG"


def block(registry: str, text: str) -> Block:
    found = parse(registry, text)
    assert isinstance(found, Block), found
    assert found.text == text
    return found


@pytest.mark.parametrize("mark", ["CORC", "CORC20+", "CORC100+", "CORC200+", "CORC1000+"])
def test_every_durability_that_puro_tells_is_read(mark: str) -> None:
    facts = block("puro", PURO.replace("CORC100+", mark)).facts
    assert (facts.country, facts.project, facts.year, facts.vintage) == ("US", "517437", 2025, None)


def test_namibia_is_a_country_and_each_bundle_counts_for_itself() -> None:
    namibia = block("puro", PURO.replace("_US_", "_NA_"))
    assert namibia.facts.country == "NA"
    other = block("puro", PURO.replace(BUNDLE, BUNDLE.replace("5", "6")))
    assert other.located.series_key != block("puro", PURO).located.series_key


def test_thirty_digits_are_cut_and_printed_whole() -> None:
    french = block("puro", FRENCH)
    lo = french.located.lo
    assert french.part(Serials(lo + 1, lo + 3)).endswith(
        "_643002406555908610000000273331-643002406555908610000000273332"
    )


def test_a_plan_vivo_serial_tells_project_country_and_vintage() -> None:
    facts = block("plan_vivo", ISSUED).facts
    assert (facts.project, facts.country) == ("110200000000070", "GT")
    assert facts.vintage == (date(2020, 1, 1), date(2023, 12, 31))
    assert block("plan_vivo", ISSUED).located.serials == Serials(12_028, 12_303)


def test_future_credits_are_never_of_the_series_of_issued_ones() -> None:
    future = block("plan_vivo", FUTURE)
    assert future.facts.vintage == (date(2020, 1, 1), date(2042, 12, 31))
    same_days = block("plan_vivo", FUTURE.replace("31122042", "31122023"))
    assert same_days.located.series_key != block("plan_vivo", ISSUED).located.series_key


def test_a_part_keeps_the_mark_behind_the_numbers() -> None:
    assert block("plan_vivo", ISSUED).part(Serials(12_030, 12_031)).endswith("-12030-12030-SPG")


@pytest.mark.parametrize(
    ("registry", "text"),
    [
        ("puro", PURO.replace("PURO_", "PURE_")),
        ("puro", PURO.replace(BUNDLE, BUNDLE[:-1])),
        ("puro", PURO.replace("CORC100+", "CORC100")),
        ("puro", PURO.replace("_1-460", "_1 - 460")),
        ("puro", PURO.replace("_US_", "_USA_")),
        ("plan_vivo", ISSUED.replace("01012020", "31022020")),
        ("plan_vivo", ISSUED.replace("01012020", "01012024")),
        ("plan_vivo", ISSUED.replace("-SPG", "")),
        ("plan_vivo", ISSUED.replace("rPVC", "RPVC")),
        ("plan_vivo", PURO),
        ("puro", ISSUED),
    ],
)
def test_what_is_written_otherwise_is_refused_as_malformed(registry: str, text: str) -> None:
    found = parse(registry, text)
    assert isinstance(found, SerialRefusal)
    assert found.code == "malformed_serial"


def test_numbers_that_run_backwards_are_refused_by_name() -> None:
    for registry, text in (("puro", PURO.replace("_1-460", "_460-1")), ("plan_vivo", ISSUED.replace("12302", "12027"))):
        found = parse(registry, text)
        assert isinstance(found, SerialRefusal)
        assert found.code == "serials_reversed"

"""Every registry's way to write serials: what was parsed is printed to the character, and parts of it as well."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inventory.rules import Block, SerialRefusal, Serials, parse
from app.inventory.rules.serials import GRAMMARS, cercarbono, series_of

SEEN = {
    "verra": [
        "2646-115062603-115062650-VCU-016-MER-AU-14-641-01072011-15042012-0",
        "7891-434699166-434711165-VCU-034-APX-SG-1-1736-01012014-13072014-0",
        "13861-531686655-531686655-VCS-VCU-263-VER-AU-7-2348-01012021-30112021-1",
        "19902-1139690318-1139925921-VCS-VCU-500-VER-US-3352-01012024-31122024-0",
    ],
    "gold_standard": [
        "GS1-1-UG-GS11236-16-2024-30307-1-19149",
        "GS1-1-KH-1020-16-2012-325-1-22283",
        "RW-5-1463953-2-2-0-7014 - RW-5-1467609-2-2-0-7014",
        "NG-5-1746578-1-1-0-5067 to NG-5-1747094-1-1-0-5067",
    ],
    "acr": ["ACR-US-1185-2025-3078-1 to 85847"],
    "art": ["ART-GY-102-2021-11-2759599 to 2760598", "FCPF-CI-130-2023-20-1 to 46404"],
    "car": [
        "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000",
        "CAR-ROC-US-2056-129-2283-WV-2025-8969-1 to 260294",
    ],
    "puro": [
        "PURO_PR_CORC100+_NA_583695_2025_d4257227-d51e-4f45-81ef-a50d86368965_775-784",
        (
            "PURO_PR_CORC_FR_181856_2021_8646834b-ea59-4167-996e-16d8a084cfc1"
            "_643002406555908610000000273330-643002406555908610000000273379"
        ),
    ],
    "isometric": ["ISO-1-BSTORE-GBR-F5X7-2024-78177-81177"],
    "plan_vivo": [
        "PV-rPVC-MZ-110200000000034-01052022-30042023-1-2550-SPG",
        "PV-fPVC-GT-110200000000070-01012020-31122042-14633-39202-SPG",
    ],
    "cercarbono": ["CDC_5_1_1_321_14_R1_XX_CO_1_2_2021:4426-4971"],
}
"""Public serials, of which each form is known."""
countries = st.sampled_from(["US", "NA", "JP", "GB"])
numbers = st.integers(1, 10**6)
days = st.lists(st.dates(date(1990, 1, 1), date(2099, 12, 31)), min_size=2, max_size=2).map(sorted)


def _day(day: date) -> str:
    return f"{day:%d%m%Y}"


@st.composite
def written_serials(draw, width: int = 12) -> tuple[str, str, int, int]:
    """A registry, a serial that it could have written, and its first and last number."""
    first = draw(st.integers(1, 10**width))
    last = first + draw(st.integers(0, 10**6))
    country, n, m, year = draw(countries), draw(numbers), draw(numbers), draw(st.integers(2000, 2030))
    begins, ends = draw(days)
    span, flag = f"{_day(begins)}-{_day(ends)}", draw(st.sampled_from("01"))
    sep = draw(st.sampled_from([" - ", " to "]))
    registry, text = draw(
        st.sampled_from(
            [
                ("verra", f"{n}-{first}-{last}-VCU-034-{draw(st.sampled_from(['MER', 'APX']))}-{country}-14-{m}-{span}-{flag}"),
                ("verra", f"{n}-{first}-{last}-VCS-VCU-1507-VER-{country}-14-{m}-{span}-{flag}"),
                ("verra", f"{n}-{first}-{last}-VCS-VCU-500-VER-{country}-{m}-{span}-{flag}"),
                ("gold_standard", f"GS1-1-{country}-GS{n}-16-{year}-{m}-{first}-{last}"),
                ("gold_standard", f"GS1-1-{country}-{n}-16-{year}-{m}-{first}-{last}"),
                ("gold_standard", f"{country}-5-{first}-2-2-0-{n}{sep}{country}-5-{last}-2-2-0-{n}"),
                ("acr", f"ACR-{country}-{n}-{year}-{m}-{first} to {last}"),
                ("art", f"{draw(st.sampled_from(['ART', 'FCPF']))}-{country}-{n}-{year}-{m}-{first} to {last}"),
                ("car", f"CAR-{draw(st.sampled_from(['1', 'ROC']))}-{country}-{n}-31-983-KS-{year}-{m}-{first} to {last}"),
                ("puro", f"PURO_PR_CORC100+_{country}_{n}_{year}_{uuid.UUID(int=m)}_{first}-{last}"),
                ("isometric", f"ISO-1-BSTORE-GBR-F5X7-{year}-{first}-{last}"),
                ("plan_vivo", f"PV-rPVC-{country}-{n}-{span}-{first}-{last}-SPG"),
                ("cercarbono", f"CDC_{n}_1_1_321_14_1_{year}:{first}-{last}"),
            ]
        )
    )  # fmt: skip
    return registry, text, first, last


@pytest.mark.parametrize(("registry", "text"), [(code, text) for code, texts in SEEN.items() for text in texts])
def test_each_form_that_was_seen_is_printed_back_to_the_character(registry: str, text: str) -> None:
    block = parse(registry, text)
    assert isinstance(block, Block), block
    assert block.text == text
    assert block.part(block.located.serials) == text
    assert parse(registry, text + " ") != block


@given(written_serials() | written_serials(width=28))
def test_parse_then_print_is_the_identity_and_parts_parse_into_the_same_series(
    written: tuple[str, str, int, int],
) -> None:
    registry, text, first, last = written
    block = parse(registry, text)
    if isinstance(block, SerialRefusal):
        assert block.code in {"serials_cross_series", "padding_differs"}
        assert first // 10**18 != last // 10**18 or len(str(first)) != len(str(last))
        return
    assert block.text == text == block.part(block.located.serials)
    assert block.located.serials.quantity == last - first + 1
    lo, hi = block.located.serials
    middle = (lo + hi + 1) // 2
    for serials in [
        Serials(lo, lo + 1),
        Serials(hi - 1, hi),
        *([Serials(lo, middle), Serials(middle, hi)] if lo < middle < hi else []),
    ]:
        part = parse(registry, block.part(serials))
        assert isinstance(part, Block)
        assert (part.located.series_key, part.located.serials) == (block.located.series_key, serials)
        assert part.facts.project == block.facts.project


@given(st.sampled_from(sorted(GRAMMARS)), st.text(max_size=60))
def test_no_text_makes_a_grammar_raise(registry: str, text: str) -> None:
    found = parse(registry, text)
    assert isinstance(found, SerialRefusal) or found.text == text


@given(written_serials(), st.integers(0, 200), st.sampled_from(["", "x", "-", " ", "１", "\n"]))
def test_a_damaged_serial_is_refused_or_still_itself(written: tuple[str, str, int, int], at: int, put: str) -> None:
    registry, text, _, _ = written
    at %= len(text)
    damaged = text[:at] + put + text[at + 1 :]
    found = parse(registry, damaged)
    assert isinstance(found, SerialRefusal) or found.text == damaged


@pytest.mark.parametrize(
    ("registry", "text", "code"),
    [
        ("verra", "19385-9-5-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1", "serials_reversed"),
        ("verra", "19385-5-9-VCS-VCU-1507-VER-ET-14-1340-31122020-01012020-1", "malformed_serial"),
        ("verra", "19385-5-9-VCS-VCU-1507-VER-ET-14-1340-31022020-01032020-1", "malformed_serial"),
        ("gold_standard", "RW-5-1463953-2-2-0-7014 - RW-5-1467609-2-2-0-7015", "malformed_serial"),
        ("acr", "ACR-US-1185-2025-3078-1 - 85847", "malformed_serial"),
        ("car", "CAR-1-US-1335-31-983-KS-2025-9205-0001 to 5", "padding_differs"),
        ("isometric", f"ISO-1-B-GBR-F5X7-2024-{'9' * 18}-1{'0' * 18}", "serials_cross_series"),
        ("jcredit", "JC-1", "no_serial_grammar"),
    ],
)
def test_what_cannot_be_a_serial_is_refused_by_name(registry: str, text: str, code: str) -> None:
    found = parse(registry, text)
    assert isinstance(found, SerialRefusal)
    assert found.code == code


def test_one_block_is_one_series_however_it_is_told() -> None:
    new, old = (parse("gold_standard", f"GS1-1-KH-{gs}1020-16-2012-325-1-9") for gs in ("GS", ""))
    assert new.located.series_key == old.located.series_key
    assert (
        new.located.series_key == f"gold_standard::{series_of('gold_standard', 'GS1-1-KH-GS1020-16-2012-325-').lower()}"
    )
    labelled, plain = (parse("verra", f"1-5-9-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-{flag}") for flag in "10")
    assert labelled.located == plain.located
    assert series_of("verra", "2646-") == series_of("verra", "anything")


def test_cercarbono_is_three_cells() -> None:
    block = cercarbono.parse_cells("CDC_1_1_1_321_14_1_BF", "1", "546")
    assert cercarbono.cells(block) == ("CDC_1_1_1_321_14_1_BF", "1", "546")

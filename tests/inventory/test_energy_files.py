"""What does a file say of energy certificates: numbers in groups, numbers of 1,000 kWh, and what they are an attribute of?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import ENERGY_REGISTRIES
from app.core.text import lines_of
from app.inventory.rules import (
    TECHNOLOGIES,
    TEMPLATE_HEADER,
    EnergyFacts,
    Located,
    SerialRefusal,
    Serials,
    locate,
    numbers_like,
    read_holdings,
    ungrouped,
)
from app.inventory.rules.holding_facts import ENERGY_COLUMNS
from tests.inventory.files import defects, good, written

HEADER = [*TEMPLATE_HEADER, *ENERGY_COLUMNS]
IREC = {
    "registry": "irec", "project_list": "", "project_number": "VN-WIND-7", "certification_no": "ISS-7",
    "serial_prefix": "", "serial_first": "0000-0000-0000-0001", "serial_last": "0000-0000-0000-1000",
    "quantity": "1,000,000", "unit": "kWh", "vintage_from": "2025-01-01", "vintage_to": "2025-12-31", "note": "",
    "technology": "wind", "country": "VN", "device": "Bạc Liêu", "commissioned_on": "", "category": "", "tracking": "",
}  # fmt: skip
groups = st.lists(st.integers(1, 6), min_size=1, max_size=5)


def read(**cells: str):
    rows = [list((IREC | cells).values())]
    return list(read_holdings(lines_of(written(rows, HEADER))))


def in_groups(number: int, sizes: list[int]) -> str:
    digits = str(number).zfill(sum(sizes))
    found, at = [], 0
    for size in sizes:
        found.append(digits[at : at + size])
        at += size
    return "-".join(found)


@given(groups, st.data())
def test_numbers_in_groups_are_printed_back_to_the_character_and_so_are_their_parts(sizes, data) -> None:
    most = 10 ** sum(sizes) - 1
    first = data.draw(st.integers(0, most))
    last = data.draw(st.integers(first, min(most, first + 10**6)))
    told = in_groups(first, sizes), in_groups(last, sizes)
    per = data.draw(st.sampled_from([1, 1_000]))
    located = locate("irec", "", *(ungrouped("irec", text) for text in told), units_per_serial=per)
    if isinstance(located, SerialRefusal):
        assert located.code == "serials_cross_series"
        return
    assert located.serials.quantity == (last - first + 1) * per
    assert numbers_like(located.high, located.serials, told[0], units_per_serial=per) == told
    one = Serials(located.hi - per, located.hi)
    assert numbers_like(located.high, one, told[0], units_per_serial=per) == (told[1], told[1])


@given(st.integers(0, 10**36 - 1), st.sampled_from([1, 7, 999, 1_000, 1_001, 10**6]))
def test_positions_fit_the_database_however_many_units_a_number_stands_for(number: int, per: int) -> None:
    text = str(number).zfill(36)
    located = locate("irec", "", text, text, units_per_serial=per)
    assert isinstance(located, Located)
    assert located.serials.quantity == per
    assert located.lo % per == 0
    assert 0 <= located.lo < located.hi <= 10**18 < 2**63


def test_a_row_says_kilowatt_hours_and_keeps_the_hyphens() -> None:
    (row,) = read()
    facts = row.facts
    assert facts is not None, row.errors
    assert (facts.serial_first, facts.serial_last) == ("0000-0000-0000-0001", "0000-0000-0000-1000")
    assert (facts.quantity, facts.unit, facts.units_per_serial) == (1_000_000, "kWh", 1_000)
    assert facts.located.serials == Serials(1_000, 1_001_000)
    assert facts.energy == EnergyFacts("wind", "VN", "Bạc Liêu", None, None, None)
    assert (facts.declares.name, facts.declares.country, facts.declares.methodologies) == ("Bạc Liêu", "VN", ("wind",))


def test_every_source_has_words_by_which_it_is_read() -> None:
    for code, named in TECHNOLOGIES.items():
        for text in (code, named.ja, named.en.upper()):
            (row,) = read(technology=text)
            assert row.facts is not None, row.errors
            assert row.facts.energy.technology == code


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"quantity": "1000"}, "quantity", "quantity_contradicts_serials"),
        ({"serial_last": "0000000000001000"}, "serial_last", "grouping_differs"),
        ({"serial_last": "000-00000-0000-1000"}, "serial_last", "grouping_differs"),
        ({"serial_first": "0000-0000--0001"}, "serial_first", "not_digits"),
        ({"certification_no": ""}, "certification_no", "empty_cell"),
        ({"technology": ""}, "technology", "empty_cell"),
        ({"technology": "tidal"}, "technology", "unknown_technology"),
        ({"country": ""}, "country", "empty_cell"),
        ({"country": "Vietnam"}, "country", "unknown_country"),
        ({"device": ""}, "device", "empty_cell"),
        ({"commissioned_on": "2013"}, "commissioned_on", "not_a_date"),
        ({"commissioned_on": "1700-01-01"}, "commissioned_on", "date_out_of_range"),
        ({"tracking": "x" * 201}, "tracking", "too_long"),
    ],
)
def test_what_is_wrong_with_a_cell_is_told_by_name(cells: dict[str, str], column: str, code: str) -> None:
    assert defects(read(**cells)) == [(2, column, code)]


def test_other_credits_have_no_source_and_no_hyphens() -> None:
    tonnes = [*good(), "solar", *[""] * 5]
    grouped = [*good(serial_first="0001-01", serial_last="0002-20"), *[""] * 6]
    rows = list(read_holdings(lines_of(written([tonnes, grouped], HEADER))))
    assert defects(rows) == [
        (2, "technology", "column_not_of_registry"),
        (3, "serial_first", "not_digits"),
        (3, "serial_last", "not_digits"),
    ]


def test_an_old_hydro_plant_and_each_registry_is_read() -> None:
    for registry in ENERGY_REGISTRIES:
        quantity = "1,000,000" if registry == "irec" else "1000"
        (row,) = read(registry=registry, quantity=quantity, technology="水力", commissioned_on="1891-05-01")
        assert row.facts is not None, row.errors
        assert row.facts.energy.commissioned_on == date(1891, 5, 1)

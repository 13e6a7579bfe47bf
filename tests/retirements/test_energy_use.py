"""Which consumption may energy certificates be retired for, and which part of them?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import ENERGY_REGISTRIES
from app.retirements.rules import Consumption, ToRetire, Wish, check, check_energy
from app.retirements.rules.registry_rules import ConsumptionRule, shipped_rules

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
NON_FOSSIL = shipped_rules("nfc").consumption.value
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def wrong(
    told: Consumption | None, rule: ConsumptionRule | None = NON_FOSSIL, *, quantity: int = 10, per: int = 1,
    generated: tuple[date, date] = YEAR,
) -> list[tuple[str, str]]:  # fmt: skip
    wish = Wish("株式会社鷗商事", "ELECTRICITY_USE", "", None, consumption=told)
    return [(each.pointer, each.code) for each in check_energy(wish, ToRetire("nfc", quantity, per, *generated), rule)]


@given(days, days)
def test_a_years_generation_is_used_from_its_april_to_the_next_june_and_never_outside(one: date, other: date) -> None:
    first, last = sorted([one, other])
    inside = date(2025, 4, 1) <= first and last <= date(2026, 6, 30)
    found = wrong(Consumption("JP", first, last))
    assert found == ([] if inside else [("/consumption", "outside_use_window")])


@given(st.integers(0, 300), st.integers(0, 300))
def test_what_was_generated_over_the_turn_of_a_year_is_used_where_both_years_may_be(before: int, after: int) -> None:
    generated = (date(2024, 12, 31) - timedelta(before), date(2025, 1, 1) + timedelta(after))
    shared = Consumption(None, date(2025, 4, 1), date(2025, 6, 30))
    assert wrong(shared, generated=generated) == []
    for day in (date(2025, 3, 31), date(2025, 7, 1)):
        assert wrong(Consumption(None, day, day), generated=generated) == [("/consumption", "outside_use_window")]


@given(st.integers(1, 10**9), st.sampled_from([1, 1_000]))
def test_only_whole_numbers_are_retired(quantity: int, per: int) -> None:
    found = wrong(Consumption("JP", date(2025, 4, 1), date(2025, 5, 1)), quantity=quantity, per=per)
    assert found == ([("/quantity", "not_whole_serials")] if quantity % per else [])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, [("country", "missing"), ("period_from", "missing"), ("period_to", "missing")]),
        (Consumption("VN", date(2025, 1, 1), None), [("period_to", "missing")]),
        (Consumption("vn", *YEAR), [("country", "unknown_country")]),
        (Consumption("ZZ", *YEAR), [("country", "unknown_country")]),
        (Consumption("VN", *YEAR[::-1]), [("period_to", "period_reversed")]),
        (Consumption("VN", *YEAR), []),
    ],
)
def test_an_i_rec_asks_for_country_and_period(told: Consumption | None, expected: list[tuple[str, str]]) -> None:
    found = wrong(told, shipped_rules("irec").consumption.value)
    assert found == [(f"/consumption/{field}", code) for field, code in expected]


def test_green_power_asks_for_nothing_but_half_a_period_is_none() -> None:
    rule = shipped_rules("green_power").consumption.value
    assert wrong(None, rule) == []
    assert wrong(Consumption(None, YEAR[0], None), rule) == [("/consumption/period_to", "missing")]


def test_tonnes_have_no_consumption() -> None:
    assert wrong(None, None) == []
    assert wrong(Consumption("JP"), None) == [("/consumption", "not_asked")]


@pytest.mark.parametrize("code", sorted(ENERGY_REGISTRIES))
def test_no_energy_certificate_is_retired_as_an_offset_and_no_tonne_as_energy(code: str) -> None:
    def purposes(registry: str, purpose: str, unit: str) -> list[tuple[str, str]]:
        found = check(
            Wish("株式会社鷗商事", purpose, "", None), rules=shipped_rules(registry), unit=unit, quantity=1,
            on=date(2026, 11, 30), unprintable=(),
        )  # fmt: skip
        return [(each.pointer, each.code) for each in found]

    assert purposes(code, "ELECTRICITY_USE", "kWh") == []
    assert purposes(code, "OFFSET", "kWh") == [("/purpose", "unknown_purpose")]
    assert purposes(code, "RE100", "t") == [("/unit", "wrong_unit")]
    for registry in ("jcredit", "verra", "elsewhere"):
        assert ("/purpose", "unknown_purpose") in purposes(registry, "ELECTRICITY_USE", "t")


@pytest.mark.parametrize("code", sorted(ENERGY_REGISTRIES))
def test_what_no_source_says_of_an_energy_registry_is_marked_so(code: str) -> None:
    rules = shipped_rules(code)
    for datum in (rules.purposes, rules.consumption, rules.fields, rules.notice_labels, rules.limits):
        assert not datum.verified
        assert datum.note

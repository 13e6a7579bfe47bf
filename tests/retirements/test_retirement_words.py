"""Which words may stand in a registry, and does any code ever write them again?"""

import ast
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.period import claimable_fiscal_years
from app.retirements.rules import (
    PURPOSES,
    Wish,
    check,
    purpose_of,
    registry_text,
)
from app.retirements.rules.registry_rules import shipped_rules

TODAY = date(2026, 11, 24)
GOOD = Wish("株式会社鷗商事", "OFFSET", "創立記念式典", None)


def wrong(
    wish: Wish = GOOD, *, registry="jcredit", unit="t", quantity=10, on=date(2026, 11, 24), unprintable=(), made_in=()
):
    rules = shipped_rules(registry)
    found = check(wish, rules=rules, unit=unit, quantity=quantity, on=on, unprintable=unprintable, made_in=made_in)
    return [(error.pointer, error.code) for error in found]


def changed(**fields) -> Wish:
    return Wish(**({name: getattr(GOOD, name) for name in Wish.__slots__} | fields))


def test_a_good_wish_has_nothing_wrong() -> None:
    assert wrong() == []
    assert wrong(changed(beneficiary_name="株式会社　山田\u3000商店", purpose_detail="")) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "missing"),
        (" \u3000\t", "missing"),
        ("株式会社\x07鷗", "control_character"),
        ("株式会社\n鷗", "control_character"),
        ("株式会社\u200b鷗", "control_character"),
        ("株式会社\u202e鷗", "control_character"),
        (" 株式会社鷗", "spaces_around"),
        ("株式会社鷗\u3000", "spaces_around"),
        ("鷗" * 201, "too_long"),
    ],
)
def test_a_name_that_could_not_stand_in_a_registry_is_refused(name, code) -> None:
    assert wrong(changed(beneficiary_name=name)) == [("/beneficiary_name", code)]


def test_a_detail_has_at_most_two_hundred_characters_on_one_line() -> None:
    assert wrong(changed(purpose_detail="あ" * 200)) == []
    assert wrong(changed(purpose_detail="あ" * 201)) == [("/purpose_detail", "too_long")]
    assert wrong(changed(purpose_detail="式典\r\n二日目")) == [("/purpose_detail", "control_character")]


def test_what_a_certificate_cannot_show_is_named_where_it_stands() -> None:
    assert wrong(changed(beneficiary_name="鷗😀商事"), unprintable={"😀"}) == [("/beneficiary_name", "unprintable")]
    (error,) = check(
        changed(purpose_detail="😀"),
        rules=shipped_rules("x"),
        unit="t",
        quantity=1,
        on=TODAY,
        unprintable=["😀", "😁"],
    )
    assert error.detail == "A certificate cannot show: 😀 (U+1F600)."


def test_an_unknown_purpose_is_answered_with_those_there_are() -> None:
    (error,) = check(
        changed(purpose="CORSIA"), rules=shipped_rules("x"), unit="t", quantity=1, on=TODAY, unprintable=()
    )
    assert (error.pointer, error.code) == ("/purpose", "unknown_purpose")
    assert all(purpose.code in error.detail for purpose in PURPOSES)


@pytest.mark.parametrize(
    ("day", "year", "fine"),
    [
        (date(2027, 3, 31), 2026, True),
        (date(2027, 3, 31), 2025, False),
        (date(2027, 4, 1), 2026, True),
        (date(2027, 4, 1), 2027, True),
        (date(2027, 6, 30), 2026, True),
        (date(2027, 7, 1), 2026, False),
        (date(2027, 7, 1), 2027, True),
        (date(2027, 3, 31), 2027, False),
    ],
)
def test_from_april_to_june_either_fiscal_year_may_be_claimed(day, year, fine) -> None:
    found = wrong(changed(purpose="SHK_EMISSION", fiscal_year=year), on=day)
    assert found == ([] if fine else [("/fiscal_year", "not_claimable")])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_reports_under_the_law_need_a_fiscal_year(purpose) -> None:
    needed = purpose.code.startswith("SHK")
    assert wrong(changed(purpose=purpose.code)) == ([("/fiscal_year", "missing")] if needed else [])


def test_j_credits_are_whole_tonnes_and_other_registries_keep_their_unit() -> None:
    assert wrong(unit="kg") == [("/unit", "wrong_unit")]
    assert wrong(changed(purpose="OTHER"), registry="isometric", unit="kg") == []
    assert wrong(registry="another", unit="kg") == []
    assert wrong(quantity=0) == [("/quantity", "out_of_range")]


def test_uses_of_different_scopes_are_not_combined() -> None:
    assert wrong(changed(purpose="CDP", also_purposes=("SBT", "RE100"))) == []
    mixed = changed(purpose="CDP", also_purposes=("SBT", "OFFSET", "SBT", "NONE"))
    assert wrong(mixed) == [
        ("/also_purposes/1", "mixed_scopes"),
        ("/also_purposes/2", "repeated"),
        ("/also_purposes/3", "unknown_purpose"),
    ]
    assert wrong(changed(purpose="CDP", also_purposes=("OFFSET",)), registry="verra") == []
    assert len({purpose.code for purpose in PURPOSES}) == len(PURPOSES)
    assert purpose_of("NONE") is None


def test_the_registry_text_ends_with_our_reference() -> None:
    text = registry_text(GOOD, "OD-1", purpose_word="カーボン・オフセット")
    assert (text.beneficiary_name, text.purpose) == ("株式会社鷗商事", "カーボン・オフセット")
    assert text.purpose_detail == "創立記念式典 OD-1"
    assert registry_text(changed(purpose_detail=""), "OD-1", purpose_word="x").purpose_detail == "OD-1"


@given(st.text(max_size=250), st.text(max_size=250))
def test_what_passes_is_one_visible_line(name, detail) -> None:
    if wrong(changed(beneficiary_name=name, purpose_detail=detail)) == []:
        text = registry_text(changed(beneficiary_name=name, purpose_detail=detail), "OD-1", purpose_word="x")
        assert text.beneficiary_name.strip() == text.beneficiary_name != ""
        assert len(f"{text.beneficiary_name}{text.purpose_detail}".splitlines()) == 1
        assert "\t" not in f"{text.beneficiary_name}{text.purpose_detail}"


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31)), st.integers(2019, 2100))
def test_a_claimable_year_is_one_that_the_period_allows(day, year) -> None:
    fine = wrong(changed(fiscal_year=year), on=day) == []
    assert fine == (year in claimable_fiscal_years(day))


FROZEN = {"beneficiary_name", "purpose", "purpose_detail", "fiscal_year", "quantity", "unit", "reference"}


def test_no_code_ever_writes_the_words_of_a_retirement_again() -> None:
    feature = Path(__file__).parents[2] / "app" / "retirements"
    found = []
    for path in sorted(feature.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AugAssign) else targets
            parts = [part for target in targets for part in ast.walk(target)]
            found += [f"{path.name}:{part.lineno}" for part in parts if _names_a_word(part)]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"update", "setattr"}
                and not _is_of_cases(node)
            ):
                found.append(f"{path.name}:{node.lineno} {node.func.id}")
    assert found == [], "A retirement's words are written once, by the constructor."


def _is_of_cases(call: ast.Call) -> bool:
    """What people are to decide is no word of the retirement."""
    return isinstance(call.args[0], ast.Name) and call.args[0].id == "RetirementCase"


def _names_a_word(part: ast.AST) -> bool:
    return isinstance(part, ast.Attribute) and part.attr in FROZEN

"""Which words may stand in a registry, by which name is a retirement known, and what do look-ups prove?"""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.period import claimable_fiscal_years
from app.retirements.rules import (
    LOOK_UPS_MAX,
    MOVING,
    PURPOSES,
    RETIREMENT_STEPS,
    TASK_STEPS,
    RetirementStatus,
    Search,
    TaskStatus,
    Verdict,
    Wish,
    check,
    counted,
    is_reference,
    may_be_canceled,
    may_follow,
    new_reference,
    purpose_of,
    registry_text,
    task_may_follow,
    verdict,
    wait_before,
)
from app.retirements.rules.registry_rules import shipped_rules

GOOD = Wish("株式会社鷗商事", "OFFSET", "創立記念式典", None)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


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
        on=NOON.date(),
        unprintable=["😀", "😁"],
    )
    assert error.detail == "A certificate cannot show: 😀 (U+1F600)."


def test_an_unknown_purpose_is_answered_with_those_there_are() -> None:
    (error,) = check(
        changed(purpose="CORSIA"), rules=shipped_rules("x"), unit="t", quantity=1, on=NOON.date(), unprintable=()
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


@given(st.integers(0, 2**60 - 1))
def test_a_reference_is_short_and_ours(random) -> None:
    reference = new_reference(random)
    assert len(reference) == 16
    assert is_reference(reference)


@given(st.integers(0, 2**60 - 1), st.integers(3, 14), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_mistyped_character_of_a_reference_is_noticed(random, place, char) -> None:
    reference = new_reference(random)
    mistyped = reference[:place] + char + reference[place + 1 :]
    assert is_reference(mistyped) == (mistyped == reference)


@given(st.integers(0, 2**60 - 1), st.integers(3, 13))
def test_two_swapped_characters_of_a_reference_are_noticed(random, place) -> None:
    reference = new_reference(random)
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert is_reference(swapped) == (swapped == reference)


def test_other_peoples_words_are_not_references() -> None:
    assert not any(
        is_reference(text) for text in ("", "OD-", "OD-000000000000", "XX-0000000000000", "OD-00000000000U0")
    )


ALLOWED = {
    ("draft", "signed_off"), ("draft", "canceled"),
    ("signed_off", "queued"), ("signed_off", "canceled"),
    ("queued", "submitted"), ("queued", "canceled"), ("queued", "manual"),
    ("submitted", "recorded"), ("submitted", "rejected"), ("submitted", "unknown"), ("submitted", "manual"),
    ("submitted", "queued"),
    ("unknown", "recorded"), ("unknown", "rejected"), ("unknown", "manual"), ("unknown", "queued"),
    ("manual", "recorded"), ("manual", "rejected"), ("manual", "queued"),  # By two people's decision.
}  # fmt: skip


def test_a_retirement_takes_these_steps_and_no_others() -> None:
    assert set(RETIREMENT_STEPS) == set(RetirementStatus)
    found = {(a.value, b.value) for a in RetirementStatus for b in RetirementStatus if may_follow(a, b)}
    assert found == ALLOWED
    assert [s.value for s in RetirementStatus if may_be_canceled(s)] == ["draft", "signed_off", "queued"]
    assert {s.value for s in MOVING} == {"queued", "submitted", "unknown"}


def test_a_task_takes_these_steps_and_no_others() -> None:
    assert set(TASK_STEPS) == set(TaskStatus)
    found = {(a.value, b.value) for a in TaskStatus for b in TaskStatus if task_may_follow(a, b)}
    assert found == {
        ("open", "prepared"), ("prepared", "checked"), ("checked", "executed"), ("executed", "confirmed"),
        ("open", "canceled"), ("prepared", "canceled"), ("checked", "canceled"),
    }  # fmt: skip


SEARCH = Search(committed_at=NOON, lookups=0, empty_lookups=0, first_empty_at=None, ends_empty=False)
QUARTER = timedelta(minutes=15)


def looked(search: Search, after: timedelta, *, empty: bool = True) -> tuple[Search, Verdict]:
    found = counted(search, empty=empty, settles_within_s=60, now=NOON + after)
    return found, verdict(found, absent_after=QUARTER, settles_within_s=60, now=NOON + after)


def test_two_empty_look_ups_far_enough_apart_prove_absence() -> None:
    first, said = looked(SEARCH, timedelta(seconds=60))
    assert (first.empty_lookups, said) == (1, Verdict.AGAIN)
    assert looked(first, timedelta(seconds=60) + QUARTER - timedelta(microseconds=1))[1] == Verdict.AGAIN
    assert looked(first, timedelta(seconds=60) + QUARTER)[1] == Verdict.ABSENT


def test_before_the_registry_has_settled_an_empty_look_up_does_not_count() -> None:
    early, _ = looked(SEARCH, timedelta(seconds=59))
    assert (early.lookups, early.empty_lookups, early.first_empty_at) == (1, 0, None)
    later, said = looked(early, timedelta(days=1))
    assert (later.empty_lookups, said) == (1, Verdict.AGAIN)


def test_a_look_up_that_failed_does_not_prove_anything_however_late() -> None:
    first, _ = looked(SEARCH, timedelta(seconds=60))
    failed, said = looked(first, timedelta(days=1), empty=False)
    assert (failed.empty_lookups, said) == (1, Verdict.AGAIN)


@given(st.lists(st.tuples(st.integers(0, 4_000), st.booleans()), max_size=60))
def test_absence_is_never_said_without_two_counted_look_ups_a_quarter_of_an_hour_apart(looks) -> None:
    search, passed, empties = SEARCH, 0, []
    for wait_s, empty in looks:
        passed += wait_s
        search, said = looked(search, timedelta(seconds=passed), empty=empty)
        if empty and passed >= 60:
            empties.append(passed)
        if said == Verdict.ABSENT:
            assert empties[-1] == passed
            assert empties[-1] - empties[0] >= QUARTER.total_seconds()
            return
        assert (said == Verdict.PERSON) <= (search.lookups >= LOOK_UPS_MAX)


def test_a_slow_registry_can_still_prove_absence_before_a_person_is_asked() -> None:
    settles_within_s, search, now, times = 86_400, SEARCH, NOON, 0
    said = Verdict.AGAIN
    while said == Verdict.AGAIN:
        times += 1
        now += wait_before(times)
        search = counted(search, empty=True, settles_within_s=settles_within_s, now=now)
        said = verdict(search, absent_after=QUARTER, settles_within_s=settles_within_s, now=now)
    assert said == Verdict.ABSENT
    assert times > LOOK_UPS_MAX


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_before(times).total_seconds() for times in range(1, 12)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert wait_before(10**9) == QUARTER


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

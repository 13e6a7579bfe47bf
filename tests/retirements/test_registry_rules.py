"""What does each registry ask, by when, and what changes when the operator says otherwise?"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules.registries import REGISTRIES
from app.core.period import JAPAN
from app.retirements.rules import (
    WholeEnergy,
    Wish,
    check,
    energy_of_part,
    has_legal_form,
    purpose_of,
    registry_text,
    same_name,
    sheet_fields,
)
from app.retirements.rules.precheck import PrecheckRow, cells, headings, widths
from app.retirements.rules.registry_rules import (
    KEYS,
    SHIPPED,
    Change,
    CutOff,
    Limit,
    carried_out_by,
    due_at,
    is_working_day,
    read_value,
    rules_with,
    shipped_rules,
)

JCREDIT = shipped_rules("jcredit")
WEEK = JCREDIT.cut_off.value
GOOD = Wish("株式会社鷗商事", "OFFSET", "創立記念式典", None)
MONDAY = date(2026, 11, 30)


def said(key, value) -> Change:
    return Change(key, value, verified=True, source="The registry told us", note="")


def wrong(wish=GOOD, *, rules=JCREDIT, unit="t", made_in=()):
    found = check(wish, rules=rules, unit=unit, quantity=10, on=MONDAY, unprintable=(), made_in=made_in)
    return [(error.pointer, error.code) for error in found]


def test_every_registry_of_the_desk_has_rules_and_each_rule_its_source() -> None:
    assert {registry.code for registry in REGISTRIES} == SHIPPED.keys()
    for registry in REGISTRIES:
        rules = shipped_rules(registry.code)
        assert rules.unit.value == registry.unit
        assert all(getattr(rules, key).source for key in KEYS)
        assert all(purpose_of(rule.code) is not None for rule in rules.purposes.value)


def test_what_the_research_could_not_verify_of_j_credit_is_marked() -> None:
    verified = {key for key in KEYS if getattr(JCREDIT, key).verified}
    assert verified == {"unit"}
    assert "not published" in JCREDIT.purposes.note


def test_isometric_has_its_five_purposes_and_verra_takes_free_reasons() -> None:
    isometric, verra = shipped_rules("isometric"), shipped_rules("verra")
    assert [rule.word for rule in isometric.purposes.value] == [
        *("corporate_targets", "public_environmental_claims", "insetting", "regulatory_requirement", "other")
    ]
    assert [shipped_rules(code).free_reason.value for code in ("verra", "gold_standard", "acr", "car", "art")] == [
        True
    ] * 5
    assert wrong(rules=isometric, unit="kg") == [("/purpose", "unknown_purpose")]
    assert wrong(Wish("Aoba", "INSETTING", "", None), rules=isometric, unit="kg") == []
    assert wrong(Wish("Aoba", "OFFSET", "", None), rules=verra) == []
    assert wrong(Wish("Aoba", "SHK_EMISSION", "", None), rules=verra) == [("/purpose", "unknown_purpose")]


def test_the_operators_word_replaces_a_belief_and_nothing_else() -> None:
    rules = rules_with("jcredit", [said("one_scope", False), said("limits", {
        "beneficiary_name": {"longest": 30, "counted": "bytes"}, "purpose_detail": {"longest": 10},
    })])  # fmt: skip
    mixed = Wish("株式会社鷗商事", "CDP", "", None, also_purposes=("OFFSET",))
    assert wrong(mixed) == [("/also_purposes/0", "mixed_scopes")]
    assert wrong(mixed, rules=rules) == []
    assert rules.limits.value.beneficiary_name == Limit(30, "bytes")
    assert wrong(Wish("株式会社鷗鷗鷗鷗鷗鷗鷗", "OFFSET", "", None), rules=rules) == [("/beneficiary_name", "too_long")]
    assert wrong(Wish("株式会社鷗鷗鷗鷗鷗鷗", "OFFSET", "", None), rules=rules) == []
    changed = {key for key in KEYS if getattr(rules, key) != getattr(JCREDIT, key)}
    assert changed == {"one_scope", "limits"}


def test_the_registrys_wording_of_a_purpose_is_the_operators_to_say() -> None:
    word = [{"code": "OFFSET", "word": "カーボン・オフセット（自主）", "scope": "offset"}]
    rules = rules_with("jcredit", [said("purposes", word)])
    rule = rules.purpose("OFFSET")
    assert rule is not None
    assert registry_text(GOOD, "OD-1", purpose_word=rule.word).purpose == "カーボン・オフセット（自主）"
    assert wrong(Wish("株式会社鷗", "CDP", "", None), rules=rules) == [("/purpose", "unknown_purpose")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("no_such_rule", 1),
        ("one_scope", "yes"),
        ("unit", "lb"),
        ("purposes", [{"code": "NOBODYS", "word": "x", "scope": "x"}]),
        ("limits", {"beneficiary_name": {"longest": 0}, "purpose_detail": {"longest": 1}}),
        ("cut_off", {"weekday": 8, "time": "12:00", "processing_days": 1, "holidays_of": "JP"}),
        ("cut_off", {"weekday": 4, "time": "25:00", "processing_days": 1, "holidays_of": "JP"}),
        ("cut_off", {"weekday": 4, "time": "12:00", "processing_days": 1, "holidays_of": "JP", "closed": ["13-01"]}),
    ],
)
def test_a_value_that_is_no_such_rule_is_refused(key, value) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_value(key, value)


def in_japan(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (in_japan(MONDAY, 9), in_japan(date(2026, 12, 3), 12)),
        (in_japan(date(2026, 12, 3), 12), in_japan(date(2026, 12, 3), 12)),
        (in_japan(date(2026, 12, 3), 12, 1), in_japan(date(2026, 12, 10), 12)),
        (in_japan(date(2026, 12, 6), 9), in_japan(date(2026, 12, 10), 12)),
        (in_japan(date(2027, 2, 8), 9), in_japan(date(2027, 2, 10), 12)),  # The 11th is a national holiday.
        (in_japan(date(2027, 4, 26), 9), in_japan(date(2027, 4, 28), 12)),  # So is 29 April.
        (in_japan(date(2026, 12, 28), 9), in_japan(date(2026, 12, 28), 12)),  # The year ends on that Monday.
        (in_japan(date(2026, 12, 28), 13), in_japan(date(2027, 1, 7), 12)),
    ],
)
def test_a_task_is_due_by_the_registrys_next_cut_off(opened, due) -> None:
    assert due_at(opened.astimezone(UTC), WEEK) == due


def test_what_is_in_by_thursday_is_done_in_the_first_working_days_of_the_next_week() -> None:
    assert carried_out_by(in_japan(date(2026, 12, 3), 12), WEEK) == date(2026, 12, 8)
    assert carried_out_by(in_japan(date(2026, 12, 28), 12), WEEK) == date(2027, 1, 5)


def test_without_a_cut_off_the_desk_gives_itself_two_working_days() -> None:
    assert due_at(in_japan(date(2026, 12, 4), 9), None) == in_japan(date(2026, 12, 8), 17)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(JAPAN)),
    st.integers(1, 7),
    st.sampled_from(["00:00", "12:00", "23:59"]),
)
def test_a_cut_off_is_a_working_moment_that_is_not_over_and_never_comes_earlier_for_later_tasks(
    at, weekday, clock
) -> None:
    week = CutOff(weekday, clock, 1, "JP", WEEK.closed)
    due = due_at(at, week)
    assert at <= due <= at + timedelta(days=22)
    assert is_working_day(due.astimezone(JAPAN).date(), week)
    later = [due_at(at + timedelta(hours=hours), week) for hours in range(0, 200, 20)]
    assert all(one <= other for one, other in pairwise(later))


def test_the_holidays_are_the_librarys() -> None:
    named = holidays.country_holidays("JP", years=[2027])
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    open_calendar = CutOff(4, "12:00", 0, "JP")
    for day in days:
        assert is_working_day(day, open_calendar) == (day.weekday() < 5 and day not in named)
    assert sum(is_working_day(day, CutOff(4, "12:00", 0, "")) for day in days) == 261


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("株式会社アオバ食品", True), ("アオバ食品株式会社 東京支店", True), ("㈱アオバ", True), ("ＡＢＣ（株）", True),
        ("(一社)みどりの森", True), ("高知県", True), ("高知県 林業振興部", False), ("みどり農業協同組合", True),
        ("Aoba Foods Co., Ltd.", True), ("AOBA FOODS INC.", True), ("Aoba Foods K.K.", True),
        ("アオバ食品", False), ("ABC", False), ("山田 太郎", False), ("中村 花子", False), ("Hanako Nakamura", False),
        ("Inc.", False), ("市", False),
    ],
)  # fmt: skip
def test_a_legal_persons_name_says_its_form_and_a_private_persons_does_not(name, complete) -> None:
    assert has_legal_form(name, JCREDIT.legal_forms.value) == complete
    assert wrong(Wish(name, "OFFSET", "", None)) == ([] if complete else [("/beneficiary_name", "legal_form_missing")])
    assert wrong(Wish(name, "OFFSET", "", None), rules=shipped_rules("verra")) == []


def test_names_are_compared_without_their_spelling_and_sent_with_it() -> None:
    assert same_name("ＡＢＣ　㈱", "abc株式会社")
    assert same_name("(一財) みどり", "一般財団法人みどり")
    assert not same_name("株式会社アオバ", "アオバ株式会社")
    assert (
        registry_text(Wish("㈱ ＡＢＣ", "OFFSET", "", None), "OD-1", purpose_word="x").beneficiary_name == "㈱ ＡＢＣ"
    )


def test_what_is_offset_lies_elsewhere_than_where_the_credits_were_made() -> None:
    here = Wish("株式会社鷗商事", "OFFSET", "", None, offset_place="39")
    assert wrong(here, made_in=["38", "39"]) == [("/offset_place", "same_place")]
    assert wrong(here, made_in=["13"]) == []
    assert wrong(here, made_in=[]) == []
    assert wrong(here, made_in=["39"], rules=rules_with("jcredit", [said("offset_elsewhere", False)])) == []
    assert wrong(Wish("株式会社鷗商事", "CDP", "", None, offset_place="39")) == [("/offset_place", "not_asked")]
    assert wrong(Wish("株式会社鷗商事", "OFFSET", "", None, offset_place="48")) == [("/offset_place", "unknown_place")]


@given(
    st.integers(1, 10**9), st.integers(0, 10**12), st.integers(0, 10**12), st.lists(st.integers(1, 10**7), max_size=30)
)
def test_the_energy_of_parts_never_exceeds_the_whole_and_loses_less_than_one_unit_each(
    size, power, heat, parts
) -> None:
    whole, left, shares = WholeEnergy(size, power, heat), size, []
    for part in parts:
        if part > left:
            break
        left -= part
        share = energy_of_part(whole, part)
        assert share is not None
        assert share.power_kwh <= power * part / size * (1 + 1e-9)
        shares.append((part, share))
    for total, name in ((power, "power_kwh"), (heat, "heat_mj")):
        given_out = sum(getattr(share, name) for _, share in shares)
        exact = total * sum(part for part, _ in shares) // size
        assert given_out <= exact <= total
        assert exact - given_out <= len(shares)


def test_where_the_registry_tells_no_energy_there_is_none() -> None:
    assert energy_of_part(WholeEnergy(10, None, None), 3) is None
    assert energy_of_part(WholeEnergy(10, 100, None), 11) is None, "A part larger than the whole: the figure is wrong."
    found = energy_of_part(WholeEnergy(3, 2_015, None), 2)
    assert (found.power_kwh, found.heat_mj) == (1_343, None)


SERIALS = [
    {"certification_no": "JC-1", "prefix": "A-", "first": "0001", "last": "0004", "text": None, "quantity": 4},
    {"certification_no": "JC-1", "prefix": "A-", "first": "0007", "last": "0007", "text": None, "quantity": 1},
]


def test_the_sheet_has_the_screens_fields_in_their_order_with_the_exact_texts() -> None:
    text = registry_text(GOOD, "OD-1", purpose_word="カーボン・オフセット")
    made = {
        mode: sheet_fields(JCREDIT, text, serials=SERIALS, quantity=5, energy=None, consumption=None, mode=mode)
        for mode in ("serial", "total")
    }
    assert [(field["label_ja"], field["copy"]) for field in made["serial"]] == [
        ("無効化の用途", "カーボン・オフセット"),
        ("目的詳細", "創立記念式典 OD-1"),
        ("クレジット利用者名", "株式会社鷗商事"),
        ("指定方式", "シリアル番号指定方式"),
        ("認証番号", "JC-1"),
        ("シリアル番号", "A-0001 - A-0004\nA-0007 - A-0007"),
        ("数量", "5"),
    ]
    assert [field["key"] for field in made["total"] if field["key"] == "serials"] == []
    name = made["total"][2]
    assert (name["length"], name["counted"], name["longest"], name["verified"]) == (7, "characters", 200, False)


def test_the_pre_check_has_a_line_for_a_total_and_one_for_each_block_of_serials() -> None:
    sheet = {
        "reference": "OD-1", "purpose": "カーボン・オフセット", "purpose_detail": "=1+1", "beneficiary_name": "株式会社鷗",
        "quantity": 5, "unit": "t", "serials": SERIALS,
    }  # fmt: skip
    total, serial = (list(cells(PrecheckRow(sheet, mode))) for mode in ("total", "serial"))
    assert total == [("OD-1", "カーボン・オフセット", "=1+1", "株式会社鷗", "JC-1", 5, "t")]
    assert [row[5:8] for row in serial] == [("A-0001", "A-0004", 4), ("A-0007", "A-0007", 1)]
    for mode, rows in (("total", total), ("serial", serial)):
        assert len(headings(mode)) == len(widths(mode)) == len(rows[0]) + 1

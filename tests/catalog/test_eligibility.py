"""Which of these credits count for what? Worked by hand from the shipped matrix and from facts made up on top of it."""

from datetime import date
from uuid import UUID

import pytest

from app.catalog.rules import Answer, FactKind, Level, Said, Use, eligibility
from tests.catalog.lists import REAL
from tests.catalog.shipped import CATEGORIES, ELIGIBILITY, LABELS, PROJECT, TODAY, answers, credits_of, said

Y, N, C, U = Answer.YES, Answer.NO, Answer.CONDITIONAL, Answer.UNKNOWN
ORDER = ("shk", "energy_act", "cdp", "sbt", "re100", "keidanren", "gx_ets", "corsia", "offset")


@pytest.mark.parametrize(
    ("code", "expected"),
    [  #         shk act cdp sbt re1 kei gxe cor off
        ("EN-R-002", (Y, N, C, C, C, C, C, U, Y)),
        ("EN-R-003", (Y, N, C, C, N, C, C, U, Y)),
        ("EN-R-001", (Y, N, C, C, C, C, C, U, Y)),
        ("EN-S-001", (Y, C, N, N, N, C, C, U, Y)),
        ("FO-001", (Y, N, N, N, N, C, C, U, Y)),
        ("AG-005", (Y, N, N, N, N, C, C, U, Y)),
        ("IN-001", (Y, N, N, N, N, C, C, U, Y)),
        ("WA-002", (Y, N, N, N, N, C, C, U, Y)),
        ("001", (U, U, U, U, U, U, U, U, U)),
        ("R001", (U, U, U, U, U, U, U, U, U)),
        ("XX-999", (U, U, U, U, U, U, C, U, U)),
    ],
)
def test_a_row_of_the_matrix(code: str, expected: tuple[Answer, ...]) -> None:
    found = eligibility([said(fact) for fact in ELIGIBILITY], credits_of((code, "1.0")), TODAY)
    assert tuple(found[Use(use)].answer for use in ORDER) == expected


def test_every_answer_names_the_facts_that_it_rests_on() -> None:
    found = eligibility([said(fact) for fact in ELIGIBILITY], credits_of(("EN-R-002", "1.0")), TODAY)
    known = {fact.root_id: fact for fact in ELIGIBILITY}
    [re100] = found[Use.RE100].because
    assert (known[re100].category, known[re100].key, known[re100].answer) == ("re_power", "re100", C)
    assert known[re100].note_ja
    assert known[re100].source_url == "https://japancredit.go.jp/case/outline/"
    nothing = eligibility([], credits_of(("EN-R-002", "1.0")), TODAY)
    assert all(verdict == (U, ()) for verdict in nothing.values())


def test_a_later_page_wins_from_its_day_on() -> None:
    forest = credits_of(("FO-001", "4.2"))
    assert answers(FactKind.ELIGIBILITY, forest, date(2022, 10, 31))["keidanren"] == N
    assert answers(FactKind.ELIGIBILITY, forest, date(2022, 11, 1))["keidanren"] == C
    assert "gx_ets" not in answers(FactKind.ELIGIBILITY, forest, date(2026, 3, 31))
    assert "shk" not in answers(FactKind.ELIGIBILITY, forest, date(2020, 12, 31)), "Nothing is known of that day."


def test_methodologies_that_differ_make_it_depend() -> None:
    both = credits_of(("EN-S-001", "1.0"), ("EN-R-002", "1.0"))
    found = answers(FactKind.ELIGIBILITY, both)
    assert (found["re100"], found["energy_act"], found["shk"]) == (C, C, Y)
    with_unknown = credits_of(("EN-S-001", "1.0"), ("XX-999", "1.0"))
    found = answers(FactKind.ELIGIBILITY, with_unknown)
    assert (found["shk"], found["re100"]) == (U, U), "Of one of the two nobody knows."


def test_the_narrowest_fact_wins() -> None:
    def fact(n: int, level: Level, answer: Answer, **subject: object) -> Said:
        return Said(UUID(int=n), FactKind.ELIGIBILITY, "re100", level, answer, date(2026, 1, 1), **subject)

    of_code = {"registry_code": "jcredit", "methodology_code": "EN-R-002"}
    ladder = [
        fact(1, Level.METHODOLOGY, N, **of_code),
        fact(2, Level.METHODOLOGY, Y, **of_code, version_from="1.0", version_to="1.9"),
        fact(3, Level.PROJECT, N, project_id=PROJECT),
        fact(4, Level.ISSUANCE, Y, issuance_id=UUID(int=9)),
    ]
    solar = credits_of(("EN-R-002", "1.3"))
    assert answers(FactKind.ELIGIBILITY, solar)["re100"] == C
    assert answers(FactKind.ELIGIBILITY, solar, TODAY, *ladder[:1])["re100"] == N
    assert answers(FactKind.ELIGIBILITY, solar, TODAY, *ladder[:2])["re100"] == Y
    newer, nameless = credits_of(("EN-R-002", "2.0")), credits_of(("EN-R-002", None))
    assert answers(FactKind.ELIGIBILITY, newer, TODAY, *ladder[:2])["re100"] == N
    assert answers(FactKind.ELIGIBILITY, nameless, TODAY, *ladder[:2])["re100"] == U, "Which version, nobody says."
    assert answers(FactKind.ELIGIBILITY, solar, TODAY, *ladder[:3])["re100"] == N
    assert answers(FactKind.ELIGIBILITY, solar, TODAY, *ladder)["re100"] == N, "The issuance is another's."


def test_the_matrix_says_where_it_is_a_reading_and_where_nobody_knows() -> None:
    assert len(ELIGIBILITY) == 85
    page = [fact for fact in ELIGIBILITY if fact.source_url.endswith("/case/outline/")]
    assert all("読んだ" in fact.note_ja for fact in page if fact.answer == Y)
    assert all(fact.note_ja and fact.note_en for fact in ELIGIBILITY if fact.answer in (C, U))
    assert all(fact.source and fact.source_url.startswith("https://") for fact in ELIGIBILITY)
    assert len({fact.root_id for fact in (*ELIGIBILITY, *LABELS)}) == 85 + 164


def test_every_code_of_the_real_list_has_a_category() -> None:
    codes = {use.code for project in REAL.projects for use in project.methodologies}
    assert not {code for code in codes if not CATEGORIES.get(("jcredit", code))}

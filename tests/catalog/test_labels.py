"""Does a label belong to a methodology in this version? The decisions are contradictory from version to version."""

import pytest

from app.catalog.rules import Answer, FactKind, ranges_meet
from tests.catalog.shipped import LABELS, METHODOLOGIES, answers, credits_of

Y, N, U = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize(
    ("registry", "code", "version", "answer"),
    [
        ("verra", "VM0042", "2.0", N),
        ("verra", "VM0042", "2.1", N),
        ("verra", "VM0042", "2.2", Y),
        ("verra", "VM0042", "2.3", None),
        ("verra", "VM0042", "1.0", None),
        ("verra", "VM0042", None, U),
        ("verra", "VM0044", "1.1", N),
        ("verra", "VM0044", "1.2", Y),
        ("verra", "VM0051", "1.0", N),
        ("verra", "VM0051", "1.1", Y),
        ("verra", "VM0047", "1.0", Y),
        ("verra", "VM0033", "2.1", U),
        ("verra", "ACM0001", "14.0", None),
        ("verra", "ACM0001", "15.0", Y),
        ("verra", "ACM0001", "19.0", Y),
        ("verra", "AMS-III.G.", "8.0", None),
        ("verra", "AMS-III.G.", "10.0", Y),
        ("verra", "AMS-II.G.", "13.1", None),
        ("gold_standard", "AMS-II.G.", "13.1", N),
        ("gold_standard", "AMS-II.G.", "1.0", N),
        ("car", "u-s-landfill-protocol", "4.0", N),
        ("car", "u-s-landfill-protocol", "5.0", U),
        ("car", "u-s-landfill-protocol", "6.0", Y),
        ("art", "the-redd-environmental-excellence-standard-trees-hfld", "2.0", N),
        ("isometric", "direct-air-capture", "1.0", N),
        ("isometric", "direct-air-capture", "1.1", Y),
        ("isometric", "direct-air-capture", "1.3", U),
        ("jcredit", "FO-001", "4.2", None),
    ],
)
def test_a_decision_counts_for_its_versions_alone(
    registry: str, code: str, version: str | None, answer: Answer
) -> None:
    found = answers(FactKind.LABEL, credits_of((code, version), registry=registry))
    assert found.get("ccp") == answer


def test_a_project_carries_a_label_when_all_of_its_methodologies_do() -> None:
    def ccp(*applied: tuple[str, str | None]) -> Answer:
        return answers(FactKind.LABEL, credits_of(*applied, registry="verra"))["ccp"]

    assert ccp(("VM0042", "2.2"), ("VM0047", "1.0")) == Y
    assert ccp(("VM0042", "2.2"), ("VM0044", "1.0")) == Answer.CONDITIONAL
    assert ccp(("VM0042", "2.2"), ("VM0042", None)) == U
    assert ccp(("VM0042", "2.2"), ("VM9999", "1.0")) == U


def test_the_whole_table_is_there_and_no_version_is_decided_twice() -> None:
    assert len(LABELS) == 164
    decided = [fact.value["decision"] for fact in LABELS]
    assert {word: decided.count(word) for word in set(decided)} == {
        "CCP-Approved": 47, "Does not meet": 22, "Very Unlikely To Meet": 11, "Withdrawn": 13, "Remedial Action": 2,
        "Under assessment": 69,
    }  # fmt: skip
    known = {(each.registry_code, each.code) for each in METHODOLOGIES}
    assert {(fact.registry_code, fact.methodology_code) for fact in LABELS} <= known
    for one in LABELS:
        for other in LABELS:
            same = (one.registry_code, one.methodology_code) == (other.registry_code, other.methodology_code)
            ranges = ((one.version_from, one.version_to), (other.version_from, other.version_to))
            assert one is other or not same or not ranges_meet(*ranges), (one, other)

"""What a certificate states is canonical, complete and adds up."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules.project_facts import ListKind
from app.certificates.rules import (
    LISTS,
    CertificateContents,
    Purpose,
    RegistryNamed,
    Retired,
    RetiredRange,
    canonical_bytes,
    contents,
    read_contents,
)
from app.certificates.rules.stated import EVIDENCE
from app.core.period import day_in_japan
from app.retirements.rules import EvidenceGrade

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def retired_range(lo: int, hi: int, lot: str = "a") -> RetiredRange:
    return RetiredRange(
        lot_key=lot,
        list_kind="jcredit_normal",
        number="412",
        summary="間伐",
        operator="町",
        location="島根県",
        methodologies=("FO-001 Ver. 1.0",),
        vintage_from=date(2024, 4, 1),
        vintage_to=date(2025, 3, 31),
        certification_no="1",
        serial_prefix="P-",
        serial_high="",
        serial_first="000001",
        units_per_serial=1,
        registry_code="jcredit",
        serial_text="",
        lo=lo,
        hi=hi,
    )


def retired(*ranges: RetiredRange, **changes) -> Retired:
    facts = {
        "quantity": sum(taken.hi - taken.lo for taken in ranges),
        "unit": "t",
        "beneficiary_name": "森鷗外記念音楽祭",
        "retired_by": "みどり環境株式会社",
        "purpose": Purpose(ja="その他", en="Other", code="OTHER"),
        "purpose_detail": "",
        "fiscal_year": None,
        "recorded_on": date(2026, 11, 20),
        "registry": RegistryNamed("jcredit", "登録簿", "Registry", "https://example.jp/"),
        "registry_transaction": None,
        "reference": "OD-1",
        "evidence_grade": EvidenceGrade.REGISTRY_ANSWER,
        "simulated": False,
        "ranges": ranges,
    }
    return Retired(**(facts | changes))


def stated(facts: Retired, issuer: str = "Desk") -> CertificateContents:
    return contents(
        facts, number="N", issuer=issuer, verify_url="https://desk.example.jp/c/N", issued_on=date(2026, 11, 23)
    )


@given(beneficiary_name=texts, purpose_detail=texts, issuer=texts, year=st.none() | st.integers(2000, 2100))
def test_contents_are_canonical_json_and_read_back_as_they_were(beneficiary_name, purpose_detail, issuer, year):
    facts = stated(
        retired(
            retired_range(1, 4), beneficiary_name=beneficiary_name, purpose_detail=purpose_detail, fiscal_year=year
        ),
        issuer,
    )
    frozen = canonical_bytes(facts)
    # RFC 8785 for texts and whole numbers is what the standard library writes with these settings.
    other_writer = json.dumps(json.loads(frozen), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert frozen == other_writer.encode()
    assert read_contents(frozen) == facts


def test_no_number_in_the_contents_has_a_fraction():
    plain = msgspec.to_builtins(stated(retired(retired_range(1, 4))))

    def numbers(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple):
            return [number for inner in value for number in numbers(inner)]
        return [value] if isinstance(value, int | float) else []

    assert {type(number) for number in numbers(plain)} == {int, bool}


def test_neighbouring_ranges_of_a_lot_are_one_span_and_other_lots_have_their_own_line():
    facts = stated(
        retired(retired_range(71, 84), retired_range(41, 61), retired_range(11, 41), retired_range(5, 6, "b"))
    )
    spans = [[(span.first, span.last, span.count) for span in line.serials] for line in facts.lines]
    assert spans == [[("P-000011", "P-000060", 50), ("P-000071", "P-000083", 13)], [("P-000005", "P-000005", 1)]]
    assert [line.quantity for line in facts.lines] == [63, 1]
    assert facts.quantity == 64


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.permutations(range(8)))
def test_the_spans_count_every_serial_once(sizes, order):
    ranges, at = [], 1
    for size in sizes:
        ranges.append(retired_range(at, at + size))
        at += size + size % 2
    shuffled = [ranges[place] for place in order if place < len(ranges)]
    facts = stated(retired(*shuffled))
    counted = [int(number[2:]) for line in facts.lines for span in line.serials for number in (span.first, span.last)]
    assert sum(span.count for line in facts.lines for span in line.serials) == sum(sizes)
    assert counted == sorted(counted)


def test_serials_beyond_18_digits_are_written_whole():
    lot = replace(retired_range(7, 9), serial_high="123456789012", serial_first="0" * 30)
    (line,) = stated(retired(lot)).lines
    assert line.serials[0].first == "P-123456789012000000000000000007"


def test_fewer_serials_than_the_quantity_are_never_certified():
    with pytest.raises(AssertionError, match="serials of 3 units for a quantity of 4"):
        stated(retired(retired_range(1, 4), quantity=4))


def test_every_grade_of_evidence_and_every_list_has_words():
    assert set(EVIDENCE) == set(EvidenceGrade)
    assert set(LISTS) == {kind.value for kind in ListKind}


def test_a_simulated_record_does_not_claim_to_be_the_registry_s():
    facts = stated(retired(retired_range(1, 2), simulated=True))
    assert facts.simulated
    assert "simulator" in facts.evidence.en
    assert "模擬登録簿" in facts.evidence.ja


def test_certificates_are_dated_in_japan():
    assert day_in_japan(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert day_in_japan(datetime(2026, 11, 22, 14, 59, tzinfo=UTC)) == date(2026, 11, 22)

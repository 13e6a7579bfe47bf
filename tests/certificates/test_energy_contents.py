"""What does a certificate state of energy, and what does one of tonnes never state?"""

import json
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.flow import printed_facts
from app.certificates.rules import RetiredRange, canonical_bytes, read_contents
from app.inventory.rules import TECHNOLOGIES, EnergyFacts
from app.retirements.rules import Consumption, EnergyRetired, EvidenceGrade
from tests.certificates.test_certificate_contents import retired, retired_range, stated

FACTS = EnergyFacts("hydro", "JP", "青葉第一発電所", date(1891, 5, 1), None, "発電所の位置")
USED = Consumption("JP", date(2025, 4, 1), date(2026, 3, 31))


def i_recs(first: int, last: int) -> RetiredRange:
    """Numbers of which each stands for 1,000 kWh."""
    return replace(
        retired_range(first * 1_000, (last + 1) * 1_000), registry_code="irec", serial_prefix="",
        serial_first="0000-0000-0000-0001", units_per_serial=1_000, list_kind="", methodologies=("hydro",),
    )  # fmt: skip


def of_energy(*ranges: RetiredRange, use: Consumption | None = USED, **changes: object):
    return stated(retired(*ranges, unit="kWh", attribute=EnergyRetired(FACTS, use), **changes))


@given(st.integers(0, 10**9), st.integers(0, 10**4), st.integers(1, 50))
def test_a_line_counts_kilowatt_hours_and_a_span_counts_numbers(first: int, more: int, gap: int) -> None:
    beyond = first + more + gap
    facts = of_energy(i_recs(first, first + more), i_recs(beyond, beyond))
    (line,) = facts.lines
    assert line.quantity == facts.quantity == (more + 2) * 1_000
    assert sum(span.count for span in line.serials) == more + 2
    assert line.serials[0].first.replace("-", "") == str(first).zfill(16)
    assert [len(part) for part in line.serials[-1].last.split("-")] == [4, 4, 4, 4]


def test_the_attribute_is_in_the_frozen_bytes_and_read_back() -> None:
    facts = of_energy(i_recs(1, 7))
    told = json.loads(canonical_bytes(facts))["energy_attribute"]
    assert (told["source"], told["device"]) == ({"code": "hydro", "ja": "水力", "en": "Hydro"}, "青葉第一発電所")
    assert (told["commissioned_on"], told["category"], told["tracking"]) == ("1891-05-01", None, "発電所の位置")
    assert (told["consumption_country"], told["consumption_from"], told["consumption_to"]) == (
        "JP", "2025-04-01", "2026-03-31",
    )  # fmt: skip
    assert read_contents(canonical_bytes(facts)) == facts


def test_a_certificate_of_tonnes_has_no_such_member() -> None:
    assert b"energy_attribute" not in canonical_bytes(stated(retired(retired_range(1, 4))))


def test_of_energy_neither_the_limits_nor_the_evidence_speak_of_credits() -> None:
    facts = of_energy(i_recs(1, 7), evidence_grade=EvidenceGrade.PROVIDER_NOTICE)
    said = " ".join((*msgspec.to_builtins(facts.does_not_state).values(), facts.evidence.ja, facts.evidence.en)).lower()
    for word in ("credit", "クレジット", "offset", "オフセット", "co2"):
        assert word not in said


@pytest.mark.parametrize("use", [USED, Consumption(None, None, None), None])
def test_what_nobody_told_is_not_printed(use: Consumption | None) -> None:
    printed = printed_facts(of_energy(i_recs(1, 7), use=use)).attribute
    assert printed is not None
    assert printed.more == ("運転開始 1891-05-01", "発電所の位置")
    assert printed.consumption == ("JP · 2025-04-01 – 2026-03-31" if use == USED else "")


def test_every_source_has_a_name_in_both_languages() -> None:
    for code, named in TECHNOLOGIES.items():
        facts = stated(
            retired(
                i_recs(1, 1), unit="kWh", attribute=EnergyRetired(msgspec.structs.replace(FACTS, technology=code), None)
            )
        )
        assert facts.energy_attribute.source.code == code
        assert named.ja != named.en

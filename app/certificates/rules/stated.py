"""What does a certificate state about one recorded retirement, and in which words?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

import msgspec

from app.certificates.rules.contents import (
    CertificateContents,
    Evidence,
    Line,
    Purpose,
    RegistryNamed,
    RenewableEnergy,
    SerialSpan,
    Words,
)
from app.certificates.rules.energy import ENERGY_DOES_NOT_STATE, EVIDENCE_OF_ENERGY, energy_stated
from app.core.period import claimable_fiscal_years
from app.core.quantity import Unit
from app.inventory.rules import Serials, joined, numbers_like, part_written
from app.retirements.rules import Energy, EnergyRetired, EvidenceGrade

EVIDENCE: Final[dict[EvidenceGrade, tuple[str, str]]] = {
    EvidenceGrade.REGISTRY_ANSWER: (
        "登録簿システムの応答により記録を確認",
        "The registry itself answered that it is recorded",
    ),
    EvidenceGrade.REGISTRY_STATEMENT: (
        "登録簿の明細と突合して記録を確認",
        "Matched with the registry's own statement",
    ),
    EvidenceGrade.PROVIDER_NOTICE: (
        "クレジット供給者から提出された無効化通知書を、当デスクの運営者が確認",
        "The registry's notice, handed in by the provider and read by this desk's operator",
    ),
}
LISTS: Final[dict[str, Words]] = {
    "jcredit_normal": Words(ja="J-クレジット（通常型）", en="J-Credit, normal"),
    "jcredit_programme": Words(ja="J-クレジット（プログラム型）", en="J-Credit, programme"),
    "domestic_normal": Words(ja="国内クレジット（通常型）", en="Domestic Credit, normal"),
    "domestic_programme": Words(ja="国内クレジット（プログラム型）", en="Domestic Credit, programme"),
    "jver_normal": Words(ja="J-VER（通常型）", en="J-VER, normal"),
}
"""The lists that count projects from one, each for itself; a project of any other list is known by its number."""
_SIMULATED: Final = (
    "模擬登録簿による記録（実在の登録簿には記録されていません）",
    "Recorded by a simulator; no real registry holds this record",
)
DOES_NOT_STATE: Final = Words(
    ja="対象の催し・製品・事業者の排出がないことを述べるものではありません。"
    "上記のクレジットは無効化され、再び使うことはできません。"
    "クレジット供給者は登録された事業者であり、認定を受けた事業者ではありません。",
    en="It does not state that an event, product or company has no emissions. "
    "The credits above have been invalidated and cannot be used again. "
    "The credit provider is registered, not certified.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredRange:
    """Serials of one lot that were retired, with what the registry's list says about where they come from."""

    lot_key: str
    list_kind: str
    number: str
    summary: str
    operator: str
    location: str
    methodologies: tuple[str, ...]
    vintage_from: date
    vintage_to: date
    certification_no: str
    serial_prefix: str
    serial_high: str
    serial_first: str
    """How the lot's numbers are written: the digits that its series has in common, and its first number."""
    units_per_serial: int
    registry_code: str
    serial_text: str
    """The lot's whole block as its registry writes it; empty where it was told by prefix and numbers."""
    lo: int
    hi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A recorded retirement, as its rows tell it: serials half-open, purpose and evidence still as codes."""

    quantity: int
    unit: Unit
    beneficiary_name: str
    retired_by: str
    purpose: Purpose
    purpose_detail: str
    fiscal_year: int | None
    recorded_on: date
    registry: RegistryNamed
    registry_transaction: str | None
    reference: str
    evidence_grade: EvidenceGrade
    simulated: bool
    ranges: tuple[RetiredRange, ...]
    also_purposes: tuple[Purpose, ...] = ()
    energy: Energy | None = None
    """Its share of the renewable energy that its issuance counts for."""
    attribute: EnergyRetired | None = None
    """Of energy certificates."""


def contents(retired: Retired, *, number: str, issuer: str, verify_url: str, issued_on: date) -> CertificateContents:
    """All that the certificate says. The serials are exactly as many as the quantity, or the desk's book is wrong."""
    lines = _lines(retired.ranges)
    counted = sum(line.quantity for line in lines)
    assert counted == retired.quantity, f"serials of {counted} units for a quantity of {retired.quantity}"
    grade = retired.evidence_grade
    evidence = EVIDENCE if retired.attribute is None else EVIDENCE | EVIDENCE_OF_ENERGY
    ja, en = _SIMULATED if retired.simulated else evidence[grade]
    return CertificateContents(
        number=number,
        verify_url=verify_url,
        issuer=issuer,
        issued_on=issued_on,
        quantity=retired.quantity,
        unit=retired.unit,
        beneficiary_name=retired.beneficiary_name,
        retired_by=retired.retired_by,
        purpose=retired.purpose,
        purpose_detail=retired.purpose_detail,
        fiscal_year=_claimable(retired),
        recorded_on=retired.recorded_on,
        registry=retired.registry,
        registry_transaction=retired.registry_transaction,
        reference=retired.reference,
        evidence=Evidence(ja=ja, en=en, grade=grade),
        simulated=retired.simulated,
        lines=lines,
        does_not_state=DOES_NOT_STATE if retired.attribute is None else ENERGY_DOES_NOT_STATE,
        also_purposes=retired.also_purposes or msgspec.UNSET,
        renewable_energy=_renewable(retired.energy),
        energy_attribute=msgspec.UNSET if retired.attribute is None else energy_stated(retired.attribute),
    )


def _renewable(energy: Energy | None) -> RenewableEnergy | msgspec.UnsetType:
    if energy is None or (energy.power_kwh is None and energy.heat_mj is None):
        return msgspec.UNSET
    power = [] if energy.power_kwh is None else [("電力", "power", f"{energy.power_kwh:,} kWh")]
    heat = [] if energy.heat_mj is None else [("熱", "heat", f"{energy.heat_mj:,} MJ")]
    ja = "、".join(f"再エネ{name} {amount}" for name, _, amount in power + heat)
    en = ", ".join(f"renewable {name} {amount}" for _, name, amount in power + heat)
    return RenewableEnergy(ja=ja, en=en, power_kwh=energy.power_kwh, heat_mj=energy.heat_mj)


def _lines(ranges: Iterable[RetiredRange]) -> tuple[Line, ...]:
    """One line for each lot, its neighbouring ranges joined."""
    ordered = sorted(ranges, key=lambda taken: (taken.lot_key, taken.lo))
    return tuple(_line(list(of_lot)) for _, of_lot in groupby(ordered, key=lambda taken: taken.lot_key))


def _line(ranges: list[RetiredRange]) -> Line:
    lot = ranges[0]
    spans = tuple(_span(lot, serials) for serials in joined(Serials(taken.lo, taken.hi) for taken in ranges))
    return Line(
        list_kind=lot.list_kind,
        number=lot.number,
        summary=lot.summary,
        operator=lot.operator,
        location=lot.location,
        methodologies=lot.methodologies,
        vintage_from=lot.vintage_from,
        vintage_to=lot.vintage_to,
        certification_no=lot.certification_no,
        serials=spans,
        quantity=sum(span.count for span in spans) * lot.units_per_serial,
    )


def _span(lot: RetiredRange, serials: Serials) -> SerialSpan:
    per_serial = lot.units_per_serial
    first, last = numbers_like(lot.serial_high, serials, lot.serial_first, units_per_serial=per_serial)
    text = part_written(lot.registry_code, lot.serial_text, serials) or ""
    return SerialSpan(lot.serial_prefix + first, lot.serial_prefix + last, serials.quantity // per_serial, text)


def _claimable(retired: Retired) -> int | None:
    """The fiscal year that was claimed, if an invalidation recorded on that day may be counted for it; else none.

    The registry may record later than was hoped: then the certificate states the day alone.
    """
    return retired.fiscal_year if retired.fiscal_year in claimable_fiscal_years(retired.recorded_on) else None

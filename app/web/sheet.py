"""What does the page of one certificate show? Its frozen facts, as a template can write them down."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.certificates.models import PublicCertificate
from app.certificates.rules import (
    LISTS,
    CertificateContents,
    EnergyStated,
    Line,
    Purpose,
    RenewableEnergy,
    SerialSpan,
    read_contents,
)
from app.core.http.language import Language

_LINES_MAX: Final = 20
_SPANS_MAX: Final = 24
_METHODOLOGIES_MAX: Final = 8
_UNITS: Final = {"t": "t-CO₂", "kg": "kg-CO₂"}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of the table of credits. What does not fit on a page is counted; the JSON has all of it."""

    line: Line
    list_name: str
    quantity: str
    methodologies: tuple[str, ...]
    spans: tuple[SerialSpan, ...]
    spans_hidden: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of one certificate."""

    facts: CertificateContents
    lines: tuple[ShownLine, ...]
    lines_hidden: int
    quantity: str
    unit: str
    carbon: bool
    also_purposes: tuple[Purpose, ...]
    renewable_energy: RenewableEnergy | None
    energy: EnergyStated | None
    contents_sha256: str
    pdf_sha256: str | None
    """None while the PDF is being prepared."""
    compared_as_of: date | None
    """The day of the registry's statement that last showed it as this page does; None while none did."""


def sheet_of(found: PublicCertificate, language: Language, compared_as_of: date | None) -> Sheet:
    """The page's facts, read from the frozen bytes, and as of when the registry was last seen to say the same."""
    facts = read_contents(found.contents)
    return Sheet(
        facts=facts,
        lines=tuple(_shown(line, language) for line in facts.lines[:_LINES_MAX]),
        lines_hidden=max(0, len(facts.lines) - _LINES_MAX),
        quantity=f"{facts.quantity:,}",
        unit=_UNITS.get(facts.unit, facts.unit),
        carbon=facts.unit in _UNITS,
        also_purposes=facts.also_purposes or (),
        renewable_energy=facts.renewable_energy or None,
        energy=facts.energy_attribute or None,
        contents_sha256=found.contents_sha256,
        pdf_sha256=found.pdf_sha256,
        compared_as_of=compared_as_of,
    )


def _shown(line: Line, language: Language) -> ShownLine:
    named = LISTS.get(line.list_kind)
    list_name = "" if named is None else named.ja if language == "ja" else named.en
    return ShownLine(
        line=line,
        list_name=list_name,
        quantity=f"{line.quantity:,}",
        methodologies=line.methodologies[:_METHODOLOGIES_MAX],
        spans=line.serials[:_SPANS_MAX],
        spans_hidden=max(0, len(line.serials) - _SPANS_MAX),
    )

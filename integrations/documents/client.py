"""What does a document that we issue say, and who sets it on paper?"""

from datetime import date
from typing import Literal, Protocol, runtime_checkable

import msgspec

from integrations.documents.paper import PaperFacts

Unit = Literal["t", "kg", "kWh", "MJ"]


class CertificateLine(msgspec.Struct, frozen=True, kw_only=True):
    """Credits of one project and one vintage that the registry has invalidated.

    `serials` are ranges as the registry writes them, first to last; `quantity` is in the certificate's unit.
    """

    project_number: str
    project_name: str
    location: str
    methodologies: tuple[str, ...]
    vintage_from: date
    vintage_to: date
    serials: tuple[str, ...]
    quantity: int


class EnergyAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """What energy certificates are an attribute of and which consumption they are for, as it is printed; "" is left out.

    The two `states` and the two `does_not_state` say the same, in Japanese and in English.
    """

    states_ja: str
    states_en: str
    does_not_state_ja: str
    does_not_state_en: str
    source_ja: str
    source_en: str
    plant: str
    more: tuple[str, ...]
    consumption: str


class CertificateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a certificate prints, decided upstream: the renderer adds words, never facts.

    `recorded_on` is the day in the registry's invalidation account; `issued_on` is ours and dates the file.
    `reference` is what we wrote into the registry's public note. The two `evidence` sentences say the same grade.
    """

    number: str
    verify_url: str
    issuer_name: str
    issued_on: date
    quantity: int
    unit: Unit
    beneficiary_name: str
    retired_by: str
    purpose_ja: str
    purpose_en: str
    purpose_detail: str
    fiscal_year: int | None
    recorded_on: date
    registry_name_ja: str
    registry_name_en: str
    registry_transaction: str | None
    reference: str
    evidence_ja: str
    evidence_en: str
    lines: tuple[CertificateLine, ...]
    demonstration: bool
    energy_ja: str = ""
    energy_en: str = ""
    """The renewable energy that goes with the credits; empty where there is none."""
    also_ja: str = ""
    also_en: str = ""
    """Further reports that the same credits serve; empty where there is none."""
    attribute: EnergyAttribute | None = None
    """Of energy certificates, whose unit is no tonne."""


class ReportLine(msgspec.Struct, frozen=True):
    """Units of one kind or one project: imported = withdrawn + unsold + held + retiring + retired."""

    name: str
    unit: str
    imported: int
    withdrawn: int
    unsold: int
    held: int
    retiring: int
    retired: int


class ReportStatement(msgspec.Struct, frozen=True):
    """What a registry's statement says: units, and by which file. The hash is 64 hexadecimal digits."""

    as_of: date
    sha256: str
    trust: str
    units: int


class HoldingsReport(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a registry at the end of a day: our book beside the registry's own statements."""

    issuer_name: str
    provider_name: str
    registry_code: str
    account_no: str
    holder_name: str
    day: date
    made_on: date
    sums: tuple[ReportLine, ...]
    projects: tuple[ReportLine, ...]
    projects_hidden: int
    active: ReportStatement | None
    retired: ReportStatement | None
    differences: int
    differing_units: int


class DocumentRefused(Exception):
    """The facts cannot be set: a character without a glyph, more text than one page takes, or sums that do not agree.

    Repeating does not help.
    """


@runtime_checkable
class Documents(Protocol):
    """Sets documents; the same facts always give the same bytes."""

    async def certificate(self, facts: CertificateFacts) -> bytes:
        """One A4 page as PDF/A-2b, tagged, fonts embedded. Raises DocumentRefused."""
        ...

    async def report(self, facts: HoldingsReport) -> bytes:
        """A4 pages as PDF/A-2b, tagged, fonts embedded. Raises DocumentRefused."""
        ...

    async def paper(self, facts: PaperFacts) -> bytes:
        """A quotation, invoice or another paper for accountants: A4 as PDF/A-2b, tagged. Raises DocumentRefused."""
        ...

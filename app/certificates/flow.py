"""How does a recorded retirement become a certificate that anybody can check: number, frozen facts, PDF?"""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from app.certificates import operations, queries
from app.certificates.models import Certificate
from app.certificates.operations import Issuing, Pdf
from app.certificates.rules import (
    LISTS,
    RANDOM_BITS,
    CertificateContents,
    EnergyStated,
    Line,
    SerialSpan,
    new_number,
    read_contents,
    sha256_hex,
)
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import Scope
from integrations.documents.client import CertificateFacts, CertificateLine, Documents, EnergyAttribute
from integrations.documents.glyphs import unprintable
from integrations.storage.client import Files

_NUMBERS_TRIED: Final = 5
_SUMMARY_CHARS: Final = 100
_LOCATION_CHARS: Final = 60
_METHODOLOGIES_MAX: Final = 4
_NO_GLYPH: Final = "〓"
"""What Japanese printers set for a character that their fonts lack."""


async def issue(
    db: Database, org_id: UUID, retirement_id: UUID, *, issuer: str, base_url: str, now: datetime, request_id: str
) -> None:
    """Issue the certificate of a retirement that the registry has recorded; in every other state do nothing."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        provider_id = await queries.provider_of(session, org_id, retirement_id)
    numbers = (new_number(secrets.randbits(RANDOM_BITS)) for _ in range(_NUMBERS_TRIED))
    issuing, certificate_id = Issuing(issuer, base_url.rstrip("/"), numbers), new_id()
    async with db.transaction(scope.with_party(provider_id)) as session:  # A certificate names who keeps the account.
        await operations.issue(session, org_id, retirement_id, certificate_id, issuing=issuing, now=now)


async def render(
    db: Database,
    documents: Documents,
    files: Files,
    org_id: UUID,
    certificate_id: UUID,
    *,
    now: datetime,
    request_id: str,
) -> None:
    """Set the PDF from the frozen facts alone, keep it under its hash, and write the hash down.

    When that was done before, only a file that the store has lost is made again. Raises DocumentRefused (a person
    must look), FilesUnavailable (try again).
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        certificate = await queries.certificate_of(session, org_id, certificate_id)
    if certificate.pdf_key is not None and await files.exists(certificate.pdf_key):
        return
    pdf = await _kept(documents, files, certificate)
    async with db.transaction(scope) as session:
        await operations.keep_pdf(session, org_id, certificate_id, pdf=pdf, now=now)


async def _kept(documents: Documents, files: Files, certificate: Certificate) -> Pdf:
    content = await documents.certificate(printed_facts(read_contents(certificate.contents)))
    sha256 = sha256_hex(content)
    # The same facts give the same bytes; anything else must not stand beside what was published.
    assert certificate.pdf_sha256 in {None, sha256}, f"certificate {certificate.number}: another PDF than before"
    key = f"certificates/{certificate.number}/{sha256}.pdf"
    await files.put(key, content)
    return Pdf(key, sha256, len(content))


def printed_facts(facts: CertificateContents) -> CertificateFacts:
    """The frozen facts as one sheet of paper takes them.

    What people signed off is printed to the letter or not at all; long descriptions from a registry's list are cut.
    """
    energy, attribute = facts.renewable_energy, facts.energy_attribute
    also = () if facts.also_purposes is msgspec.UNSET else facts.also_purposes
    return CertificateFacts(
        number=facts.number,
        verify_url=facts.verify_url,
        issuer_name=facts.issuer,
        issued_on=facts.issued_on,
        quantity=facts.quantity,
        unit=facts.unit,
        beneficiary_name=facts.beneficiary_name,
        retired_by=facts.retired_by,
        purpose_ja=facts.purpose.ja,
        purpose_en=facts.purpose.en,
        purpose_detail=facts.purpose_detail,
        fiscal_year=facts.fiscal_year,
        recorded_on=facts.recorded_on,
        registry_name_ja=facts.registry.name_ja,
        registry_name_en=facts.registry.name_en,
        registry_transaction=facts.registry_transaction,
        reference=facts.reference,
        evidence_ja=facts.evidence.ja,
        evidence_en=facts.evidence.en,
        lines=tuple(_printed_line(line, of_energy=attribute is not msgspec.UNSET) for line in facts.lines),
        demonstration=facts.simulated,
        energy_ja="" if energy is msgspec.UNSET else energy.ja,
        energy_en="" if energy is msgspec.UNSET else energy.en,
        also_ja="、".join(each.ja for each in also),
        also_en="; ".join(each.en for each in also),
        attribute=None if isinstance(attribute, msgspec.UnsetType) else _printed_attribute(attribute, facts),
    )


def _printed_attribute(energy: EnergyStated, facts: CertificateContents) -> EnergyAttribute:
    days = [energy.consumption_from, energy.consumption_to]
    period = " – ".join(day.isoformat() for day in days if day is not None)
    commissioned = None if energy.commissioned_on is None else f"運転開始 {energy.commissioned_on}"
    told = (energy.category, commissioned, energy.tracking)
    return EnergyAttribute(
        states_ja=energy.states.ja,
        states_en=energy.states.en,
        does_not_state_ja=facts.does_not_state.ja,
        does_not_state_en=facts.does_not_state.en,
        source_ja=energy.source.ja,
        source_en=energy.source.en,
        plant=_on_paper(f"{energy.device} ({energy.country})", _SUMMARY_CHARS),
        more=tuple(_on_paper(text, _SUMMARY_CHARS) for text in told if text),
        consumption=" · ".join(filter(None, (energy.consumption_country, period))),
    )


def _printed_line(line: Line, *, of_energy: bool) -> CertificateLine:
    named = LISTS.get(line.list_kind)
    return CertificateLine(
        project_number=line.number if named is None else f"{named.ja} {line.number}",
        project_name=_on_paper(line.summary, _SUMMARY_CHARS),
        location=_on_paper(line.location, _LOCATION_CHARS),
        # Of energy the source stands beside the plant, in words.
        methodologies=()
        if of_energy
        else tuple(_on_paper(text, _LOCATION_CHARS) for text in line.methodologies[:_METHODOLOGIES_MAX]),
        vintage_from=line.vintage_from,
        vintage_to=line.vintage_to,
        serials=tuple(_printed_span(span) for span in line.serials),
        quantity=line.quantity,
    )


def _printed_span(span: SerialSpan) -> str:
    if span.text:
        return span.text
    return span.first if span.count == 1 else f"{span.first} – {span.last}"


def _on_paper(text: str, longest: int) -> str:
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    return shown.translate({ord(char): _NO_GLYPH for char in unprintable(shown)})

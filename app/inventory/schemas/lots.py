"""What do providers and the operator see of lots and of the evidence for them?"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from app.catalog.models import Project
from app.core.ids import public_id
from app.inventory.models import Lot, LotEvidence
from app.inventory.queries import EvidenceLine, LotLine, energy_of
from app.inventory.rules import EnergyFacts


class LotOut(msgspec.Struct, frozen=True):
    """A lot and where each of its units is.

    imported = available + reserved + held + retiring + retired + withdrawn, and sold = held + retiring + retired, all in
    `unit`; one serial number stands for `units_per_serial` of them. `energy` is null for other than energy certificates.
    """

    id: str
    status: str
    registry_code: str
    registry_account_id: str
    project_id: str
    certification_no: str | None
    serial_prefix: str
    serial_first: str
    serial_last: str
    serial_text: str | None
    vintage_from: date
    vintage_to: date
    unit: str
    units_per_serial: int
    energy: EnergyFacts | None
    imported: int
    available: int
    reserved: int
    sold: int
    held: int
    retiring: int
    retired: int
    withdrawn: int
    note: str
    import_id: str | None
    confirmed_at: datetime | None
    confirmed_as_of: date | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, line: LotLine) -> "LotOut":
        """Show a lot with its stock."""
        lot, stock = line.lot, line.stock
        return cls(
            id=public_id("lot", lot.id),
            status=lot.status,
            registry_code=lot.registry_code,
            registry_account_id=public_id("acc", lot.registry_account_id),
            project_id=public_id("prj", lot.project_id),
            certification_no=lot.certification_no or None,
            serial_prefix=lot.serial_prefix,
            serial_first=lot.serial_first,
            serial_last=lot.serial_last,
            serial_text=lot.serial_text or None,
            vintage_from=lot.vintage_from,
            vintage_to=lot.vintage_to,
            unit=lot.unit,
            units_per_serial=lot.units_per_serial,
            energy=energy_of(lot),
            imported=stock.imported,
            available=stock.free,
            reserved=stock.reserved,
            sold=stock.sold,
            held=line.held,
            retiring=line.retiring,
            retired=line.retired,
            withdrawn=stock.withdrawn,
            note=lot.note,
            import_id=None if lot.import_id is None else public_id("imp", lot.import_id),
            confirmed_at=lot.confirmed_at,
            confirmed_as_of=lot.confirmed_as_of,
            created_at=lot.created_at,
            version=lot.version,
        )


class EvidenceOut(msgspec.Struct, frozen=True):
    """A statement handed in for a lot, and what the operator said of it."""

    id: str
    lot_id: str
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    as_of: date
    status: str
    submitted_at: datetime
    decided_at: datetime | None
    note: str | None

    @classmethod
    def of(cls, evidence: LotEvidence) -> "EvidenceOut":
        """Show a row."""
        return cls(
            id=public_id("evd", evidence.id),
            lot_id=public_id("lot", evidence.lot_id),
            filename=evidence.filename,
            media_type=evidence.media_type,
            size_bytes=evidence.size_bytes,
            sha256=evidence.sha256,
            as_of=evidence.as_of,
            status=evidence.status,
            submitted_at=evidence.submitted_at,
            decided_at=evidence.decided_at,
            note=evidence.decision_note,
        )


class LotDetailOut(msgspec.Struct, frozen=True):
    """A lot, and the evidence handed in for it."""

    lot: LotOut
    evidence: list[EvidenceOut]


class DeskLotOut(msgspec.Struct, frozen=True):
    """What a piece of evidence must show: the operator holds the two beside each other."""

    id: str
    status: str
    registry_code: str
    project_id: str
    certification_no: str | None
    serial_prefix: str
    serial_first: str
    serial_last: str
    quantity: int
    unit: str
    vintage_from: date
    vintage_to: date
    units_per_serial: int
    energy: EnergyFacts | None

    @classmethod
    def of(cls, lot: Lot) -> "DeskLotOut":
        """Show a row."""
        return cls(
            id=public_id("lot", lot.id),
            status=lot.status,
            registry_code=lot.registry_code,
            project_id=public_id("prj", lot.project_id),
            certification_no=lot.certification_no or None,
            serial_prefix=lot.serial_prefix,
            serial_first=lot.serial_first,
            serial_last=lot.serial_last,
            quantity=lot.quantity,
            unit=lot.unit,
            vintage_from=lot.vintage_from,
            vintage_to=lot.vintage_to,
            units_per_serial=lot.units_per_serial,
            energy=energy_of(lot),
        )


class DeskProjectOut(msgspec.Struct, frozen=True):
    """The lot's project. A declared one stands here in its first provider's words, and is listed by the acceptance."""

    id: str
    standing: str
    number: str
    name: str
    country: str | None
    summary: str
    operator_name: str

    @classmethod
    def of(cls, project: Project) -> "DeskProjectOut":
        """Show a row."""
        return cls(
            id=public_id("prj", project.id),
            standing=project.standing,
            number=project.number,
            name=project.name,
            country=project.country,
            summary=project.summary,
            operator_name=project.operator_name,
        )


class DeskEvidenceOut(msgspec.Struct, frozen=True):
    """Evidence on the operator's desk: whose it is, what it is for, and since how many whole days it waits."""

    provider_id: str
    provider_name: str
    age_days: int
    evidence: EvidenceOut
    lot: DeskLotOut
    project: DeskProjectOut

    @classmethod
    def of(cls, line: EvidenceLine, now: datetime) -> "DeskEvidenceOut":
        """Show a row as of now."""
        return cls(
            provider_id=public_id("org", line.evidence.org_id),
            provider_name=line.provider_name,
            age_days=(now - line.evidence.submitted_at).days,
            evidence=EvidenceOut.of(line.evidence),
            lot=DeskLotOut.of(line.lot),
            project=DeskProjectOut.of(line.project),
        )


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the operator decides so; the provider may read it."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]

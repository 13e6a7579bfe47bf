"""How is a lot confirmed? A provider shows evidence, the operator accepts it, and the serials become nobody else's."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.catalog import operations as catalog
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.quantity import UNITS
from app.core.scope import DESK_ID, Scope
from app.inventory import queries
from app.inventory.errors import CertificationMissing, EvidenceNotFound
from app.inventory.models import Lot, LotEvidence, LotStatus
from app.inventory.operations.disputes import open_disputes
from app.inventory.operations.lots import LockedLot, confirmed, dispute, locked_lot

MAY_BE_CONFIRMED = frozenset({LotStatus.DECLARED, LotStatus.DISPUTED})
_LIVE = "one_live_lot_per_serial"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept already: where, and what it is."""

    key: str
    sha256: str
    filename: str
    media_type: str
    size_bytes: int


async def submit_evidence(
    session: AsyncSession, scope: Scope, lot_id: UUID, file: KeptFile, *, evidence_id: UUID, as_of: date, now: datetime
) -> LotEvidence:
    """Show the operator a statement for one's own lot, as of a day in the registry's zone.

    Raises LotNotFound (404), InvalidState (409) when the lot needs none. The transaction names the desk.
    """
    lot, _ = await locked_lot(session, scope.org_id, lot_id)
    _check_confirmable(lot)
    evidence = LotEvidence(
        org_id=scope.org_id,
        id=evidence_id,
        desk_id=DESK_ID,
        lot_id=lot_id,
        file_key=file.key,
        sha256=file.sha256,
        filename=file.filename,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        as_of=as_of,
        status="submitted",
        submitted_by=scope.actor_id,
        submitted_at=now,
        decided_by=None,
        decided_at=None,
        decision_note=None,
    )
    session.add(evidence)
    lot.version += 1  # What is shown of a lot holds its evidence.
    await session.flush()
    await _record(session, evidence, "evidence.submitted", before=None, now=now)
    return evidence


async def accept_evidence(
    session: AsyncSession, scope: Scope, provider_id: UUID, evidence_id: UUID, *, note: str, now: datetime
) -> tuple[LotEvidence, Lot]:
    """Confirm the lot of which this evidence tells: from now on it sells, and its serials are nobody else's live lot.

    A project that was declared by a provider's file is listed from now on, too.

    When they are somebody's already, the lot comes back `disputed`, the evidence still submitted, and the caller
    refuses with LotConflict after the commit. Raises EvidenceNotFound (404), InvalidState, CertificationMissing,
    IssuanceDiffers (409). The transaction names provider and desk.
    """
    evidence, locked = await _locked(session, provider_id, evidence_id)
    _check_submitted(evidence)
    lot = locked.lot
    _check_confirmable(lot)
    if not lot.certification_no:
        raise CertificationMissing("The lot names no certification number: it cannot be confirmed.")
    # Two lots that overlap are confirmed one after the other: otherwise each could wait for the other.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"series:{lot.series_key}", 0))))
    before = lot.status
    if not await _confirm(session, lot, evidence.as_of, now):
        await dispute(session, lot, now=now)
        serials = [queries.DeclaredSerials(0, lot.series_key, lot.lo, lot.hi)]
        await open_disputes(session, lot.org_id, [lot.id], serials, now=now)
        return evidence, lot
    await catalog.list_project(session, lot.project_id, now=now)
    await confirmed(session, locked, before=before, now=now)
    await _decide(session, scope, evidence, "accepted", note=note, now=now)
    return evidence, lot


async def reject_evidence(
    session: AsyncSession, scope: Scope, provider_id: UUID, evidence_id: UUID, *, note: str, now: datetime
) -> LotEvidence:
    """Turn evidence down; the lot stays as it is. Raises EvidenceNotFound (404), InvalidState (409)."""
    evidence, (lot, _) = await _locked(session, provider_id, evidence_id)
    _check_submitted(evidence)
    lot.version += 1  # What is shown of a lot holds its evidence.
    await _decide(session, scope, evidence, "rejected", note=note, now=now)
    return evidence


async def _locked(session: AsyncSession, provider_id: UUID, evidence_id: UUID) -> tuple[LotEvidence, LockedLot]:
    """The evidence and its lot, the lot locked first."""
    mine = select(LotEvidence).where(LotEvidence.org_id == provider_id, LotEvidence.id == evidence_id)
    evidence = await session.scalar(mine)
    if evidence is None:
        raise EvidenceNotFound("No evidence has this id.")
    locked = await locked_lot(session, provider_id, evidence.lot_id)
    await session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    return evidence, locked


def _check_submitted(evidence: LotEvidence) -> None:
    if evidence.status != "submitted":
        raise InvalidState(f"The evidence was {evidence.status} already.", state=evidence.status)


def _check_confirmable(lot: Lot) -> None:
    if lot.status not in MAY_BE_CONFIRMED:
        raise InvalidState(f"The lot is {lot.status}.", state=lot.status)


async def _confirm(session: AsyncSession, lot: Lot, as_of: date, now: datetime) -> bool:
    """Write the issuance and the confirmed lot; False, and neither is written, when a live lot has these serials."""
    try:
        async with session.begin_nested():
            issuance = await catalog.confirm_issuance(
                session,
                registry_code=lot.registry_code,
                certification_no=lot.certification_no,
                project_id=lot.project_id,
                vintage_from=lot.vintage_from,
                vintage_to=lot.vintage_to,
                unit=next(unit for unit in UNITS if unit == lot.unit),
                now=now,
            )
            lot.issuance_id = issuance.id
            lot.status, lot.confirmed_at, lot.confirmed_as_of = LotStatus.CONFIRMED, now, as_of
            await session.flush()
    except IntegrityError as error:
        if _LIVE not in str(error.orig):
            raise
        await session.refresh(lot)
        return False
    return True


async def _decide(
    session: AsyncSession, scope: Scope, evidence: LotEvidence, status: str, *, note: str, now: datetime
) -> None:
    evidence.status, evidence.decision_note = status, note
    evidence.decided_by, evidence.decided_at = scope.actor_id, now
    await session.flush()
    await _record(session, evidence, f"evidence.{status}", before="submitted", now=now)


async def _record(
    session: AsyncSession, evidence: LotEvidence, kind: str, *, before: str | None, now: datetime
) -> None:
    await events.record(
        session,
        kind,
        org_id=evidence.org_id,
        subject_kind="evidence",
        subject_id=evidence.id,
        before=None if before is None else {"status": before},
        after={"status": evidence.status, "lot_id": str(evidence.lot_id), "sha256": evidence.sha256},
        party_ids=(DESK_ID,),
        now=now,
    )

"""What does the operator see of serials that two providers say they hold?"""

from datetime import datetime
from typing import Literal

import msgspec

from app.core.ids import public_id
from app.inventory.models import Lot, LotDispute
from app.inventory.queries import DisputeLine
from app.inventory.rules import Serials, numbers_like


class DisputedLotOut(msgspec.Struct, frozen=True):
    """One side: whose lot it is, and what it says."""

    provider_id: str
    provider_name: str
    lot_id: str
    status: str
    registry_code: str
    serial_prefix: str
    serial_first: str
    serial_last: str
    declared_at: datetime

    @classmethod
    def of(cls, lot: Lot, provider_name: str) -> "DisputedLotOut":
        """Show a lot to the desk."""
        return cls(
            provider_id=public_id("org", lot.org_id),
            provider_name=provider_name,
            lot_id=public_id("lot", lot.id),
            status=lot.status,
            registry_code=lot.registry_code,
            serial_prefix=lot.serial_prefix,
            serial_first=lot.serial_first,
            serial_last=lot.serial_last,
            declared_at=lot.created_at,
        )


class DisputeOut(msgspec.Struct, frozen=True):
    """Serials in two providers' lots, first and last included. `lots` holds the later declaration first."""

    id: str
    status: Literal["open", "resolved"]
    serial_first: str
    serial_last: str
    quantity: int
    lots: list[DisputedLotOut]
    opened_at: datetime
    resolved_at: datetime | None
    note: str | None
    version: int

    @classmethod
    def of(cls, line: DisputeLine) -> "DisputeOut":
        """Show a dispute to the desk."""
        dispute, lot = line.dispute, line.lot
        first, last = _shared_serials(dispute, lot)
        return cls(
            id=public_id("dsp", dispute.id),
            status="open" if dispute.status == "open" else "resolved",
            serial_first=first,
            serial_last=last,
            quantity=dispute.hi - dispute.lo,
            lots=[
                DisputedLotOut.of(lot, line.provider_name),
                DisputedLotOut.of(line.other_lot, line.other_provider_name),
            ],
            opened_at=dispute.opened_at,
            resolved_at=dispute.resolved_at,
            note=dispute.note,
            version=dispute.version,
        )


def _shared_serials(dispute: LotDispute, lot: Lot) -> tuple[str, str]:
    _, high, _ = lot.series_key.split(":", 2)
    shared = Serials(dispute.lo, dispute.hi)
    return numbers_like(high, shared, lot.serial_first, units_per_serial=lot.units_per_serial)

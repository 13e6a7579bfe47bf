"""What do buyers see of the credits that they own?"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from app.core.ids import public_id
from app.inventory.models import Holding, Lot, RangeStatus, SerialRange
from app.inventory.queries import energy_of, written_ranges
from app.inventory.rules import EnergyFacts, Serials


class HoldingOut(msgspec.Struct, frozen=True):
    """Credits that you own: quantity = held + retiring + retired, all in `unit`.

    One serial number stands for `units_per_serial` units: only whole numbers are retired. `energy` is null for other
    than energy certificates.
    """

    id: str
    order_id: str
    provider_id: str
    registry_code: str
    project_id: str
    certification_no: str | None
    vintage_from: date
    vintage_to: date
    quantity: int
    held: int
    retiring: int
    retired: int
    unit: str
    units_per_serial: int
    energy: EnergyFacts | None
    final_at: datetime | None
    """From when the payment is final, so that they may be invalidated; null: from the beginning."""
    payment_disputed: bool
    created_at: datetime
    version: int

    @classmethod
    def of(cls, holding: Holding, lot: Lot) -> "HoldingOut":
        """Show a holding with what it was carved from."""
        return cls(
            id=public_id("hld", holding.id),
            order_id=public_id("ord", holding.order_id),
            provider_id=public_id("org", holding.provider_id),
            registry_code=lot.registry_code,
            project_id=public_id("prj", lot.project_id),
            certification_no=lot.certification_no or None,
            vintage_from=lot.vintage_from,
            vintage_to=lot.vintage_to,
            quantity=holding.quantity,
            held=holding.held,
            retiring=holding.retiring,
            retired=holding.retired,
            unit=holding.unit,
            units_per_serial=lot.units_per_serial,
            energy=energy_of(lot),
            final_at=holding.final_at,
            payment_disputed=holding.blocked_at is not None,
            created_at=holding.created_at,
            version=holding.version,
        )


class SerialBlockOut(msgspec.Struct, frozen=True):
    """Neighbouring serials as the registry writes them, both included, and what became of them.

    `text` is the whole block in the registry's own form; null where it is written as prefix and numbers.
    """

    serial_prefix: str
    first: str
    last: str
    text: str | None
    quantity: int
    status: RangeStatus


class HoldingDetailOut(msgspec.Struct, frozen=True):
    """A holding and its exact serials."""

    holding: HoldingOut
    serials: list[SerialBlockOut]

    @classmethod
    def of(cls, holding: Holding, lot: Lot, ranges: Sequence[SerialRange]) -> "HoldingDetailOut":
        """Show a holding; ranges of one status that touch are one block."""
        blocks = [
            SerialBlockOut(block.serial_prefix, block.first, block.last, block.text, block.quantity, status)
            for status in RangeStatus
            for block in written_ranges(lot, [Serials(each.lo, each.hi) for each in ranges if each.status == status])
        ]
        return cls(HoldingOut.of(holding, lot), blocks)

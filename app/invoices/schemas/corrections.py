"""What does the desk send and see of corrections of papers?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.invoices.models import CorrectionStatus, PaperCorrection

Printed = Annotated[str, msgspec.Meta(max_length=200)]


class CorrectionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the paper should name its recipient, and what was wrong, which the corrected paper says."""

    recipient_name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    recipient_address: Printed
    purchase_order: Annotated[str, msgspec.Meta(max_length=60)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class CorrectionOut(msgspec.Struct, frozen=True):
    """A paper that is to be said anew. `corrected_id` is the paper that does, once a second person has it issued."""

    id: str
    organisation_id: str
    paper_id: str
    status: CorrectionStatus
    recipient_name: str
    recipient_address: str
    purchase_order: str
    note: str
    corrected_id: str | None
    proposed_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: PaperCorrection) -> "CorrectionOut":
        """Shape a correction."""
        return cls(
            id=public_id("pcr", row.id),
            organisation_id=public_id("org", row.org_id),
            paper_id=public_id("pap", row.paper_id),
            status=CorrectionStatus(row.status),
            recipient_name=row.recipient_name,
            recipient_address=row.recipient_address,
            purchase_order=row.purchase_order,
            note=row.note,
            corrected_id=None if row.corrected_id is None else public_id("pap", row.corrected_id),
            proposed_at=row.proposed_at,
            decided_at=row.decided_at,
            version=row.version,
        )

"""What does a buyer send and see of the names that it pays under?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.payments.models import OwnPayerName


class PayerNameIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in kana, letters and digits, in any width: what stands on your passbook."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=48)]


class PayerNameOut(msgspec.Struct, frozen=True):
    """A name that you pay under, in the banks' half-width kana."""

    id: str
    name: str
    added_at: datetime

    @classmethod
    def of(cls, row: OwnPayerName) -> "PayerNameOut":
        """Shape a name."""
        return cls(public_id("pnm", row.id), row.name, row.added_at)

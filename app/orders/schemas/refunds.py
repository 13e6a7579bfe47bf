"""What does the desk send and see of refunds, and what does a buyer see?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.orders.rules import LINE_QUANTITY_MAX, LINES_MAX, TOTAL_MAX_MINOR
from app.orders.schemas.lines import MoneyOut
from app.payments.models import Refund
from app.payments.rules import RefundKind, RefundStatus, RefundWay

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class RefundLineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of one line of the order."""

    n: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=LINE_QUANTITY_MAX)]


class RefundIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is given back, and why; without `lines` all that can be."""

    note: Note
    lines: Annotated[list[RefundLineIn], msgspec.Meta(min_length=1, max_length=LINES_MAX)] | None = None


class GoodwillIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many yen of what was paid, although the credits stay the buyer's, and why."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=TOTAL_MAX_MINOR)]
    note: Note


class RefundPaidIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outgoing line of the desk's bank that has paid it."""

    bank_line_id: Annotated[str, msgspec.Meta(max_length=40)]
    note: Note


class RefundReturnedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which incoming line the bank gave a refund back, and why. Its buyer reads the reason."""

    bank_line_id: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Note


class RefundOut(msgspec.Struct, frozen=True):
    """Money that goes back. `proposed` ones wait for a second person; by `bank` a person makes the transfer.

    Of an order on account `set_off` lowered what its buyer owes; a transfer is of the rest.
    """

    id: str
    order_id: str
    buyer_id: str
    kind: RefundKind
    way: RefundWay
    status: RefundStatus
    amount: MoneyOut
    set_off: MoneyOut
    note: str
    failure: str | None
    made_at: datetime
    done_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Refund) -> "RefundOut":
        """Shape a refund."""
        return cls(
            id=public_id("rfd", row.id),
            order_id=public_id("ord", row.order_id),
            buyer_id=public_id("org", row.org_id),
            kind=row.kind,
            way=row.way,
            status=row.status,
            amount=MoneyOut(row.amount_minor, row.currency),
            set_off=MoneyOut(row.set_off_minor, row.currency),
            note=row.note,
            failure=row.failure,
            made_at=row.made_at,
            done_at=row.done_at,
            version=row.version,
        )


class OwnRefundOut(msgspec.Struct, frozen=True):
    """Money that comes back to you."""

    id: str
    order_id: str
    status: RefundStatus
    amount: MoneyOut
    made_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, row: Refund) -> "OwnRefundOut":
        """Shape a refund for its buyer: what the desk noted is the desk's own."""
        return cls(
            public_id("rfd", row.id),
            public_id("ord", row.order_id),
            row.status,
            MoneyOut(row.amount_minor, row.currency),
            row.made_at,
            row.done_at,
        )

"""What does the desk propose for a short order, and what does its buyer see of it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.orders.models import Order, Substitution, SubstitutionLine
from app.orders.operations import SUBSTITUTION_PREFIX
from app.orders.rules import LINES_MAX, SubstitutionStatus
from app.orders.schemas.lines import Count, MoneyOut
from app.orders.schemas.refunds import Note


class SubstituteIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of a listing, in the place of as many of the order's line `line`."""

    line: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)]
    listing_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count


class SubstitutionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other credits, why (the buyer reads it), and until when the buyer may accept them."""

    lines: Annotated[list[SubstituteIn], msgspec.Meta(min_length=1, max_length=LINES_MAX)]
    note: Note
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]


class SubstitutionAnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which proposal is answered: another may have taken its place since you looked."""

    substitution_id: Annotated[str, msgspec.Meta(max_length=40)]


class SubstituteOut(msgspec.Struct, frozen=True):
    """Units in the place of as many of line `line`, at the price of `price_per` units, tax excluded, under this version of
    the listing's terms (0: none).
    """

    line: int
    listing_id: str
    quantity: int
    unit: str
    price: MoneyOut
    price_per: int
    goods: MoneyOut
    terms_version: int


class SubstitutionOut(msgspec.Struct, frozen=True):
    """Other credits for those that a paid order is short of, reserved while it is `open`.

    With it `back` returns to the buyer, for they are cheaper; or the desk puts `borne` in, for they are dearer. The buyer
    pays nothing more. An order that is given back meanwhile, or another proposal, leaves it `withdrawn`.
    """

    id: str
    order_id: str
    status: SubstitutionStatus
    note: str
    lines: list[SubstituteOut]
    back: MoneyOut
    borne: MoneyOut
    proposed_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, order: Order, row: Substitution, lines: Sequence[SubstitutionLine]) -> "SubstitutionOut":
        """Shape a proposal for the desk and for the buyer alike."""
        return cls(
            id=public_id(SUBSTITUTION_PREFIX, row.id),
            order_id=public_id("ord", row.order_id),
            status=row.status,
            note=row.note,
            lines=[
                SubstituteOut(
                    each.line_n, public_id("lst", each.listing_id), each.quantity, order.unit,
                    MoneyOut(each.price_minor, row.currency), each.price_per,
                    MoneyOut(each.goods_minor, row.currency), each.terms_version,
                )
                for each in lines
            ],
            back=MoneyOut(row.back_minor, row.currency),
            borne=MoneyOut(row.borne_minor, row.currency),
            proposed_at=row.proposed_at,
            expires_at=row.expires_at,
            closed_at=row.closed_at,
            version=row.version,
        )  # fmt: skip

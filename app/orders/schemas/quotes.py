"""What do buyers send and see of quotes?"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from app.core.ids import public_id
from app.core.quantity import priced_per
from app.listings.rules import PRICE_MAX_MINOR
from app.orders.models import Quote, QuoteLine
from app.orders.rules import LINES_MAX
from app.orders.schemas.lines import Count, MoneyIn, MoneyOut

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class QuoteLineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One listing, and exactly one of a quantity, and a budget: as many units as cost no more, tax included."""

    listing_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count | None = None
    budget: MoneyIn | None = None


class CriteriaIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wanted, whichever listing it comes from: what is public, and what is offered to you.

    A listing's vintage lies within `vintage_from` and `vintage_to`; `price_max` is of one unit (of
    1,000 kWh or MJ), tax excluded, at the listing's lowest tier.
    """

    unit: _Text = "t"
    registry: _Text | None = None
    methodology: _Text | None = None
    region: _Text | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    price_max: Annotated[int, msgspec.Meta(ge=1, le=PRICE_MAX_MINOR)] | None = None


class QuoteIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either `lines` of listings, none twice; or `criteria` with exactly one of a quantity and a budget (tax included).

    `choose`: `cheapest` takes the lowest price for what is still wanted, again and again; `split` spreads it evenly over
    the cheapest projects, one listing of each, and what one of them cannot give over the others.
    """

    lines: Annotated[list[QuoteLineIn], msgspec.Meta(min_length=1, max_length=LINES_MAX)] | None = None
    criteria: CriteriaIn | None = None
    quantity: Count | None = None
    budget: MoneyIn | None = None
    choose: Literal["cheapest", "split"] = "cheapest"
    max_lines: Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)] = LINES_MAX


class WhyOut(msgspec.Struct, frozen=True):
    """Why this listing, and so much of it.

    `rule`: `asked` for by name, the `cheapest`, or a share of the `split`. `limited_by`: the `quantity`, the `budget`, the
    `stock` or the even `share`. `rank` among the lines by price, of `considered` listings that fit. `tier_from`: the
    quantity from which its price holds.
    """

    rule: str
    limited_by: str
    tier_from: int | None = None
    rank: int | None = None
    considered: int | None = None


class QuoteLineOut(msgspec.Struct, frozen=True):
    """One line at its locked price for `price_per` units, tax excluded, under this version of its terms (0: none)."""

    n: int
    listing_id: str
    quantity: int
    unit: str
    price: MoneyOut
    price_per: int
    goods: MoneyOut
    terms_version: int
    why: WhyOut | None


class QuoteOut(msgspec.Struct, frozen=True):
    """Prices and terms locked until `expires_at`. Nothing is reserved. `asked` holds the criteria, when there were any."""

    id: str
    quantity: int
    unit: str
    goods: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[QuoteLineOut]
    asked: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime
    order_id: str | None

    @classmethod
    def of(cls, quote: Quote, lines: list[QuoteLine]) -> "QuoteOut":
        """The quote as its buyer sees it."""
        return cls(
            id=public_id("qte", quote.id),
            quantity=quote.quantity,
            unit=quote.unit,
            goods=MoneyOut(quote.goods_minor, quote.currency),
            tax=MoneyOut(quote.tax_minor, quote.currency),
            total=MoneyOut(quote.total_minor, quote.currency),
            lines=[_line_out(line, quote.unit, quote.currency) for line in lines],
            asked=quote.asked,
            created_at=quote.created_at,
            expires_at=quote.expires_at,
            order_id=public_id("ord", quote.order_id) if quote.order_id else None,
        )


def _line_out(line: QuoteLine, unit: str, currency: str) -> QuoteLineOut:
    return QuoteLineOut(
        line.n,
        public_id("lst", line.listing_id),
        line.quantity,
        unit,
        MoneyOut(line.price_minor, currency),
        priced_per(unit),
        MoneyOut(line.goods_minor, currency),
        line.terms_version,
        None if line.why is None else msgspec.convert(line.why, WhyOut),
    )

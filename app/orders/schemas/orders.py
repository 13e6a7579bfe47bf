"""What do buyers send and see of orders?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.orders.models import Order, OrderIssuer, OrderLine
from app.orders.rules import LINES_MAX
from app.orders.schemas.lines import LineIn, MoneyOut, OrderLineOut
from app.retirements.rules import DOMAIN_MAX, Consumption


class RetireIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Invalidate at once after payment: the text that goes into the registry, signed off with the order."""

    beneficiary_name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    purpose_detail: Annotated[str, msgspec.Meta(max_length=400)] = ""
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2200)] | None = None
    also_purposes: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=10)] = []
    """Further reports that the same credits serve, of the same scope of use (活用範囲)."""
    offset_place: Annotated[str, msgspec.Meta(max_length=2, description="JIS X 0401, 01 to 47.")] | None = None
    """The prefecture of what is offset, where offsetting is the purpose."""
    consumption: Consumption | None = None
    """Of energy certificates: the use that they are retired for."""
    beneficiary_domain: Annotated[str, msgspec.Meta(max_length=DOMAIN_MAX)] | None = None
    """The beneficiary's internet domain: some registries tell beneficiaries of one name apart by it, and show it to nobody."""


Lines = Annotated[list[LineIn], msgspec.Meta(min_length=1, max_length=LINES_MAX)]


class OrderIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of a quote and lines; with `retire` the invalidation is asked for and signed off now."""

    quote_id: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    lines: Lines | None = None
    retire: RetireIn | None = None


class IssuerOut(msgspec.Struct, frozen=True):
    """What is owed to one provider: the lines' numbers, goods, and tax rounded down once."""

    lines: list[int]
    tax_basis_points: int
    goods: MoneyOut
    tax: MoneyOut


class VirtualAccountOut(msgspec.Struct, frozen=True):
    """An account of the desk's bank (振込専用口座) that one buyer alone pays into."""

    branch_code: str
    account_number: str


class PaymentOut(msgspec.Struct, frozen=True):
    """How to pay: the reference goes before the payer's name in the bank transfer."""

    method: str
    reference: str
    status: str
    amount: MoneyOut
    paid_by: str | None
    """What it was paid with at last."""
    final_at: datetime | None
    """From when the payment counts as final: credits are invalidated, and providers paid, no earlier."""
    virtual_account: VirtualAccountOut | msgspec.UnsetType = msgspec.UNSET
    """An account that is this buyer's alone, where one was given to it: what is paid into it needs no reference. The answer to
    placing an order does not tell it yet; the order itself does."""


class OrderOut(msgspec.Struct, frozen=True):
    """An order. `place.sql` writes the same shape for a new one; a test holds the two together."""

    id: str
    status: str
    quantity: int
    unit: str
    goods: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[OrderLineOut]
    issuers: list[IssuerOut]
    payment: PaymentOut
    retire: RetireIn | None
    placed_at: datetime
    deadline: datetime
    paid_at: datetime | None
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, order: Order, *, lines: list[OrderLine], issuers: list[OrderIssuer], payment: PaymentOut) -> "OrderOut":
        """The order as its buyer sees it."""
        shown = [
            IssuerOut(
                [line.n for line in lines if line.provider_id == issuer.provider_id],
                issuer.tax_basis_points,
                MoneyOut(issuer.goods_minor, order.currency),
                MoneyOut(issuer.tax_minor, order.currency),
            )
            for issuer in issuers
        ]
        return cls(
            id=public_id("ord", order.id),
            status=order.status,
            quantity=order.quantity,
            unit=order.unit,
            goods=MoneyOut(order.goods_minor, order.currency),
            tax=MoneyOut(order.tax_minor, order.currency),
            total=MoneyOut(order.total_minor, order.currency),
            lines=[OrderLineOut.of(line, order.unit, order.currency) for line in lines],
            issuers=sorted(shown, key=lambda issuer: issuer.lines),
            payment=payment,
            retire=msgspec.convert(order.retire, RetireIn | None),
            placed_at=order.placed_at,
            deadline=order.deadline,
            paid_at=order.paid_at,
            closed_at=order.closed_at,
            version=order.version,
        )


class OrderSummary(msgspec.Struct, frozen=True):
    """An order in a list."""

    id: str
    status: str
    quantity: int
    unit: str
    total: MoneyOut
    placed_at: datetime
    deadline: datetime

    @classmethod
    def of(cls, order: Order) -> "OrderSummary":
        """The order's line in a list."""
        return cls(
            public_id("ord", order.id),
            order.status,
            order.quantity,
            order.unit,
            MoneyOut(order.total_minor, order.currency),
            order.placed_at,
            order.deadline,
        )


class ShortOrderOut(msgspec.Struct, frozen=True):
    """A paid order that could not be filled: a person substitutes or refunds."""

    id: str
    buyer_id: str
    quantity: int
    unit: str
    total: MoneyOut
    paid_at: datetime | None

    @classmethod
    def of(cls, order: Order) -> "ShortOrderOut":
        """The order as the operator sees it."""
        return cls(
            public_id("ord", order.id),
            public_id("org", order.org_id),
            order.quantity,
            order.unit,
            MoneyOut(order.total_minor, order.currency),
            order.paid_at,
        )


class OrderTermsOut(msgspec.Struct, frozen=True):
    """What was agreed for one line: its listing's terms in the version that the order was placed under."""

    n: int
    listing_id: str
    version: int
    ja: str
    en: str

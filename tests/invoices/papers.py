"""What do the tests of invoices share: a desk, three providers, and lines in few words?"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.core.quantity import goods_minor
from app.invoices.rules import Composed, Content, Issuer, Line, RateTotal

DESK_ID = UUID(int=1)
IDS = {"A": UUID(int=10), "B": UUID(int=11), "C": UUID(int=12), "D": DESK_ID}
NAMES = {org_id: name for name, org_id in IDS.items()}
SOLD_ON = date(2026, 11, 20)

DESK = Issuer(
    org_id=DESK_ID,
    name="株式会社オフセットデスク",
    registration_number="T7000012050002",
    is_corporation=True,
    told_desk_on=None,
)


def provider(name: str, number: str | None, told_on: date | None = date(2026, 4, 1)) -> Issuer:
    return Issuer(
        org_id=IDS[name], name=f"提供者{name}", registration_number=number, is_corporation=True, told_desk_on=told_on
    )


PROVIDERS = {
    each.org_id: each
    for each in (
        provider("A", "T9000020016926"),
        provider("B", "T6010401020516"),
        provider("C", "T4011001098993"),
    )
}

Short = tuple[int, str, int, int, int, int]
"""(order, provider, quantity, price, price per, rate in basis points)"""


def content(name: str = "間伐促進プロジェクト") -> Content:
    return Content(name=name, project_number="JCER-0412", methodology="FO-001", vintage="2024", serials=())


def line(short: Short, n: int, supplied_on: date | None = SOLD_ON) -> Line:
    order, seller, quantity, price, per, rate = short
    return Line(
        order_id=UUID(int=1000 + order),
        n=n,
        provider_id=IDS[seller],
        content=content(),
        quantity=quantity,
        unit="t" if per == 1 else "kWh",
        price_minor=price,
        price_per=per,
        goods_minor=goods_minor(quantity, price, per),
        tax_basis_points=rate,
        reduced_rate_marked=rate == 800,
        supplied_on=supplied_on,
    )


def lines(shorts: list[Short]) -> list[Line]:
    return [line(short, n) for n, short in enumerate(shorts)]


def told(composed: Composed) -> list[tuple[str, int, int, int]]:
    """The totals as (seller, rate, goods, tax)."""
    return [totals_of(total) for total in composed.totals]


def totals_of(total: RateTotal) -> tuple[str, int, int, int]:
    return NAMES[total.seller_id], total.tax_basis_points, total.goods_minor, total.tax_minor


def counts(composed: list[Line], wanted: Mapping[int, int]) -> dict[tuple[UUID, int], int]:
    """Units per line's key from units per place on the paper."""
    return {composed[place].key: units for place, units in wanted.items()}

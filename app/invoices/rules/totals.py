"""What is owed on a paper: goods and tax per seller and rate, tax rounded down once for each? Pure.

One rounding for each rate of an invoice, never one for each line (消費税法施行令 Cabinet Order on Consumption Tax, article
70-10; 消費税法基本通達 1-8-15; National Tax Agency, インボイス制度に関するQ&A, question 57). Which way to round is the
issuer's choice; ours is down, as orders round.

Where the desk issues for several sellers, amounts stand per seller, and tax is rounded per seller: that is the principle
of the Agency's answer on several mandators (媒介者交付特例; question 49 today, question 31 of the first edition). The same
answer allows one rounding for the whole paper. We keep the principle, because orders owe each seller its own rounded tax:
the invoice of an order then says to the yen what was paid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.money import BASIS_POINTS
from app.core.quantity import goods_minor
from app.invoices.errors import InvoiceLineInvalid, LineOutsideMonth, NothingToInvoice, TooManyInvoiceLines
from app.invoices.rules.issuers import Issuer, must_be_allowed
from app.invoices.rules.kinds import LINES_MAX, IssuerMode, Line

Group = tuple[UUID, int]
"""A seller and a rate in basis points: what has one rounding on a paper."""


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What is owed to a seller at one rate, in yen: goods before tax, and the tax on their sum."""

    seller_id: UUID
    tax_basis_points: int
    goods_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        """Goods and tax, in yen."""
        return self.goods_minor + self.tax_minor

    @property
    def group(self) -> Group:
        """The seller and the rate."""
        return self.seller_id, self.tax_basis_points


@dataclass(frozen=True, slots=True)
class Composed:
    """A paper's lines and its totals per seller and rate, in the order of their first appearance.

    `difference_minor` is the paper's tax less the taxes that the orders on it were reckoned with, in yen, per total.
    It is 0 unless roundings were merged; then 0 <= difference < the number of roundings that were.
    """

    mode: IssuerMode
    lines: tuple[Line, ...]
    totals: tuple[RateTotal, ...]
    difference_minor: tuple[int, ...]

    @property
    def goods_minor(self) -> int:
        """The paper's goods before tax, in yen."""
        return sum(total.goods_minor for total in self.totals)

    @property
    def tax_minor(self) -> int:
        """The paper's tax, in yen."""
        return sum(total.tax_minor for total in self.totals)

    @property
    def total_minor(self) -> int:
        """What the paper comes to, in yen."""
        return self.goods_minor + self.tax_minor


def compose(mode: IssuerMode, lines: Sequence[Line], *, desk: Issuer, providers: Mapping[UUID, Issuer]) -> Composed:
    """The totals of a paper over these lines, of one order or of many.

    As the desk's own sales (DESK) all lines of a rate are one seller's, the desk's; else each provider is a seller.
    Raises NothingToInvoice, TooManyInvoiceLines, InvoiceLineInvalid, and what `must_be_allowed` does.
    """
    _must_add_up(lines)
    must_be_allowed(mode, desk, providers, lines)
    goods = goods_by_group(mode, lines, desk.org_id)
    totals = tuple(RateTotal(*group, minor, tax_on(minor, group[1])) for group, minor in goods.items())
    own = _taxes_of_orders(mode, lines, desk.org_id)
    return Composed(mode, tuple(lines), totals, tuple(total.tax_minor - own[total.group] for total in totals))


def compose_month(
    mode: IssuerMode,
    lines: Sequence[Line],
    *,
    first: date,
    last: date,
    desk: Issuer,
    providers: Mapping[UUID, Issuer],
) -> Composed:
    """The combined invoice over a period: tax is rounded once per seller and rate over all its orders.

    The Agency's answer on monthly invoices is that they round anew, whatever the deliveries said (Q&A, question 67), so
    that up to one yen less than the number of orders is owed more per seller and rate: `difference_minor`, for the book.
    Raises LineOutsideMonth for a line that was not supplied from `first` to `last`, and what `compose` does.
    """
    for line in lines:
        if line.supplied_on is None or not first <= line.supplied_on <= last:
            raise LineOutsideMonth(f"Line {line.n} of order {line.order_id} was not supplied in the period.", n=line.n)
    return compose(mode, lines, desk=desk, providers=providers)


def part_of_seller(composed: Composed, seller_id: UUID) -> Composed:
    """What of a paper is one seller's: its lines and its totals, as the copy that it is given shows them."""
    kept = [place for place, total in enumerate(composed.totals) if total.seller_id == seller_id]
    return Composed(
        composed.mode,
        tuple(line for line in composed.lines if line.provider_id == seller_id),
        tuple(composed.totals[place] for place in kept),
        tuple(composed.difference_minor[place] for place in kept),
    )


def goods_by_group(mode: IssuerMode, lines: Iterable[Line], desk_id: UUID) -> dict[Group, int]:
    """Goods before tax, in yen, per seller and rate."""
    goods: dict[Group, int] = {}
    for line in lines:
        group = seller_of(mode, line, desk_id), line.tax_basis_points
        goods[group] = goods.get(group, 0) + line.goods_minor
    return goods


def seller_of(mode: IssuerMode, line: Line, desk_id: UUID) -> UUID:
    """Whose sale a line is on a paper of this mode."""
    return desk_id if mode == IssuerMode.DESK else line.provider_id


def tax_on(goods: int, tax_basis_points: int) -> int:
    """The tax on these goods in yen, rounded down."""
    return goods * tax_basis_points // BASIS_POINTS


def _must_add_up(lines: Sequence[Line]) -> None:
    if not lines:
        raise NothingToInvoice("There is no line.")
    if len(lines) > LINES_MAX:
        raise TooManyInvoiceLines(f"A paper has at most {LINES_MAX} lines.", lines_max=LINES_MAX)
    if len({line.key for line in lines}) < len(lines):
        raise InvoiceLineInvalid("A line is there twice.")
    for line in lines:
        possible = line.quantity > 0 and line.price_minor >= 0 and line.price_per > 0
        if not possible or line.goods_minor != goods_minor(line.quantity, line.price_minor, line.price_per):
            raise InvoiceLineInvalid(f"Line {line.n} is not its quantity at its price.", n=line.n)
        if not 0 <= line.tax_basis_points <= BASIS_POINTS:
            raise InvoiceLineInvalid(f"Line {line.n} has a rate that is none.", n=line.n)


def _taxes_of_orders(mode: IssuerMode, lines: Iterable[Line], desk_id: UUID) -> dict[Group, int]:
    """What the orders' own taxes come to: an order rounds down once per provider and rate."""
    rounded: dict[tuple[UUID, UUID, int], tuple[Group, int]] = {}
    for line in lines:
        owed = line.order_id, line.provider_id, line.tax_basis_points
        group = seller_of(mode, line, desk_id), line.tax_basis_points
        _, before = rounded.get(owed, (group, 0))
        rounded[owed] = group, before + line.goods_minor
    taxes: dict[Group, int] = {}
    for group, goods in rounded.values():
        taxes[group] = taxes.get(group, 0) + tax_on(goods, group[1])
    return taxes

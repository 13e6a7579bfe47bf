"""What does the desk pay to a provider for a period, and what does it invoice the provider for its commission? Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.money import YEN, Money
from app.invoices.errors import IssuerNotRegistered, NothingToInvoice, PayoutBelowZero, RegistrationNumberInvalid
from app.invoices.rules.issuers import Issuer, is_valid_number
from app.invoices.rules.totals import RateTotal, tax_on


@dataclass(frozen=True, slots=True)
class Sale:
    """What a provider sold in an order, or gave back of it: yen, all of them zero or more.

    `tax_minor` is the tax that the buyer paid on the goods, `commission_minor` the desk's commission before tax.
    """

    order_id: UUID
    goods_minor: int
    tax_minor: int
    commission_minor: int


@dataclass(frozen=True, slots=True)
class Payout:
    """A statement's sums in yen: what was sold less what was given back, the commission with its tax, and what is paid."""

    goods_minor: int
    tax_minor: int
    commission: RateTotal
    payout_minor: int

    @property
    def sold_minor(self) -> int:
        """Goods and tax that the desk took in for the provider, in yen."""
        return self.goods_minor + self.tax_minor


def commission_on(goods_minor: int, basis_points: int) -> int:
    """The commission on an order's goods before tax, in yen and before its own tax, rounded down."""
    return Money(goods_minor, YEN).share(basis_points).minor


def compose_payout(sales: Sequence[Sale], returns: Sequence[Sale], *, desk: Issuer, tax_basis_points: int) -> Payout:
    """The statement over these sales and returns.

    The commission is the desk's own supply to the provider: the statement is its qualified invoice, with tax rounded
    down once on the commission's sum. Commission that is given back is taken off before that, which one paper may do
    (National Tax Agency, インボイス制度に関するQ&A, on 適格請求書 and 適格返還請求書 in one paper: one rounding per rate).
    Tax on the sales is passed on as it was taken in, never reckoned anew. The provider's sales need no invoice to the
    desk: the desk is the intermediary, not the buyer.

    Raises NothingToInvoice without a sale or return; IssuerNotRegistered or RegistrationNumberInvalid when the desk
    cannot invoice its commission; PayoutBelowZero when there is nothing to pay.
    """
    if not sales and not returns:
        raise NothingToInvoice("There is neither a sale nor a return.")
    if desk.registration_number is None:
        raise IssuerNotRegistered(f"{desk.name} has no registration number.", issuer=desk.name)
    if not is_valid_number(desk):
        raise RegistrationNumberInvalid(
            f"{desk.name}'s registration number {desk.registration_number} is not valid.", issuer=desk.name
        )
    goods, tax, commission = (kept - given for kept, given in zip(_sums(sales), _sums(returns), strict=True))
    charged = RateTotal(desk.org_id, tax_basis_points, commission, tax_on(commission, tax_basis_points))
    payout = goods + tax - charged.total_minor
    if commission < 0 or payout < 0:
        raise PayoutBelowZero("More was given back than was sold or charged.", payout_minor=payout)
    return Payout(goods, tax, charged, payout)


def _sums(sales: Iterable[Sale]) -> tuple[int, int, int]:
    goods = tax = commission = 0
    for sale in sales:
        goods += sale.goods_minor
        tax += sale.tax_minor
        commission += sale.commission_minor
    return goods, tax, commission

"""What is paid to a provider for its entries, and why would nothing be? Yen; pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.money import YEN, Money


class Unpayable(StrEnum):
    """Why no payout is made."""

    CLOSED_ALREADY = "closed_already"
    NO_TERMS = "no_terms"
    ACCOUNT_NOT_READY = "account_not_ready"
    NOTHING_AVAILABLE = "nothing_available"
    OWED_BY_PROVIDER = "owed_by_provider"
    BELOW_SMALLEST = "below_smallest"
    COMMISSION_BELOW_ZERO = "commission_below_zero"


@dataclass(frozen=True, slots=True)
class Sums:
    """Entries added up, each below zero when more was given back than sold. `adjustment_minor` is of neither kind."""

    entries: int
    goods_minor: int
    tax_minor: int
    commission_minor: int
    adjustment_minor: int

    @property
    def net_minor(self) -> int:
        """What they come to before the tax on the commission."""
        return self.goods_minor + self.tax_minor - self.commission_minor + self.adjustment_minor


@dataclass(frozen=True, slots=True)
class Due:
    """What a payout of these sums would be."""

    commission_tax_minor: int
    payout_minor: int


def due_of(sums: Sums, tax_basis_points: int) -> Due:
    """What is due: the net less the consumption tax on the commission, rounded down once per payout.

    The payout's statement is the desk's qualified invoice for its commission: tax is rounded once per invoice and rate
    (National Tax Agency, インボイス制度に関するQ&A). Below zero the tax of what was charged too much is given back by the same rule.
    """
    charged = Money(abs(sums.commission_minor), YEN).share(tax_basis_points).minor
    tax_minor = charged if sums.commission_minor >= 0 else -charged
    return Due(tax_minor, sums.net_minor - tax_minor)


def why_unpaid(sums: Sums, due: Due, smallest_minor: int) -> Unpayable | None:
    """Why entries stay where they are, to be counted with later ones; None: they are paid.

    A statement on which the desk would owe commission is none that it can issue: it waits for sales, too.
    """
    if not sums.entries:
        return Unpayable.NOTHING_AVAILABLE
    if due.payout_minor < 0:
        return Unpayable.OWED_BY_PROVIDER
    if due.payout_minor < max(smallest_minor, 1):
        return Unpayable.BELOW_SMALLEST
    return Unpayable.COMMISSION_BELOW_ZERO if sums.commission_minor < 0 else None

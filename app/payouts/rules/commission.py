"""What does the desk charge a provider for a sale, and what is left of it when some of the sale is given back? Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.money import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of commission in basis points, for whom and what, and on which days. None: for all."""

    id: UUID
    provider_id: UUID | None
    registry_code: str | None
    methodology_family: str | None
    basis_points: int
    valid_from: date
    valid_until: date | None
    """The first day on which it is not valid any more."""


@dataclass(frozen=True, slots=True)
class SoldPart:
    """What was sold of one category: yen before tax."""

    registry_code: str
    methodology_family: str
    goods_minor: int


@dataclass(frozen=True, slots=True)
class Share:
    """By which rate a part is charged. `rate_id` is None where no rate was set: nothing is charged then."""

    part: SoldPart
    rate_id: UUID | None
    basis_points: int


def rate_for(
    rates: Iterable[Rate], provider_id: UUID, registry_code: str, methodology_family: str, day: date
) -> Rate | None:
    """The most specific rate of those that fit: provider and category, then provider, then category, then the default.

    Of two categories the one that names more wins, and a family before a registry. The database lets no two rates for
    the same provider and category overlap, so there is one at most.
    """
    fitting = [
        rate
        for rate in rates
        if rate.provider_id in (None, provider_id)
        and rate.registry_code in (None, registry_code)
        and rate.methodology_family in (None, methodology_family)
        and rate.valid_from <= day
        and (rate.valid_until is None or day < rate.valid_until)
    ]
    return max(fitting, key=_specificity, default=None)


def shares_of(parts: Sequence[SoldPart], rates: Sequence[Rate], provider_id: UUID, day: date) -> tuple[Share, ...]:
    """Each part with its rate of this day."""
    found = ((part, rate_for(rates, provider_id, part.registry_code, part.methodology_family, day)) for part in parts)
    return tuple(
        Share(part, None, 0) if rate is None else Share(part, rate.id, rate.basis_points) for part, rate in found
    )


def exact_commission(shares: Iterable[Share]) -> int:
    """The commission of a sale before it is rounded: ten-thousandths of a yen, before tax."""
    return sum(share.part.goods_minor * share.basis_points for share in shares)


def commission_left(exact: int, goods_minor: int, left_minor: int) -> int:
    """The commission in yen on what is left of a sale's goods: the exact one's share of it, rounded down once.

    All that was sold is left: the commission itself. Nothing is left: nothing. However often parts are given back, the
    commission depends only on what is left, so that no rounding adds up.
    """
    assert 0 <= left_minor <= goods_minor, (left_minor, goods_minor)
    return exact * left_minor // (goods_minor * BASIS_POINTS) if goods_minor else 0


def _specificity(rate: Rate) -> tuple[bool, int, bool]:
    named = (rate.registry_code is not None) + (rate.methodology_family is not None)
    return rate.provider_id is not None, named, rate.methodology_family is not None

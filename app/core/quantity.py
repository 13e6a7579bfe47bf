"""How many credits? Whole numbers in the instrument's own unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Unit = Literal["t", "kg", "kWh", "MJ"]
UNITS: tuple[Unit, ...] = get_args(Unit)
QUANTITY_MAX = 10**12
"""No registry has issued a single block near this size; a larger number in a request is a mistake."""

ENERGY_UNITS: Final[frozenset[str]] = frozenset({"kWh", "MJ"})
_PRICED_PER: Final[Mapping[str, int]] = dict.fromkeys(ENERGY_UNITS, 1_000)
"""Energy is traded at less than a yen a unit (non-fossil certificates at 0.4 yen a kWh in 2025): its prices are of 1,000."""


def priced_per(unit: str) -> int:
    """How many units a price is of: 1, and 1,000 for energy. `priced_per` in the database says the same."""
    return _PRICED_PER.get(unit, 1)


def goods_minor(quantity: int, price_minor: int, price_per: int) -> int:
    """What `quantity` units cost at `price_minor` for `price_per` of them, before tax, in minor units.

    A line's fraction of a yen is rounded down, once; `place.sql` counts the same.
    """
    assert quantity >= 0, quantity
    assert price_per > 0, price_per
    return quantity * price_minor // price_per


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many units: Quantity(120, "t") is 120 tonnes of CO2 equivalent, 120 serial numbers."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        """A quantity is never negative and never a fraction."""
        assert self.count >= 0, self.count

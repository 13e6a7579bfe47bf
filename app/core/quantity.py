"""How many credits? Whole numbers in the instrument's own unit."""

from dataclasses import dataclass
from typing import Literal, get_args

Unit = Literal["t", "kg", "kWh", "MJ"]
UNITS: tuple[Unit, ...] = get_args(Unit)
QUANTITY_MAX = 10**12
"""No registry has issued a single block near this size; a larger number in a request is a mistake."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many units: Quantity(120, "t") is 120 tonnes of CO2 equivalent, 120 serial numbers."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        """A quantity is never negative and never a fraction."""
        assert self.count >= 0, self.count

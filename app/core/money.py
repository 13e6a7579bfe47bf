"""How much money? Whole numbers of the currency's minor unit; floats never carry value."""

from dataclasses import dataclass

YEN = "JPY"
BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor unit: Money(540_000, "JPY") is ¥540,000."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """The sum. Both must be of one currency."""
        assert self.currency == other.currency, (self.currency, other.currency)
        return Money(self.minor + other.minor, self.currency)

    def times(self, count: int) -> "Money":
        """The amount `count` times."""
        assert count >= 0, count
        return Money(self.minor * count, self.currency)

    def share(self, basis_points: int) -> "Money":
        """Part of the amount in basis points, rounded down: no fraction is charged that cannot be explained."""
        assert 0 <= basis_points <= BASIS_POINTS, basis_points
        return Money(self.minor * basis_points // BASIS_POINTS, self.currency)

"""What is one figure, and did it reach its goal?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure. `goal` is what `value` must reach (a ratio) or stay under (milliseconds, seconds)."""

    name: str
    value: float
    unit: str
    floor: float | None
    goal: float
    met: bool


def ratio(name: str, value: float, floor: float, goal: float) -> Result:
    """A rate of ours as a share of the floor's, which must reach `goal`."""
    share = round(value / floor, 3)
    return Result(f"{name} ({value:.0f}/s of {floor:.0f}/s)", share, "ratio", round(floor, 1), goal, share >= goal)

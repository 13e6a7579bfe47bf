"""How much renewable energy goes with a part of an issuance?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WholeEnergy:
    """What a registry says that a whole issuance of `quantity` units counts for: power in kWh, heat in MJ."""

    quantity: int
    power_kwh: int | None
    heat_mj: int | None


@dataclass(frozen=True, slots=True)
class Energy:
    """Power in kWh and heat in MJ; None where the registry tells none."""

    power_kwh: int | None
    heat_mj: int | None


def energy_of_part(whole: WholeEnergy, quantity: int) -> Energy | None:
    """The energy of `quantity` units of an issuance, in proportion and rounded down to whole kWh and MJ.

    What rounding leaves over belongs to no part, so that all parts together never claim more than the registry's
    figure. It differs from issuance to issuance (J-Credit secretariat: 報告可能な値はプロジェクトごと、認証回ごとに異なります).
    None where the issuance has no such figure, or is smaller than the part: then the figure cannot be right.
    """
    assert quantity > 0, quantity
    if quantity > whole.quantity or (whole.power_kwh is None and whole.heat_mj is None):
        return None
    return Energy(_share(whole.power_kwh, quantity, whole.quantity), _share(whole.heat_mj, quantity, whole.quantity))


def _share(total: int | None, part: int, of: int) -> int | None:
    return None if total is None else total * part // of

"""For which use of energy are certificates retired: where was it consumed, and when?"""

from datetime import date

import msgspec

from app.inventory.rules import EnergyFacts


class Consumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reporting period of the consumption, both days included, and its country (ISO 3166, two letters).

    Which of them must be told is each registry's: see `energy_rules` at `/v1/purposes`.
    """

    country: str | None = None
    period_from: date | None = None
    period_to: date | None = None


class EnergyRetired(msgspec.Struct, frozen=True):
    """What the retired certificates are an attribute of, and what they are used for. Of other credits there is none."""

    facts: EnergyFacts
    consumption: Consumption | None

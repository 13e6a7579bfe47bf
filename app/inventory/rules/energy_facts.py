"""Of which energy is a block of certificates an attribute: which source, where, from which plant?"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

import msgspec

Technology = Literal[
    "solar", "wind", "hydro", "geothermal", "biomass", "waste", "nuclear", "mixed", "unspecified"
]  # fmt: skip


class Named(NamedTuple):
    """A source of energy in Japanese and English."""

    ja: str
    en: str


TECHNOLOGIES: Final[Mapping[Technology, Named]] = {
    "solar": Named("太陽光", "Solar"),
    "wind": Named("風力", "Wind"),
    "hydro": Named("水力", "Hydro"),
    "geothermal": Named("地熱", "Geothermal"),
    "biomass": Named("バイオマス", "Biomass"),
    "waste": Named("廃棄物", "Waste"),
    "nuclear": Named("原子力", "Nuclear"),
    "mixed": Named("複数の電源", "Several sources"),
    "unspecified": Named("指定なし", "Not specified"),
}
"""The desk's own words: no registry's list of sources was read. A registry's own go beside them, in `category`."""


class EnergyFacts(msgspec.Struct, frozen=True):
    """What the certificates are an attribute of: `technology` is the source of energy, `device` the plant.

    `country` is ISO 3166, two letters. `category` is what the registry calls the kind of certificate (FIT, 非FIT再エネ指定),
    `tracking` what is told of a tracking of the plant; null where nobody told it. The period of generation is the vintage.
    """

    technology: Technology
    country: str
    device: str
    commissioned_on: date | None
    category: str | None
    tracking: str | None

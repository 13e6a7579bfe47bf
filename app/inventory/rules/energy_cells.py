"""What do the columns of energy certificates say in a row of our template, and must they be there?"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.catalog.rules import ENERGY_REGISTRIES
from app.core.text import folded
from app.inventory.rules.countries import country_of
from app.inventory.rules.energy_facts import TECHNOLOGIES, EnergyFacts, Technology
from app.inventory.rules.holding_facts import ENERGY_COLUMNS, Column, DeclaredProject
from app.inventory.rules.row_cells import Cells

_COMMISSIONED: Final = range(1890, 2101)
"""Hydro power plants of the nineteenth century still run."""
_BY_NAME: Final[Mapping[str, Technology]] = {
    folded(name): code for code, named in TECHNOLOGIES.items() for name in (code, named.ja, named.en)
}


class Energy(NamedTuple):
    """The facts, and the plant as a project that the catalogue may not know."""

    facts: EnergyFacts
    plant: DeclaredProject


def read_energy(cells: Cells, registry_code: str | None) -> Energy | None:
    """What the row says of the energy; None for other credits, or when a cell was refused."""
    if registry_code not in ENERGY_REGISTRIES:
        for column in ENERGY_COLUMNS:
            if registry_code is not None and cells.text(column):
                detail = f"Only energy certificates have a {column}; leave it empty for {registry_code}."
                cells.refuse(column, "column_not_of_registry", detail)
        return None
    technology, country = _technology(cells), _country(cells)
    device = _needed(cells, "device")
    commissioned_on = cells.day("commissioned_on", _COMMISSIONED)
    category, tracking = cells.text("category"), cells.text("tracking")
    if technology is None or country is None or device is None:
        return None
    facts = EnergyFacts(technology, country, device, commissioned_on, category or None, tracking or None)
    # So that a plant is found as other projects are: its source by `methodology`, its name by words.
    plant = DeclaredProject(device, country, TECHNOLOGIES[technology].ja, "", (technology,))
    return Energy(facts, plant)


def _technology(cells: Cells) -> Technology | None:
    text = _needed(cells, "technology")
    found = None if text is None else _BY_NAME.get(folded(text))
    if text is not None and found is None:
        cells.refuse("technology", "unknown_technology", f"{text!r} is none of {', '.join(TECHNOLOGIES)}.")
    return found


def _country(cells: Cells) -> str | None:
    text = _needed(cells, "country")
    found = country_of(text)
    if text is not None and found is None:
        cells.refuse("country", "unknown_country", f"{text!r} is no country of ISO 3166, such as JP.")
    return found


def _needed(cells: Cells, column: Column) -> str | None:
    text = cells.text(column)
    if text == "":
        cells.refuse(column, "empty_cell", "Energy certificates are known by it: this cell must not be empty.")
    return text or None

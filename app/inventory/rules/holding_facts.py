"""What is one block that a provider says it holds, and what can be wrong with the row that says so?"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.catalog.rules import ListKind
from app.core.quantity import Unit
from app.inventory.rules.energy_facts import EnergyFacts
from app.inventory.rules.serials import Located, SerialCode

Column = Literal[
    "registry",
    "project_list",
    "project_number",
    "certification_no",
    "serial_prefix",
    "serial_first",
    "serial_last",
    "quantity",
    "unit",
    "vintage_from",
    "vintage_to",
    "note",
    "technology",
    "country",
    "device",
    "commissioned_on",
    "category",
    "tracking",
]
ENERGY_COLUMNS: Final[tuple[Column, ...]] = (
    "technology",
    "country",
    "device",
    "commissioned_on",
    "category",
    "tracking",
)
"""Of energy certificates alone: a file without them is whole."""
CellCode = (
    SerialCode
    | Literal[
        # The file.
        "empty_file",
        "no_rows",
        "missing_column",
        "unknown_column",
        "repeated_column",
        "broken_row",
        "layout_without_serials",
        "sheet_unreadable",
        # The row.
        "not_active",
        "row_too_narrow",
        "row_too_wide",
        "duplicate_serials",
        "overlapping_serials",
        "quantity_contradicts_serials",
        "vintage_reversed",
        # The cell.
        "empty_cell",
        "too_long",
        "control_character",
        "malformed_registry",
        "malformed_project_number",
        "unknown_project_list",
        "project_list_not_of_registry",
        "not_a_whole_number",
        "quantity_out_of_range",
        "unknown_unit",
        "unit_not_of_registry",
        "not_a_date",
        "date_out_of_range",
        "formula_like_note",
        "unknown_status",
        "serial_contradicts_row",
        "unknown_technology",
        "unknown_country",
        "column_not_of_registry",
    ]
)


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong with one cell; `column` is the template's English name, or "" where it is the whole row."""

    column: str
    code: CellCode
    detail: str


@dataclass(frozen=True, slots=True)
class DeclaredProject:
    """What a registry's file says of a project that the catalogue may not know: the provider's word, not the desk's."""

    name: str
    country: str | None
    """ISO 3166, two letters."""
    project_type: str
    developer: str
    methodologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldingFacts:
    """One block that a provider says it holds; both serials included, both vintage days included.

    Prefix, serials and certification number are as the registry writes them, full-width digits apart.
    `quantity` counts `unit`s: so many as the serials stand for, `units_per_serial` each.
    """

    registry_code: str
    project_list: ListKind | None
    project_number: str
    certification_no: str | None
    serial_prefix: str
    serial_first: str
    serial_last: str
    located: Located
    quantity: int
    unit: Unit
    vintage_from: date
    vintage_to: date
    note: str
    serial_text: str = ""
    """The whole serial as its registry writes it; "" where the file has prefix and numbers in cells of their own."""
    declares: DeclaredProject | None = None
    """For projects that the catalogue does not know; None: such a row is refused."""
    units_per_serial: int = 1
    energy: EnergyFacts | None = None
    """Of energy certificates, and of them always."""

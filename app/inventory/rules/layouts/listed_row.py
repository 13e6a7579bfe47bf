"""What does one row of a registry's own file say: stock, something that was retired, or something that cannot be?"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from app.core.quantity import Unit
from app.core.text import folded
from app.inventory.rules.countries import country_of
from app.inventory.rules.holding_facts import CellError, DeclaredProject, HoldingFacts
from app.inventory.rules.holding_row import RowReading
from app.inventory.rules.layouts.cells import ListedCells
from app.inventory.rules.layouts.layout import Field, Layout
from app.inventory.rules.serials import Block, SerialRefusal, cercarbono, parse

UNITS: Final[Mapping[str, Unit]] = {"isometric": "kg"}
"""What one serial stands for; in every registry that is not named here a tonne of CO2e."""
METHODOLOGIES_MAX: Final = 10
METHODOLOGY_CHARS_MAX: Final = 100


def read_listed(layout: Layout, raw: Mapping[Field, str], *, ends_all: str | None) -> RowReading:
    """Read one row, every cell of it. Raises nothing.

    `ends_all` names a column that only files of retirements and cancellations have. A row that is right and no stock
    comes back with `not_active` as its one error.
    """
    cells = ListedCells(layout, raw)
    block = _block(cells)
    quantity = cells.quantity()
    if block is not None and quantity is not None and quantity != block.located.serials.quantity:
        counted = block.located.serials.quantity
        detail = f"The quantity says {quantity}; the serials, first and last included, are {counted}."
        cells.refuse("quantity", "quantity_contradicts_serials", detail)
    number = cells.project_number()
    vintage = _vintage(cells, block)
    inactive = _inactive(cells, ends_all)
    if block is not None and number is not None:
        _compare_project(cells, block, number)
    located = block.located if block else None
    if not cells.errors and inactive is not None:
        cells.errors.append(inactive)
    if cells.errors:
        return RowReading(None, located, tuple(cells.errors))
    assert block is not None
    assert quantity is not None
    assert number is not None
    assert vintage is not None
    return RowReading(_facts(cells, block, number, vintage), located, ())


def _block(cells: ListedCells) -> Block | None:
    text = cells.text("serial")
    if "serial_first" not in cells.layout.columns:
        block = None if text is None else parse(cells.layout.registry_code, text)
    else:
        first, last = cells.text("serial_first"), cells.text("serial_last")
        if text is None or first is None or last is None:
            return None
        block = cercarbono.parse_cells(text, first, last)
    if isinstance(block, SerialRefusal):
        cells.refuse("serial", block.code, block.detail)
        return None
    return block


def _vintage(cells: ListedCells, block: Block | None) -> tuple[date, date] | None:
    """The vintage as the columns tell it, else as the serial does; where both do, they must agree."""
    columns = cells.layout.columns
    year = cells.year() if "vintage" in columns else None
    told = None
    if "vintage_from" in columns and "vintage_to" in columns:
        first, last = cells.day("vintage_from"), cells.day("vintage_to")
        if first and last and last < first:
            cells.refuse("vintage_to", "vintage_reversed", f"The vintage ends on {last}, before it begins on {first}.")
        elif first and last:
            told = first, last
    elif year is not None:
        told = date(year, 1, 1), date(year, 12, 31)
    if block is None:
        return told
    if block.facts.vintage is not None and told is not None and block.facts.vintage != told:
        detail = (
            f"The serial says {block.facts.vintage[0]} to {block.facts.vintage[1]}, the row {told[0]} to {told[1]}."
        )
        cells.refuse("serial", "serial_contradicts_row", detail)
    if block.facts.year is not None and year is not None and block.facts.year != year:
        detail = f"The serial says the vintage {block.facts.year}, the row {year}."
        cells.refuse("serial", "serial_contradicts_row", detail)
    if "vintage" in columns or "vintage_from" in columns:
        return told
    if block.facts.vintage is None and block.facts.year is None:
        cells.refuse("serial", "empty_cell", "Neither the serial nor a column tells the vintage.")
        return None
    return block.facts.vintage or (date(block.facts.year or 0, 1, 1), date(block.facts.year or 0, 12, 31))


def _compare_project(cells: ListedCells, block: Block, number: str) -> None:
    """A serial that names its project and a row that names another do not belong together: columns have shifted."""
    told = block.facts.project
    digits = re.sub(r"^[A-Z]+-?", "", number)
    if told is not None and digits != told:
        cells.refuse("serial", "serial_contradicts_row", f"The serial says the project {told}, the row {number}.")


def _inactive(cells: ListedCells, ends_all: str | None) -> CellError | None:
    """Why the row is no stock, None when it is."""
    if ends_all is not None:
        return CellError(ends_all, "not_active", "The file lists what was retired or cancelled.")
    columns = cells.layout.columns
    word = folded(cells.prose("status")) if "status" in columns else ""
    if "status" in columns and word not in cells.layout.active | cells.layout.inactive:
        detail = (
            f"{cells.prose('status')!r} is none of {', '.join(sorted(cells.layout.active | cells.layout.inactive))}."
        )
        cells.refuse("status", "unknown_status", detail)
        return None
    if word in cells.layout.inactive:
        return CellError(columns["status"], "not_active", f"The registry says {word}.")
    if cells.is_filled("ended"):
        return CellError(columns["ended"], "not_active", f"Ended on {cells.prose('ended')[:40]}.")
    return None


def _facts(cells: ListedCells, block: Block, number: str, vintage: tuple[date, date]) -> HoldingFacts:
    code = cells.layout.registry_code
    return HoldingFacts(
        registry_code=code,
        project_list=None,
        project_number=number,
        certification_no=block.facts.issuance[:100],
        serial_prefix=block.before,
        serial_first=block.first,
        serial_last=block.last,
        located=block.located,
        quantity=block.located.serials.quantity,
        unit=UNITS.get(code, "t"),
        vintage_from=vintage[0],
        vintage_to=vintage[1],
        note="",
        serial_text=block.text,
        declares=_declared(
            cells.prose("project_name"), block.facts.country or "", cells.prose("country"),
            cells.prose("project_type"), cells.prose("developer"), cells.prose("methodology"),
        ),
    )  # fmt: skip


@lru_cache(maxsize=4096)  # A file has few projects, each of them many times.
def _declared(
    name: str, country_of_serial: str, country: str, project_type: str, developer: str, methodology: str
) -> DeclaredProject:
    return DeclaredProject(
        name=name,
        country=country_of(country_of_serial) or country_of(country),
        project_type=project_type,
        developer=developer,
        methodologies=_methodologies(methodology),
    )


def _methodologies(text: str) -> tuple[str, ...]:
    """The methodologies as the file names them, each once."""
    named = (part.strip()[:METHODOLOGY_CHARS_MAX] for part in text.split(";"))
    return tuple(dict.fromkeys(part for part in named if part))[:METHODOLOGIES_MAX]

"""What does one row of a holdings file say, and which of its cells are wrong?"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from app.catalog.rules import ENERGY_REGISTRIES, ListKind, list_kind_of, project_number_of, units_per_serial
from app.core.quantity import QUANTITY_MAX, UNITS, Unit
from app.core.text import folded, narrow
from app.inventory.rules.energy_cells import read_energy
from app.inventory.rules.holding_facts import CellError, Column, DeclaredProject, HoldingFacts
from app.inventory.rules.row_cells import Cells
from app.inventory.rules.serials import (
    Located,
    SerialRefusal,
    grouping_refusal,
    locate,
    serial_refusal,
    series_of,
    ungrouped,
)

_Value = TypeVar("_Value")
_JCREDIT = "jcredit"
_JCREDIT_NAMES = frozenset({"jcredit", "j-credit", "j-クレジット", "jクレジット"})
_UNITS: Mapping[str, Unit] = {unit.lower(): unit for unit in UNITS} | {"t-co2": "t"}
_REGISTRY = re.compile(r"[a-z][a-z0-9_]*")
_PROJECT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_WHOLE_NUMBER = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_FORMULA_STARTS = ("=", "+", "-", "@")


class RowReading(NamedTuple):
    """What a row says: facts when nothing is wrong. `located` is there whenever the serials alone are right."""

    facts: HoldingFacts | None
    located: Located | None
    errors: tuple[CellError, ...]

    def declaring(self, project: DeclaredProject) -> "RowReading":
        """The same row, which tells of its project, too."""
        return self if self.facts is None else self._replace(facts=replace(self.facts, declares=project))


def read_holding(raw: Mapping[Column, str]) -> RowReading:
    """Read one row, every cell of it, so that all that is wrong is told at once. Raises nothing."""
    cells = Cells(raw)
    registry_code = _registry_code(cells)
    prefix = cells.text("serial_prefix")
    first, last = _serial(cells, registry_code, "serial_first"), _serial(cells, registry_code, "serial_last")
    located = _located(cells, registry_code, prefix, first, last)
    project_list = _project_list(cells, registry_code)
    project_number = _project_number(cells, registry_code)
    certification_no = _certification_no(cells, registry_code)
    quantity = _quantity(cells, located)
    unit = _unit(cells, registry_code)
    vintage_from, vintage_to = _vintage(cells)
    note = _note(cells)
    energy = read_energy(cells, registry_code)
    whole = located if registry_code is not None and prefix is not None else None
    if cells.errors:
        return RowReading(None, whole, tuple(cells.errors))
    facts = HoldingFacts(
        registry_code=_told(registry_code),
        project_list=project_list,
        project_number=_told(project_number),
        certification_no=certification_no or None,
        serial_prefix=_told(prefix),
        serial_first=_told(first),
        serial_last=_told(last),
        located=_told(located),
        quantity=_told(quantity),
        unit=_told(unit),
        vintage_from=_told(vintage_from),
        vintage_to=_told(vintage_to),
        note=_told(note),
        units_per_serial=units_per_serial(_told(registry_code)),
        energy=None if energy is None else energy.facts,
        declares=None if energy is None else energy.plant,
    )
    return RowReading(facts, located, ())


def _told(value: _Value | None) -> _Value:
    """The value, of which we believe that it is there, because no cell was refused."""
    assert value is not None
    return value


def _registry_code(cells: Cells) -> str | None:
    text = cells.text("registry")
    if text is None:
        return None
    name = folded(text)
    code = _JCREDIT if name in _JCREDIT_NAMES else name
    if not _REGISTRY.fullmatch(code):
        cells.refuse("registry", "malformed_registry", f"{text!r} is not a registry's code, such as jcredit.")
        return None
    return code


def _serial(cells: Cells, registry_code: str | None, column: Column) -> str | None:
    """The number as the registry writes it, full-width digits apart."""
    text = cells.text(column)
    if text is None:
        return None
    digits = narrow(text)
    refusal = serial_refusal(ungrouped(registry_code or "", digits))
    if refusal:
        cells.refuse(column, refusal.code, refusal.detail)
        return None
    return digits


def _located(
    cells: Cells, registry_code: str | None, prefix: str | None, first: str | None, last: str | None
) -> Located | None:
    if first is None or last is None:
        return None
    # A wrong registry or prefix is told in its own cell; the two numbers are checked against each other all the same.
    code = registry_code or ""
    located = grouping_refusal(first, last) or locate(
        code,
        series_of(code, prefix or ""),
        ungrouped(code, first),
        ungrouped(code, last),
        units_per_serial=units_per_serial(code),
    )
    if isinstance(located, SerialRefusal):
        cells.refuse("serial_last", located.code, located.detail)
        return None
    return located


def _project_list(cells: Cells, registry_code: str | None) -> ListKind | None:
    text = cells.text("project_list")
    if text is None or registry_code is None:
        return None
    if registry_code != _JCREDIT:
        if text:
            detail = f"Only J-Credit projects are told apart by a list; leave it empty for {registry_code}."
            cells.refuse("project_list", "project_list_not_of_registry", detail)
        return None
    if not text:
        cells.refuse("project_list", "empty_cell", "J-Credit project numbers begin at 1 in each list: name the list.")
        return None
    kind = list_kind_of(text)
    if kind is None:
        detail = f"{text!r} is none of {', '.join(ListKind)}."
        cells.refuse("project_list", "unknown_project_list", detail)
    return kind


def _project_number(cells: Cells, registry_code: str | None) -> str | None:
    text = cells.text("project_number")
    if text is None:
        return None
    number = narrow(text)
    if registry_code == _JCREDIT:
        number = project_number_of(text) or ""
    if not _PROJECT_NUMBER.fullmatch(number):
        cells.refuse("project_number", "malformed_project_number", f"{text!r} cannot be a project number.")
        return None
    return number


def _certification_no(cells: Cells, registry_code: str | None) -> str | None:
    text = cells.text("certification_no")
    if text == "" and registry_code == _JCREDIT:
        detail = "J-Credits are known by their certification number (クレジット認証番号)."
        cells.refuse("certification_no", "empty_cell", detail)
        return None
    if text == "" and registry_code in ENERGY_REGISTRIES:
        cells.refuse("certification_no", "empty_cell", "Give the number by which the registry knows the issuance.")
        return None
    return text


def _quantity(cells: Cells, located: Located | None) -> int | None:
    text = cells.text("quantity")
    if text is None:
        return None
    plain = narrow(text)
    if not _WHOLE_NUMBER.fullmatch(plain):
        cells.refuse("quantity", "not_a_whole_number", f"{text!r} is not a whole number.")
        return None
    quantity = int(plain.replace(",", ""))
    if not 0 < quantity <= QUANTITY_MAX:
        cells.refuse("quantity", "quantity_out_of_range", f"A block holds 1 to {QUANTITY_MAX} units, not {quantity}.")
        return None
    if located is not None and quantity != located.serials.quantity:
        counted = located.serials.quantity
        detail = f"The quantity says {quantity}; the serials, first and last included, are {counted}."
        cells.refuse("quantity", "quantity_contradicts_serials", detail)
        return None
    return quantity


def _unit(cells: Cells, registry_code: str | None) -> Unit | None:
    text = cells.text("unit")
    if text is None:
        return None
    unit = _UNITS.get(folded(text))
    if unit is None:
        cells.refuse("unit", "unknown_unit", f"{text!r} is none of {', '.join(UNITS)}.")
        return None
    if registry_code == _JCREDIT and unit != "t":
        # One unit of a J-Credit account is one whole tonne of CO2 (offset.env.go.jp, about_credit).
        cells.refuse("unit", "unit_not_of_registry", f"J-Credits are counted in whole tonnes (t), not {unit}.")
        return None
    return unit


def _vintage(cells: Cells) -> tuple[date | None, date | None]:
    vintage_from, vintage_to = cells.day("vintage_from"), cells.day("vintage_to")
    if vintage_from and vintage_to and vintage_to < vintage_from:
        detail = f"The vintage ends on {vintage_to}, before it begins on {vintage_from}."
        cells.refuse("vintage_to", "vintage_reversed", detail)
    return vintage_from, vintage_to


def _note(cells: Cells) -> str | None:
    text = cells.text("note")
    if text is not None and narrow(text).startswith(_FORMULA_STARTS):
        # Notes come back to people in files; a spreadsheet would compute such a cell (OWASP, CSV injection).
        detail = "A note must not begin with = + - or @: spreadsheets would compute it."
        cells.refuse("note", "formula_like_note", detail)
        return None
    return text

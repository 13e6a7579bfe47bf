"""What does one row of a holdings file say, and which of its cells are wrong?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, TypeVar

from app.catalog.rules import ListKind, list_kind_of, project_number_of
from app.core.quantity import QUANTITY_MAX, UNITS, Unit
from app.core.text import folded, has_control_characters, is_blank_mark, narrow, tidy_line, typed_date
from app.inventory.rules.holding_facts import CellCode, CellError, Column, DeclaredProject, HoldingFacts
from app.inventory.rules.serials import Located, SerialRefusal, locate, serial_refusal, series_of

_Value = TypeVar("_Value")
_LIMITS: Mapping[Column, int] = {
    "registry": 40,
    "project_list": 40,
    "project_number": 40,
    "certification_no": 100,
    "serial_prefix": 100,
    "serial_first": 80,
    "serial_last": 80,
    "quantity": 40,
    "unit": 10,
    "vintage_from": 20,
    "vintage_to": 20,
    "note": 500,
}
_MAY_BE_EMPTY: frozenset[Column] = frozenset({"project_list", "certification_no", "serial_prefix", "note"})
_JCREDIT = "jcredit"
_JCREDIT_NAMES = frozenset({"jcredit", "j-credit", "j-クレジット", "jクレジット"})
_UNITS: Mapping[str, Unit] = {unit.lower(): unit for unit in UNITS} | {"t-co2": "t"}
_REGISTRY = re.compile(r"[a-z][a-z0-9_]*")
_PROJECT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_WHOLE_NUMBER = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_FORMULA_STARTS = ("=", "+", "-", "@")
_YEARS = range(1990, 2101)


class RowReading(NamedTuple):
    """What a row says: facts when nothing is wrong. `located` is there whenever the serials alone are right."""

    facts: HoldingFacts | None
    located: Located | None
    errors: tuple[CellError, ...]

    def declaring(self, project: DeclaredProject) -> "RowReading":
        """The same row, which tells of its project, too."""
        return self if self.facts is None else self._replace(facts=replace(self.facts, declares=project))


@dataclass(slots=True)
class _Cells:
    raw: Mapping[Column, str]
    errors: list[CellError] = field(default_factory=list)

    def refuse(self, column: Column, code: CellCode, detail: str) -> None:
        self.errors.append(CellError(column, code, detail))

    def text(self, column: Column) -> str | None:
        """The cell on one line, "" for a dash; None when it was refused or is empty and must not be."""
        raw = self.raw[column]
        if has_control_characters(raw):
            self.refuse(column, "control_character", f"The cell holds characters that cannot be seen: {raw[:100]!a}")
            return None
        text = "" if is_blank_mark(raw) else tidy_line(raw)
        if len(text) > _LIMITS[column]:
            self.refuse(column, "too_long", f"{len(text)} characters; at most {_LIMITS[column]} are kept.")
            return None
        if not text and column not in _MAY_BE_EMPTY:
            self.refuse(column, "empty_cell", "This cell must not be empty.")
            return None
        return text


def read_holding(raw: Mapping[Column, str]) -> RowReading:
    """Read one row, every cell of it, so that all that is wrong is told at once. Raises nothing."""
    cells = _Cells(raw)
    registry_code = _registry_code(cells)
    prefix, first, last = cells.text("serial_prefix"), _serial(cells, "serial_first"), _serial(cells, "serial_last")
    located = _located(cells, registry_code, prefix, first, last)
    project_list = _project_list(cells, registry_code)
    project_number = _project_number(cells, registry_code)
    certification_no = _certification_no(cells, registry_code)
    quantity = _quantity(cells, located)
    unit = _unit(cells, registry_code)
    vintage_from, vintage_to = _vintage(cells)
    note = _note(cells)
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
    )
    return RowReading(facts, located, ())


def _told(value: _Value | None) -> _Value:
    """The value, of which we believe that it is there, because no cell was refused."""
    assert value is not None
    return value


def _registry_code(cells: _Cells) -> str | None:
    text = cells.text("registry")
    if text is None:
        return None
    name = folded(text)
    code = _JCREDIT if name in _JCREDIT_NAMES else name
    if not _REGISTRY.fullmatch(code):
        cells.refuse("registry", "malformed_registry", f"{text!r} is not a registry's code, such as jcredit.")
        return None
    return code


def _serial(cells: _Cells, column: Column) -> str | None:
    text = cells.text(column)
    if text is None:
        return None
    digits = narrow(text)
    refusal = serial_refusal(digits)
    if refusal:
        cells.refuse(column, refusal.code, refusal.detail)
        return None
    return digits


def _located(
    cells: _Cells, registry_code: str | None, prefix: str | None, first: str | None, last: str | None
) -> Located | None:
    if first is None or last is None:
        return None
    # A wrong registry or prefix is told in its own cell; the two numbers are checked against each other all the same.
    located = locate(registry_code or "", series_of(registry_code or "", prefix or ""), first, last)
    if isinstance(located, SerialRefusal):
        cells.refuse("serial_last", located.code, located.detail)
        return None
    return located


def _project_list(cells: _Cells, registry_code: str | None) -> ListKind | None:
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


def _project_number(cells: _Cells, registry_code: str | None) -> str | None:
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


def _certification_no(cells: _Cells, registry_code: str | None) -> str | None:
    text = cells.text("certification_no")
    if text == "" and registry_code == _JCREDIT:
        detail = "J-Credits are known by their certification number (クレジット認証番号)."
        cells.refuse("certification_no", "empty_cell", detail)
        return None
    return text


def _quantity(cells: _Cells, located: Located | None) -> int | None:
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
        detail = f"The quantity says {quantity}; the serials, first and last included, are {located.serials.quantity}."
        cells.refuse("quantity", "quantity_contradicts_serials", detail)
        return None
    return quantity


def _unit(cells: _Cells, registry_code: str | None) -> Unit | None:
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


def _vintage(cells: _Cells) -> tuple[date | None, date | None]:
    vintage_from, vintage_to = _date(cells, "vintage_from"), _date(cells, "vintage_to")
    if vintage_from and vintage_to and vintage_to < vintage_from:
        detail = f"The vintage ends on {vintage_to}, before it begins on {vintage_from}."
        cells.refuse("vintage_to", "vintage_reversed", detail)
    return vintage_from, vintage_to


def _date(cells: _Cells, column: Column) -> date | None:
    text = cells.text(column)
    if text is None:
        return None
    day = typed_date(text)
    if day is None:
        cells.refuse(column, "not_a_date", f"{text!r} is not a day written as 2024-04-01 or 2024/4/1.")
        return None
    if day.year not in _YEARS:
        detail = f"{day} is outside the years {_YEARS.start} to {_YEARS.stop - 1}."
        cells.refuse(column, "date_out_of_range", detail)
        return None
    return day


def _note(cells: _Cells) -> str | None:
    text = cells.text("note")
    if text is not None and narrow(text).startswith(_FORMULA_STARTS):
        # Notes come back to people in files; a spreadsheet would compute such a cell (OWASP, CSV injection).
        detail = "A note must not begin with = + - or @: spreadsheets would compute it."
        cells.refuse("note", "formula_like_note", detail)
        return None
    return text

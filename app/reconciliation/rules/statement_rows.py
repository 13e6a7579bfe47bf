"""How is a row of a statement read: with all care when something may be wrong, quickly when nothing can be?

The quick way takes only what it is certain of (a serial in its registry's usual form, plain digits, words met before)
and leaves everything else to the careful one. A test holds that they never say different things.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Final, TypeVar

from app.core.text import folded, is_blank_mark, narrow
from app.inventory.rules.layouts.cells import PROSE_MAX, ListedCells
from app.inventory.rules.layouts.layout import Field, Layout, heading
from app.inventory.rules.serials import (
    COUNTED_THROUGH,
    FORMS,
    Block,
    Located,
    SerialRefusal,
    cercarbono,
    locate,
    parse,
    series_of,
)
from app.reconciliation.rules import template
from app.reconciliation.rules.line_text import LineText, said_text, series_text
from app.reconciliation.rules.statement_layouts import StatementLayout
from app.reconciliation.rules.statement_line import Line, LineState, NotALine, RowCode, RowError, RowReading
from app.reconciliation.rules.statement_places import placed

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_REMEMBERED_MAX: Final = 20_000
_DIGITS: Final = 18
_TEMPLATE: Final = Layout(
    name="template",
    registry_code="",
    needs={"quantity": "quantity"},
    may={"serial": "serial", "serial_first": "serial_first", "serial_last": "serial_last", "ended": "changed_on"},
)


class StatementReader:
    """Reads the rows of one file. `errors` say what is wrong with its header; then no row is read."""

    def __init__(self, found: StatementLayout | None, registry_code: str, header: Sequence[str]) -> None:
        """Read rows under this header, of a known layout or (None) our own; `registry_code` is the account's."""
        self.registry_code = registry_code
        self._found = found
        self._layout = found.layout if found else _TEMPLATE
        self._places, self.errors = placed(found, header)
        self.width = len(header)
        there = {heading(cell) for cell in header}
        self._all = _state_of_all(found, there)
        at = self._places
        form = FORMS.get(registry_code)
        plain = form is not None and at.serial >= 0 and not self.errors
        self._fullmatch = form.fullmatch if form is not None and plain else None
        self._first_group, self._last_group = (form.groupindex[name] if form else 0 for name in ("first", "last"))
        self._head_is_idle = registry_code in COUNTED_THROUGH
        self._said_in = _cells_at(place for place in (at.status, at.ended, *at[-4:]) if place >= 0)
        self._series: dict[tuple[str, str, str, str], str | None] = {}
        self._said: dict[object, str | None] = {}
        self._states: dict[tuple[str, str], tuple[LineState, date | None] | None] = {}
        self._texts: dict[str, str] = {}

    def quick(self, cells: Sequence[str]) -> LineText | None:
        """The line of a row in which nothing can be wrong; None when the careful way must look.

        What stood in a row before, in the same words, is not read again.
        """
        if len(cells) != self.width or self._fullmatch is None:
            return None
        at = self._places
        serial = cells[at.serial]
        match = self._fullmatch(serial)
        if match is None:
            return None
        (begins, ends), (begins_last, ends_last) = match.span(self._first_group), match.span(self._last_group)
        first, last = serial[begins:ends], serial[begins_last:ends_last]
        # Padded or very long numbers, and quantities that are no plain digits, are for the careful way.
        if first[0] == "0" or last[0] == "0" or ends_last - begins_last > _DIGITS:
            return None
        lo, hi = int(first), int(last) + 1
        if cells[at.quantity] != str(hi - lo) or lo >= hi:
            return None
        project = cells[at.project] if at.project >= 0 else ""
        around = "" if self._head_is_idle else serial[:begins], serial[ends:begins_last], serial[ends_last:], project
        try:
            series = self._series[around]
        except KeyError:
            series = self._learned(around, serial)
        key = self._said_in(cells)
        try:
            said = self._said[key]
        except KeyError:
            said = _remember(self._said, key, self._said_by(cells))
        if said is None or series is None:
            return None
        return lo, hi, series, said

    def careful(self, cells: Sequence[str]) -> RowReading:
        """The line of a row, or everything that is wrong with it. Raises nothing."""
        if len(cells) != self.width:
            code: RowCode = "row_too_wide" if len(cells) > self.width else "row_too_narrow"
            return [RowError("", code, f"The row has {len(cells)} cells, the header {self.width}.")]
        listed = ListedCells(self._layout, self._raw(cells))
        located, project = self._located(listed, cells)
        quantity = listed.quantity()
        if located is not None and quantity is not None and quantity != located.serials.quantity:
            counted = located.serials.quantity
            detail = f"The quantity says {quantity}; the serials, first and last included, are {counted}."
            listed.refuse("quantity", "quantity_contradicts_serials", detail)
        said = self._state(listed, cells)
        errors = [RowError(error.column, error.code, error.detail) for error in listed.errors]
        if isinstance(said, RowError):
            errors.append(said)
        if errors or isinstance(said, RowError) or located is None:
            return errors
        if isinstance(said, NotALine):
            return said
        state, changed_on = said
        beneficiary_name, purpose, note, transaction_no = self._texts_of(cells)
        return Line(
            located.series_key, located.lo, located.hi, state, changed_on, beneficiary_name, purpose, note,
            transaction_no, project,
        )  # fmt: skip

    def located(self, cells: Sequence[str]) -> Located | None:
        """Where a row's serials lie, whenever they alone are right."""
        if len(cells) != self.width or self.errors:
            return None
        return self._located(ListedCells(self._layout, self._raw(cells)), cells)[0]

    def _raw(self, cells: Sequence[str]) -> Mapping[Field, str]:
        at = self._places
        places: Mapping[Field, int] = {
            "serial": at.serial, "serial_first": at.first, "serial_last": at.last, "quantity": at.quantity,
            "project_number": at.project, "status": at.status, "ended": at.ended,
        }  # fmt: skip
        return {name: cells[place] for name, place in places.items() if place >= 0}

    def _located(self, listed: ListedCells, cells: Sequence[str]) -> tuple[Located | None, str]:
        """Where the row's serials lie, and its project as the row or the serial names it."""
        at = self._places
        written = at.serial >= 0 and not is_blank_mark(cells[at.serial])
        in_parts = self._found is None and not written
        if in_parts:
            return self._located_in_parts(listed, cells), self._text(cells[at.project]) if at.project >= 0 else ""
        text = listed.text("serial")
        block: Block | SerialRefusal | None = None
        if text is not None and at.first >= 0 and self._found is not None:
            first, last = listed.text("serial_first"), listed.text("serial_last")
            block = None if first is None or last is None else cercarbono.parse_cells(text, first, last)
        elif text is not None:
            block = parse(self.registry_code, text)
        if isinstance(block, SerialRefusal):
            listed.refuse("serial", block.code, block.detail)
            return None, ""
        if block is None:
            return None, ""
        return block.located, self._project(listed, block)

    def _located_in_parts(self, listed: ListedCells, cells: Sequence[str]) -> Located | None:
        at = self._places
        if at.prefix < 0 or at.first < 0 or at.last < 0:
            listed.refuse("serial", "empty_cell", "This cell must not be empty.")
            return None
        first, last = listed.text("serial_first"), listed.text("serial_last")
        if first is None or last is None:
            return None
        prefix = "" if is_blank_mark(cells[at.prefix]) else cells[at.prefix]
        located = locate(
            self.registry_code, series_of(self.registry_code, self._text(prefix)), narrow(first), narrow(last)
        )
        if isinstance(located, SerialRefusal):
            listed.refuse("serial_last", located.code, located.detail)
            return None
        return located

    def _project(self, listed: ListedCells, block: Block) -> str:
        if self._found is None:
            return block.facts.project or ""
        number = listed.project_number() or ""
        told = block.facts.project
        if number and told is not None and re.sub(r"^[A-Z]+-?", "", number) != told:
            detail = f"The serial says the project {told}, the row {number}."
            listed.refuse("serial", "serial_contradicts_row", detail)
        return number

    def _state(self, listed: ListedCells, cells: Sequence[str]) -> tuple[LineState, date | None] | NotALine | RowError:
        at = self._places
        word = folded(cells[at.status]) if at.status >= 0 else ""
        state = self._state_told(word, ended=at.ended >= 0 and not is_blank_mark(cells[at.ended]))
        if not isinstance(state, LineState):
            return state
        if state == LineState.ACTIVE or at.ended < 0 or is_blank_mark(cells[at.ended]):
            return state, None
        return state, listed.day("ended")

    def _state_told(self, word: str, *, ended: bool) -> LineState | NotALine | RowError:
        """What a row is by its status, else by whether it has a day on which it ended."""
        found = self._found
        if found is None:
            told = template.STATES.get(word)
            return LineState(told) if told else RowError("state", "state_missing", f"{word!r} is no state we know.")
        if self._all is not None:
            return self._all
        if self._places.status >= 0:
            return _state_of_word(found, word)
        return LineState.RETIRED if ended else LineState.ACTIVE

    def _said_by(self, cells: Sequence[str]) -> str | None:
        """What a row says of its serials; None when that is for the careful way."""
        at = self._places
        key = cells[at.status] if at.status >= 0 else "", cells[at.ended] if at.ended >= 0 else ""
        if key not in self._states:
            listed = ListedCells(self._layout, self._raw(cells))
            said = self._state(listed, cells)
            _remember(self._states, key, None if isinstance(said, NotALine | RowError) or listed.errors else said)
        state = self._states[key]
        return None if state is None else said_text(*state, *self._texts_of(cells))

    def _texts_of(self, cells: Sequence[str]) -> tuple[str, str, str, str]:
        """Beneficiary, purpose, note, transaction number."""
        name, purpose, note, number = [self._text(cells[place]) if place >= 0 else "" for place in self._places[-4:]]
        return name, purpose, note, number

    def _learned(self, around: tuple[str, str, str, str], serial: str) -> str | None:
        """The series of serials that stand between these texts, and the project; None when the row contradicts itself.

        Of nothing else in `serial` than these texts may the answer depend.
        """
        block = parse(self.registry_code, serial)
        told: str | None = None
        if isinstance(block, Block) and not block.located.high:
            listed = ListedCells(self._layout, {"project_number": around[3], "serial": serial})
            project = self._project(listed, block)
            told = None if listed.errors else series_text(block.located.series_key, project)
        return _remember(self._series, around, told)

    def _text(self, raw: str) -> str:
        """Words for people on one line, cut where they are too long; what cannot be seen in them is left out."""
        known = self._texts.get(raw)
        if known is not None:
            return known
        return _remember(self._texts, raw, ListedCells(self._layout, {"serial": raw}).prose("serial")[:PROSE_MAX])


def _cells_at(places: Iterable[int]) -> Callable[[Sequence[str]], object]:
    """What takes the cells at these places out of a row."""
    chosen = tuple(places)
    return itemgetter(*chosen) if chosen else lambda _: None


def _state_of_word(found: StatementLayout, word: str) -> LineState | NotALine | RowError:
    """What a row is by its status alone."""
    if word in found.divided:
        return NotALine("The block lives on in its parts.")
    if word in found.canceled:
        return LineState.CANCELED
    if word not in found.layout.active | found.layout.inactive:
        return RowError(found.layout.columns["status"], "unknown_status", f"{word!r} is no status we know.")
    return LineState.RETIRED if word in found.layout.inactive else LineState.ACTIVE


def _state_of_all(found: StatementLayout | None, there: set[str]) -> LineState | None:
    """What every row of a file of ended blocks is; None where each row tells for itself."""
    if found is None or not any(heading(name) in there for name in found.layout.ends_all):
        return None
    canceled = any(heading(name) in there for name in found.cancels)
    return LineState.CANCELED if canceled else LineState.RETIRED


def _remember(known: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    """Keep what was found out, as long as it stays small."""
    if len(known) >= _REMEMBERED_MAX:
        known.clear()
    known[key] = value
    return value

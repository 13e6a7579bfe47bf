"""Where does each thing stand in the rows of a file, by its header?"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from app.inventory.rules.layouts.layout import heading
from app.reconciliation.rules import template
from app.reconciliation.rules.statement_layouts import StatementLayout
from app.reconciliation.rules.statement_line import RowError


class Places(NamedTuple):
    """Where each thing stands in a row; -1 where the file has no such column."""

    serial: int
    prefix: int
    first: int
    last: int
    quantity: int
    project: int
    status: int
    ended: int
    beneficiary: int
    purpose: int
    note: int
    transaction: int


def placed(found: StatementLayout | None, header: Sequence[str]) -> tuple[Places, tuple[RowError, ...]]:
    """Where each column stands, and what is wrong with the header: columns that are missing, or there twice."""
    if found is None:
        places, errors = template.columns_of(header)
        at = [
            places.get(name, -1)
            for name in (
                "serial", "serial_prefix", "serial_first", "serial_last", "quantity", "project", "state", "changed_on",
                "beneficiary_name", "purpose", "note", "transaction_no",
            )
        ]  # fmt: skip
        return Places(*at), errors
    there: dict[str, list[int]] = {}
    for place, cell in enumerate(header):
        there.setdefault(heading(cell), []).append(place)
    columns = found.layout.columns
    first_of = _first_of(there)
    missing = [
        RowError(name, "missing_column", f"The column {name!r} is missing.")
        for name in found.layout.needs.values()
        if heading(name) not in there
    ]
    repeated = [
        RowError(name, "repeated_column", f"Two columns are called {name!r}.")
        for name in columns.values()
        if len(there.get(heading(name), ())) > 1
    ]
    at = [
        first_of((columns["serial"],)), -1, first_of((columns.get("serial_first", ""),)),
        first_of((columns.get("serial_last", ""),)), first_of((columns["quantity"],)),
        first_of((columns["project_number"],)), first_of((columns.get("status", ""),)),
        first_of(found.changed_on), first_of(found.beneficiary_name), first_of(found.purpose), first_of(found.note), -1,
    ]  # fmt: skip
    return Places(*at), (*missing, *repeated)


def _first_of(there: Mapping[str, list[int]]) -> Callable[[tuple[str, ...]], int]:
    def place(names: tuple[str, ...]) -> int:
        return next((there[heading(name)][0] for name in names if name and heading(name) in there), -1)

    return place

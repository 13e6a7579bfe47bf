"""Which movements does a bank statement hold, and which of them is the same movement in another file?

The layout is ours: a CSV file with the columns of `TEMPLATE_HEADER` in any order, named in English or Japanese; the memo
and the bank's reference may be left out. A file holds whole days: of two movements that are alike in every cell and bear
no reference of the bank, the second is told from the first only by its place among them.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, get_args

from app.core.text import CsvRow, csv_rows, decoded, folded, lines_of, tidy_line
from app.payments.rules.bank_row import BankMovement, Column, RowError, read_movement

TEMPLATE_HEADER: Final[tuple[Column, ...]] = get_args(Column)
ROWS_MAX: Final = 100_000
_OPTIONAL: Final[frozenset[Column]] = frozenset({"memo", "bank_reference"})
_JAPANESE: Final[Mapping[Column, tuple[str, ...]]] = {
    "booked_on": ("取引日", "お取引日", "勘定日", "日付"),
    "amount": ("金額", "取引金額", "入出金額"),
    "payer_name": ("振込依頼人名", "依頼人名", "振込人名", "お名前"),
    "memo": ("摘要", "備考", "メモ"),
    "bank_reference": ("照会番号", "取引番号", "明細番号"),
}


class KeyedMovement(NamedTuple):
    """A movement, and the key that it has in every file that holds it."""

    movement: BankMovement
    line_key: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """What a file holds. One error is enough to refuse it whole; then there are no movements."""

    movements: tuple[KeyedMovement, ...]
    """Each movement once, in the file's order."""
    rows: int
    errors: tuple[RowError, ...]


def read_bank_file(content: bytes, *, latest: date) -> BankFile:
    """Read a statement in UTF-8 (with or without a byte order mark) or CP932; raises nothing of its own.

    The header is row 1. `latest` is the last day that the bank may have booked.
    """
    try:
        text, _ = decoded(content)
    except ValueError as unreadable:
        return _refused(RowError(1, "", "unreadable_text", str(unreadable)))
    records = csv_rows(lines_of(text))
    header = next(records, None)
    if header is None:
        return _refused(RowError(1, "", "empty_file", "The file is empty."))
    columns, errors = _columns(header)
    if errors:
        return _refused(*errors)
    movements: list[BankMovement] = []
    rows = 0
    for record in records:
        rows += 1
        if rows > ROWS_MAX:
            errors.append(RowError(record.number, "", "too_many_rows", f"A file has at most {ROWS_MAX} rows."))
            break
        match _read(record, columns, latest):
            case BankMovement() as movement:
                movements.append(movement)
            case wrong:
                errors += wrong
    if rows == 0:
        errors.append(RowError(1, "", "no_rows", "There is a header and no row below it."))
    keyed, contradicting = told_once(_keys(movements))
    errors += [
        RowError(
            row,
            "bank_reference",
            "reference_contradicts",
            f"Row {known} has the same reference with another day or amount.",
        )
        for row, known in contradicting
    ]
    return _refused(*errors) if errors else BankFile(keyed, rows, ())


def _refused(*errors: RowError) -> BankFile:
    return BankFile((), 0, tuple(sorted(errors, key=lambda error: error.row)))


def _columns(header: CsvRow) -> tuple[list[Column], list[RowError]]:
    """The columns in the file's order, and what is wrong with the header."""
    if header.broken:
        return [], [RowError(header.number, "", "broken_row", f"The header cannot be read: {header.broken}.")]
    names = {_heading(name): column for column in TEMPLATE_HEADER for name in (column, *_JAPANESE[column])}
    found: list[Column] = []
    errors: list[RowError] = []
    for cell in header.cells:
        column, name = names.get(_heading(cell)), tidy_line(cell)[:100]
        if column is None:
            detail = f"The column {name!r} is not one of ours."
            errors.append(RowError(header.number, name, "unknown_column", detail))
        elif column in found:
            errors.append(RowError(header.number, column, "repeated_column", f"Two columns are {column}."))
        else:
            found.append(column)
    for column in TEMPLATE_HEADER:
        if column not in found and column not in _OPTIONAL:
            detail = f"The column {column} ({_JAPANESE[column][0]}) is missing."
            errors.append(RowError(header.number, column, "missing_column", detail))
    return found, errors


def _heading(text: str) -> str:
    return folded(text).replace(" ", "")


def _read(record: CsvRow, columns: Sequence[Column], latest: date) -> BankMovement | list[RowError]:
    if record.broken:
        detail = f"This row cannot be read, and none behind it: {record.broken}."
        return [RowError(record.number, "", "broken_row", detail)]
    if len(record.cells) != len(columns):
        detail = f"The row has {len(record.cells)} cells, the header {len(columns)}."
        wide = len(record.cells) > len(columns)
        return [RowError(record.number, "", "row_too_wide" if wide else "row_too_narrow", detail)]
    cells: dict[Column, str] = dict.fromkeys(TEMPLATE_HEADER, "")
    cells.update(zip(columns, record.cells, strict=True))
    return read_movement(record.number, cells, latest=latest)


def told_once(keyed: Iterable[KeyedMovement]) -> tuple[tuple[KeyedMovement, ...], list[tuple[int, int]]]:
    """Each key's movement once; and the rows, each with the first, whose key stood before with another day or amount."""
    found: dict[str, KeyedMovement] = {}
    contradicting = []
    for one in keyed:
        movement, known = one.movement, found.setdefault(one.line_key, one).movement
        if (known.booked_on, known.amount_minor) != (movement.booked_on, movement.amount_minor):
            contradicting.append((movement.row, known.row))
    return tuple(found.values()), contradicting


def key_of_reference(reference: str) -> str:
    """The key of a movement whose reference its bank gives to no other, in whatever file it stands."""
    return f"bank:{folded(reference)}"


def _keys(movements: Sequence[BankMovement]) -> Iterator[KeyedMovement]:
    alike: Counter[tuple[str, ...]] = Counter()
    for movement in movements:
        if movement.bank_reference:
            yield KeyedMovement(movement, key_of_reference(movement.bank_reference))
            continue
        # The same text may come in half-width katakana from one export and in full width from another.
        seen = (
            movement.booked_on.isoformat(),
            str(movement.amount_minor),
            folded(movement.payer_name),
            folded(movement.memo),
        )
        alike[seen] += 1
        yield KeyedMovement(movement, hashlib.sha256(json.dumps([*seen, alike[seen]]).encode()).hexdigest())

"""How does a kept statement become batches of lines, on a local copy and outside the event loop?

Memory does not grow with the file but for a digest of each record, by which the next statement is told from this one.
"""

import codecs
import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from app.core.text import encoding_of
from app.inventory.errors import FileUnreadable
from app.inventory.flow.opened import open_file
from app.reconciliation.operations import Quarantined
from app.reconciliation.rules import (
    KnownRecords,
    Line,
    LineText,
    NotALine,
    RawRecords,
    RowError,
    StatementLayout,
    StatementReader,
    cells_of,
    changed_records,
    layout_called,
    layout_of,
    line_text,
    raw_records,
)

BATCH: Final = 40_000
TEMPLATE: Final = "template"
_CHUNK: Final = 1_000_000


class Batch(NamedTuple):
    """Lines as COPY takes them, how many they are, and the rows between them that cannot be read."""

    lines: bytes
    good: int
    quarantined: list[Quarantined]
    last_row: int


class _Part(NamedTuple):
    """A batch's share, as text."""

    lines: str
    good: int
    quarantined: list[Quarantined]
    last_row: int


@dataclass(frozen=True, slots=True)
class Headed:
    """A statement whose header was read. `wrong` says why no row of it can be; then there is nothing more to read."""

    layout: str
    found: StatementLayout | None
    header: tuple[str, ...]
    wrong: tuple[RowError, ...]


def plain_copy(path: Path, folder: Path) -> tuple[Path, str]:
    """The file as text (see `as_text`) and its encoding. Raises FileUnreadable (400)."""
    plain = as_text(path, folder)
    return plain, _encoding(plain) if plain == path else "utf-8"


def as_text(path: Path, folder: Path) -> Path:
    """The file itself; of a workbook the first visible sheet, written out as UTF-8. Raises FileUnreadable (400)."""
    with path.open("rb") as file:
        is_workbook = file.read(4) == b"PK\x03\x04"
    if not is_workbook:
        return path
    written = folder / "sheet.csv"
    with written.open("w", encoding="utf-8", newline="") as out:
        writer, number = csv.writer(out, lineterminator="\n"), 1
        for row in open_file(path).records:
            out.write("\n" * (row.number - number))  # Rows are told by their numbers: blank ones count.
            writer.writerow([" ".join(cell.splitlines()) for cell in row.cells])
            number = row.number + 1
    return written


def headed(path: Path, encoding: str, registry_code: str, asked: str) -> Headed:
    """Read the header, and so find the layout that was asked for, or that it shows."""
    with path.open("rb") as file:
        first = next(raw_records(file, encoding, KnownRecords(b"")), None)
    if first is None:
        return Headed("", None, (), (RowError("", "empty_file", "The file is empty."),))
    cells = tuple(cells_of(first.contents[0].decode(encoding, "replace").rstrip("\r\n")) or ())
    found = None if asked == TEMPLATE else layout_called(asked) or layout_of(cells)
    if found is not None and found.layout.registry_code != registry_code:
        detail = f"The account is one of {registry_code}; this file is one of {found.layout.registry_code}."
        return Headed(found.name, found, cells, (RowError("", "serial_contradicts_row", detail),))
    reader = StatementReader(found, registry_code, cells)
    return Headed(found.name if found else TEMPLATE, found, cells, reader.errors)


class Reading:
    """The rows of one statement, those that were staged before left out."""

    def __init__(
        self, file: BinaryIO, encoding: str, head: Headed, registry_code: str, known: KnownRecords,
        *, before: BinaryIO | None, next_n: int,
    ) -> None:  # fmt: skip
        """Nothing is read yet. New lines are numbered from `next_n` on; `before` is the file of the known records."""
        self._encoding = encoding
        self.known = known
        self.rows = 0
        """How many the file has, its header and blank ones included; known when all were read."""
        self._reader = StatementReader(head.found, registry_code, head.header)
        if before is not None and known.is_line_by_line:
            records = changed_records(before, file, encoding, known)
        else:
            known.look_for(0, len(known))
            records = raw_records(file, encoding, known)
        self._records: Iterator[RawRecords] = self._counted(records)
        self.next_n = next_n

    def pass_over(self, staged: Mapping[int, int], *, last_row: int) -> None:
        """Go on behind row `last_row`; `staged` are the lines, by row, that were made of new records up to there."""
        next(self._records, None)
        for group in self._records if last_row else ():
            for place, (number, content) in enumerate(zip(group.rows, group.contents, strict=True)):
                if number > last_row:
                    rest = RawRecords(group.rows[place:], group.contents[place:], group.broken)
                    self._records = chain([rest], self._records)
                    return
                if number in staged:
                    self.known.learn([number], [content], staged[number])
            if group.rows[-1] == last_row:
                return

    def _counted(self, records: Generator[RawRecords, None, int]) -> Iterator[RawRecords]:
        self.rows = yield from records

    def batches(self) -> Iterator[Batch]:
        """New rows, batch by batch. Raises nothing."""
        parts: list[_Part] = []
        rows = 0
        for group in self._records:
            parts.append(self._part(group))
            rows += len(group.rows)
            if rows >= BATCH:
                yield _batch(parts)
                parts, rows = [], 0
        if parts:
            yield _batch(parts)

    def _part(self, group: RawRecords) -> _Part:
        rows, contents, broken = group
        cells = self._cells(contents)
        quick, first_n = self._reader.quick, self.next_n
        told: list[LineText | None] = [None if each is None else quick(each) for each in cells]
        quarantined: list[Quarantined] = []
        if broken or None in told:
            for place, line in enumerate(told):
                if line is None or broken:
                    told[place] = self._careful(
                        rows[place], contents[place], None if broken else cells[place], quarantined
                    )
            good = [place for place, line in enumerate(told) if line is not None]
            rows, contents = [rows[place] for place in good], [contents[place] for place in good]
        numbered = enumerate(zip(rows, filter(None, told), strict=True), first_n)
        lines = [f"{n}\t{row}\t{lo}\t{hi}\t{series}\t{said}\n" for n, (row, (lo, hi, series, said)) in numbered]
        self.known.learn(rows, contents, first_n)
        self.next_n = first_n + len(lines)
        return _Part("".join(lines), len(lines), quarantined, group.rows[-1])

    def _cells(self, contents: Sequence[bytes]) -> list[list[str] | None]:
        """The cells of each record; None where they cannot be told."""
        try:
            return [cells_of(content.decode(self._encoding).rstrip("\r\n")) for content in contents]
        except UnicodeDecodeError:
            return [self._cells_of_one(content) for content in contents]

    def _cells_of_one(self, content: bytes) -> list[str] | None:
        try:
            return cells_of(content.decode(self._encoding).rstrip("\r\n"))
        except UnicodeDecodeError:
            return None

    def _careful(
        self, number: int, content: bytes, cells: list[str] | None, quarantined: list[Quarantined]
    ) -> LineText | None:
        if cells is None:
            shown = content.decode(self._encoding, "replace").rstrip("\r\n")[:500]
            wrong = RowError("", "broken_row", "The row cannot be read: a quote has no partner, or bytes are no text.")
            quarantined.append(Quarantined(number, [shown], [wrong], None, None, None))
            return None
        read = self._reader.careful(cells)
        if isinstance(read, Line):
            return line_text(read)
        if not isinstance(read, NotALine):
            at = self._reader.located(cells)
            quarantined.append(
                Quarantined(
                    number, cells, read, at.series_key if at else None, at.lo if at else None, at.hi if at else None
                )
            )
        return None


def _batch(parts: Sequence[_Part]) -> Batch:
    return Batch(
        "".join(part.lines for part in parts).encode(),
        sum(part.good for part in parts),
        [row for part in parts for row in part.quarantined],
        parts[-1].last_row,
    )


def _encoding(path: Path) -> str:
    """UTF-8 where that does; only else every encoding is tried. Raises FileUnreadable (400)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        try:
            with path.open("rb") as file:
                return encoding_of(iter(lambda: file.read(_CHUNK), b""))
        except ValueError as error:
            raise FileUnreadable(str(error)) from error
    return "utf-8"

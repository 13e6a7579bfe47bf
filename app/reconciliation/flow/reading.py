"""How does a kept statement become batches of lines, on a local copy and outside the event loop?

Memory does not grow with the file but for a digest of each record, by which the next statement is told from this one.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from app.core.text import encoding_of
from app.inventory.errors import FileUnreadable
from app.inventory.flow.opened import open_file
from app.reconciliation.operations import Quarantined
from app.reconciliation.rules import (
    KnownRecords,
    Line,
    LineParts,
    NotALine,
    RawRecord,
    RowError,
    StatementLayout,
    StatementReader,
    cells_of,
    changed_records,
    layout_called,
    layout_of,
    raw_records,
)
from app.retirements.rules import reference_in

BATCH: Final = 40_000
_PART: Final = 2_000
"""Rows whose cells are in memory at once: so few stay in the processor's cache, which makes reading a third faster."""
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
    """The file as text and its encoding; a workbook's first visible sheet is written out. Raises FileUnreadable (400)."""
    with path.open("rb") as file:
        is_workbook = file.read(4) == b"PK\x03\x04"
    if not is_workbook:
        return path, _encoding(path)
    written = folder / "sheet.csv"
    with written.open("w", encoding="utf-8", newline="") as out:
        writer, number = csv.writer(out, lineterminator="\n"), 1
        for row in open_file(path).records:
            out.write("\n" * (row.number - number))  # Rows are told by their numbers: blank ones count.
            writer.writerow([" ".join(cell.splitlines()) for cell in row.cells])
            number = row.number + 1
    return written, "utf-8"


def headed(path: Path, encoding: str, registry_code: str, asked: str) -> Headed:
    """Read the header, and so find the layout that was asked for, or that it shows."""
    with path.open("rb") as file:
        first = next(raw_records(file, encoding, KnownRecords(b"")), None)
    if first is None:
        return Headed("", None, (), (RowError("", "empty_file", "The file is empty."),))
    cells = tuple(cells_of(first[1].decode(encoding, "replace").rstrip("\r\n")) or ())
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
        self._reader = StatementReader(head.found, registry_code, head.header)
        if before is not None and known.is_line_by_line:
            self._records = changed_records(before, file, encoding, known)
        else:
            known.look_for(0, len(known))
            self._records = raw_records(file, encoding, known)
        self.next_n = next_n

    def pass_over(self, staged: Mapping[int, int], *, last_row: int) -> None:
        """Go on behind row `last_row`; `staged` are the lines, by row, that were made of new records up to there."""
        next(self._records, None)
        while last_row and (record := next(self._records, None)) is not None:
            number, content, _ = record
            if number in staged:
                self.known.learn([number], [content], staged[number])
            if number >= last_row:
                return

    def batches(self) -> Iterator[Batch]:
        """New rows, batch by batch. Raises nothing."""
        while parts := [self._part(chunk) for chunk in self._chunks()]:
            yield Batch(
                "".join(part.lines for part in parts).encode(),
                sum(part.good for part in parts),
                [row for part in parts for row in part.quarantined],
                parts[-1].last_row,
            )

    def _chunks(self) -> Iterator[list[RawRecord]]:
        for _ in range(BATCH // _PART):
            if not (chunk := list(islice(self._records, _PART))):
                return
            yield chunk

    def _part(self, chunk: list[RawRecord]) -> _Part:
        rows, records, broken = zip(*chunk, strict=True)
        cells = self._cells(records)
        quick, first_n = self._reader.quick, self.next_n
        told: list[LineParts | None] = [None if each is None else quick(each) for each in cells]
        quarantined: list[Quarantined] = []
        if None in told or any(broken):
            for place, line in enumerate(told):
                if line is None or broken[place]:
                    told[place] = self._careful(chunk[place], cells[place], quarantined)
            good = [place for place, line in enumerate(told) if line is not None]
            rows, records = tuple(rows[place] for place in good), tuple(records[place] for place in good)
        lines = [_copied(n, *each) for n, each in enumerate(zip(rows, filter(None, told), strict=True), first_n)]
        self.known.learn(rows, records, first_n)
        self.next_n = first_n + len(lines)
        return _Part("".join(lines), len(lines), quarantined, chunk[-1][0])

    def _cells(self, records: Sequence[bytes]) -> list[list[str] | None]:
        """The cells of each record; None where they cannot be told."""
        try:
            texts = [content.decode(self._encoding) for content in records]
            return list(csv.reader(texts, strict=True))
        except (UnicodeDecodeError, csv.Error):
            return [self._cells_of_one(content) for content in records]

    def _cells_of_one(self, content: bytes) -> list[str] | None:
        try:
            return cells_of(content.decode(self._encoding).rstrip("\r\n"))
        except UnicodeDecodeError:
            return None

    def _careful(self, record: RawRecord, cells: list[str] | None, quarantined: list[Quarantined]) -> Line | None:
        number, content, broken = record
        if broken or cells is None:
            shown = content.decode(self._encoding, "replace").rstrip("\r\n")[:500]
            wrong = RowError("", "broken_row", "The row cannot be read: a quote has no partner, or bytes are no text.")
            quarantined.append(Quarantined(number, [shown], [wrong], None, None, None))
            return None
        read = self._reader.careful(cells)
        if isinstance(read, Line):
            return read
        if not isinstance(read, NotALine):
            at = self._reader.located(cells)
            quarantined.append(
                Quarantined(
                    number, cells, read, at.series_key if at else None, at.lo if at else None, at.hi if at else None
                )
            )
        return None


def lines_in(path: Path) -> int:
    """How many lines a file has; the last one may lack its end."""
    lines, last = 0, b"\n"
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            lines, last = lines + part.count(b"\n"), part[-1:]
    return lines + (last != b"\n")


def _copied(n: int, row_number: int, line: LineParts) -> str:
    """A line as COPY's text format has it. Texts are on one line already: only the backslash means something there."""
    series_key, lo, hi, state, changed_on, name, purpose, note, transaction_no, project = line
    reference = (reference_in(note) or "") if "OD-" in note else ""
    words = f"{series_key}\t{name}\t{purpose}\t{note}\t{transaction_no}\t{project}\t{reference}\n"
    if "\\" in words:
        words = words.replace("\\", "\\\\")
    return f"{n}\t{row_number}\t{lo}\t{hi}\t{state}\t{changed_on or chr(92) + 'N'}\t{words}"


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

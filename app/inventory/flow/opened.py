"""Which records does an uploaded file hold? Text in any encoding we read, or the first visible sheet of a workbook.

Runs on a local copy, outside the event loop: nothing here keeps more in memory than a record, but for the sheet.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.core.text import MAX_ROW_CHARS, CsvRow, encoding_of, tidy_line
from app.inventory.errors import FileUnreadable
from app.inventory.rules import records
from app.inventory.rules.sheet_cells import cell_text

XLSX: Final = "xlsx"
SHEET_BYTES_MAX: Final = 150_000_000
"""Of all of a workbook's parts together, unpacked."""
SHEET_CELLS_MAX: Final = 4_000_000
"""Of the rectangle that a sheet's cells span: the library that reads it lays out all of it."""
PARTS_MAX: Final = 1_000
_CHUNK: Final = 1_000_000
_CELL: Final = re.compile(rb'<c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that can be read from its first record on; `rows_max` is no fewer than it has."""

    encoding: str
    rows_max: int
    records: Iterator[CsvRow]


def open_file(path: Path) -> OpenedFile:
    """Look at a file's first bytes and its encoding; nothing is read into memory but a sheet that is known to fit.

    Raises FileUnreadable (400).
    """
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return _workbook(path)
        file.seek(0)
        counted = _Counted(file)
        try:
            encoding = encoding_of(counted)
        except ValueError as error:
            raise FileUnreadable(str(error)) from error
    return OpenedFile(encoding, counted.lines + 1, records(_lines(path, encoding)))


class _Counted:
    """A file's parts, with the ends of lines in them counted."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.lines = 0

    def __iter__(self) -> Iterator[bytes]:
        while part := self._file.read(_CHUNK):
            self.lines += part.count(b"\n") + part.count(b"\r")
            yield part


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        # A line without an end must not be read whole: what is longer than a row may be is broken anyway.
        while line := file.readline(MAX_ROW_CHARS + 1):
            yield line


def _workbook(path: Path) -> OpenedFile:
    _weigh(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        shown = [each for each in workbook.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        names = [each.name for each in shown if each.typ == SheetTypeEnum.WorkSheet]
        if not names:
            raise FileUnreadable("The workbook has no visible sheet.")
        sheet = workbook.get_sheet_by_name(names[0])
    except CalamineError as error:
        raise FileUnreadable(f"The workbook cannot be read: {str(error)[:200]}") from error
    begins = sheet.start[0] + 1 if sheet.start else 1

    def rows() -> Iterator[CsvRow]:
        for number, row in enumerate(sheet.iter_rows(), start=begins):
            cells = tuple(cell_text(value) for value in row)
            if any(tidy_line(cell) for cell in cells):
                yield CsvRow(number, cells, None)

    return OpenedFile(XLSX, sheet.height + 1, rows())


def _weigh(path: Path) -> None:
    """Refuse a workbook that would not fit into memory, by what it declares first, then by what it unpacks to."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > SHEET_BYTES_MAX:
                raise FileUnreadable(f"The workbook unpacks to more than {SHEET_BYTES_MAX} bytes. Save it as CSV.")
            left = SHEET_BYTES_MAX
            for part in parts:
                left = _weighed(file, part, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, UnicodeDecodeError) as error:
        raise FileUnreadable("The workbook is damaged.") from error


def _weighed(file: BinaryIO, part: zipfile.ZipInfo, left: int) -> int:
    """How many bytes are left of the allowance behind this part, however many it says that it has."""
    is_sheet = part.filename.lower().startswith("xl/worksheets/")
    rows = columns = 0
    tail = b""
    for content in _unpacked(file, part):
        left -= len(content)
        if left < 0:
            raise FileUnreadable(f"The workbook unpacks to more than {SHEET_BYTES_MAX} bytes. Save it as CSV.")
        if is_sheet:
            seen = tail + content
            for match in _CELL.finditer(seen):
                rows, columns = max(rows, int(match[2])), max(columns, _column(match[1]))
            tail = seen[-200:]
            if rows * columns > SHEET_CELLS_MAX:
                raise FileUnreadable(f"A sheet spans more than {SHEET_CELLS_MAX} cells. Save it as CSV.")
    return left


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's content in chunks, unpacked by ourselves: the standard reader stops at the size that is declared."""
    if part.flag_bits & 1 or part.compress_type not in {_STORED, _DEFLATED}:
        raise FileUnreadable("The workbook is encrypted, or packed in a manner that is not read here.")
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(part.filename)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    packed_left = part.compress_size
    inflate = zlib.decompressobj(-15) if part.compress_type == _DEFLATED else None
    while packed_left > 0 and (packed := file.read(min(_CHUNK // 16, packed_left))):
        packed_left -= len(packed)
        if inflate is None:
            yield packed
            continue
        yield inflate.decompress(packed, _CHUNK)
        while inflate.unconsumed_tail:
            yield inflate.decompress(inflate.unconsumed_tail, _CHUNK)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

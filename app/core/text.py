"""How is text that people typed or saved in a spreadsheet decoded, tidied and compared, Japanese included?"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

MAX_ROW_CHARS = 100_000  # Below the csv module's own limit for one field: an unclosed quote cannot eat a whole file.

_SPACES = re.compile(r"[ \t\r\n\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212\u2500\u30fc\uff0d\uff70]*")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?: 0:00(?::00)?)?")
# Bytes that Python's CP932 lets through though Windows-31J gives them no character.
_NOT_CP932 = re.compile(r"[\x80-\xa0\uf8f0-\uf8f3]")


class CsvRow(NamedTuple):
    """One record: its number as a spreadsheet counts (the first is 1), its cells, and why it could not be read."""

    number: int
    cells: tuple[str, ...]
    broken: str | None


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding's name: "utf-8", "utf-8-sig" (with a byte order mark) or "cp932".

    UTF-8 wins where both would do. Raises ValueError that names the offset of the first byte each cannot read.
    """
    marked = content.startswith(codecs.BOM_UTF8)
    start = len(codecs.BOM_UTF8) if marked else 0
    try:
        return content[start:].decode("utf-8"), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError as error:
        utf8_offset = start + error.start
    if marked:
        raise ValueError(f"The file says that it is UTF-8, but is not at byte {utf8_offset}.")
    text, cp932_offset = _as_cp932(content)
    if cp932_offset is None:
        return text, "cp932"
    raise ValueError(f"The file is neither UTF-8 (see byte {utf8_offset}) nor CP932 (see byte {cp932_offset}).")


def encoding_of(parts: Iterable[bytes]) -> str:
    """The encoding of a text that comes in parts, as `decoded` names it; the parts are passed over once.

    Raises ValueError that names the offset of the first byte each cannot read.
    """
    utf8, cp932 = _Attempt("utf-8"), _Attempt("cp932")
    marked, first = False, True
    for part in parts:
        if first and part:
            marked, first = part.startswith(codecs.BOM_UTF8), False
        utf8.read(part)
        if not marked:
            cp932.read(part)
    utf8.read(b"", final=True)
    if utf8.stuck_at is None:
        return "utf-8-sig" if marked else "utf-8"
    if marked:
        raise ValueError(f"The file says that it is UTF-8, but is not at byte {utf8.stuck_at}.")
    cp932.read(b"", final=True)
    if cp932.stuck_at is None:
        return "cp932"
    raise ValueError(f"The file is neither UTF-8 (see byte {utf8.stuck_at}) nor CP932 (see byte {cp932.stuck_at}).")


class _Attempt:
    """Reads parts as one encoding until a byte does not fit."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._offset = 0
        self.stuck_at: int | None = None

    def read(self, part: bytes, *, final: bool = False) -> None:
        if self.stuck_at is not None:
            return
        pending = self._decoder.getstate()[0]
        begins = self._offset - len(pending)
        try:
            text = self._decoder.decode(part, final)
        except UnicodeDecodeError as error:
            self.stuck_at = begins + error.start
            return
        if self._encoding == "cp932":
            stray = _NOT_CP932.search(text)
            self.stuck_at = None if stray is None else begins + len(text[: stray.start()].encode("cp932"))
        self._offset += len(part)


def _as_cp932(content: bytes) -> tuple[str, int | None]:
    """The text, and the offset of the first byte that is no CP932, None when all is."""
    try:
        text, offset = content.decode("cp932"), None
    except UnicodeDecodeError as error:
        text, offset = content[: error.start].decode("cp932"), error.start
    stray = _NOT_CP932.search(text)
    return text, len(text[: stray.start()].encode("cp932")) if stray else offset


def lines_of(text: str) -> Iterable[str]:
    """Return the lines with their ends, as `csv_rows` wants them (`splitlines` would also break at U+2028)."""
    return io.StringIO(text, newline="")


def csv_rows(lines: Iterable[str]) -> Iterator[CsvRow]:
    """Yield the records that have anything in them; blank ones are only counted.

    A record whose quotes do not fit, or that is longer than `MAX_ROW_CHARS`, comes last, with `broken` set: behind
    it nobody knows where a row begins. Raises nothing of its own.
    """
    guarded = _Guarded(lines)
    reader = csv.reader(guarded, strict=True)
    number = 0
    while True:
        number += 1
        guarded.row_chars = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield CsvRow(number, (), str(error))
            return
        if any(tidy_line(cell) for cell in cells):
            yield CsvRow(number, tuple(cells), None)


class _Guarded:
    """Lines without the byte order mark, which refuse to add up to an endless row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._first = True
        self.row_chars = 0

    def __iter__(self) -> "_Guarded":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        self.row_chars += len(line)
        if self.row_chars > MAX_ROW_CHARS:
            raise csv.Error(f"row longer than {MAX_ROW_CHARS} characters")
        return line


def tidy_line(text: str) -> str:
    """Return the text on one line: line breaks and runs of spaces, full-width ones too, become one space."""
    if text.isascii() and text.isprintable() and "  " not in text:  # Nearly every cell of a large file.
        return text.strip(" ")
    return _SPACES.sub(" ", text).strip(" ")


def folded(text: str) -> str:
    """Return the form in which two texts are compared: width, case, composition and spacing no longer count."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Unicode's compatibility caseless match (The Unicode Standard, 3.13, D146): folding twice makes it stable.
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return " ".join(unicodedata.normalize("NFKC", once.casefold()).split())


def bigrams(folded_text: str) -> list[str]:
    """Return every pair of neighbouring characters within the words of a folded text, each once, sorted.

    Japanese is written without spaces between words, so pairs are what an index can look for without a dictionary.
    """
    pairs = {word[place : place + 2] for word in folded_text.split() for place in range(len(word) - 1)}
    return sorted(pairs)


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits and signs (Ａ１／) as ASCII; nothing else changes."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def is_blank_mark(text: str) -> bool:
    """Tell whether a cell says "nothing": empty, spaces, or only dashes of any kind (-, －, ー, ‐ ...)."""
    if text.isascii() and text[:1].isalnum():
        return False
    return _DASHES.fullmatch(_SPACES.sub("", text)) is not None


def has_control_characters(text: str) -> bool:
    """Tell whether the text holds what no cell should: controls other than tab and line ends, and what cannot be seen.

    Unseen characters (zero width, text direction, lone surrogates) would let two equal-looking serials differ.
    """
    if text.isascii() and text.isprintable():  # Nearly every cell; asking each character takes fifty times as long.
        return False
    return any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in "\t\r\n" for char in text)


def typed_date(text: str) -> date | None:
    """Return the date of "2024-04-01", "2024/4/1" or "2024/4/1 0:00" (full-width too), or None when it is not one."""
    match = _DATE.fullmatch(tidy_line(narrow(text)))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None

"""Which records are in a CSV file that may be broken here and there? One broken row costs itself, never the next ones.

A quote that was lost makes a reader swallow what follows, or cut cells at the wrong commas. Here a record that cannot be
right is told as broken by its first line alone, and reading goes on at the next line. A row whose columns may have
shifted is never given out as good: it would have to keep the width and the parity of its quotes.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from app.core.text import MAX_ROW_CHARS, CsvRow, tidy_line

BROKEN_MAX: Final = 1_000
"""Each broken row is read twice at most `MAX_ROW_CHARS` far; a file with more of them is no table."""


def records(lines: Iterable[str]) -> Iterator[CsvRow]:
    """Yield the records that have anything in them, broken ones with the reason; blank ones are only counted.

    Lines keep their ends. Raises nothing of its own, and keeps no more than one record in memory.
    """
    source = _Source(lines)
    reader = csv.reader(source, strict=True)
    number, broken_rows, width, doubted = 0, 0, 0, False
    while True:
        number += 1
        source.begin()
        try:
            cells = next(reader)
            reason = _wrong_with(cells, source.taken, width, doubted=doubted)
        except StopIteration:
            return
        except csv.Error as error:
            cells, reason = [], str(error)
        if reason is None:
            doubted = False
            width = width or len(cells)
            if any(tidy_line(cell) for cell in cells):
                yield CsvRow(number, tuple(cells), None)
            continue
        broken_rows += 1
        if broken_rows == BROKEN_MAX:
            yield CsvRow(number, (), f"{reason}; {BROKEN_MAX} rows are broken, and nothing behind this one was read")
            return
        yield CsvRow(number, (source.taken[0].rstrip("\r\n")[:MAX_ROW_CHARS],) if source.taken else (), reason)
        source.give_back()
        reader, doubted = csv.reader(source, strict=True), True


def _wrong_with(cells: list[str], taken: list[str], width: int, *, doubted: bool) -> str | None:
    """Why a record that could be split into cells is not believed, or None."""
    if len(taken) == 1 and '"' not in taken[0]:
        return None
    if sum(line.count('"') for line in taken) % 2:
        return "a quote has no partner"
    if width > 2 and any(line.count(",") >= width - 1 for line in taken[1:]):
        return "a cell holds what looks like a whole row: a quote is missing"
    if doubted and any(cell.startswith('"') or cell.endswith('"') for cell in cells):
        return "a quote stands at the edge of a cell, behind a row that is broken"
    return None


class _Source:
    """Lines without the byte order mark; those of the record at hand can be given back but for the first."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._first = True
        self._chars = 0
        self.taken: list[str] = []

    def __iter__(self) -> "_Source":
        return self

    def begin(self) -> None:
        """A new record begins."""
        self.taken = []
        self._chars = 0

    def give_back(self) -> None:
        """The record at hand was no record: what lies behind its first line is read again."""
        self._again.extendleft(reversed(self.taken[1:]))

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        self.taken.append(line)
        self._chars += len(line)
        if self._chars > MAX_ROW_CHARS:
            raise csv.Error(f"row longer than {MAX_ROW_CHARS} characters")
        return line

"""How are bad rows given back in a file that a spreadsheet opens, without computing what somebody else wrote?"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BESIDE: Final = ("row", "errors")
"""Columns of ours around the file's own: the row's number in front, the reasons behind."""


def defused(cell: str) -> str:
    """The cell as text: what a spreadsheet would compute gets an apostrophe in front (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_COMPUTED) else cell


def refused_header(header: Sequence[str]) -> str:
    """The first line of the file."""
    return _written([BESIDE[0], *header, BESIDE[1]])


def refused_row(number: int, cells: Sequence[str], reasons: Iterable[tuple[str, str, str]], *, width: int) -> str:
    """A bad row's line: its cells as they stood, under the header's `width` columns, and (column, code, detail) each."""
    told = "; ".join(
        f"{column}: {code}: {detail}" if column else f"{code}: {detail}" for column, code, detail in reasons
    )
    return _written([str(number), *cells, *[""] * (width - len(cells)), told])


def _written(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow([defused(cell) for cell in cells])
    return line.getvalue()

"""Are registries' real files read whole? Every row accounted for, and every serial printed as it was written.

`python -m benchmarks.samples FOLDER` reads each CSV below the folder through the readers that imports use, tells per
file what became of its rows, and ends with 1 when a row is missing, or a serial does not come back to the character.
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.core.text import CsvRow, decoded, lines_of, tidy_line
from app.inventory.rules import Block, ParsedRow, parse, read_file, records
from app.inventory.rules.layouts.layout import heading
from app.inventory.rules.layouts.registries import REGISTRY_LAYOUTS
from app.inventory.rules.serials import cercarbono


@dataclass
class Account:
    """What became of one file's rows."""

    layout: str
    rows: int = 0
    good: int = 0
    not_active: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    without_serials: bool = False
    refused: str = ""
    """Why the file as a whole is no registry's, where its header says so: then no row of it is read."""
    serials: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every row is in one of the columns."""
        return (
            self.without_serials
            or bool(self.refused)
            or self.rows == self.good + self.not_active + sum(self.bad.values())
        )


def account_of(content: bytes) -> Account:
    """Read one file as an import would; its rows are counted again by a plain reader of CSV."""
    text, _ = decoded(content)
    found = list(records(lines_of(text)))
    reading = read_file(iter(found))
    account = Account(reading.layout)
    account.rows = _counted(text) - 1
    rows = list(reading.rows)
    if any(error.code == "layout_without_serials" for row in rows for error in row.errors):
        account.without_serials = True
        return account
    if len(rows) == 1 and rows[0].row_number == 1:
        account.refused = rows[0].errors[0].code
        return account
    for row in rows:
        _enter(account, row)
    account.violations += _not_printed_back(account, found)
    return account


def _counted(text: str) -> int:
    return sum(any(cell.strip() for cell in cells) for cells in csv.reader(lines_of(text.removeprefix("\ufeff"))))


def _enter(account: Account, row: ParsedRow) -> None:
    if row.facts is not None:
        account.good += 1
    elif row.is_not_active:
        account.not_active += 1
    else:
        account.bad[row.errors[0].code] += 1


def _not_printed_back(account: Account, found: list[CsvRow]) -> list[str]:
    """Serials that are not printed as they were written, retired ones included."""
    layout = next((each for each in REGISTRY_LAYOUTS if each.name == account.layout), None)
    if layout is None:
        return []
    header = [heading(cell) for cell in found[0].cells]
    places = [
        header.index(heading(layout.columns[name]))
        for name in ("serial", "serial_first", "serial_last")
        if name in layout.columns
    ]
    told = []
    for record in found[1:]:
        if record.broken or len(record.cells) != len(header):
            continue
        written = [tidy_line(record.cells[place]) for place in places]
        account.serials += 1
        block = parse(layout.registry_code, written[0]) if len(written) == 1 else cercarbono.parse_cells(*written)
        if not isinstance(block, Block):
            told.append(f"row {record.number}: {block.detail}")
        elif ([block.text] if len(written) == 1 else list(cercarbono.cells(block))) != written:
            told.append(f"row {record.number}: {written} came back as {block.text}")
        elif len(written) == 1 and block.part(block.located.serials) != written[0]:
            told.append(f"row {record.number}: {written} is cut as {block.part(block.located.serials)}")
    return told


def main() -> int:
    """Read every file and tell; 1 when one of them is not whole."""
    folder = Path(sys.argv[1])
    paths = sorted(folder.rglob("*.csv"))
    failed = not paths
    print(f"{'file':<46} {'layout':<14} {'rows':>5} {'good':>5} {'not active':>10}  quarantined")
    total: Counter[str] = Counter()
    for path in paths:
        account = account_of(path.read_bytes())
        whole = account.is_whole and not account.violations
        failed |= not whole
        bad = ", ".join(f"{code} {count}" for code, count in sorted(account.bad.items())) or "-"
        told = "no serials: told as such" if account.without_serials else bad
        told = f"refused by its header: {account.refused}" if account.refused else told
        name = str(path.relative_to(folder))
        print(f"{name:<46} {account.layout:<14} {account.rows:>5} {account.good:>5} {account.not_active:>10}  {told}")
        for line in account.violations[:10]:
            print(f"  {line}")
        if not account.is_whole:
            print("  ROWS ARE MISSING")
        total += Counter(
            rows=account.rows, good=account.good, not_active=account.not_active, serials=account.serials,
            quarantined=sum(account.bad.values()), without_serials=account.rows if account.without_serials else 0, refused=account.rows if account.refused else 0,
        )  # fmt: skip
    print(", ".join(f"{name} {count}" for name, count in sorted(total.items())))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

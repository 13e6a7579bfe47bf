"""How does a table become an XLSX file? Row by row with constant memory; texts stay texts, whatever they look like."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Cell = str | int | None


class Table(NamedTuple):
    """One sheet: its name, a note above it, the headings, and the rows. Whole numbers become numbers, the rest text."""

    name: str
    note: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]


def xlsx(tables: Iterable[Table]) -> bytes:
    """The file. No text is read as a formula, a link or a number: 0012 keeps its zeros, =1+1 stays as it is typed."""
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # When the first workbook is written: most processes write none.

    with xlsxwriter.Workbook(out, options) as book:
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            for column, width in enumerate(table.widths):
                sheet.set_column(column, column, width)
            sheet.write_string(0, 0, table.note)
            for column, heading in enumerate(table.headings):
                sheet.write_string(1, column, heading, head)
            sheet.freeze_panes(2, 0)
            for n, row in enumerate(table.rows, start=2):
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(n, column, cell)
                    elif cell is not None:
                        sheet.write_string(n, column, cell, text)
    return out.getvalue()

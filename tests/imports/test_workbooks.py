"""Is a workbook read as the table that it shows, and can none eat the server's memory?"""

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pytest

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import XLSX, Importer


def workbook(rows: list[list[object]], *, before: str | None = None) -> bytes:
    """A file with these rows on its first visible sheet, behind a hidden one."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if before is not None:
        sheet.append([before])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("Blocks")
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def table(rows: int) -> list[list[object]]:
    """The holdings file's cells, days and numbers as a spreadsheet keeps them."""
    header, *body = csv.reader(io.StringIO(holdings(rows).decode()))
    typed = [
        [
            date.fromisoformat(cell) if name in {"Vintage Start", "Vintage End"}
            else int(cell) if name in {"ID", "Quantity Issued"} else cell
            for name, cell in zip(header, row, strict=True)
        ]
        for row in body
    ]  # fmt: skip
    return [list(header), *typed]


async def test_a_workbook_says_what_the_same_table_says_as_text(verra: Importer) -> None:
    by_text = await verra.staged(holdings(30))
    by_book = await verra.staged(workbook(table(30), before="not this one"), XLSX)
    assert (by_book["import"]["encoding"], by_book["import"]["layout"]) == ("xlsx", "verra")
    facts = [
        [(row["row"], row["declares"]) for row in await verra.rows(each["import"]["id"], "good")]
        for each in (by_text, by_book)
    ]
    assert facts[0] == facts[1]
    assert len(facts[1]) == 30


async def test_a_serial_kept_as_a_number_beyond_fifteen_digits_is_refused_and_never_rounded(verra: Importer) -> None:
    header = ["registry", "project_list", "project_number", "certification_no", "serial_prefix", "serial_first",
              "serial_last", "quantity", "unit", "vintage_from", "vintage_to", "note"]  # fmt: skip
    row: list[object] = [
        "verra",
        "",
        9,
        "X",
        "P-",
        12345678901234567,
        12345678901234576,
        10,
        "t",
        date(2024, 4, 1),
        date(2025, 3, 31),
        "",
    ]
    staged = await verra.staged(workbook([header, row]), XLSX)
    codes = {error["code"] for error in staged["bad_rows"]["data"][0]["errors"]}
    assert "not_digits" in codes


def bomb(*, sheet: bytes, declared: int | None = None) -> bytes:
    """A valid workbook whose sheet unpacks to something else."""
    source = zipfile.ZipFile(io.BytesIO(workbook([["a"]])))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            target.writestr(part.filename, sheet if is_sheet else source.read(part))
    made = content.getvalue()
    if declared is not None:  # The size in the central directory and in the part's own header is a claim, no fact.
        made = made.replace(len(sheet).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return made


_OPEN = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
WIDE = (
    _OPEN
    + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
LONG = _OPEN + b" " * 151_000_000 + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(sheet=WIDE), "spans more than"),
        (bomb(sheet=LONG), "unpacks to more than"),
        (bomb(sheet=LONG, declared=1_000), "unpacks to more than"),
        (b"PK\x03\x04" + b"\0" * 200, "damaged"),
        (workbook([["a"]])[:-40], "damaged"),
    ],
    ids=["a cell far away", "much of nothing", "much that says it is little", "no archive", "cut off"],
)
async def test_a_workbook_that_would_not_fit_is_refused_before_it_is_laid_out(
    verra: Importer, content: bytes, words: str
) -> None:
    assert len(content) < 1_000_000, "It is small to send."
    answer = await verra.send(content, XLSX)
    assert (answer.status_code, answer.json()["code"]) == (400, "file_unreadable")
    assert words in answer.json()["detail"]
    assert (await verra.party.get("/v1/imports")).json()["data"] == []

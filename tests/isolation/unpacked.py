"""What does a file say whose words are packed? Workbooks and documents are read as their readers read them."""

import io
import re

import openpyxl
from pypdf import PdfReader

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OBJECT = b"endobj"
"""What every PDF has that somebody can open; the story's own, which nobody opens, are plain text behind a first line."""


def words_in(content: bytes, media_type: str) -> str:
    """The words of a workbook or a PDF, the latter without the blanks that lines are broken at; of all else nothing."""
    if media_type == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        return "\n".join(str(cell) for cell in cells if cell is not None)
    if media_type == "application/pdf" and OBJECT in content:
        pages = PdfReader(io.BytesIO(content)).pages
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    return ""

"""What is the layout of our own holdings files, in English and Japanese?

No registry's serial layout is guessed: prefix, first and last number are columns of their own.
"""

import csv
import io
from collections.abc import Mapping
from typing import get_args

from app.core.text import tidy_line
from app.inventory.rules.holding_facts import CellError, Column
from app.inventory.rules.layouts.layout import heading

TEMPLATE_HEADER: tuple[Column, ...] = get_args(Column)
_JAPANESE: Mapping[Column, tuple[str, ...]] = {
    "registry": ("登録簿", "レジストリ"),
    "project_list": ("プロジェクト一覧", "分類"),
    "project_number": ("プロジェクト番号",),
    "certification_no": ("クレジット認証番号", "認証番号"),
    "serial_prefix": ("シリアル番号接頭辞", "シリアル接頭辞"),
    "serial_first": ("シリアル番号(始)", "開始シリアル番号"),
    "serial_last": ("シリアル番号(終)", "終了シリアル番号"),
    "quantity": ("数量",),
    "unit": ("単位",),
    "vintage_from": ("対象期間開始日", "ビンテージ開始日"),
    "vintage_to": ("対象期間終了日", "ビンテージ終了日"),
    "note": ("備考",),
}
_EXAMPLE_ROWS = (
    (
        "jcredit",
        "jcredit_normal",
        "1",
        "クレジット認証番号（登録簿の表記のまま）",
        "番号の前の部分（登録簿の表記のまま）",
        "000001",
        "000120",
        "120",
        "t",
        "2023-04-01",
        "2024-03-31",
        "記入例：この行は消してください",
    ),
    (
        "isometric",
        "",
        "prj_EXAMPLE",
        "",
        "PREFIX-AS-PRINTED-",
        "78177",
        "81177",
        "3001",
        "kg",
        "2024/1/1",
        "2024/12/31",
        "",
    ),
)


def columns_of(header: tuple[str, ...]) -> tuple[list[Column], tuple[CellError, ...]]:
    """The columns in the file's order, and what is wrong with the header."""
    names = _column_names()
    found: list[Column] = []
    errors: list[CellError] = []
    for place, cell in enumerate(header, start=1):
        name = tidy_line(cell)[:100]
        column = names.get(heading(cell))
        if column is None:
            detail = f"The column {name!r} is not one of ours." if name else f"The {place}. column has no name."
            errors.append(CellError(name, "unknown_column", detail))
        elif column in found:
            errors.append(CellError(column, "repeated_column", f"Two columns are {column} ({name!r})."))
        else:
            found.append(column)
    for column in TEMPLATE_HEADER:
        if column not in found:
            detail = f"The column {column} ({_JAPANESE[column][0]}) is missing."
            errors.append(CellError(column, "missing_column", detail))
    return found, tuple(errors)


def template() -> str:
    """Return an example file that `read_holdings` accepts: header, one row in tonnes, one in kilograms."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(TEMPLATE_HEADER)
    writer.writerows(_EXAMPLE_ROWS)
    return text.getvalue()


def _column_names() -> dict[str, Column]:
    return {heading(name): column for column in TEMPLATE_HEADER for name in (column, *_JAPANESE[column])}

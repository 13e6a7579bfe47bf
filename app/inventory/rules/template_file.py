"""What is the layout of our own holdings files, in English and Japanese?

No registry's serial layout is guessed: prefix, first and last number are columns of their own.
"""

import csv
import io
from collections.abc import Mapping
from typing import Final, get_args

from app.core.text import tidy_line
from app.inventory.rules.holding_facts import ENERGY_COLUMNS, CellError, Column
from app.inventory.rules.layouts.layout import heading

_ALL: Final[tuple[Column, ...]] = get_args(Column)
TEMPLATE_HEADER: Final[tuple[Column, ...]] = tuple(column for column in _ALL if column not in ENERGY_COLUMNS)
"""What every file has; those of energy certificates have `ENERGY_COLUMNS`, too."""
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
    "technology": ("電源種別", "エネルギー源"),
    "country": ("発電国", "国"),
    "device": ("発電設備", "発電所名"),
    "commissioned_on": ("運転開始日",),
    "category": ("証書区分",),
    "tracking": ("トラッキング", "トラッキング情報"),
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
    (
        "irec",
        "",
        "DEVICE-CODE-AS-PRINTED",
        "ISSUANCE-AS-PRINTED",
        "",
        "0000-0000-0000-0001",
        "0000-0000-0000-1000",
        "1000000",
        "kWh",
        "2025-01-01",
        "2025-12-31",
        "",
        "solar",
        "JP",
        "発電設備の名称（登録簿の表記のまま）",
        "2019-03-01",
        "",
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
    """Return an example file that `read_holdings` accepts: rows in tonnes, in kilograms, and of energy certificates."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_ALL)
    writer.writerows([*row, *[""] * (len(_ALL) - len(row))] for row in _EXAMPLE_ROWS)
    return text.getvalue()


def _column_names() -> dict[str, Column]:
    return {heading(name): column for column in _ALL for name in (column, *_JAPANESE[column])}

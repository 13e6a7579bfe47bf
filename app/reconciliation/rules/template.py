"""What is the layout of our own statements, for registries whose screens people copy or programs read page by page?

No registry's serial layout is guessed: a serial is one text in the registry's known form, or a prefix and two numbers.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from app.inventory.rules.layouts.layout import heading
from app.reconciliation.rules.statement_line import RowError

Column = Literal[
    "state",
    "serial",
    "serial_prefix",
    "serial_first",
    "serial_last",
    "quantity",
    "changed_on",
    "beneficiary_name",
    "purpose",
    "note",
    "transaction_no",
    "project",
]
STATEMENT_HEADER: Final[tuple[Column, ...]] = get_args(Column)
_JAPANESE: Final[Mapping[Column, str]] = {
    "state": "状態",
    "serial": "シリアル番号",
    "serial_prefix": "シリアル番号接頭辞",
    "serial_first": "シリアル番号(始)",
    "serial_last": "シリアル番号(終)",
    "quantity": "数量",
    "changed_on": "無効化日",
    "beneficiary_name": "クレジット利用者名",
    "purpose": "用途",
    "note": "目的詳細",
    "transaction_no": "処理番号",
    "project": "プロジェクト番号",
}
_NEEDED: Final[tuple[Column, ...]] = ("state", "quantity")
STATES: Final[Mapping[str, str]] = {
    "active": "active", "held": "active", "保有": "active", "有効": "active",
    "retired": "retired", "無効化": "retired", "無効化済": "retired", "償却": "retired",
    "canceled": "canceled", "cancelled": "canceled", "取消": "canceled",
}  # fmt: skip
"""Words of the column `state`, folded."""


def columns_of(header: Sequence[str]) -> tuple[dict[Column, int], tuple[RowError, ...]]:
    """Where each column stands, and what is wrong with the header. Columns that are not ours are passed over."""
    names = {heading(name): column for column in STATEMENT_HEADER for name in (column, _JAPANESE[column])}
    places: dict[Column, int] = {}
    errors = []
    for place, cell in enumerate(header):
        column = names.get(heading(cell))
        if column is None:
            continue
        if column in places:
            errors.append(RowError(cell, "repeated_column", f"Two columns are {column}."))
        places[column] = place
    needed: list[Column] = [*_NEEDED]
    if "serial" not in places:
        needed += ["serial_prefix", "serial_first", "serial_last"]
    errors += [
        RowError(column, "missing_column", f"The column {column} ({_JAPANESE[column]}) is missing.")
        for column in needed
        if column not in places
    ]
    return places, tuple(errors)


def statement_template() -> str:
    """An example file that is read as it is: one block that is held, one that was retired."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, STATEMENT_HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(
        {
            "state": "active",
            "serial_prefix": "番号の前の部分（登録簿の表記のまま）",
            "serial_first": "000121",
            "serial_last": "001000",
            "quantity": "880",
        }
    )
    writer.writerow(
        {
            "state": "retired",
            "serial_prefix": "番号の前の部分（登録簿の表記のまま）",
            "serial_first": "000001",
            "serial_last": "000120",
            "quantity": "120",
            "changed_on": "2026-04-10",
            "beneficiary_name": "株式会社○○",
            "purpose": "カーボン・オフセット",
            "note": "第10回大会 OD-…",
            "transaction_no": "記入例：この行は消してください",
        }
    )
    return text.getvalue()

"""How a test makes a holdings file, and what it asks of the rows that were read."""

import csv
import io

from app.core.text import lines_of
from app.inventory.rules import TEMPLATE_HEADER, read_holdings

GOOD = {
    "registry": "jcredit",
    "project_list": "jcredit_normal",
    "project_number": "35",
    "certification_no": "認証 0035-7",
    "serial_prefix": "PREFIX-",
    "serial_first": "000101",
    "serial_last": "000220",
    "quantity": "120",
    "unit": "t",
    "vintage_from": "2023-04-01",
    "vintage_to": "2024-03-31",
    "note": "倉庫の照明",
}
JAPANESE_HEADER = [
    "登録簿",
    "分類",
    "プロジェクト番号",
    "クレジット認証番号",
    "シリアル番号接頭辞",
    "シリアル番号（始）",
    "シリアル番号（終）",
    "数量",
    "単位",
    "対象期間開始日",
    "対象期間終了日",
    "備考",
]


def written(rows, header=TEMPLATE_HEADER, **dialect):
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([header, *rows])
    return text.getvalue()


def read(*rows, header=TEMPLATE_HEADER):
    return list(read_holdings(lines_of(written(rows, header))))


def good(**cells):
    return list((GOOD | cells).values())


def defects(rows):
    return [(row.row_number, error.column, error.code) for row in rows for error in row.errors]

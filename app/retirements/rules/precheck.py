"""What stands on the pre-check sheet (無効化事前確認) of several tasks, in the columns of their mode?"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from app.retirements.rules.registry_rules import Mode

NOTE: Final = (
    "事前確認の様式は公表されていないため、列は当デスクのものです。登録簿の事務局の様式がある場合は、該当する欄に転記してください。"
    " / The office's own form is not published: the columns are this desk's."
)
NAMES: Final[dict[Mode, str]] = {"total": "無効化事前確認(総量)", "serial": "無効化事前確認(シリアル番号)"}
_TOTAL: Final = ("参照番号", "無効化の用途", "目的詳細", "クレジット利用者名", "認証番号", "数量", "単位")
_SERIAL: Final = (*_TOTAL[:5], "開始シリアル番号", "終了シリアル番号", *_TOTAL[5:])


class PrecheckRow(NamedTuple):
    """A task as the sheet needs it."""

    sheet: dict[str, Any]
    mode: Mode


def headings(mode: Mode) -> tuple[str, ...]:
    """The columns of a mode; the last one is left for the answer."""
    return (*(_SERIAL if mode == "serial" else _TOTAL), "回答")


def widths(mode: Mode) -> tuple[int, ...]:
    """How wide the columns are, in characters."""
    return (20, 28, 44, 32, 22, *((24, 24) if mode == "serial" else ()), 12, 8, 24)


def cells(row: PrecheckRow) -> Iterator[tuple[str | int, ...]]:
    """The lines of one task: by total quantity one, by serial one for each block of serials."""
    sheet = row.sheet
    said = (sheet["reference"], sheet["purpose"], sheet["purpose_detail"], sheet["beneficiary_name"])
    if row.mode == "total":
        numbers = ", ".join(dict.fromkeys(each["certification_no"] for each in sheet["serials"]))
        yield (*said, numbers, sheet["quantity"], sheet["unit"])
        return
    for each in sheet["serials"]:
        prefix = each["prefix"]
        yield (
            *said,
            each["certification_no"],
            prefix + each["first"],
            prefix + each["last"],
            each["quantity"],
            sheet["unit"],
        )

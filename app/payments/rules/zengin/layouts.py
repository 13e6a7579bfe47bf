"""Where does each field stand in the records of the banks' files?

Source of all layouts: 全国銀行協会, record formats AP-Ⅰ-12 of December 2019 (「適用業務およびレコード・フォーマット」), read as
reproduced in public. The headers were held against what banks print: 総合振込 against 群馬銀行 (0128), 振込入金通知 against
阿波銀行 (0172; its data record up to the payer's code, too), 入出金取引明細 against きらぼし銀行 (0597; up to the kind of account).
`digits` are right-aligned and filled with zeros, `text` is left-aligned and filled with spaces; `maybe_digits` are
marked optional there, and banks leave them blank or zero. `spare` is the association's ダミー: banks put things of their own there.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

FieldKind = Literal["digits", "maybe_digits", "text", "spare"]
_PATTERNS: Final[dict[FieldKind, str]] = {
    "digits": "([0-9]{%d})",
    "maybe_digits": "([0-9]{%d}| {%d})",
    "text": "(.{%d})",
    "spare": "(.{%d})",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: our name, the association's name, its columns."""

    name: str
    title: str
    width: int
    kind: FieldKind


@dataclass(frozen=True, slots=True)
class Layout:
    """A record: the digit it begins with (データ区分), and the fields behind it."""

    begins: str
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    pattern: re.Pattern[str]

    @property
    def width(self) -> int:
        """How many bytes the record has."""
        return 1 + sum(field.width for field in self.fields)

    def cells(self, record: str) -> dict[str, str] | None:
        """The fields by name, without the spaces that fill them; None when one that is to be digits is not."""
        found = self.pattern.fullmatch(record)
        if found is None:
            return None
        return dict(zip(self.names, map(_FILLED, found.groups()), strict=True))

    def field_at(self, column: int) -> str:
        """The name of the field that holds a column, counted from 0."""
        end = 1
        for field in self.fields:
            if column < (end := end + field.width):
                return field.name if column > 0 else ""
        return ""

    def not_digits(self, record: str) -> list[Field]:
        """The fields that are to be digits and are not."""
        wrong, start = [], 1
        for field in self.fields:
            cell = record[start : (start := start + field.width)]
            blank = field.kind == "maybe_digits" and not cell.strip(" ")
            if field.kind in {"digits", "maybe_digits"} and not blank and not (cell.isascii() and cell.isdigit()):
                wrong.append(field)
        return wrong


def _layout(begins: str, *columns: tuple[str, str, int, FieldKind]) -> Layout:
    fields = tuple(Field(*column) for column in columns)
    pattern = begins + "".join(_PATTERNS[field.kind].replace("%d", str(field.width)) for field in fields)
    return Layout(begins, fields, tuple(field.name for field in fields), re.compile(pattern))


# Of the characters that a record may hold (`characters`), the space is the only white one.
_FILLED: Final = str.rstrip
HEADER, ROW, TRAILER, END = "1", "2", "8", "9"

TRANSFER_HEADER: Final = _layout(
    HEADER,
    ("type_code", "種別コード", 2, "digits"),
    ("encoding", "コード区分", 1, "digits"),
    ("code", "振込依頼人コード", 10, "digits"),
    ("name", "振込依頼人名", 40, "text"),
    ("transfer_on", "取組日", 4, "digits"),
    ("bank_code", "仕向銀行番号", 4, "digits"),
    ("bank_name", "仕向銀行名", 15, "text"),
    ("branch_code", "仕向支店番号", 3, "digits"),
    ("branch_name", "仕向支店名", 15, "text"),
    ("account_kind", "預金種目", 1, "maybe_digits"),
    ("account_number", "口座番号", 7, "maybe_digits"),
    ("spare", "ダミー", 17, "spare"),
)
TRANSFER_ROW: Final = _layout(
    ROW,
    ("bank_code", "被仕向銀行番号", 4, "digits"),
    ("bank_name", "被仕向銀行名", 15, "text"),
    ("branch_code", "被仕向支店番号", 3, "digits"),
    ("branch_name", "被仕向支店名", 15, "text"),
    ("clearing_house", "手形交換所番号", 4, "maybe_digits"),
    ("account_kind", "預金種目", 1, "digits"),
    ("account_number", "口座番号", 7, "digits"),
    ("recipient", "受取人名", 30, "text"),
    ("amount", "振込金額", 10, "digits"),
    ("new_code", "新規コード", 1, "digits"),
    ("customer_codes", "顧客コード1・2またはEDI情報", 20, "text"),
    ("speed", "振込指定区分", 1, "maybe_digits"),
    ("edi_mark", "識別表示", 1, "text"),
    ("spare", "ダミー", 7, "spare"),
)
TRANSFER_TRAILER: Final = _layout(
    TRAILER,
    ("count", "合計件数", 6, "digits"),
    ("total", "合計金額", 12, "digits"),
    ("spare", "ダミー", 101, "spare"),
)
TRANSFER_END: Final = _layout(END, ("spare", "ダミー", 119, "spare"))

_ACCOUNT: Final[tuple[tuple[str, str, int, FieldKind], ...]] = (
    ("type_code", "種別コード", 2, "digits"),
    ("encoding", "コード区分", 1, "digits"),
    ("made_on", "作成日", 6, "digits"),
    ("booked_from", "勘定日（自）", 6, "maybe_digits"),
    ("booked_to", "勘定日（至）", 6, "maybe_digits"),
    ("bank_code", "銀行コード", 4, "digits"),
    ("bank_name", "銀行名", 15, "text"),
    ("branch_code", "支店コード", 3, "digits"),
    ("branch_name", "支店名", 15, "text"),
)
NOTICE_HEADER: Final = _layout(
    HEADER,
    *_ACCOUNT,
    ("account_kind", "預金種目", 1, "digits"),
    ("account_number", "口座番号", 7, "digits"),
    ("account_name", "口座名", 40, "text"),
    ("spare", "ダミー", 93, "spare"),
)
NOTICE_ROW: Final = _layout(
    ROW,
    ("inquiry_number", "照会番号", 6, "maybe_digits"),
    ("booked_on", "勘定日", 6, "digits"),
    ("value_on", "起算日", 6, "maybe_digits"),
    ("amount", "金額", 10, "digits"),
    ("cheques", "うち他店券金額", 10, "maybe_digits"),
    ("payer_code", "振込依頼人コード", 10, "text"),
    ("payer_name", "振込依頼人名", 48, "text"),
    ("sender_bank", "仕向銀行名", 15, "text"),
    ("sender_branch", "仕向店名", 15, "text"),
    ("cancelled", "取消区分", 1, "text"),
    ("edi", "EDI情報", 20, "text"),
    ("spare", "ダミー", 52, "spare"),
)
LARGE_NOTICE_ROW: Final = _layout(
    ROW,
    *((field.name, field.title, field.width, field.kind) for field in NOTICE_ROW.fields[:10]),
    ("large_amount", "金額(2)", 12, "digits"),
    ("large_cheques", "うち他店券金額(2)", 12, "digits"),
    ("edi", "EDI情報", 20, "text"),
    ("spare", "ダミー", 28, "spare"),
)
"""The second form of the same notice (フォーマットB), for amounts of more than ten digits."""
NOTICE_TRAILER: Final = _layout(
    TRAILER,
    ("in_count", "振込合計件数", 6, "digits"),
    ("in_total", "振込合計金額", 12, "digits"),
    ("out_count", "取消合計件数", 6, "maybe_digits"),
    ("out_total", "取消合計金額", 12, "maybe_digits"),
    ("spare", "ダミー", 163, "spare"),
)
NOTICE_END: Final = _layout(END, ("spare", "ダミー", 199, "spare"))

STATEMENT_HEADER: Final = _layout(
    HEADER,
    *_ACCOUNT,
    ("reserved", "ダミー", 3, "spare"),
    ("account_kind", "預金種目", 1, "digits"),
    ("account_number", "口座番号", 10, "digits"),
    ("account_name", "口座名", 40, "text"),
    ("overdrawn", "貸越区分", 1, "maybe_digits"),
    ("passbook", "通帳・証書区分", 1, "maybe_digits"),
    ("balance", "取引前残高", 14, "maybe_digits"),
    ("spare", "ダミー", 71, "spare"),
)
STATEMENT_ROW: Final = _layout(
    ROW,
    ("inquiry_number", "照会番号", 8, "maybe_digits"),
    ("booked_on", "勘定日", 6, "digits"),
    ("value_on", "預入・払出日", 6, "maybe_digits"),
    ("direction", "入払区分", 1, "digits"),
    ("movement_kind", "取引区分", 2, "maybe_digits"),
    ("amount", "取引金額", 12, "digits"),
    ("cheques", "うち他店券金額", 12, "maybe_digits"),
    ("presented_on", "交換呈示日", 6, "maybe_digits"),
    ("returned_on", "不渡返還日", 6, "maybe_digits"),
    ("cheque_kind", "手形・小切手区分", 1, "maybe_digits"),
    ("cheque_number", "手形・小切手番号", 7, "text"),
    ("desk_branch", "僚店番号", 3, "maybe_digits"),
    ("payer_code", "振込依頼人コード", 10, "text"),
    ("payer_name", "振込依頼人名または契約者番号", 48, "text"),
    ("sender_bank", "仕向銀行名", 15, "text"),
    ("sender_branch", "仕向店名", 15, "text"),
    ("summary", "摘要内容", 20, "text"),
    ("edi", "EDI情報", 20, "text"),
    ("spare", "ダミー", 1, "spare"),
)
"""Of ordinary, current and savings accounts; deposits at notice and at term have another record."""
STATEMENT_TRAILER: Final = _layout(
    TRAILER,
    ("in_count", "入金件数", 6, "digits"),
    ("in_total", "入金額合計", 13, "digits"),
    ("out_count", "出金件数", 6, "digits"),
    ("out_total", "出金額合計", 13, "digits"),
    ("overdrawn", "貸越区分", 1, "maybe_digits"),
    ("balance", "取引後残高", 14, "maybe_digits"),
    ("rows", "データ・レコード件数", 7, "digits"),
    ("spare", "ダミー", 139, "spare"),
)
STATEMENT_END: Final = _layout(
    END,
    ("records", "レコード総件数", 10, "maybe_digits"),
    ("accounts", "口座数", 5, "maybe_digits"),
    ("spare", "ダミー", 184, "spare"),
)

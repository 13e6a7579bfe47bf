"""What does one row of the J-Credit project list say, and what is wrong with it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.catalog.rules.methodology import methodology_name
from app.catalog.rules.project_facts import ListKind, MethodologyUse, RowCode, RowNote
from app.core.text import folded, has_control_characters, is_blank_mark, narrow, tidy_line, typed_date

NUMBER = "プロジェクト番号"
APPLIED = "登録申請日"
COMMITTEE = "登録認証委員会"
OPERATOR = "プロジェクト実施者"
TAKER = "クレジット取得予定者"
SUMMARY = "プロジェクト概要"
LOCATION = "プロジェクト実施場所"
REGION = "プロジェクト実施地域"
METHODOLOGY = "適用方法論"
ENDS = "認証対象期間終了日"
ESTIMATE = "認証見込み量（t-CO2）"
LIST_KIND = "分類"

_HEADINGS = {
    "【j-クレジット】一覧(通常型)": ListKind.JCREDIT_NORMAL,
    "【j-クレジット】一覧(プログラム型)": ListKind.JCREDIT_PROGRAMME,
    "【国内クレジット】一覧(通常型)": ListKind.DOMESTIC_NORMAL,
    "【国内クレジット】一覧(プログラム型)": ListKind.DOMESTIC_PROGRAMME,
    "【j-ver】一覧(通常型)": ListKind.JVER_NORMAL,
}
_REGIONS = ("北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州・沖縄", "全国")
_OTHER_REGION_NAMES = {"九州": "九州・沖縄", "沖縄": "九州・沖縄"}  # Each is also written alone.
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_ESTIMATE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")  # At most 24 digits: exact in a Decimal of 28.
_KG_PER_TONNE = 1000


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One readable row: the project it belongs to, its one methodology, and its cells on one line each."""

    row_number: int
    list_kind: ListKind
    number: str
    cells: Mapping[str, str]
    use: MethodologyUse


@dataclass(slots=True)
class Remarks:
    """What was noticed on one row."""

    row_number: int
    errors: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)

    def refuse(self, column: str, code: RowCode, detail: str) -> None:
        """Note a reason why the row cannot be used."""
        self.errors.append(RowNote(self.row_number, column, code, detail))

    def warn(self, column: str, code: RowCode, detail: str) -> None:
        """Note something that the row can be used in spite of."""
        self.warnings.append(RowNote(self.row_number, column, code, detail))


def list_kind_of(text: str) -> ListKind | None:
    """Return the list named by its heading, "【J-クレジット】一覧(通常型)", or by our key, "jcredit_normal"."""
    name = folded(text).replace(" ", "")
    return _HEADINGS.get(name) or next((kind for kind in ListKind if kind.value == name), None)


def project_number_of(text: str) -> str | None:
    """Return a project number of the scheme in its one form ("12", "KC0003", "JVR0009"); None when it cannot be one."""
    number = tidy_line(narrow(text)).upper()
    return number if _NUMBER.fullmatch(number) else None


def read_project_row(raw: Mapping[str, str], remarks: Remarks) -> ProjectRow | None:
    """Read one row (heading to cell); errors and warnings go to `remarks`, and with an error there is no row."""
    for column, cell in raw.items():
        if has_control_characters(cell):
            remarks.refuse(column, "control_character", f"The cell holds characters that cannot be seen: {cell!a}")
    cells = {column: "" if is_blank_mark(cell) else tidy_line(cell) for column, cell in raw.items()}
    list_kind = list_kind_of(cells[LIST_KIND])
    if list_kind is None:
        remarks.refuse(LIST_KIND, "unknown_list_kind", f"No list is called {cells[LIST_KIND]!r}.")
    number = project_number_of(cells[NUMBER])
    if not cells[NUMBER]:
        remarks.refuse(NUMBER, "empty_number", "The row has no project number.")
    elif number is None:
        remarks.refuse(NUMBER, "malformed_number", f"{cells[NUMBER]!r} cannot be a project number.")
    if not cells[OPERATOR]:
        remarks.refuse(OPERATOR, "empty_operator", "The row does not say who runs the project.")
    if not cells[METHODOLOGY]:
        remarks.refuse(METHODOLOGY, "empty_methodology", "The row names no methodology.")
    if remarks.errors or list_kind is None or number is None:
        return None
    return ProjectRow(remarks.row_number, list_kind, number, cells, _methodology_use(cells, remarks))


def _methodology_use(cells: Mapping[str, str], remarks: Remarks) -> MethodologyUse:
    text = cells[METHODOLOGY]
    name = methodology_name(text)
    if name is None:
        remarks.warn(METHODOLOGY, "unknown_methodology_form", f"{text!r} is kept as it is: no known form of code.")
    elif len(name.versions) > 1:
        remarks.warn(METHODOLOGY, "several_versions", f"{text!r} names several versions; none is taken.")
    return MethodologyUse(
        code=name.code if name else text,
        version=name.version if name else None,
        text=text,
        summary=cells[SUMMARY],
        estimated_kg=_estimated_kg(cells[ESTIMATE], remarks),
    )


def _estimated_kg(text: str, remarks: Remarks) -> int | None:
    """Whole kilograms of an estimate in tonnes with decimals: "2840.5" is 2,840,500."""
    if not text:
        return None
    plain = narrow(text).replace(",", "")
    kilograms = Decimal(plain) * _KG_PER_TONNE if _ESTIMATE.fullmatch(plain) else None
    if kilograms is None or kilograms != int(kilograms):
        remarks.warn(ESTIMATE, "unreadable_estimate", f"{text!r} is not a number of tonnes, exact to the kilogram.")
        return None
    return int(kilograms)


def regions_of(text: str, remarks: Remarks) -> tuple[str, ...]:
    """Return the scheme's regions in the order written; "、" and "・" part them. 九州 and 沖縄 are one region."""
    found: list[str] = []
    for part in re.split(r"[、・,･/]", "".join(narrow(text).split())):
        region = _OTHER_REGION_NAMES.get(part, part)
        if part and region not in _REGIONS:
            remarks.warn(REGION, "unknown_region", f"{part!r} is none of the scheme's regions; it is kept.")
        if part and region not in found:
            found.append(region)
    return tuple(found)


def date_of(cells: Mapping[str, str], column: str, remarks: Remarks) -> date | None:
    """Return the date in the cell; what is written but no single date is a warning."""
    text = cells[column]
    day = typed_date(text)
    if text and day is None:
        remarks.warn(column, "unreadable_date", f"{text!r} is not one date; the text is kept where there is a place.")
    return day


def committee_of(text: str, remarks: Remarks) -> int | None:
    """Return the number of the committee's meeting that registered the project."""
    if not text:
        return None
    match = re.fullmatch(r"(?:第 ?)?([0-9]{1,6}) ?回?", narrow(text))
    if match is None:
        remarks.warn(COMMITTEE, "unreadable_committee", f"{text!r} is not the number of a meeting.")
        return None
    return int(match[1])

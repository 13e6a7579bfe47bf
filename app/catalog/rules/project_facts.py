"""What does a registry's public list say about one project, and what was wrong with the list?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class ProjectKind(StrEnum):
    """One project, or a programme (プログラム型) that bundles many members' small reductions."""

    NORMAL = "normal"
    PROGRAMME = "programme"


class ListKind(StrEnum):
    """Which list (分類) a number belongs to: number 1 of one list is not number 1 of another."""

    JCREDIT_NORMAL = "jcredit_normal"
    JCREDIT_PROGRAMME = "jcredit_programme"
    DOMESTIC_NORMAL = "domestic_normal"
    DOMESTIC_PROGRAMME = "domestic_programme"
    JVER_NORMAL = "jver_normal"

    @property
    def project_kind(self) -> ProjectKind:
        """Normal or programme, as the list's name says."""
        return ProjectKind.PROGRAMME if self.value.endswith("_programme") else ProjectKind.NORMAL


RowCode = Literal[
    # Errors: the row, or the whole list, is refused.
    "empty_list",
    "missing_column",
    "repeated_column",
    "broken_row",
    "wrong_width",
    "control_character",
    "unknown_list_kind",
    "empty_number",
    "malformed_number",
    "empty_operator",
    "empty_methodology",
    "methodology_repeated",
    # Warnings: the row is used.
    "unknown_column",
    "row_repeated",
    "differs_from_first_row",
    "unreadable_date",
    "unreadable_committee",
    "unreadable_estimate",
    "unknown_methodology_form",
    "several_versions",
    "unknown_region",
]


@dataclass(frozen=True, slots=True)
class RowNote:
    """One remark on one cell; the header is row 1, as in a spreadsheet, and `column` is the list's own heading."""

    row_number: int
    column: str
    code: RowCode
    detail: str


@dataclass(frozen=True, slots=True)
class MethodologyUse:
    """One methodology of one project; `estimated_kg` is the list's estimate (認証見込み量), never issued credits.

    `text` is the cell as written; `version` is None where the list names none or several.
    """

    code: str
    version: str | None
    text: str
    summary: str
    estimated_kg: int | None


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """One project, known by (`list_kind`, `number`). `ends_text` is set only where `ends_on` could not be read from it."""

    registry_code: str
    list_kind: ListKind
    number: str
    kind: ProjectKind
    operator_name: str
    credit_taker: str | None
    summary: str
    location: str
    regions: tuple[str, ...]
    applied_on: date | None
    committee: int | None
    ends_on: date | None
    ends_text: str | None
    methodologies: tuple[MethodologyUse, ...]


@dataclass(frozen=True, slots=True)
class ProjectListReport:
    """Every row accounted for: `rows == used + refused`; a refused row has at least one error, unless the header has."""

    rows: int
    used: int
    refused: int
    projects: tuple[ProjectFacts, ...]
    warnings: tuple[RowNote, ...]
    errors: tuple[RowNote, ...]

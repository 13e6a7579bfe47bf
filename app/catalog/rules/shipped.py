"""What do the tables that the desk ships with say? Our own files: a mistake in one is a bug, not a refusal."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from app.catalog.rules.facts import Answer, FactKind, Family, Level, Mechanism

SHIPPED: Final = UUID("0dd5de5c-0000-7000-8000-0000000000fa")
"""The namespace of the ids of shipped facts (RFC 9562, 5.5): a fact keeps its id in every release."""

_ICVCM_TABLE_OF: Final = date(2026, 8, 4)
_ICVCM_SOURCE: Final = "ICVCM, Core Carbon Principles assessment status, table of 4 August 2026"
_ICVCM_URL: Final = "https://icvcm.org/assessment-status/"


class KnownRegion(NamedTuple):
    """A part of Japan, in the order of the list."""

    code: str
    n: int
    name_ja: str
    name_en: str


class KnownPrefecture(NamedTuple):
    """A prefecture with its code of JIS X 0401."""

    code: str
    name_ja: str
    name_en: str
    region_code: str


class KnownMethodology(NamedTuple):
    """A methodology; the version is empty where all versions are meant."""

    registry_code: str
    code: str
    version: str
    name_ja: str
    name_en: str
    name_en_source: str
    family: Family
    category: str
    mechanism: Mechanism
    abolished_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact said of a registry, a category or a methodology; `valid_to` is inclusive."""

    kind: FactKind
    level: Level
    registry_code: str
    key: str
    answer: Answer | None
    note_ja: str
    note_en: str
    source: str
    source_url: str
    source_date: date | None
    valid_from: date
    valid_to: date | None = None
    category: str | None = None
    methodology_code: str | None = None
    version_from: str | None = None
    version_to: str | None = None
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def root_id(self) -> UUID:
        """The same for the same subject, key and first day, whatever is said of them."""
        subject = (self.registry_code, self.category, self.methodology_code, self.version_from, self.version_to)
        named = (self.kind, self.level, *subject, self.key, self.valid_from.isoformat())
        return uuid5(SHIPPED, "|".join(part or "" for part in named))


def read_regions(text: str) -> list[KnownRegion]:
    """The regions of `regions.csv`."""
    return [KnownRegion(row["code"], n, row["name_ja"], row["name_en"]) for n, row in enumerate(_rows(text), start=1)]


def read_prefectures(text: str) -> list[KnownPrefecture]:
    """The prefectures of `prefectures.csv`."""
    return [KnownPrefecture(row["code"], row["name_ja"], row["name_en"], row["region"]) for row in _rows(text)]


def read_methodologies(text: str) -> list[KnownMethodology]:
    """The methodologies of `methodologies.csv`."""
    return [
        KnownMethodology(
            registry_code=row["registry"],
            code=row["code"],
            version=row["version"],
            name_ja=row["name_ja"],
            name_en=row["name_en"],
            name_en_source=row["name_en_source"],
            family=Family(row["family"]),
            category=row["category"],
            mechanism=Mechanism(row["mechanism"]),
            abolished_on=_day(row["abolished_on"]),
            source=row["source"],
        )
        for row in _rows(text)
    ]


def read_eligibility(text: str) -> list[KnownFact]:
    """The eligibility matrix of `eligibility.csv`."""
    return [
        KnownFact(
            kind=FactKind.ELIGIBILITY,
            level=Level(row["level"]),
            registry_code=row["registry"],
            category=row["category"] or None,
            key=row["use"],
            answer=Answer(row["answer"]),
            note_ja=row["note_ja"],
            note_en=row["note_en"],
            source=row["source"],
            source_url=row["source_url"],
            source_date=_day(row["source_date"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in _rows(text)
    ]


def read_labels(text: str) -> list[KnownFact]:
    """The label decisions of `labels.csv`, in force since the day of their table: the table dates no single one."""
    return [
        KnownFact(
            kind=FactKind.LABEL,
            level=Level.METHODOLOGY,
            registry_code=row["registry"],
            methodology_code=row["methodology"],
            version_from=row["version_from"],
            version_to=row["version_to"],
            key=row["label"],
            answer=Answer(row["answer"]),
            note_ja="",
            note_en="",
            source=_ICVCM_SOURCE,
            source_url=_ICVCM_URL,
            source_date=_ICVCM_TABLE_OF,
            valid_from=_ICVCM_TABLE_OF,
            value={"decision": row["decision"], **_given(row, "document_url"), **_given(row, "observations_url")},
        )
        for row in _rows(text)
    ]


def read_permanence(text: str) -> list[KnownFact]:
    """How long carbon stays away, by `permanence.csv`; years and basis points are whole numbers, or not known."""
    return [
        KnownFact(
            kind=FactKind.PERMANENCE,
            level=Level(row["level"]),
            registry_code=row["registry"],
            category=row["category"] or None,
            key="",
            answer=None,
            note_ja=row["note_ja"],
            note_en=row["note_en"],
            source=row["source"],
            source_url=row["source_url"],
            source_date=None,
            valid_from=date.fromisoformat(row["valid_from"]),
            value={
                "years": int(row["years"]) if row["years"] else None,
                "buffer_basis_points": int(row["buffer_basis_points"]) if row["buffer_basis_points"] else None,
                "reversal_note": row["reversal_note"],
            },
        )
        for row in _rows(text)
    ]


def _given(row: dict[str, str], name: str) -> dict[str, str]:
    return {name: row[name]} if row[name] else {}


def _rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(text.splitlines())


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

"""Of what may a fact be said, and is what was entered whole?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from app.catalog.rules.facts import Answer, FactKind, Level
from app.catalog.rules.versions import version_key

GOALS: Final = range(1, 18)
"""The Sustainable Development Goals."""
BASIS_POINTS: Final = 10_000

_NEEDED: Final = {
    Level.REGISTRY: {"registry"},
    Level.CATEGORY: {"registry", "category"},
    Level.METHODOLOGY: {"registry", "methodology"},
    Level.PROJECT: {"project_id"},
    Level.ISSUANCE: {"registry", "certification_no"},
}
_ALLOWED: Final = {**_NEEDED, Level.METHODOLOGY: {"registry", "methodology", "version_from", "version_to"}}
_LEVELS: Final = {
    FactKind.ELIGIBILITY: frozenset(Level),
    FactKind.LABEL: frozenset(Level),
    FactKind.PERMANENCE: frozenset(Level),
    FactKind.RATING: frozenset({Level.PROJECT, Level.ISSUANCE}),
    FactKind.SDG: frozenset({Level.PROJECT, Level.ISSUANCE}),
    FactKind.RENEWABLE: frozenset({Level.ISSUANCE}),
}


class Wrong(NamedTuple):
    """What is wrong with one field: a JSON pointer into what was entered, and a sentence."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is said of, as it was entered: ids and codes, not yet looked up."""

    level: Level
    registry: str | None = None
    category: str | None = None
    methodology: str | None = None
    version_from: str | None = None
    version_to: str | None = None
    project_id: str | None = None
    certification_no: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as somebody enters it: what is said, of what, for which days (both inclusive), and who says so."""

    kind: FactKind
    subject: Subject
    key: str
    answer: Answer | None
    source: str
    source_url: str
    source_date: date | None
    valid_from: date
    valid_to: date | None
    note_ja: str = ""
    note_en: str = ""
    value: dict[str, Any] = field(default_factory=dict)


def wrong_with(entry: Entry) -> list[Wrong]:
    """Everything that keeps an entry from being a fact; empty when nothing does."""
    return [*_wrong_subject(entry), *_wrong_days(entry)]


def _wrong_subject(entry: Entry) -> Iterator[Wrong]:
    subject, level = entry.subject, entry.subject.level
    if level not in _LEVELS[entry.kind]:
        words = ", ".join(sorted(_LEVELS[entry.kind]))
        yield Wrong("/subject/level", f"This kind of fact is said of: {words}.")
    for name in ("registry", "category", "methodology", "version_from", "version_to", "project_id", "certification_no"):
        given = getattr(subject, name) is not None
        if given and name not in _ALLOWED[level]:
            yield Wrong(f"/subject/{name}", f"A fact of the level {level} does not name this.")
        if not given and name in _NEEDED[level]:
            yield Wrong(f"/subject/{name}", f"A fact of the level {level} names this.")
    yield from _wrong_versions(subject)


def _wrong_versions(subject: Subject) -> Iterator[Wrong]:
    first, last = version_key(subject.version_from), version_key(subject.version_to)
    for name, text, key in (("from", subject.version_from, first), ("to", subject.version_to, last)):
        if text is not None and key is None:
            yield Wrong(f"/subject/version_{name}", 'A version is numbers and points: "2.1".')
    if (subject.version_from is None) != (subject.version_to is None):
        yield Wrong("/subject/version_to", "A range of versions has both ends; one version is named twice.")
    if first is not None and last is not None and last < first:
        yield Wrong("/subject/version_to", "The last version comes before the first.")


def _wrong_days(entry: Entry) -> Iterator[Wrong]:
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        yield Wrong("/valid_to", "The last day comes before the first.")


def ranges_meet(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    """Whether two ranges of versions share one. "All versions" is a level of its own: it meets only itself."""
    (first, last), (other_first, other_last) = one, other
    if first is None or other_first is None:
        return first is other_first
    low, high, other_low, other_high = map(version_key, (first, last, other_first, other_last))
    assert None not in (low, high, other_low, other_high), "Ranges are of versions."
    return (low or ()) <= (other_high or ()) and (other_low or ()) <= (high or ())

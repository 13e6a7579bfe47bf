"""What do credits count for on a day, and which labels do they carry, as the facts that are known say?"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from app.catalog.rules.facts import Answer, FactKind, Level, Use
from app.catalog.rules.versions import within

VERSION_RANK: Final = 4
"""A fact of some versions of a methodology is narrower than one of all of them."""
RANKS: Final = {Level.REGISTRY: 1, Level.CATEGORY: 2, Level.METHODOLOGY: 3, Level.PROJECT: 5, Level.ISSUANCE: 6}


@dataclass(frozen=True, slots=True)
class Said:
    """One fact that holds, as far as it decides: of what, in which days (both inclusive), with which answer."""

    id: UUID
    kind: FactKind
    key: str
    level: Level
    answer: Answer
    valid_from: date
    valid_to: date | None = None
    registry_code: str | None = None
    category: str | None = None
    methodology_code: str | None = None
    version_from: str | None = None
    version_to: str | None = None
    project_id: UUID | None = None
    issuance_id: UUID | None = None


class Applied(NamedTuple):
    """A methodology that a project applies: in which version, if one is known, and of which category."""

    code: str
    version: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Credits:
    """What is asked about: a project, or one issuance of it."""

    registry_code: str
    project_id: UUID
    issuance_id: UUID | None
    applied: tuple[Applied, ...]


class Verdict(NamedTuple):
    """An answer, and the ids of the facts that it rests on, in their order; none where nothing is known."""

    answer: Answer
    because: tuple[UUID, ...]


NOT_KNOWN: Final = Verdict(Answer.UNKNOWN, ())


def eligibility(facts: Iterable[Said], asked: Credits, on: date) -> dict[Use, Verdict]:
    """What the credits count for on a day, for every use; `unknown` because of nothing where no fact speaks."""
    spoken = verdicts(facts, asked, on)
    return {use: spoken.get((FactKind.ELIGIBILITY, use.value), NOT_KNOWN) for use in Use}


def verdicts(facts: Iterable[Said], asked: Credits, on: date) -> dict[tuple[FactKind, str], Verdict]:
    """An answer for each use and label that any fact speaks of.

    For each methodology the narrowest facts count: issuance, project, methodology with version, methodology,
    category, registry. Facts that differ, of one methodology or of several, make the answer `conditional`: it depends
    on what the credits come from. An `unknown` among them, or a methodology that no fact speaks of, makes it
    `unknown`. A fact of some versions says `unknown` of a methodology whose version is not known.
    """
    holding = [fact for fact in facts if fact.valid_from <= on and (fact.valid_to is None or on <= fact.valid_to)]
    applied = asked.applied or (None,)
    spoken: dict[tuple[FactKind, str], list[list[tuple[Answer, UUID]]]] = defaultdict(list)
    for one in applied:
        narrowest: dict[tuple[FactKind, str], tuple[int, list[tuple[Answer, UUID]]]] = {}
        for fact in holding:
            told = _told(fact, asked, one)
            if told is None:
                continue
            rank, answer = told
            best, _ = narrowest.get((fact.kind, fact.key), (0, []))
            if rank > best:
                narrowest[fact.kind, fact.key] = (rank, [])
            if rank >= best:
                narrowest[fact.kind, fact.key][1].append((answer, fact.id))
        for about, (_, answers) in narrowest.items():
            spoken[about].append(answers)
    return {about: _joined(answers, len(applied)) for about, answers in spoken.items()}


def _told(fact: Said, asked: Credits, applied: Applied | None) -> tuple[int, Answer] | None:
    """How narrowly the fact speaks of the credits, and what it says; None when it does not."""
    match fact.level:
        case Level.ISSUANCE:
            speaks = fact.issuance_id == asked.issuance_id
        case Level.PROJECT:
            speaks = fact.project_id == asked.project_id
        case Level.METHODOLOGY:
            return _told_of_methodology(fact, asked, applied)
        case Level.CATEGORY:
            same = fact.registry_code == asked.registry_code
            speaks = same and applied is not None and fact.category == applied.category
        case Level.REGISTRY:
            speaks = fact.registry_code == asked.registry_code
    return (RANKS[fact.level], fact.answer) if speaks else None


def _told_of_methodology(fact: Said, asked: Credits, applied: Applied | None) -> tuple[int, Answer] | None:
    if applied is None or (fact.registry_code, fact.methodology_code) != (asked.registry_code, applied.code):
        return None
    if fact.version_from is None or fact.version_to is None:
        return RANKS[Level.METHODOLOGY], fact.answer
    match within(applied.version, fact.version_from, fact.version_to):
        case None:
            return VERSION_RANK, Answer.UNKNOWN
        case True:
            return VERSION_RANK, fact.answer
        case False:
            return None


def _joined(spoken: Collection[list[tuple[Answer, UUID]]], methodologies: int) -> Verdict:
    answers = {answer for each in spoken for answer, _ in each}
    because = tuple(sorted({fact_id for each in spoken for _, fact_id in each}))
    if Answer.UNKNOWN in answers or len(spoken) < methodologies:
        return Verdict(Answer.UNKNOWN, because)
    return Verdict(answers.pop() if len(answers) == 1 else Answer.CONDITIONAL, because)

"""The tables that the desk ships with, as the rules read them."""

from datetime import date
from uuid import UUID

from app.catalog.rules import (
    Answer,
    Applied,
    Credits,
    FactKind,
    KnownFact,
    Said,
    read_eligibility,
    read_labels,
    read_methodologies,
    read_prefectures,
    read_regions,
    verdicts,
)
from tests.catalog.lists import REFERENCE


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


REGIONS = read_regions(_text("regions.csv"))
PREFECTURES = read_prefectures(_text("prefectures.csv"))
CODES = {prefecture.name_ja: prefecture.code for prefecture in PREFECTURES}
METHODOLOGIES = read_methodologies(_text("methodologies.csv"))
CATEGORIES = {(each.registry_code, each.code): each.category for each in METHODOLOGIES}
ELIGIBILITY = read_eligibility(_text("eligibility.csv"))
LABELS = read_labels(_text("labels.csv"))
TODAY = date(2026, 11, 1)
PROJECT = UUID(int=7)


def said(fact: KnownFact) -> Said:
    return Said(
        fact.root_id, fact.kind, fact.key, fact.level, fact.answer, fact.valid_from, fact.valid_to, fact.registry_code,
        fact.category, fact.methodology_code, fact.version_from, fact.version_to,
    )  # fmt: skip


KNOWN = {
    FactKind.ELIGIBILITY: [said(fact) for fact in ELIGIBILITY],
    FactKind.LABEL: [said(fact) for fact in LABELS],
}


def credits_of(*applied: tuple[str, str | None], registry: str = "jcredit") -> Credits:
    """Credits of a project that applies these methodologies in these versions."""
    uses = tuple(Applied(code, version, CATEGORIES.get((registry, code))) for code, version in applied)
    return Credits(registry, PROJECT, None, uses)


def answers(kind: FactKind, of: Credits, on: date = TODAY, *more: Said) -> dict[str, Answer]:
    """What the shipped tables, and these facts besides, say of the credits."""
    known = [*KNOWN[kind], *more]
    return {key: verdict.answer for (about, key), verdict in verdicts(known, of, on).items() if about == kind}

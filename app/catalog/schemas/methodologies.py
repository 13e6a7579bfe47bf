"""What do callers see of methodologies, regions and prefectures?"""

from collections.abc import Sequence
from datetime import date

import msgspec

from app.catalog.queries import AppliedVersion, FactLine, MethodologyLine, RegionLine
from app.catalog.rules import Family, Mechanism
from app.catalog.schemas.facts import FactOut


class MethodologyOut(msgspec.Struct, frozen=True):
    """A methodology of a registry, and how many registered projects apply it in any version.

    Names are empty where no source that we read tells them; family and mechanism are `unknown` there.
    """

    registry: str
    code: str
    name_ja: str
    name_en: str
    name_en_source: str
    family: Family
    category: str
    mechanism: Mechanism
    abolished_on: date | None
    source: str
    projects: int

    @classmethod
    def of(cls, line: MethodologyLine) -> "MethodologyOut":
        """The methodology as anybody sees it."""
        known = line.known
        if known is None:
            unknown = Family.UNKNOWN, "", Mechanism.UNKNOWN
            return cls(line.registry_code, line.code, "", "", "", *unknown, None, "", line.projects)
        return cls(
            registry=line.registry_code,
            code=line.code,
            name_ja=known.name_ja,
            name_en=known.name_en,
            name_en_source=known.name_en_source,
            family=Family(known.family),
            category=known.category,
            mechanism=Mechanism(known.mechanism),
            abolished_on=known.abolished_on,
            source=known.source,
            projects=line.projects,
        )


class AppliedVersionOut(msgspec.Struct, frozen=True):
    """A version that projects apply; null where the registry's list names none."""

    version: str | None
    projects: int


class MethodologyFactsOut(msgspec.Struct, frozen=True):
    """A methodology with its versions, and what holds today of it and of its category."""

    methodology: MethodologyOut
    versions: list[AppliedVersionOut]
    facts: list[FactOut]

    @classmethod
    def of(
        cls, line: MethodologyLine, versions: Sequence[AppliedVersion], facts: Sequence[FactLine]
    ) -> "MethodologyFactsOut":
        """The methodology as anybody sees it."""
        applied = [AppliedVersionOut(*version) for version in versions]
        return cls(MethodologyOut.of(line), applied, [FactOut.of(fact) for fact in facts])


class PrefectureOut(msgspec.Struct, frozen=True):
    """A prefecture by its code of JIS X 0401."""

    code: str
    name_ja: str
    name_en: str


class RegionOut(msgspec.Struct, frozen=True):
    """A part of Japan as the J-Credit project list divides it."""

    code: str
    name_ja: str
    name_en: str
    prefectures: list[PrefectureOut]

    @classmethod
    def of(cls, line: RegionLine) -> "RegionOut":
        """The region as anybody sees it."""
        inside = [PrefectureOut(each.code, each.name_ja, each.name_en) for each in line.prefectures]
        return cls(line.region.code, line.region.name_ja, line.region.name_en, inside)

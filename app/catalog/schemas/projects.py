"""What do callers see of registries, projects and their members?"""

from datetime import date, datetime

import msgspec

from app.catalog.models import Methodology, ProjectMethodology, Registry
from app.catalog.queries import MemberLine, ProjectLine, ProjectSeen
from app.catalog.rules import one_of_all
from app.catalog.schemas.facts import EligibleOut, FactOut, LabelledOut
from app.core.ids import public_id
from app.core.quantity import priced_per


class RegistryOut(msgspec.Struct, frozen=True):
    """A register of credits or certificates, kept by somebody else.

    Quantities are in `unit`; one serial number stands for `units_per_serial` of them, and prices are of `price_per`. The
    notes say what about the registry nobody here has read in a source.
    """

    code: str
    name_ja: str
    name_en: str
    unit: str
    home_url: str
    source: str
    units_per_serial: int
    price_per: int
    note_ja: str
    note_en: str

    @classmethod
    def of(cls, registry: Registry) -> "RegistryOut":
        """The registry as anybody sees it."""
        return cls(
            code=registry.code,
            name_ja=registry.name_ja,
            name_en=registry.name_en,
            unit=registry.unit,
            home_url=registry.home_url,
            source=registry.source,
            units_per_serial=registry.units_per_serial,
            price_per=priced_per(registry.unit),
            note_ja=registry.note_ja,
            note_en=registry.note_en,
        )


class ProjectSummaryOut(msgspec.Struct, frozen=True):
    """A project in a list. Its number is one only together with registry and list.

    `prefectures` are codes of JIS X 0401, as the location names them; `family` and `mechanism` are `mixed` where its
    methodologies differ, and `unknown` where nobody says.
    """

    id: str
    registry: str
    list_kind: str
    number: str
    kind: str
    name: str
    country: str | None
    operator_name: str
    summary: str
    location: str
    regions: list[str]
    methodology_codes: list[str]
    prefectures: list[str]
    family: str
    mechanism: str
    ends_on: date | None

    @classmethod
    def of(cls, line: ProjectLine) -> "ProjectSummaryOut":
        """The project as anybody sees it in a list."""
        project = line.project
        return cls(
            id=public_id("prj", project.id),
            registry=project.registry_code,
            list_kind=project.list_kind,
            number=project.number,
            kind=project.kind,
            name=project.name,
            country=project.country,
            operator_name=project.operator_name,
            summary=project.summary,
            location=project.location,
            regions=project.regions,
            methodology_codes=line.methodology_codes,
            prefectures=line.prefectures,
            family=line.family,
            mechanism=line.mechanism,
            ends_on=project.ends_on,
        )


class AppliedMethodologyOut(msgspec.Struct, frozen=True):
    """A methodology as the list names it. `estimated_kg` is the list's estimate in kg of CO2e: never issued credits."""

    code: str
    version: str | None
    text: str
    summary: str
    estimated_kg: int | None
    name_ja: str
    name_en: str
    family: str
    mechanism: str

    @classmethod
    def of(cls, used: ProjectMethodology, known: Methodology | None) -> "AppliedMethodologyOut":
        """What the project applies, and what is known of it."""
        told = ("", "", "unknown", "unknown")
        if known is not None:
            told = (known.name_ja, known.name_en, known.family, known.mechanism)
        return cls(used.code, used.version, used.text, used.summary, used.estimated_kg, *told)


class ProjectOut(msgspec.Struct, frozen=True):
    """A project with everything that its registry's list says, and what is known of its credits on `as_of`.

    `ends_text` holds what is written where no date is. `eligible` answers for every use, `labels` for those that any
    fact speaks of; `facts` are all that hold, with who says so: of the registry, category, methodology, project and
    its issuances.
    """

    id: str
    registry: str
    list_kind: str
    number: str
    kind: str
    name: str
    country: str | None
    operator_name: str
    credit_taker: str | None
    summary: str
    location: str
    regions: list[str]
    applied_on: date | None
    committee: str | None
    ends_on: date | None
    ends_text: str
    methodologies: list[AppliedMethodologyOut]
    prefectures: list[str]
    family: str
    mechanism: str
    source: str
    as_of: date
    eligible: list[EligibleOut]
    labels: list[LabelledOut]
    facts: list[FactOut]

    @classmethod
    def of(cls, seen: ProjectSeen, as_of: date) -> "ProjectOut":
        """The project as anybody sees it."""
        project, known = seen.project, seen.known
        applied = [AppliedMethodologyOut.of(each, known.get(each.code)) for each in seen.applied]
        return cls(
            id=public_id("prj", project.id),
            registry=project.registry_code,
            list_kind=project.list_kind,
            number=project.number,
            kind=project.kind,
            name=project.name,
            country=project.country,
            operator_name=project.operator_name,
            credit_taker=project.credit_taker,
            summary=project.summary,
            location=project.location,
            regions=project.regions,
            applied_on=project.applied_on,
            committee=project.committee,
            ends_on=project.ends_on,
            ends_text=project.ends_text,
            methodologies=applied,
            prefectures=list(seen.prefectures),
            family=one_of_all(each.family for each in applied),
            mechanism=one_of_all(each.mechanism for each in applied),
            source=project.source,
            as_of=as_of,
            eligible=[EligibleOut.of(use, verdict) for use, verdict in seen.eligible.items()],
            labels=[LabelledOut.of(label, verdict) for label, verdict in seen.labels.items()],
            facts=[FactOut.of(line) for line in seen.facts],
        )


class ProjectMemberOut(msgspec.Struct, frozen=True):
    """One of the many whose small reductions a programme project bundles; `prefectures` as its location names them."""

    id: str
    n: int
    name: str
    location: str
    prefectures: list[str]
    joined_on: date | None
    left_on: date | None
    source: str
    entered_at: datetime
    version: int

    @classmethod
    def of(cls, line: MemberLine) -> "ProjectMemberOut":
        """The member as anybody sees it."""
        member = line.member
        return cls(
            id=public_id("pmb", member.id),
            n=member.n,
            name=member.name,
            location=member.location,
            prefectures=line.prefectures,
            joined_on=member.joined_on,
            left_on=member.left_on,
            source=member.source,
            entered_at=member.entered_at,
            version=member.version,
        )

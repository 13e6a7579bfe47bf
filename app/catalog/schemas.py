"""What do callers see of registries, projects and methodologies?"""

from collections.abc import Sequence
from datetime import date

import msgspec

from app.catalog.models import Project, ProjectMethodology, Registry
from app.catalog.queries import MethodologyCount, ProjectLine
from app.core.ids import public_id


class RegistryOut(msgspec.Struct, frozen=True):
    """A register of credits, kept by somebody else; `unit` is what one serial number stands for."""

    code: str
    name_ja: str
    name_en: str
    unit: str
    home_url: str
    source: str

    @classmethod
    def of(cls, registry: Registry) -> "RegistryOut":
        """The registry as anybody sees it."""
        return cls(registry.code, registry.name_ja, registry.name_en, registry.unit, registry.home_url, registry.source)


class MethodologyOut(msgspec.Struct, frozen=True):
    """A methodology's code, and how many registered projects apply it in any version."""

    code: str
    projects: int

    @classmethod
    def of(cls, counted: MethodologyCount) -> "MethodologyOut":
        """The methodology as anybody sees it."""
        return cls(counted.code, counted.projects)


class ProjectSummaryOut(msgspec.Struct, frozen=True):
    """A project in a list. Its number is one only together with registry and list."""

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
            ends_on=project.ends_on,
        )


class AppliedMethodologyOut(msgspec.Struct, frozen=True):
    """A methodology as the list names it. `estimated_kg` is the list's estimate in kg of CO2e: never issued credits."""

    code: str
    version: str | None
    text: str
    summary: str
    estimated_kg: int | None

    @classmethod
    def of(cls, used: ProjectMethodology) -> "AppliedMethodologyOut":
        """What the project applies."""
        return cls(used.code, used.version, used.text, used.summary, used.estimated_kg)


class ProjectOut(msgspec.Struct, frozen=True):
    """A project with everything that its registry's list says. `ends_text` holds what is written where no date is."""

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
    source: str

    @classmethod
    def of(cls, project: Project, used: Sequence[ProjectMethodology]) -> "ProjectOut":
        """The project as anybody sees it."""
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
            methodologies=[AppliedMethodologyOut.of(each) for each in used],
            source=project.source,
        )

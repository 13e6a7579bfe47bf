"""What does the operator say of projects that stand in two registries?"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from app.reconciliation.models import Twin

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class ProjectNamedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project by its registry's code and its number there."""

    registry: Code
    project_number: Code


class TwinIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two projects of different registries that are one, where that stands, and as of when."""

    project: ProjectNamedIn
    twin: ProjectNamedIn
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    as_of: date


class TwinOut(msgspec.Struct, frozen=True):
    """A project and its twin in another registry."""

    registry: str
    project_number: str
    twin_registry: str
    twin_project_number: str
    source: str
    as_of: date
    entered_at: datetime

    @classmethod
    def of(cls, row: Twin) -> "TwinOut":
        """Show a pair."""
        return cls(
            row.registry_code, row.project_number, row.twin_registry_code, row.twin_project_number, row.source,
            row.as_of, row.entered_at,
        )  # fmt: skip

"""What is a layout: which of a registry's own columns say what, and which rows of its files are no stock?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.core.text import folded

Field = Literal[
    "project_number",
    "project_name",
    "country",
    "project_type",
    "methodology",
    "developer",
    "serial",
    "serial_first",
    "serial_last",
    "quantity",
    "vintage",
    "vintage_from",
    "vintage_to",
    "status",
    "ended",
]


@dataclass(frozen=True, slots=True)
class Layout:
    """A registry's file: our fields with the header each has there, as the registry writes it but for its spaces."""

    name: str
    registry_code: str
    needs: Mapping[Field, str]
    """Without one of these columns it is not this layout."""
    may: Mapping[Field, str] = field(default_factory=dict)
    project_form: str = ""
    """What every project's name begins with, in registries that name all things by prefixed ids."""
    month_first: bool = False
    """Days are written 4/13/2026; a day that begins with its year is read whatever this says."""
    active: frozenset[str] = frozenset()
    """Words of `status` for a block that is still held."""
    inactive: frozenset[str] = frozenset()
    ends_all: tuple[str, ...] = ()
    """Columns of retirements and cancellations alone: where one is in the header, no row of the file is stock."""
    columns: Mapping[Field, str] = field(init=False)
    """Every column that is read."""

    def __post_init__(self) -> None:
        """Put together what every cell of every row asks for."""
        object.__setattr__(self, "columns", {**self.needs, **self.may})


def heading(text: str) -> str:
    """The form in which headers are compared: width, case and spaces do not count."""
    return folded(text).replace(" ", "")

"""Which family of methodologies does a lot's project belong to? Prices are compared within one."""

from typing import Final

from sqlalchemy import ColumnElement, String, case, func, select

from app.catalog.models import ProjectMethodology
from app.inventory.models import Lot

OTHER: Final = "other"
FAMILIES: Final = {
    "EN-S": "energy_saving",
    "EN-R": "renewable_energy",
    "IN": "industrial_process",
    "AG": "agriculture",
    "WA": "waste",
    "FO": "forest",
}
"""How J-Credit's codes begin, by the sections of its own list of methodologies."""


def family() -> ColumnElement[str]:
    """The family of the project's first methodology, `other` when it is not known: for a SELECT from `lot`."""
    head = func.substring(ProjectMethodology.code, r"^(EN-[SR]|[A-Z]{2})-[0-9]{3}$")
    named = case(FAMILIES, value=head, else_=OTHER)
    first = (
        select(named)
        .where(ProjectMethodology.project_id == Lot.project_id, Lot.registry_code == "jcredit")
        .order_by(ProjectMethodology.n)
        .limit(1)
        .correlate(Lot)
    )
    return func.coalesce(first.scalar_subquery(), OTHER, type_=String)

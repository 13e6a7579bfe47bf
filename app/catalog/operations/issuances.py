"""How does an issuance get into the catalogue? By evidence, once, with its certification number."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.catalog.errors import IssuanceDiffers
from app.catalog.models import Issuance
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.quantity import Unit


async def confirm_issuance(
    session: AsyncSession,
    *,
    registry_code: str,
    certification_no: str,
    project_id: UUID,
    vintage_from: date,
    vintage_to: date,
    unit: Unit,
    now: datetime,
) -> Issuance:
    """The issuance of this certification number, written when it is new. Both days of the vintage are inclusive.

    Raises IssuanceDiffers (409) when it was confirmed before with another project, vintage or unit.
    """
    told = {"project_id": project_id, "vintage_from": vintage_from, "vintage_to": vintage_to, "unit": unit}
    named = {"registry_code": registry_code, "certification_no": certification_no}
    writing = insert(Issuance).values(id=new_id(), confirmed_at=now, **named, **told)
    await session.execute(writing.on_conflict_do_nothing(index_elements=list(named)))
    issuance = (await session.scalars(select(Issuance).filter_by(**named))).one()
    differing = [name for name, value in told.items() if getattr(issuance, name) != value]
    if differing:
        raise IssuanceDiffers(
            f"{certification_no} was confirmed before with another {', '.join(differing)}.", fields=differing
        )
    return issuance


class Issued(NamedTuple):
    """An issuance as a lot tells of it. Both days of the vintage are inclusive."""

    registry_code: str
    certification_no: str
    project_id: UUID
    vintage_from: date
    vintage_to: date
    unit: str


async def confirm_issuances(
    session: AsyncSession, wanted: Collection[Issued], *, now: datetime
) -> dict[tuple[str, str], UUID]:
    """The issuances of these certification numbers by (registry, number), written where they are new.

    One that was confirmed before with another project, vintage or unit is left out: a person must look. Two statements.
    """
    if not wanted:
        return {}
    names = list({(each.registry_code, each.certification_no) for each in wanted})
    first = {(each.registry_code, each.certification_no): each for each in reversed(list(wanted))}
    rows = [{"id": new_id(), "confirmed_at": now, **first[name]._asdict()} for name in names]
    await session.execute(
        insert(Issuance).on_conflict_do_nothing(index_elements=["registry_code", "certification_no"]), rows
    )
    found = await session.scalars(
        select(Issuance).where(tuple_(Issuance.registry_code, Issuance.certification_no).in_(names))
    )
    by_name = {(each.registry_code, each.certification_no): each for each in found}
    differing = {
        (each.registry_code, each.certification_no)
        for each in wanted
        if any(
            getattr(by_name[each.registry_code, each.certification_no], name) != getattr(each, name)
            for name in ("project_id", "vintage_from", "vintage_to", "unit")
        )
    }
    return {name: issuance.id for name, issuance in by_name.items() if name not in differing}

"""Which serials do two providers say they hold, and who are they? Questions of the desk alone."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.identity.models import Organisation
from app.inventory.errors import DisputeNotFound
from app.inventory.models import Lot, LotDispute

_OTHER_LOT = aliased(Lot)
_OTHER = aliased(Organisation)


class DisputeLine(NamedTuple):
    """A dispute with both lots and both providers' names."""

    dispute: LotDispute
    lot: Lot
    provider_name: str
    other_lot: Lot
    other_provider_name: str


async def disputes_page(session: AsyncSession, scope: Scope, page: Page, status: str | None) -> list[DisputeLine]:
    """The operator's list, the longest open first. The scope is the desk's."""
    query = _lines(scope)
    if status is not None:
        query = query.where(LotDispute.status == status)
    if page.after is not None:
        query = query.where(beyond([(LotDispute.id, False)], page.after))
    return [DisputeLine(*row) for row in await session.execute(query.order_by(LotDispute.id).limit(page.fetch))]


async def dispute_line(session: AsyncSession, scope: Scope, dispute_id: UUID) -> DisputeLine:
    """One dispute. Raises DisputeNotFound (404)."""
    row = (await session.execute(_lines(scope).where(LotDispute.id == dispute_id))).one_or_none()
    if row is None:
        raise DisputeNotFound("No dispute has this id.")
    return DisputeLine(*row)


def _lines(scope: Scope) -> Select[LotDispute, Lot, str, Lot, str]:
    return (
        select(LotDispute, Lot, Organisation.name, _OTHER_LOT, _OTHER.name)
        .join(Lot, (Lot.org_id == LotDispute.provider_id) & (Lot.id == LotDispute.lot_id))
        .join(Organisation, Organisation.org_id == LotDispute.provider_id)
        .join(
            _OTHER_LOT,
            (_OTHER_LOT.org_id == LotDispute.other_provider_id) & (_OTHER_LOT.id == LotDispute.other_lot_id),
        )
        .join(_OTHER, _OTHER.org_id == LotDispute.other_provider_id)
        .where(LotDispute.org_id == scope.org_id)
    )

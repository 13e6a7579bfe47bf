"""Which lots stand in one registry while the same tonnes stand in another, and both are on this desk?"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, text

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.reconciliation.models import Twin
from app.reconciliation.queries.details import Piece

# The transaction names the desk, which sees every lot: that the other one exists is told, whose it is is not.
_LISTED_TWICE: Final = text(
    """
    select distinct on (l.id) l.id, l.series_key, l.lo, l.hi, t.twin_registry_code || ' ' || t.twin_project_number as twin
    from lot l
    join project p on p.id = l.project_id
    join project_twin t on t.registry_code = p.registry_code and t.project_number = p.number
    where l.org_id = :org_id and l.registry_account_id = :account_id
      and l.status in ('confirmed', 'frozen', 'exhausted')
      and exists (
        select from lot o join project q on q.id = o.project_id
        where q.registry_code = t.twin_registry_code and q.number = t.twin_project_number
          and o.status in ('confirmed', 'frozen', 'exhausted')
          and o.vintage_from <= l.vintage_to and o.vintage_to >= l.vintage_from
      )
    order by l.id, twin
    """
)
_ANY: Final = text("select exists (select from project_twin)")


async def listed_twice(session: AsyncSession, told: dict[str, Any]) -> list[Piece]:
    """Lots of an account whose project is known to be one with another registry's, of which a lot is live here, too."""
    if not await session.scalar(_ANY):
        return []
    return [
        Piece(
            "listed_twice", row.series_key, row.lo, row.hi, row.id, None, None, None, None, 0, None, None, None,
            f"Also listed as {row.twin}", None, None, None, None, None,
        )
        for row in await session.execute(_LISTED_TWICE, told)
    ]  # fmt: skip


async def twins_page(session: AsyncSession, page: Page) -> Sequence[Twin]:
    """The pairs of projects that are known to be one, by their names."""
    key = [
        (Twin.registry_code, False),
        (Twin.project_number, False),
        (Twin.twin_registry_code, False),
        (Twin.twin_project_number, False),
    ]
    query = select(Twin).order_by(*(column for column, _ in key)).limit(page.fetch)
    if page.after is not None:
        query = query.where(beyond(key, page.after))
    return (await session.scalars(query)).all()

"""Are the numbers of papers without a gap?"""

from typing import NamedTuple

from sqlalchemy import and_, func, select, true

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.invoices.models import Paper, PaperNumber


class MissingNumber(NamedTuple):
    """A number that was taken and stands on no paper."""

    series: str
    year: int
    n: int


async def missing_numbers(session: AsyncSession) -> list[MissingNumber]:
    """Every number up to the last of its series that no paper bears: none, or the book of papers is broken.

    The transaction names the desk, or audits. That no number is there twice a unique index says.
    """
    counted = (
        func.generate_series(1, PaperNumber.last_n).table_valued("n").lateral("n")
    )  # PostgreSQL calls the column as the table.
    borne = and_(
        Paper.desk_id == PaperNumber.org_id,
        Paper.series == PaperNumber.series,
        Paper.year == PaperNumber.year,
        Paper.n == counted.c.n,
        Paper.copy_of.is_(None),
    )
    asked = (
        select(PaperNumber.series, PaperNumber.year, counted.c.n)
        .join(counted, true())
        .join(Paper, borne, isouter=True)
        .where(PaperNumber.org_id == DESK_ID, Paper.id.is_(None))
        .order_by(PaperNumber.series, PaperNumber.year, counted.c.n)
    )
    return [MissingNumber(*row) for row in await session.execute(asked)]

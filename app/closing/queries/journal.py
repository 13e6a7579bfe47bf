"""Which postings of a month go into the journal, and what does the operator call our accounts?"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_

from app.closing.models import AccountName
from app.closing.rules import BookName, Entry
from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.identity.models import Organisation
from app.ledger.models import Posting


async def journal_rows(
    session: AsyncSession, first: date, last: date, *, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Entry]:
    """The postings from `first` to `last` in the order of their days, after the one at this place. For the desk."""
    asked = (
        select(
            Posting.id,
            Posting.day,
            Posting.source,
            Posting.target,
            Posting.amount_minor,
            Posting.currency,
            Posting.reason,
            Organisation.name,
        )
        .outerjoin(Organisation, Organisation.org_id == Posting.counterparty_id)
        .where(Posting.org_id == DESK_ID, Posting.day.between(first, last))
    )
    if after is not None:
        asked = asked.where(tuple_(Posting.day, Posting.id) > after)
    rows = await session.execute(asked.order_by(Posting.day, Posting.id).limit(limit))
    return [Entry(*row[:-1], row[-1] or "") for row in rows]


async def names_kept(session: AsyncSession) -> Sequence[AccountName]:
    """The names that the operator gave, by kind."""
    asked = select(AccountName).where(AccountName.org_id == DESK_ID)
    return (await session.scalars(asked.order_by(AccountName.kind))).all()


async def own_names(session: AsyncSession) -> Mapping[str, BookName]:
    """The same as what `rules.name_of` takes."""
    return {row.kind: BookName(row.name, row.code, row.tax_class) for row in await names_kept(session)}

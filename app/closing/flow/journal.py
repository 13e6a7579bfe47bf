"""How is a month's journal sent while it is read? In parts, so that a million postings need no memory."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Final

from app.closing import queries
from app.closing.rules import Encoding, journal_header, journal_lines
from app.core.db import Database
from app.core.scope import Scope
from app.ledger.rules import last_day_of

_PART: Final = 2_000


async def journal_file(db: Database, scope: Scope, month: date, encoding: Encoding) -> AsyncIterator[bytes]:
    """Yield the CSV of a month's postings in the order of their days: debit, credit, amount, tax class, what for, whose."""
    yield journal_header(encoding)
    async with db.transaction(scope) as session:
        own = await queries.own_names(session)
    after = None
    while True:
        async with db.transaction(scope) as session:
            rows = await queries.journal_rows(session, month, last_day_of(month), after=after, limit=_PART)
        if rows:
            yield journal_lines(rows, own, encoding)
            after = (rows[-1].day, rows[-1].id)
        if len(rows) < _PART:
            return

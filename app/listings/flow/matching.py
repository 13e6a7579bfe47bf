"""Who wanted to hear of what is new? News is matched in batches with every search that was saved.

A batch is fixed before it is matched, and each search has at most one notice of it: a run that is cut short is begun
again, and nobody is told twice.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import Scope
from app.listings import operations, queries
from app.listings.queries import Fit

BATCHES_AT_ONCE: Final = 20
"""A run ends after so many; the next one goes on."""


async def match_searches(db: Database, *, now: datetime, request_id: str) -> int:
    """Tell every organisation what new listings fit its saved searches (workers only); how many notices were made."""
    made = 0
    for _ in range(BATCHES_AT_ONCE):
        async with db.machinery() as session:
            batch_id = await operations.claim_news(session, new_id())
        if batch_id is None:
            break
        made += await _matched(db, batch_id, now=now, request_id=request_id)
        async with db.machinery() as session:
            await operations.finish_news(session, batch_id)
    return made


async def _matched(db: Database, batch_id: UUID, *, now: datetime, request_id: str) -> int:
    made, after = 0, queries.START
    while True:
        async with db.audit() as session:
            upto = await queries.next_searches(session, after)
            if upto is None:
                return made
            fits = await queries.new_fits(session, batch_id, after, upto, now=now)
        for org_id, own in groupby(fits, key=lambda fit: fit.org_id):
            made += await _told(db, org_id, batch_id, list(own), now=now, request_id=request_id)
        after = upto


async def _told(
    db: Database, org_id: UUID, batch_id: UUID, fits: Sequence[Fit], *, now: datetime, request_id: str
) -> int:
    async with db.transaction(Scope.of_system(org_id, request_id)) as session:
        return await operations.tell_fits(session, org_id, batch_id, fits, now=now)

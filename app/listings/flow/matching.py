"""Who wanted to hear of what is new? News is matched in batches with every search that was saved, some at a time.

A batch is fixed before it is matched, how far it has come is kept, and each search has at most one notice of it: a run
that is cut short goes on where it was, and nobody is told twice.
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

STEPS_AT_ONCE: Final = 10
"""A run ends after so many, well within a job's lease; the next one goes on."""


async def match_searches(db: Database, *, now: datetime, request_id: str) -> int:
    """Tell organisations what new listings fit their saved searches (workers only); how many notices were made."""
    made = 0
    for _ in range(STEPS_AT_ONCE):
        async with db.machinery() as session:
            batch = await operations.claim_news(session, new_id())
        if batch is None:
            break
        made += await _step(db, batch.id, (batch.after_org, batch.after_id), now=now, request_id=request_id)
    return made


async def _step(db: Database, batch_id: UUID, after: tuple[UUID, UUID], *, now: datetime, request_id: str) -> int:
    """Compare the next searches with a batch; when there are no more, it is done with."""
    async with db.audit() as session:
        upto = await queries.next_searches(session, after)
        fits = await queries.new_fits(session, batch_id, after, upto, now=now) if upto else []
    made = 0
    for org_id, own in groupby(fits, key=lambda fit: fit.org_id):
        made += await _told(db, org_id, batch_id, list(own), now=now, request_id=request_id)
    async with db.machinery() as session:
        if upto is None:
            await operations.finish_news(session, batch_id)
        else:
            await operations.pass_searches(session, batch_id, upto)
    return made


async def _told(
    db: Database, org_id: UUID, batch_id: UUID, fits: Sequence[Fit], *, now: datetime, request_id: str
) -> int:
    async with db.transaction(Scope.of_system(org_id, request_id)) as session:
        return await operations.tell_fits(session, org_id, batch_id, fits, now=now)

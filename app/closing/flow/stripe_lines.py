"""How is Stripe's own book read, and held against ours? Page by page behind the last line, then compared in batches."""

from datetime import datetime
from typing import Final

from app.closing import operations
from app.core import outbox
from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.payments.flow.calls import StripeSilent
from integrations.stripe.client import LookupFailed, Stripe

PAGE: Final = 100
"""As many as Stripe gives at once."""
PAGES_MAX: Final = 50
"""Of one job: the next one goes on where this one stopped."""


async def fetch_stripe_lines(db: Database, stripe: Stripe | None, *, now: datetime, request_id: str) -> int:
    """Read what is new in Stripe's book, book its fees, and compare; how many lines were new.

    Raises StripeSilent when Stripe gives no answer: what was read before that stays, and is compared the next time.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    new = 0 if stripe is None else await _read(db, desk, stripe, now)
    await compare(db, desk, now=now)
    return new


async def compare(db: Database, desk: Scope, *, now: datetime) -> None:
    """Hold every unsettled line of Stripe's, the bank's lines and our own postings against each other."""
    after_n: int | None = 0
    while after_n is not None:
        async with db.transaction(desk) as session:
            after_n = await operations.match_batch(session, after_n=after_n, now=now)
    async with db.transaction(desk) as session:
        await operations.compare_rest(session, now=now)


async def _read(db: Database, desk: Scope, stripe: Stripe, now: datetime) -> int:
    new = 0
    for _ in range(PAGES_MAX):
        async with db.transaction(desk) as session:
            after = await operations.last_line(session)
        page = await stripe.balance_lines(after=after, limit=PAGE)
        if isinstance(page, LookupFailed):
            raise StripeSilent(page.why)
        async with db.transaction(desk) as session:
            new += await operations.take_lines(
                session, page.lines, read_at=now, complete=not page.more, now=now
            )  # fmt: skip
        if not page.more:
            return new
    async with db.transaction(desk) as session:
        outbox.enqueue(session, "closing.fetch_stripe_lines", due=now)
    return new

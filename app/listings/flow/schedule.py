"""What happens when a listing's time has come, or is over? The row says what is right; a job only looks at it.

A job of a time that was given up finds another time in the row and does nothing. One that is late opens late, and opens
nothing whose end has passed. That nobody buys after the end does not hang on a job: quotes and orders look at `ends_at`.
"""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.errors import InvalidState
from app.core.scope import Scope
from app.listings import operations
from app.listings.models import ListingStatus
from app.listings.rules import Closing


async def open_scheduled(db: Database, org_id: UUID, listing_id: UUID, *, now: datetime, request_id: str) -> None:
    """Open a listing whose time has come; late in peace when it is not scheduled any more, or for later.

    One whose lot or provider may not be offered at this moment is paused with that reason: a person resumes it.
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        listing = await operations.locked(session, scope, listing_id)
        if listing.status != ListingStatus.SCHEDULED or listing.starts_at is None or listing.starts_at > now:
            return
        if listing.ends_at is not None and listing.ends_at <= now:
            await operations.finish(session, listing, Closing.ENDED, now=now)
            return
        try:
            await operations.begin(session, scope, listing, now=now)
        except InvalidState as refusal:
            await operations.pause(session, listing, now=now, reason=f"not opened: {refusal.detail}")


async def close_ended(db: Database, org_id: UUID, listing_id: UUID, *, now: datetime, request_id: str) -> None:
    """End a listing whose time is over; late in peace when it has ended, or was given a later end."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        listing = await operations.locked(session, scope, listing_id)
        if listing.status == ListingStatus.WITHDRAWN or listing.ends_at is None or listing.ends_at > now:
            return
        await operations.finish(session, listing, Closing.ENDED, now=now)

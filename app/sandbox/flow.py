"""What reaches beyond one transaction at a test desk? Its clock, which every process follows, and the bank's file."""

import asyncio
import hashlib
import logging
import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.drivers import LOST
from app.core.errors import InvalidState
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.orders import queries as orders
from app.payments import flow as payments
from app.payments import queries as expected
from app.payments.operations import StatementFile
from app.retirements.operations import Notice
from app.sandbox.rules import CLOSED, Transfer, TransferKind, bank_file, transfers_of
from integrations.storage.client import Files

FOLLOWED_WITHIN_S: Final = 0.2
"""No process goes by a clock that it read longer ago: so long after a move was committed, all of them have followed."""
_ANSWER_S: Final = 2
_READ: Final = "select ahead from test_clock where desk_id = $1"
_NOTICE: Final = b"%PDF-1.7\n% Made up by a test desk: nothing was retired.\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
_LOGGER: Final = logging.getLogger("offsetdesk.sandbox")


class FollowedClock:
    """How far a test desk's clock stands ahead, as one process last read it."""

    def __init__(self, db: Database) -> None:
        """Nothing is read yet: until then the clock counts as never moved."""
        self._db = db
        self._lock = asyncio.Lock()
        self._read_at: float | None = None
        self.ahead = timedelta()

    async def fresh(self) -> timedelta:
        """How far it stands ahead, read at most FOLLOWED_WITHIN_S before now. While the database is away, the last known.

        Who waits for a reading takes what the one before has read meanwhile, so that a slow database is asked once.
        """
        now = time.monotonic()
        if self._is_old(now):
            async with self._lock:
                if self._is_old(now):
                    await self._read()
        return self.ahead

    async def keep_following(self) -> None:
        """Read again and again, for ever: for a worker, whose relay and runner ask for the time without waiting."""
        while True:
            await self._read()
            await asyncio.sleep(FOLLOWED_WITHIN_S / 2)

    def _is_old(self, now: float) -> bool:
        return self._read_at is None or now - self._read_at >= FOLLOWED_WITHIN_S

    async def _read(self) -> None:
        self._read_at = time.monotonic()  # Before the question: what it answers is no older.
        try:
            async with asyncio.timeout(_ANSWER_S), self._db.driver() as connection:
                found = await connection.fetchval(_READ, DESK_ID)
        except LOST as error:
            # What needs the database will say so itself; what does not is none the worse for an old clock.
            _LOGGER.warning("the test clock could not be read", extra={"error": type(error).__name__})
            return
        self.ahead = found or timedelta()


async def incoming_transfers(
    db: Database, files: Files, scope: Scope, order_id: UUID, kind: TransferKind, *, reference: str, now: datetime
) -> tuple[list[Transfer], StatementFile]:
    """Write the bank's file with a transfer for the caller's own order, and keep it as every bank's file is kept.

    `reference` is the bank's own and must be new. Raises OrderNotFound (404), TransferImpossible (422), and
    InvalidState (409) for a late transfer while the order can still be paid.
    """
    async with db.transaction(scope) as session:
        order = await orders.order_of(session, scope, order_id)
        payment = await expected.payment_of_order(session, scope, order_id)
    if kind == TransferKind.LATE and order.status not in CLOSED:
        detail = f"The order is {order.status}: cancel it, or move the clock past its deadline, and money is late."
        raise InvalidState(detail, state=order.status)
    transfers = transfers_of(kind, payment.reference, payment.amount_minor)
    content = bank_file(transfers, booked_on=day_in_japan(now), bank_reference=reference)
    return transfers, await payments.keep_bank_file(files, content, f"{reference}.csv", accounts=(), now=now)


async def keep_notice(files: Files, scope: Scope, task_id: UUID) -> Notice:
    """A notice that says of itself that it is made up, kept beside the provider's own."""
    sha256 = hashlib.sha256(_NOTICE).hexdigest()
    key = f"notices/{scope.org_id}/{task_id}/{sha256}"
    await files.put(key, _NOTICE)
    return Notice(key, sha256, "test-notice.pdf")

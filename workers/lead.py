"""Which of several workers relays and keeps the schedule? The one whose connection holds an advisory lock.

The lock only saves work: two relays would each skip the rows that the other has locked or woken. So a leader that does
not know yet that it has lost its connection does no harm.
"""

import logging
from typing import Final

import asyncpg

from app.core.db import Database
from app.core.drivers import LOST

_LOCK: Final = 0x0FF5E7DE1EAD
_ANSWER_S: Final = 5
_logger: Final = logging.getLogger(__name__)


class Lead:
    """One dedicated connection that tries for the lock, and holds it as long as it lives."""

    def __init__(self, db: Database) -> None:
        """Nothing connects yet."""
        self._db = db
        self._connection: asyncpg.Connection | None = None
        self._leads = False

    async def held(self) -> bool:
        """Whether this process leads now. Takes the lock when it is free; False, too, when the database is away."""
        try:
            return await self._ask()
        except LOST as error:
            _logger.warning("the leader's connection is lost", extra={"error": f"{type(error).__name__}: {error}"})
            self._drop()
            return False

    async def close(self) -> None:
        """Let the lock go, so that another worker can take over at once."""
        self._drop()

    async def _ask(self) -> bool:
        if self._connection is None or self._connection.is_closed():
            self._drop()
            self._connection = await self._connected()
        if self._leads:  # An answer proves that the session lives, and with it its lock.
            await self._connection.fetchval("select 1", timeout=_ANSWER_S)
            return True
        self._leads = await self._connection.fetchval("select pg_try_advisory_lock($1)", _LOCK, timeout=_ANSWER_S)
        if self._leads:
            _logger.info("this worker leads: it relays and keeps the schedule")
        return self._leads

    async def _connected(self) -> asyncpg.Connection:
        # The server gives the lock of a machine that vanished back after about half a minute.
        keepalive = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4"}
        return await asyncpg.connect(
            self._db.url,
            timeout=_ANSWER_S,
            server_settings={"role": self._db.role, "application_name": "offsetdesk_lead", **keepalive},
        )

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._leads = None, False

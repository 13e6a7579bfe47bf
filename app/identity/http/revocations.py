"""How does this process hear at once that another one has revoked a credential? One connection that listens."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
from sqlalchemy import make_url

from app.core.db import Database
from app.identity.operations import REVOKED_CHANNEL

HEARTBEAT_S: Final = 1
"""How long a connection may be dead without anybody noticing: nothing is kept longer than that and a time-out."""
ANSWER_S: Final = 2
CONNECT_S: Final = 5
PAUSE_S: Final = 1

_LOGGER: Final = logging.getLogger("offsetdesk.revocations")
_LOST: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Revocations:
    """Listens for revocations and says whether it can hear them: while it cannot, nobody may rely on a memory."""

    def __init__(self, db: Database, *, on_revoked: Callable[[bytes], None], on_gap: Callable[[], None]) -> None:
        """`on_revoked` gets each credential's hash; `on_gap` is called when some may have been missed."""
        self._db = db
        self._on_revoked = on_revoked
        self._on_gap = on_gap
        self.heard = False
        """Whether the connection listens at this moment."""
        self.heard_count = 0
        """Raised by every message and every gap."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen while the block runs: the application's lifespan. A lost connection is made again each second."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except _LOST as error:
                _LOGGER.warning("cannot listen for revocations", extra={"error": type(error).__name__})
            await asyncio.sleep(PAUSE_S)

    async def _listen_once(self) -> None:
        """Listen until the connection is lost, which is raised."""
        connection = await asyncpg.connect(
            make_url(self._db.url).set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=CONNECT_S,
            server_settings={"role": self._db.role, "application_name": f"{self._db.role} listens"},
        )
        try:
            connection.add_termination_listener(self._lost)
            await connection.add_listener(REVOKED_CHANNEL, self._told)
            self._gap()  # What was said before the ear was there is lost: begin with an empty memory.
            self.heard = True
            while True:
                await asyncio.sleep(HEARTBEAT_S)
                await connection.execute("select 1", timeout=ANSWER_S)
        finally:
            self._lost()
            connection.terminate()

    def _told(self, _connection: Any, _pid: int, _channel: str, message: str) -> None:
        self.heard_count += 1
        self._on_revoked(bytes.fromhex(message))

    def _lost(self, _connection: Any = None) -> None:
        self.heard = False

    def _gap(self) -> None:
        self.heard_count += 1
        self._on_gap()

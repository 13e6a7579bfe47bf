"""How does this process hear at once what another one has changed? One connection that listens (LISTEN and NOTIFY)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from app.core.db import Database, plain_url
from app.core.drivers import LOST

HEARTBEAT_S: Final = 1
"""How long a connection may be dead without anybody noticing: nothing is kept longer than that and a time-out."""
ANSWER_S: Final = 2
CONNECT_S: Final = 5
PAUSE_S: Final = 1

_LOGGER: Final = logging.getLogger("offsetdesk.ear")


class Ear:
    """Listens to channels and says whether it can hear them: while it cannot, nobody may rely on a memory."""

    def __init__(self, db: Database, heard: Mapping[str, Callable[[str], None]], *, on_gap: Callable[[], None]) -> None:
        """`heard` takes each channel's messages; `on_gap` is called when some may have been missed."""
        self._db = db
        self._heard = heard
        self._on_gap = on_gap
        self.hears = False
        """Whether the connection listens at this moment."""

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
            except LOST as error:
                _LOGGER.warning("cannot listen", extra={"error": type(error).__name__})
            await asyncio.sleep(PAUSE_S)

    async def _listen_once(self) -> None:
        """Listen until the connection is lost, which is raised."""
        connection = await asyncpg.connect(
            plain_url(self._db.url),
            timeout=CONNECT_S,
            server_settings={"role": self._db.role, "application_name": f"{self._db.role} listens"},
        )
        try:
            connection.add_termination_listener(self._lost)
            for channel in self._heard:
                await connection.add_listener(channel, self._told)
            self._on_gap()  # What was said before the ear was there is lost: begin with an empty memory.
            self.hears = True
            while True:
                await asyncio.sleep(HEARTBEAT_S)
                await connection.execute("select 1", timeout=ANSWER_S)
        finally:
            self._lost()
            connection.terminate()

    def _told(self, _connection: Any, _pid: int, channel: str, message: str) -> None:
        self._heard[channel](message)

    def _lost(self, _connection: Any = None) -> None:
        self.hears = False

"""How does a statement that is a whole transaction reach the database? On the driver's own connection, without a session.

Beside the engine's pool, because lending a driver's connection through it costs a tenth of placing an order (measured).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

WAIT_S: Final = 15
CONNECT_S: Final = 10
LOST: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a question on a driver's connection can meet that dies, is dead, or cannot be made. The last one is what the
driver raises when the server ends the connection just as the question is sent: neither a refusal nor a mistake of ours.
"""


class Drivers:
    """At most `size` connections in autocommit, made when they are needed and lent to one borrower at a time.

    Whoever borrows one leaves no session state on it: settings are local to a transaction, and the statement commits.
    """

    def __init__(self, url: str, *, server_settings: Mapping[str, str], size: int) -> None:
        """Nothing connects yet. `url` is a plain postgresql:// address."""
        self._url = url
        self._server_settings = dict(server_settings)
        self._room = asyncio.Semaphore(size)
        self._free: list[asyncpg.Connection] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[asyncpg.Connection]:
        """Borrow a connection; TimeoutError when none is given back in 15 s, OSError when none can be made."""
        async with asyncio.timeout(WAIT_S):
            await self._room.acquire()
        try:
            connection = await self._connection()
            whole = False
            try:
                yield connection
                whole = True
            except asyncpg.PostgresError:
                whole = True  # The server refused a statement; the connection is as good as before.
                raise
            finally:
                if whole:
                    self._give_back(connection)
                else:  # Cut off in the middle: nobody knows what is still under way on it.
                    connection.terminate()
        finally:
            self._room.release()

    async def close(self) -> None:
        """Close what is not lent."""
        while self._free:
            await self._free.pop().close(timeout=CONNECT_S)

    async def _connection(self) -> asyncpg.Connection:
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return await asyncpg.connect(self._url, timeout=CONNECT_S, server_settings=self._server_settings)

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if not connection.is_closed():
            assert not connection.is_in_transaction(), "A borrower leaves no transaction open."
            self._free.append(connection)

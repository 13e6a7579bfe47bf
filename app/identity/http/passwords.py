"""How are passwords hashed without stopping everything else? In threads, two at a time, with a short queue."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from app.core.http.errors import Busy
from app.core.security import SALT_BYTES, hash_password, is_password
from app.identity.rules import password_as_hashed

AT_ONCE: Final = 2
"""Each takes 32 MiB and a whole core for some 50 ms."""
WAITING_MAX: Final = 64
"""About two seconds of work: whoever comes then is told to come back."""


class Passwords:
    """The process's one place where passwords are hashed and compared."""

    def __init__(self, *, at_once: int = AT_ONCE, waiting_max: int = WAITING_MAX) -> None:
        """Nothing is started; threads are the event loop's own."""
        self._turns = asyncio.Semaphore(at_once)
        self._waiting_max = waiting_max
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """The argon2id hash to store, with a fresh salt. Raises Busy (503)."""
        salt = secrets.token_bytes(SALT_BYTES)
        async with self._turn():
            return await asyncio.to_thread(hash_password, password_as_hashed(password), salt=salt)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether this is the password behind the stored hash; the same work when there is none. Raises Busy (503)."""
        async with self._turn():
            return await asyncio.to_thread(is_password, password_as_hashed(password), stored)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= self._waiting_max:
            raise Busy("Too many are signing in at this moment.", retry_after_s=2)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

"""Is the database in trouble, and what is the caller told? 503 and when to come back, never the driver's words."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.db import is_retryable
from app.core.errors import AppError, Unavailable, Unprocessable
from app.core.http.errors import Busy

T = TypeVar("T")

TRIES: Final = 3
_PAUSE_MS: Final = (10, 40)
_RETRY_AFTER_S: Final = 2

_AWAY: Final = ("08", "57P01", "57P02", "57P03", "53")
"""SQLSTATE: no connection, shut down, crashed, starting up, out of resources (connections, memory, disk)."""
_WAITED_TOO_LONG: Final = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialization failure, deadlock, lock timeout, statement timeout."""
_UNSTORABLE_TEXT: Final = frozenset({"22021", "22P05"})


async def retried(step: Callable[[], Awaitable[T]]) -> T:
    """Run a flow, again when two transactions met (`is_retryable`), at most three times. Raises Busy (503).

    Every flow looks at the state first, so beginning it again is safe.
    """
    for pause_ms in _PAUSE_MS:
        try:
            return await step()
        except DBAPIError as error:
            if not is_retryable(error):
                raise
            await asyncio.sleep(pause_ms / 1000)
    try:
        return await step()
    except DBAPIError as error:
        if not is_retryable(error):
            raise
        raise Busy("Others are changing the same things.", retry_after_s=1) from error


def trouble_told(error: Exception) -> AppError | None:
    """The refusal for a failure of the database; None when the error is something else: a mistake of ours."""
    state = sqlstate(error)
    if state in _WAITED_TOO_LONG:
        return Busy("Others are changing the same things.", retry_after_s=1)
    if state in _UNSTORABLE_TEXT:
        return Unprocessable("A text holds a character that cannot be stored.")
    if state.startswith(_AWAY) or is_unreachable(error):
        return Unavailable("The database does not answer.", retry_after_s=_RETRY_AFTER_S)
    return None


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for what failed, whether the driver raised it or SQLAlchemy; empty when there is none."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def is_unreachable(error: BaseException) -> bool:
    """Whether the database could not be reached, or the connection broke, or no connection was free in time."""
    match error:
        # The driver's own error: the server ended the connection just as it was asked (`LOST` in drivers.py).
        case PoolTimeoutError() | asyncpg.PostgresConnectionError() | asyncpg.InternalClientError():
            return True
        case asyncpg.InterfaceError():  # Its other meanings (a value that does not fit) are mistakes of ours.
            return "closed" in str(error)
        case DBAPIError():
            return error.connection_invalidated
        case FileNotFoundError():  # A socket's file is gone; `open()` would name the file.
            return error.filename is None
        case ConnectionError() | socket.gaierror() | TimeoutError():
            return True
    return False

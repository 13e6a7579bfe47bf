"""A database in trouble is 503 and when to come back; a mistake of ours stays a mistake."""

import socket

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.db import API_ROLE, Database
from app.core.errors import AppError
from app.core.http.trouble import is_unreachable, trouble_told


def code_of(error: Exception) -> str | None:
    told: AppError | None = trouble_told(error)
    return None if told is None else told.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (asyncpg.SerializationError("x"), "busy"),
        (asyncpg.DeadlockDetectedError("x"), "busy"),
        (asyncpg.LockNotAvailableError("x"), "busy"),
        (asyncpg.QueryCanceledError("x"), "busy"),
        (asyncpg.CannotConnectNowError("x"), "unavailable"),
        (asyncpg.AdminShutdownError("x"), "unavailable"),
        (asyncpg.TooManyConnectionsError("x"), "unavailable"),
        (asyncpg.DiskFullError("x"), "unavailable"),
        (asyncpg.ConnectionDoesNotExistError("x"), "unavailable"),
        (asyncpg.InterfaceError("connection is closed"), "unavailable"),
        (asyncpg.CharacterNotInRepertoireError("x"), "invalid_fields"),
        (TimeoutError(), "unavailable"),
        (socket.gaierror(-2, "Name or service not known"), "unavailable"),
        (FileNotFoundError(2, "No such file or directory"), "unavailable"),
        (FileNotFoundError(2, "No such file or directory", "template.typ"), None),
        (asyncpg.UniqueViolationError("x"), None),
        (asyncpg.UndefinedTableError("x"), None),
        (asyncpg.InsufficientPrivilegeError("x"), None),
        (asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"), None),
        (ValueError("x"), None),
    ],
)
def test_only_trouble_is_told_as_trouble(error: Exception, code: str | None) -> None:
    assert code_of(error) == code
    if isinstance(error, asyncpg.PostgresError):
        assert code_of(DBAPIError("select 1", None, error)) == (
            code if code != "unavailable" or error.sqlstate else None
        )


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/none", "postgresql://nobody@/none?host=/nonexistent"])
async def test_a_server_that_is_not_there_is_unreachable(url: str) -> None:
    db = Database(url, role=API_ROLE)
    with pytest.raises(OSError) as missed:  # The block is what a route writes.
        async with db.public() as session:
            await session.execute(text("select 1"))
    assert is_unreachable(missed.value)
    assert code_of(missed.value) == "unavailable"
    await db.close()


ORDER = "/v1/orders/0dd5de5c-0000-7000-8000-000000000001"


def test_the_real_server_says_the_same(live: str, world) -> None:
    with httpx.Client(base_url=live) as client:
        for _ in range(100):
            try:
                client.get("/livez")
                break
            except httpx.ConnectError:
                continue
        got, head = client.get(ORDER), client.head(ORDER)
        assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
        assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
        unchanged = client.get(ORDER, headers={"If-None-Match": got.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert client.head("/stream").content == b""
        refused = client.post("/v1/orders", content=b"x" * 5_000, headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
        assert "strict-transport-security" not in got.headers
        world.drain.begin()
        leaving = client.get(ORDER)
        assert (leaving.status_code, leaving.headers["connection"]) == (200, "close")

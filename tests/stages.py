"""On which stage do races and faults play? A desk with its real API, real workers, and a registry behind a gate."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from benchmarks.scenarios.rabbit import PrivateRabbit
from benchmarks.scenarios.stage import Stage, open_stage
from tests.conftest import copying, with_database


@asynccontextmanager
async def fresh_stage(
    server_url: str,
    template: str,
    folder: Path,
    *,
    rabbit: PrivateRabbit | None = None,
    with_stripe: bool = False,
) -> AsyncIterator[Stage]:
    """A desk of its own, for all tests of a module: a module's tests together leave every invariant whole."""
    name = f"test_{folder.name}_{secrets.token_hex(4)}"
    server = await asyncpg.connect(server_url)
    await server.execute(copying(name, template))
    async with open_stage(with_database(server_url, name), folder, rabbit=rabbit, with_stripe=with_stripe) as made:
        yield made
    await server.execute(f'drop database "{name}" with (force)')
    await server.close()

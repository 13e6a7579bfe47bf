"""Which processes, and whose browsers, do the identity tests have?"""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.identity.identity_world import OPERATOR_EMAIL, Process, found, process


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Process]:
    """One API process of a founded desk."""
    async with process(database_url) as one:
        await found(one.db)
        yield one


@pytest.fixture
async def operator(api: Process) -> httpx.AsyncClient:
    """The operator's browser."""
    return await api.sign_in(OPERATOR_EMAIL)

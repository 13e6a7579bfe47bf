"""What is a caller told who asks too often, and who is counted as whom?

A window begins anew at each full minute: a test that reads the clock twice may meet two, so each asks within one.
"""

import asyncio
import gc
import re
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest
from litestar.handlers import BaseRouteHandler

from app.core.rates import prune
from tests.world import PASSWORD, World

POLICY = re.compile(r'"([a-z-]+)";q=(\d+);w=60')
STANDING = re.compile(r'"([a-z-]+)";r=(\d+);t=(\d+)')


@pytest.fixture(autouse=True)
async def early_in_a_window() -> None:
    """Wait for the next minute when this one is nearly over."""
    if (left := 60 - datetime.now(UTC).second) < 15:
        await asyncio.sleep(left + 0.1)


def standing_of(answer: httpx.Response) -> tuple[str, int, int]:
    policy, standing = (
        POLICY.fullmatch(answer.headers["ratelimit-policy"]),
        STANDING.fullmatch(answer.headers["ratelimit"]),
    )
    assert policy is not None, answer.headers
    assert standing is not None, answer.headers
    assert policy[1] == standing[1]
    assert 1 <= int(standing[3]) <= 60
    return policy[1], int(policy[2]), int(standing[2])


async def test_a_key_is_told_where_it_stands_and_refused_at_its_limit(small: World) -> None:
    asked = [await small.desk.get("/v1/organisation") for _ in range(8)]
    assert [answer.status_code for answer in asked] == [200] * 6 + [429] * 2
    assert [standing_of(answer) for answer in asked[:6]] == [("calls", 6, left) for left in (5, 4, 3, 2, 1, 0)]
    refused = asked[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["policy"] == "calls"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert standing_of(refused) == ("calls", 6, 0)


async def test_another_key_and_the_public_have_windows_of_their_own(small: World) -> None:
    assert [(await small.desk.get("/v1/organisation")).status_code for _ in range(7)][-1] == 429
    buyer = await small.buyer()
    assert standing_of(await buyer.get("/v1/organisation")) == ("calls", 6, 5)
    assert standing_of(await small.client().get("/v1/registries"))[:2] == ("public", 8)


async def test_strangers_are_counted_by_address(small: World) -> None:
    def stranger(address: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(small.app, client=(address, 1)), base_url="https://desk.example"
        )

    async with (
        stranger("192.0.2.7") as one,
        stranger("192.0.2.8") as other,
        stranger("2001:db8::1") as six,
        stranger("2001:db8::ffff:2") as neighbour,
    ):
        codes = [(await one.get("/v1/registries")).status_code for _ in range(10)]
        assert codes == [200] * 8 + [429] * 2
        assert (await other.get("/v1/registries")).status_code == 200
        assert standing_of(await six.get("/v1/registries"))[2] == 7
        assert standing_of(await neighbour.get("/v1/registries"))[2] == 6, "One /64 is one customer."
        assert (await one.get("/livez")).status_code == 200, "Health is never refused."


async def test_a_304_costs_nothing(small: World) -> None:
    client = small.client()
    first = await client.get("/v1/registries")
    for _ in range(10):
        unchanged = await client.get("/v1/registries", headers={"If-None-Match": first.headers["etag"]})
        assert unchanged.status_code == 304
        assert standing_of(unchanged) == ("public", 8, 7)


async def test_passwords_and_keys_cannot_be_guessed_at_leisure(small: World) -> None:
    client = small.client()
    wish = {"email": small.desk.email, "password": "not this one at all"}
    tried = [(await client.post("/v1/sessions", json=wish)).status_code for _ in range(5)]
    assert tried[-1] == 429
    assert set(tried[:-1]) == {401}
    right = await client.post("/v1/sessions", json=wish | {"password": PASSWORD})
    assert right.status_code == 429, "The right one is not told from the wrong ones either."
    guesser = small.client("od_test_000000000000_" + "0" * 39)
    codes = [(await guesser.get("/v1/organisation")).status_code for _ in range(6)]
    assert codes == [401] * 4 + [429] * 2
    assert (await small.desk.get("/v1/organisation")).status_code == 429, "The address is shut, for a minute."


async def test_ended_windows_are_pruned_and_name_nobody(small: World, owner: asyncpg.Connection) -> None:
    await small.client().get("/v1/registries")
    await small.desk.get("/v1/organisation")
    kept = await owner.fetch("select key, ends_at from rate_window")
    assert len(kept) >= 2
    assert all(len(row["key"]) == 16 for row in kept)
    async with small.worker_db.machinery() as session:
        assert await prune(session, now=datetime.now(UTC), limit=100) == 0
    await owner.execute("update rate_window set ends_at = ends_at - interval '3 minutes'")
    async with small.worker_db.machinery() as session:
        assert await prune(session, now=datetime.now(UTC), limit=100) == len(kept)


async def test_a_refusal_by_limit_is_never_a_keys_stored_answer(small: World) -> None:
    buyer = await small.buyer()
    assert [(await buyer.get("/v1/organisation")).status_code for _ in range(7)][-1] == 429
    refused = await buyer.post("/v1/orders", {"lines": []}, key="later")
    assert refused.status_code == 429
    assert "idempotent-replayed" not in refused.headers


async def test_a_request_leaves_nothing_behind_of_its_route(small: World) -> None:
    await small.desk.get("/v1/organisation")
    before = handlers_kept()
    for _ in range(4):
        assert (await small.desk.get("/v1/organisation")).status_code == 200
    assert handlers_kept() == before, (
        "Litestar gives each guard a copy of the handler: whoever keeps it grows for ever."
    )


def handlers_kept() -> int:
    gc.collect()
    return sum(isinstance(each, BaseRouteHandler) for each in gc.get_objects())

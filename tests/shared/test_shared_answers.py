"""When may one reader's answer be another's? Public searches, for a moment, and never after what they show has changed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core.db import Database
from tests.listings.listing_world import statements
from tests.world import World, open_world

PATH = "/v1/listings?sort=price"


@pytest.fixture
async def sharing(db: Database, worker_db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """A desk that shares for as long as no test runs: only a change makes an answer new."""
    changes = {"shared_answers_ms": 60_000, "rate_public_per_min": 0}
    async with open_world(db, worker_db, tmp_path, registry=None, **changes) as world:
        yield world


async def test_many_readers_at_once_are_one_question_to_the_database(sharing: World) -> None:
    await sharing.listing(await sharing.provider(), 50)
    await asyncio.sleep(0.2)
    with statements(sharing.db) as sent:
        answers = await asyncio.gather(*(sharing.client().get(PATH) for _ in range(20)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert len(answers[0].json()["data"]) == 1
    assert len({answer.headers["x-request-id"] for answer in answers}) == 20, "Each is an answer of its own."
    assert len(sent) <= 3, sent
    unchanged = await sharing.client().get(PATH, headers={"If-None-Match": answers[0].headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_another_price_is_seen_at_once(sharing: World) -> None:
    provider = await sharing.provider()
    listing = await sharing.listing(provider, 50, price=4_500)
    for price in (4_400, 4_300, 4_200):
        await sharing.client().get(PATH)
        wish = {"price": {"amount": price, "currency": "JPY"}}
        changed = await provider.client.patch(f"/v1/listings/{listing}", json=wish, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text
        async with asyncio.timeout(5):
            while (await sharing.client().get(PATH)).json()["data"][0]["price"]["amount"] != price:
                await asyncio.sleep(0.01)


async def test_a_search_another_language_and_a_caller_have_answers_of_their_own(sharing: World) -> None:
    buyer = await sharing.buyer()
    with statements(sharing.db) as sent:
        for ask in (
            sharing.client().get(PATH), sharing.client().get(PATH + "&limit=5"),
            sharing.client().get(PATH, headers={"Accept-Language": "ja"}), buyer.get(PATH), buyer.get(PATH),
        ):  # fmt: skip
            before = len(sent)
            assert (await ask).status_code == 200
            assert len(sent) > before
        before = len(sent)
        await sharing.client().get(PATH)
        assert len(sent) == before


async def test_a_refusal_is_not_shared(sharing: World) -> None:
    for _ in range(2):
        assert (await sharing.client().get("/v1/listings?price=1")).status_code == 400
        assert (await sharing.client().get("/v1/listings?sort=price")).status_code == 200

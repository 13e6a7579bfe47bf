"""Buyers who save searches, and the job that tells them."""

from dataclasses import replace
from typing import Any

import httpx

from app.catalog.operations import index_words
from app.core.clock import utc_now
from app.core.db import Database
from app.core.scope import Scope
from app.listings.flow import match_searches
from tests.listings.listing_world import World

BUYING = frozenset({"read", "orders:write"})
SEEN = {"If-Match": "*"}


async def buyer(world: World, *, status: str = "active") -> Scope:
    """An organisation that buys."""
    return replace(await world.build.organisation(name="買い手株式会社", kind="buyer", status=status), rights=BUYING)


async def save(world: World, scope: Scope, name: str = "search", **wanted: Any) -> httpx.Response:
    return await world.as_(scope).post("/v1/saved-searches", json={"name": name, "filter": wanted})


async def match(worker_db: Database) -> int:
    """Run the job as a worker does; the words of projects are written as loading the catalogue writes them."""
    async with worker_db.machinery() as session:
        await index_words(session, None)
    return await match_searches(worker_db, now=utc_now(), request_id="req_of_the_job")


async def notices(world: World, scope: Scope, **asked: Any) -> list[dict[str, Any]]:
    answer = await world.as_(scope).get("/v1/notices", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def reprice(world: World, provider: Scope, listing: str, price: int) -> None:
    change = {"price": {"amount": price, "currency": "JPY"}}
    answer = await world.as_(provider).patch(f"/v1/listings/{listing}", json=change, headers=SEEN)
    assert answer.status_code == 200, answer.text

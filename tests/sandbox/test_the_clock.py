"""Is there one clock for a test desk, moved forward only, by its operator alone, and followed by everything?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ahead_of_time, utc_now
from app.core.db import API_ROLE, WORKER_ROLE, Database
from app.core.http.drain import Drain
from app.core.metrics import Metrics
from app.main import create_app
from app.sandbox.errors import ClockNotMoved
from app.sandbox.flow import FollowedClock
from app.sandbox.rules import AHEAD_MAX, ahead_after
from tests.sandbox.moving import advance
from tests.world import BASE_URL, World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
steps = st.builds(
    lambda n, unit: f"P{n}D" if unit == "D" else f"PT{n}{unit}", st.integers(1, 3000), st.sampled_from("DHMS")
)


@given(ahead=st.timedeltas(timedelta(), timedelta(days=300)), step=steps)
def test_a_step_moves_it_forward_by_just_so_much(ahead: timedelta, step: str) -> None:
    moved = ahead_after(ahead, NOW + ahead, advance=step, to=None)
    unit = {"D": 86_400, "H": 3_600, "M": 60, "S": 1}[step[-1]]
    assert moved - ahead == timedelta(seconds=int(step.strip("PTDHMS")) * unit)


@given(ahead=st.timedeltas(timedelta(), timedelta(days=300)), to=st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_a_moment_is_reached_or_refused(ahead: timedelta, to: timedelta) -> None:
    now = NOW + ahead
    if to <= timedelta():
        with pytest.raises(ClockNotMoved):
            ahead_after(ahead, now, advance=None, to=now + to)
    else:
        assert NOW + ahead_after(ahead, now, advance=None, to=now + to) == now + to


@pytest.mark.parametrize(("advance_by", "to"), [(None, None), ("P1D", NOW + timedelta(days=1)), ("P3651D", None)])
def test_what_is_no_move_is_refused(advance_by: str | None, to: datetime | None) -> None:
    with pytest.raises(ClockNotMoved):
        ahead_after(timedelta(), NOW, advance=advance_by, to=to)
    with pytest.raises(ClockNotMoved):
        ahead_after(AHEAD_MAX, NOW, advance="PT1S", to=None)


def test_a_live_desks_clock_is_the_machines() -> None:
    assert ahead_of_time.get() == timedelta()
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=1)


async def ahead_s(world: World) -> int:
    return int((await world.desk.get("/v1/test/clock")).json()["ahead_s"])


async def test_only_the_operator_moves_it_and_everybody_reads_it(peoples_world: World) -> None:
    world = peoples_world
    buyer, before = await world.buyer(), await ahead_s(world)
    assert (await buyer.get("/v1/test/clock")).json()["ahead_s"] == before
    for caller in (buyer, await world.provider()):
        refused = await caller.client.post("/v1/test/clock", json={"advance": "PT1H"})
        assert refused.status_code == 403
    assert (await world.client().post("/v1/test/clock", json={"advance": "PT1H"})).status_code == 401
    await advance(world, "PT1H")
    assert (await buyer.get("/v1/test/clock")).json()["ahead_s"] == before + 3600


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, ["one_of"]),
        ({"advance": "PT1H", "now": "2099-01-01T00:00:00Z"}, ["one_of"]),
        ({"now": "2020-01-01T00:00:00Z"}, ["not_ahead"]),
        ({"now": "2099-01-01T00:00:00Z"}, ["too_far"]),
        ({"advance": "P9999D"}, ["too_far"]),
    ],
)
async def test_a_wrong_move_is_refused_with_its_field(
    peoples_world: World, body: dict[str, str], codes: list[str]
) -> None:
    world = peoples_world
    before = await ahead_s(world)
    refused = await world.desk.client.post("/v1/test/clock", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "clock_not_moved")
    assert [error["code"] for error in refused.json()["errors"]] == codes
    assert (await world.desk.client.post("/v1/test/clock", json={"advance": "-P1D"})).status_code == 422
    assert await ahead_s(world) == before


async def test_every_move_is_an_event_and_moves_that_meet_add_up(peoples_world: World) -> None:
    world = peoples_world
    before = await ahead_s(world)
    answers = await asyncio.gather(
        *(world.desk.client.post("/v1/test/clock", json={"advance": "PT1H"}) for _ in range(8))
    )
    assert sorted(answer.json()["ahead_s"] for answer in answers) == [before + 3600 * n for n in range(1, 9)]
    owner = await asyncpg.connect(world.db.url)
    rows = await owner.fetch("select after ->> 'ahead_s' from event where kind = 'test_clock.moved' order by seq")
    await owner.close()
    assert [int(row[0]) for row in rows[-8:]] == [before + 3600 * n for n in range(1, 9)]


@pytest.fixture
async def another(peoples_world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Another API process of the same desk, as far as a process matters: its own connections and its own clock."""
    world = peoples_world
    db = Database(world.db.url, role=API_ROLE)
    app = create_app(world.settings, db, world.clients, drain=Drain(), metrics=Metrics())
    headers = {"Authorization": f"Bearer {world.desk.key}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, headers=headers) as client:
        yield client
    await db.close()


async def test_when_a_move_is_answered_every_process_has_followed(
    peoples_world: World, another: httpx.AsyncClient
) -> None:
    world = peoples_world
    buyer, before = await world.buyer(), await ahead_s(world)
    as_buyer = {"Authorization": f"Bearer {buyer.key}"}
    for n in range(1, 6):
        await another.get("/v1/organisation")  # Whatever it knows of the clock is fresh.
        moved = await world.desk.client.post("/v1/test/clock", json={"advance": "P1D"})
        assert moved.json()["ahead_s"] == before + n * 86_400
        key = await another.post("/v1/api-keys", json={"name": f"key {n}", "scopes": ["read"]}, headers=as_buyer)
        made_at = datetime.fromisoformat(key.json()["api_key"]["created_at"])
        assert made_at - datetime.now(UTC) > timedelta(days=n, seconds=before - 60), "It went by the moved clock."


async def test_keys_and_sessions_end_by_the_moved_clock(peoples_world: World) -> None:
    world = peoples_world
    expires = (datetime.now(UTC) + timedelta(days=2, seconds=await ahead_s(world))).isoformat()
    buyer = await world.buyer()
    made = await buyer.post("/v1/api-keys", {"name": "short", "scopes": ["read"], "expires_at": expires})
    short = world.client(made.json()["secret"])
    assert (await short.get("/v1/organisation")).status_code == 200
    await advance(world, "P3D")
    assert (await short.get("/v1/organisation")).status_code == 401
    assert (await buyer.get("/v1/organisation")).status_code == 200


async def test_a_clock_that_cannot_be_read_stays_where_it_was(peoples_world: World) -> None:
    world = peoples_world
    await advance(world, "P1D")
    known = timedelta(seconds=await ahead_s(world))
    db = Database(world.db.url, role=WORKER_ROLE)
    clock = FollowedClock(db)
    assert await clock.fresh() == known
    owner = await asyncpg.connect(world.db.url)
    await owner.execute("alter table test_clock rename to gone")
    await asyncio.sleep(0.3)
    assert await clock.fresh() == known
    await owner.execute("alter table gone rename to test_clock")
    await owner.close()
    await db.close()

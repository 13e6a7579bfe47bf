"""Is nobody ever let through once too often, however many processes there are? And how much is lost to that?"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.core.db import WORKER_ROLE, Database
from app.core.limits import BLOCKS, WINDOW_S, Policy, take_block, window_at
from tests.contract.served import BUYER, OPERATOR, PROVIDER, SECRET, Served, server_process
from workers.sweep import prune

PROCESSES = 4
READS, WRITES, UPLOADS, SIGN_IN, PUBLIC = 200, 20, 3, 5, 50
CSV = {"Content-Type": "text/csv"}
QUOTAS = {
    "LIMIT_READS": str(READS), "LIMIT_WRITES": str(WRITES), "LIMIT_UPLOADS": str(UPLOADS),
    "LIMIT_SIGN_IN": str(SIGN_IN), "LIMIT_PUBLIC": str(PUBLIC),
}  # fmt: skip


@pytest.fixture(scope="module")
async def doors(desk: Served, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Four processes over the same database, each with a client of its own."""
    files: Path = tmp_path_factory.mktemp("limits")
    with ExitStack() as stack:
        urls = [stack.enter_context(server_process(desk.world.db.url, files, **QUOTAS)) for _ in range(PROCESSES)]
        clients = [httpx.AsyncClient(base_url=url, timeout=60) for url in urls]
        yield clients
        for client in clients:
            await client.aclose()


async def in_one_window(needed_s: int = 20) -> None:
    """Wait for the next window when this one is nearly over, so that all of a test is in one."""
    _, left = window_at(datetime.now(UTC))
    if left < needed_s:
        await asyncio.sleep(left + 0.1)


async def test_four_processes_never_let_one_too_many_through(desk: Served, doors: list[httpx.AsyncClient]) -> None:
    await in_one_window()
    window_no, _ = window_at(datetime.now(UTC))
    headers = desk.headers(BUYER)

    async def hammer(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.get("/v1/organisation", headers=headers) for _ in range(READS // 8)]

    answers = [each for part in await asyncio.gather(*map(hammer, doors * 4)) for each in part]
    assert window_at(datetime.now(UTC))[0] == window_no, "The machine was too slow: the test says nothing."
    found = Counter(each.status_code for each in answers)
    assert found.keys() == {200, 429}, found
    lost_at_most = PROCESSES * (READS // BLOCKS - 1)
    assert READS - lost_at_most <= found[200] <= READS, found
    refused = next(each for each in answers if each.status_code == 429)
    problem = refused.json()
    assert (problem["code"], problem["policy"], problem["status"]) == ("too_many_requests", "reads", 429)
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= WINDOW_S
    assert refused.headers["ratelimit-policy"] == f'"reads";q={READS};w={WINDOW_S}'
    assert re.fullmatch(r'"reads";r=\d+;t=\d+', refused.headers["ratelimit"])
    # Others, and other kinds, go on.
    assert (await doors[0].get("/v1/organisation", headers=desk.headers(PROVIDER))).status_code == 200
    assert (await doors[0].post("/v1/quotes", headers=headers, json={})).status_code == 422


async def test_each_kind_of_request_has_its_own_limit(desk: Served, doors: list[httpx.AsyncClient]) -> None:
    await in_one_window()
    door = doors[0]
    provider = desk.headers(PROVIDER)
    upload = {"params": {"registry_account_id": "x", "filename": "a.csv"}, "content": b"a", "headers": provider | CSV}
    uploads = [await door.post("/v1/imports", **upload) for _ in range(UPLOADS + 1)]
    assert [each.status_code for each in uploads] == [404] * UPLOADS + [429]
    writes = [await door.post("/v1/listings", json={}, headers=provider) for _ in range(WRITES + 1)]
    assert [each.status_code for each in writes] == [422] * WRITES + [429]
    address = {"X-Forwarded-For": "192.0.2.7"}
    wrong = {"email": "nobody@example.test", "password": "not the password"}
    tries = [await door.post("/v1/sessions", json=wrong, headers=address) for _ in range(SIGN_IN + 1)]
    assert [each.status_code for each in tries] == [401] * SIGN_IN + [429]
    other = await doors[1].post("/v1/sessions", json=wrong, headers=address)
    assert other.status_code == 429, "Another process knows it, too."
    elsewhere = await door.post("/v1/sessions", json=wrong, headers={"X-Forwarded-For": "192.0.2.8"})
    assert elsewhere.status_code == 401


async def test_made_up_keys_count_for_the_address(doors: list[httpx.AsyncClient]) -> None:
    await in_one_window()
    found = Counter()
    for n in range(PUBLIC + 5):
        headers = {"Authorization": f"Bearer od_test_made_up_{n}", "X-Forwarded-For": f"2001:db8:1:2::{n:x}"}
        found[(await doors[2].get("/v1/orders", headers=headers)).status_code] += 1
    assert found == {401: PUBLIC, 429: 5}, "One /64 is one stranger, with whatever key."


async def test_what_was_seen_already_costs_nothing(desk: Served, doors: list[httpx.AsyncClient]) -> None:
    await in_one_window()
    headers = desk.headers(OPERATOR)
    first = await doors[3].get("/v1/organisation", headers=headers)
    left = []
    for _ in range(10):
        again = await doors[3].get("/v1/organisation", headers=headers | {"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        left.append(again.headers["ratelimit"].split(";")[1])
    assert set(left) == {first.headers["ratelimit"].split(";")[1]}


async def test_health_is_never_limited_and_nothing_is_by_default(desk: Served, doors: list[httpx.AsyncClient]) -> None:
    answers = [await doors[0].get("/livez") for _ in range(PUBLIC * 2)]
    assert {each.status_code for each in answers} == {200}
    async with httpx.AsyncClient(base_url=desk.url) as client:
        answer = await client.get("/v1/registries")
    assert "ratelimit" not in answer.headers


async def test_blocks_add_up_to_the_limit_and_to_no_more(database_url: str, owner: asyncpg.Connection) -> None:
    for quota in (1, 7, 20, 39, 41, 100, 999):
        policy, subject = Policy("reads", quota), quota.to_bytes(16)
        taken = []
        while (block := await take_block(owner, policy, subject, 5))[0]:
            taken.append(block[0])
            assert block[1] == quota - sum(taken)
        assert sum(taken) == quota
        assert max(taken) <= policy.block
        assert await take_block(owner, policy, subject, 6) == (policy.block, quota - policy.block)


async def test_spent_windows_are_swept_and_names_are_not_kept(
    database_url: str, worker_db: Database, owner: asyncpg.Connection, desk: Served
) -> None:
    now = datetime.now(UTC)
    old, present = window_at(now - timedelta(hours=1))[0], window_at(now)[0]
    for window_no in (old, present):
        await take_block(owner, Policy("reads", 10), b"s" * 16, window_no)
    assert worker_db.role == WORKER_ROLE
    assert await prune(worker_db, now=now) == 1
    assert [row["window_no"] for row in await owner.fetch("select window_no from rate_window")] == [present]
    kept = await asyncpg.connect(desk.world.db.url)
    subjects = {bytes(row["subject"]) for row in await kept.fetch("select subject from rate_window")}
    await kept.close()
    assert subjects
    assert {len(each) for each in subjects} == {16}
    assert SECRET.encode() not in b"".join(subjects)


def test_windows_begin_on_the_minute_for_everybody() -> None:
    for second in range(120):
        assert window_at(datetime.fromtimestamp(second, UTC)) == (second // WINDOW_S, WINDOW_S - second % WINDOW_S)

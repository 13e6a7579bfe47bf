"""The registry picks the serials itself, and its answers get lost besides: does our book say what the registry did?"""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

sys.path.append(str(Path(__file__).parent.parent / "retirements"))

from retirement_world import World

from app.core.db import Database
from app.inventory import queries as stock
from integrations.registries.base import SerialChoice
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import FaultName
from integrations.registries.simulated_ways import Ways

PICKING = Ways(serials_chosen_by=SerialChoice.REGISTRY)


@pytest.fixture(scope="module")
def registry_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRegistryProcess]:
    book = tmp_path_factory.mktemp("picking") / "book.jsonl"
    with FakeRegistryProcess(book, secret="broker", admin_secret="admin", page_size=50, ways=PICKING) as running:
        yield running


@pytest.fixture
async def world(
    worker_db: Database, owner: asyncpg.Connection, registry_server: FakeRegistryProcess
) -> AsyncIterator[World]:
    made = await World(worker_db, owner, registry_server, ways=PICKING).open()
    yield made
    await made.close()


async def uneven(world: World) -> list[object]:
    async with world.db.audit() as session:
        return [
            *await stock.lots_out_of_balance(session),
            *await stock.holdings_out_of_balance(session),
            *await stock.overlapping_ranges(session),
        ]


async def serials(world: World, column: str, value: object) -> list[tuple[int, int]]:
    rows = await world.owner.fetch(
        f"select lo, hi - 1 as last from serial_range where {column} = $1 order by lo", value
    )
    return [tuple(row) for row in rows]


async def test_the_registrys_serials_win_and_the_other_buyer_gets_ours(world: World) -> None:
    theirs = await world.holding(10, buyer=world.other_buyer, lot=30)
    mine = await world.another(theirs, 10)
    retirement_id = await world.requested(mine, 4)
    await world.run_to_the_end()
    assert await world.status(retirement_id) == "recorded"
    assert await serials(world, "retirement_id", retirement_id) == [(1, 4)]
    assert sorted(await serials(world, "holding_id", theirs.id)) == [(5, 10), (11, 14)]
    assert await world.ranges(mine) == {"held": 6, "retiring": 0, "retired": 4}
    assert await world.ranges(theirs) == {"held": 10, "retiring": 0, "retired": 0}
    (record,) = await world.book(retirement_id)
    assert [(int(block.first), int(block.last)) for block in record.blocks] == [(1, 4)]
    assert await world.events(theirs.id) == ["created", "serials_exchanged"]
    assert await uneven(world) == []


@pytest.mark.parametrize("name", [FaultName.ACTS_THEN_DROPS, FaultName.CUT_JSON, FaultName.LATE_CONFIRMATION])
async def test_serials_of_a_lost_answer_are_found_by_our_reference_and_swapped_in(world: World, name) -> None:
    theirs = await world.holding(10, buyer=world.other_buyer, lot=30)
    mine = await world.another(theirs, 10)
    retirement_id = await world.requested(mine, 4)
    world.fault(name)
    await world.run_to_the_end()
    assert await world.status(retirement_id) == "recorded"
    assert await serials(world, "retirement_id", retirement_id) == [(1, 4)]
    assert len(await world.book(retirement_id)) == await world.posts(retirement_id) == 1
    assert await uneven(world) == []


async def test_serials_that_cannot_be_had_are_a_persons_to_decide_and_the_registrys_words_are_kept(world) -> None:
    first = await world.holding(10, lot=30)
    waits, goes = await world.requested(first, 4, signed_off=False), await world.requested(first, 3)
    before = await serials(world, "holding_id", first.id)
    await world.run_to_the_end()
    row = await world.row(goes)
    assert row["status"] == "manual"
    assert "taken_by_another_retirement" in row["refusal"]
    assert await world.status(waits) == "draft"
    kept = await world.owner.fetchval("select answer from retirement_attempt where retirement_id = $1", goes)
    assert [(block["first"], block["last"]) for block in json.loads(kept)["blocks"]] == [("1", "3")]
    assert await serials(world, "holding_id", first.id) == before
    assert await world.ranges(first) == {"held": 3, "retiring": 7, "retired": 0}


async def test_fewer_than_asked_for_are_a_persons_to_decide(world: World) -> None:
    retirement_id = await world.requested(await world.holding(10), 4)
    world.fault(FaultName.PARTIAL)
    await world.run_to_the_end()
    row = await world.row(retirement_id)
    assert (row["status"], row["refusal"]) == ("manual", "quantity: asked 4, recorded 2")

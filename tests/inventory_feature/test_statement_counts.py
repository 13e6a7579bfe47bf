"""Does the number of statements stay what it is when a file, a page or a lot's history grows?"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.core.db import Database
from app.inventory import operations
from tests.inventory.files import good, written
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import World


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_) -> None:
        statements.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine.sync_engine, "before_cursor_execute", note)


def file_of(rows: int, *, first: int) -> str:
    return written(
        [
            good(project_number="1", serial_first=str(n).zfill(9), serial_last=str(n).zfill(9), quantity="1")
            for n in range(first, first + rows)
        ]
    )


async def test_staging_and_committing_cost_the_same_few_statements_for_each_batch(doors: Doors, world: World) -> None:
    staging, committing = [], []
    for n, batches in enumerate((1, 2, 3)):
        content = file_of(batches * operations.BATCH, first=1 + 100_000 * n)
        with counted(world.db) as statements:
            answer = await doors.stage(content, account=world.accounts[world.provider])
        staging.append(len(statements))
        assert answer.json()["import"]["rows_good"] == batches * operations.BATCH
        with counted(world.db) as statements:
            done = await doors.commit(answer.json()["import"]["id"], "all")
        committing.append(len(statements))
        assert done.status_code == 200
    assert staging[1] - staging[0] == staging[2] - staging[1] == 4
    assert committing[1] - committing[0] == committing[2] - committing[1] <= 8
    assert await world.uneven() == []


async def test_a_page_costs_the_same_statements_however_long_it_is(doors: Doors, world: World) -> None:
    counts = []
    for n in range(3):
        lot_id = await world.lot(10, lo=1 + 100 * n)
        await world.bought(lot_id, 1)
        with counted(world.db) as statements:
            assert len((await doors.get("provider", "/v1/lots")).json()["data"]) == n + 1
            assert len((await doors.get("buyer", "/v1/holdings")).json()["data"]) == n + 1
        counts.append(len(statements))
    assert len(set(counts)) == 1


async def test_carving_costs_the_same_however_much_was_sold(world: World) -> None:
    lot_id = await world.lot(1000)
    counts = []
    for _ in range(5):
        with counted(world.db) as statements:
            await world.bought(lot_id, 7)
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert not any("serial_range" in each and each.startswith("SELECT") for each in statements)

"""Does a comparison that looks only where something changed find what one that looks everywhere finds?"""

import random
from datetime import timedelta

import pytest

from app.core.ids import new_id
from app.core.scope import Scope
from app.inventory import operations as inventory
from app.reconciliation import flow
from tests.inventory_feature.scene import NOW
from tests.reconciliation.books import AS_OF, Books, Row

DAY = AS_OF - timedelta(days=30)
BLOCK = 1_000
TOTALS_ARE_THE_LINES = """
    select totals = (
      select jsonb_object_agg(state, jsonb_build_object('lines', lines, 'units', units)) from (
        select state, count(*) as lines, sum(hi - lo) as units from statement_line where until_n is null group by state
      ) x
    ) from registry_statement order by n desc limit 1
"""


def blocks(count: int) -> list[Row]:
    """The registry's lines, as it would cut them: some whole, some in parts, some retired."""
    made = []
    for n in range(count):
        first = n * BLOCK + 1
        if n % 3 == 0:
            made += [
                Row("retired", first, first + 99, DAY, "株式会社利用者"),
                Row("active", first + 100, first + BLOCK - 1),
            ]
        else:
            made.append(Row("active", first, first + BLOCK - 1))
    return made


def spoilt(rows: list[Row], seed: int) -> list[Row]:
    """The same list with a handful of changes of every kind."""
    chance = random.Random(seed)
    told = list(rows)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(told))
        row = told[place]
        match chance.randrange(7):
            case 0:
                del told[place]
            case 1:
                told[place] = row._replace(state="canceled", on=DAY)
            case 2:
                told[place] = row._replace(state="active", on=None, name="")
            case 3:
                middle = (row.first + row.last) // 2
                told[place : place + 1] = [row._replace(last=middle), row._replace(first=middle + 1)]
            case 4:
                told.append(row._replace(first=row.first, last=row.first))
            case 5:
                told[place] = row._replace(name="別の会社", on=row.on and DAY + timedelta(days=1))
            case _:
                told[place] = row._replace(quantity=row.last - row.first + 2)
    return told


@pytest.fixture
async def stocked(books: Books) -> Books:
    """Twelve lots, a third of them with a retired part."""
    for n in range(12):
        lot = await books.world.lot(BLOCK, lo=n * BLOCK + 1)
        if n % 3 == 0:
            await books.retired(await books.world.bought(lot, 100), 100)
    return books


@pytest.mark.parametrize("seed", range(8))
async def test_a_statement_with_a_few_changed_rows_tells_what_a_whole_comparison_tells(
    stocked: Books, seed: int
) -> None:
    books, rows = stocked, blocks(12)
    await books.statement(rows)
    assert await books.differences() == []
    for n in range(1, 4):
        rows = spoilt(rows, seed * 10 + n)
        await books.statement(rows, as_of=AS_OF + timedelta(days=n))
        small = await books.world.owner.fetchrow("select * from reconciliation order by id desc limit 1")
        assert not small["whole"]
        found = await books.differences()
        whole = await flow.compare_again(
            books.world.db, Scope.of_system(books.world.provider, "req_whole"), books.world.provider, books.account,
            reconciliation_id=new_id(), now=NOW,
        )  # fmt: skip
        assert await books.differences() == found
        assert (whole.sha256, whole.opened, whole.resolved) == (small["sha256"], 0, 0)
        assert await books.world.owner.fetchval(TOTALS_ARE_THE_LINES)


async def test_what_changed_here_since_is_looked_at_with_the_next_statement(stocked: Books) -> None:
    books, rows = stocked, blocks(12)
    await books.statement(rows)
    world = books.world
    lot = await world.owner.fetchval("select id from lot where lo = $1", BLOCK + 1)
    holding = await world.bought(lot, 50)
    await books.retired(holding, 20, on=DAY)
    other = await world.owner.fetchval("select id from lot where lo = $1", 2 * BLOCK + 1)
    async with world.db.transaction(world.trade()) as session:
        await inventory.withdraw(session, await inventory.locked_lot(session, world.provider, other), now=NOW)
    await books.statement([*rows, Row("active", 90_001, 90_010)], as_of=AS_OF + timedelta(days=1))
    small = await world.owner.fetchrow("select * from reconciliation order by id desc limit 1")
    assert not small["whole"]
    assert await books.differences() == [("active_there", 1_001, 1_020), ("missing_here", 90_001, 90_010)]
    touched = await world.owner.fetch("select lo, hi from serial_touch")
    assert [tuple(row) for row in touched] == [(1_001, 2_001)]  # The lot that this comparison has frozen.


async def test_a_difference_keeps_its_age_while_it_grows_and_shrinks(stocked: Books) -> None:
    books, rows = stocked, blocks(12)
    whole = rows[2]
    cut = whole._replace(last=whole.last - 100)
    await books.statement([*rows[:2], cut, *rows[3:]])
    first = await books.world.owner.fetchrow("select id, opened_at from discrepancy where status <> 'resolved'")
    for n, fewer in enumerate((200, 50), start=1):
        told = [*rows[:2], whole._replace(last=whole.last - fewer), *rows[3:]]
        await books.statement(told, as_of=AS_OF + timedelta(days=n))
        rows_now = await books.world.owner.fetch(
            "select id, lo, hi, seen_n from discrepancy where status <> 'resolved'"
        )
        assert [(row["id"], row["hi"] - row["lo"], row["seen_n"]) for row in rows_now] == [(first["id"], fewer, n + 1)]
    assert await books.world.owner.fetchval("select count(*) from discrepancy") == 1

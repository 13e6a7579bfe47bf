"""Serials that came back to their lot: does the registry's statement agree with where they are now?"""

from datetime import timedelta

from app.inventory import operations as inventory
from tests.inventory_feature.exchanges import given_back
from tests.inventory_feature.scene import NOW
from tests.reconciliation.books import AS_OF, Books, Row


async def test_an_account_with_serials_that_came_back_has_no_difference(books: Books) -> None:
    world = books.world
    lot = await world.lot(1000)
    holding = await world.bought(lot, 100)
    await books.retired(holding, 40)
    rows = [Row("retired", 1, 40, AS_OF - timedelta(days=30), "株式会社利用者"), Row("active", 41, 1000)]
    await books.statement(rows)
    await given_back(world, holding, 30)
    await books.statement([*rows, Row("active", 5_001, 5_010)], as_of=AS_OF + timedelta(days=1))
    small = await world.owner.fetchrow("select whole from reconciliation order by id desc limit 1")
    assert not small["whole"]
    assert await books.differences() == [("missing_here", 5_001, 5_010)]
    await books.statement(rows, as_of=AS_OF + timedelta(days=2))
    assert await books.differences() == []
    assert await world.status(lot) == "confirmed"


async def test_what_came_back_is_sold_by_us_and_must_be_there(books: Books) -> None:
    lot = await books.world.lot(100)
    await given_back(books.world, await books.world.bought(lot, 100), 30)
    await books.statement([Row("active", 1, 75), Row("retired", 76, 80, AS_OF, "別の会社")])
    assert await books.differences() == [("missing_there", 81, 100), ("retired_there", 76, 80)]
    assert await books.world.status(lot) == "frozen"


async def test_what_came_back_and_was_withdrawn_may_be_anywhere(books: Books) -> None:
    world = books.world
    lot = await world.lot(100)
    await given_back(world, await world.bought(lot, 60), 20)
    async with world.db.transaction(world.trade()) as session:
        locked = await inventory.locked_lot(session, world.provider, lot)
        assert await inventory.withdraw(session, locked, now=NOW) == 60
    await books.statement([Row("active", 1, 40)])
    assert await books.differences() == []
    await books.statement(
        [Row("active", 1, 50), Row("retired", 51, 60, AS_OF, "別の会社")], as_of=AS_OF + timedelta(days=1)
    )
    assert await books.differences() == []

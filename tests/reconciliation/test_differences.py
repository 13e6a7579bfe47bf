"""Is every difference between the registry and our book found, told as what it is, and none made up?"""

from datetime import timedelta

from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.reconciliation import flow
from app.reconciliation.models import Trust
from app.reconciliation.rules import Covers, Reach
from app.retirements.rules import new_reference
from tests.inventory_feature.scene import NOW
from tests.reconciliation.books import AS_OF, Books, Row


async def test_two_books_that_agree_have_no_difference(books: Books) -> None:
    lot = await books.world.lot(1000, lo=1)
    holding = await books.world.bought(lot, 100)
    await books.retired(holding, 40)
    day = AS_OF - timedelta(days=30)
    made = await books.statement([Row("retired", 1, 40, day, "株式会社利用者"), Row("active", 41, 1000)])
    assert (made.status, made.rows_good, made.rows_quarantined) == ("compared", 2, 0)
    assert made.totals == {"active": {"lines": 1, "units": 960}, "retired": {"lines": 1, "units": 40}}
    assert await books.differences() == []


async def test_a_block_that_we_sell_and_the_registry_retired_stops_its_lot(books: Books) -> None:
    lot = await books.world.lot(1000)
    other = await books.world.lot(10, lo=5001)
    rows = [Row("active", 1, 600), Row("retired", 601, 620, AS_OF, "別の会社"), Row("active", 621, 1000)]
    await books.statement([*rows, Row("active", 5001, 5010)])
    assert await books.differences() == [("retired_there", 601, 620)]
    row = await books.world.owner.fetchrow("select * from discrepancy")
    assert (row["lot_id"], row["at_risk"], row["froze"], row["cause"]) == (lot, True, True, "retired_by_holder")
    assert row["serials"] == "ABC-000601-000620"
    assert (await books.world.status(lot), await books.world.status(other)) == ("frozen", "confirmed")
    assert not await books.world.owner.fetchval("select sellable from lot_stock where lot_id = $1", lot)
    assert await books.world.events(lot) == ["lot.frozen"]


async def test_when_the_registry_agrees_again_the_difference_is_gone_and_the_lot_sells(books: Books) -> None:
    lot = await books.world.lot(1000)
    await books.statement([Row("active", 1, 600), Row("canceled", 601, 1000, AS_OF)])
    assert await books.differences() == [("canceled_there", 601, 1000)]
    await books.statement([Row("active", 1, 1000)], as_of=AS_OF + timedelta(days=1))
    assert await books.differences() == []
    gone = await books.world.owner.fetchrow("select status, action, resolved_at from discrepancy")
    assert (gone["status"], gone["action"]) == ("resolved", "gone")
    assert await books.world.status(lot) == "confirmed"
    assert await books.world.events(lot) == ["lot.frozen", "lot.confirmed"]


async def test_a_retirement_of_ours_that_is_active_there(books: Books) -> None:
    lot = await books.world.lot(100)
    made = await books.retired(await books.world.bought(lot, 30), 30)
    await books.statement([Row("active", 1, 100)])
    assert await books.differences() == [("active_there", 1, 30)]
    assert await books.world.owner.fetchval("select retirement_id from discrepancy") == made


async def test_on_the_very_day_either_is_right(books: Books) -> None:
    lot = await books.world.lot(100)
    await books.retired(await books.world.bought(lot, 30), 30, on=AS_OF)
    await books.statement([Row("active", 1, 100)])
    assert await books.differences() == []


async def test_what_is_missing_there_and_what_is_missing_here(books: Books) -> None:
    await books.world.lot(100)
    await books.statement([Row("active", 1, 90), Row("active", 101, 120)])
    assert await books.differences() == [("missing_here", 101, 120), ("missing_there", 91, 100)]


async def test_a_public_list_says_nothing_of_what_is_not_in_it(books: Books) -> None:
    await books.world.lot(100)
    await books.statement([Row("active", 1, 90), Row("active", 101, 120)], reach=Reach.REGISTRY)
    assert await books.differences() == []


async def test_a_list_of_ended_blocks_says_nothing_of_what_is_active(books: Books) -> None:
    lot = await books.world.lot(100)
    await books.retired(await books.world.bought(lot, 30), 30)
    await books.statement([Row("retired", 1, 20, AS_OF - timedelta(days=30))], covers=Covers.ENDED)
    assert await books.differences() == [("missing_there", 21, 30)]


async def test_serials_that_another_account_shows_have_moved(books: Books) -> None:
    world = books.world
    await world.lot(100)
    second = new_id()
    await world.owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'jcredit', 'JC-2', '提供者', now())",
        world.provider,
        second,
    )
    await books.statement([Row("active", 91, 100)], account=second)
    await books.statement([Row("active", 1, 90)])
    assert ("moved", 91, 100) in await books.differences()


async def test_names_and_days_are_compared_letter_by_letter_but_for_how_they_are_typed(books: Books) -> None:
    lot = await books.world.lot(100)
    day = AS_OF - timedelta(days=30)
    for name in ("株式会社青木", "(株)赤木", "株式会社黒木"):
        await books.retired(await books.world.bought(lot, 10), 10, name=name)
    told = [
        Row("retired", 1, 10, day, "株式会社　青木"),
        Row("retired", 11, 20, day, "㈱赤木"),
        Row("retired", 21, 30, day + timedelta(days=1), "株式会社白木"),
    ]
    await books.statement([*told, Row("active", 31, 100)])
    assert await books.differences() == [("beneficiary_differs", 21, 30), ("date_differs", 21, 30)]


async def test_a_retirement_with_our_reference_that_we_know_nothing_of(books: Books) -> None:
    reference = new_reference(77)
    await books.statement(
        [Row("retired", 1, 10, AS_OF, "株式会社利用者", f"記念 {reference}"), Row("retired", 20, 30, AS_OF)]
    )
    assert await books.differences() == [("unrecorded_retirement", 1, 10)]


async def test_lines_that_overlap_and_lines_whose_quantity_is_not_their_serials(books: Books) -> None:
    await books.world.lot(100)
    made = await books.statement([Row("active", 1, 60), Row("active", 51, 100), Row("active", 200, 209, quantity=11)])
    assert made.rows_quarantined == 1
    assert await books.differences() == [("overlap_there", 51, 60), ("quantity_contradicts", 200, 209)]


async def test_blocks_that_the_registry_cut_or_joined(books: Books) -> None:
    await books.world.lot(100)
    await books.world.lot(50, lo=201)
    await books.world.lot(50, lo=251)
    await books.statement([Row("active", 1, 40), Row("active", 41, 100), Row("active", 201, 300)])
    assert await books.differences() == [("merged_there", 201, 300), ("split_there", 1, 100)]


async def test_a_sold_part_of_a_block_that_the_registry_keeps_whole_is_no_difference(books: Books) -> None:
    lot = await books.world.lot(100)
    for _ in range(3):
        await books.world.bought(lot, 10)
    await books.statement([Row("active", 1, 100)])
    assert await books.differences() == []


async def test_what_is_on_its_way_may_be_there_or_not(books: Books) -> None:
    lot = await books.world.lot(100)
    for _ in range(2):
        await books.retired(await books.world.bought(lot, 10), 10, status="submitted")
    await books.statement([Row("retired", 1, 10, AS_OF), Row("active", 11, 100)])
    assert await books.differences() == []


async def test_the_same_file_again_changes_nothing(books: Books) -> None:
    await books.world.lot(100)
    rows = [Row("active", 1, 90)]
    first = await books.statement(rows)
    again = await books.statement(rows)
    assert again.id == first.id
    assert await books.world.owner.fetchval("select count(*) from reconciliation") == 1


async def test_a_second_comparison_of_the_same_books_finds_the_same(books: Books) -> None:
    await books.world.lot(100)
    await books.statement([Row("active", 1, 90), Row("active", 80, 85)])
    made = await flow.compare_again(
        books.world.db, Scope.of_system(books.world.provider, "req_again"), books.world.provider, books.account,
        reconciliation_id=new_id(), now=NOW,
    )  # fmt: skip
    digests = await books.world.owner.fetch("select sha256, opened, resolved from reconciliation order by made_at")
    assert [row["sha256"] for row in digests] == [made.sha256] * 2
    assert (made.opened, made.resolved) == (0, 0)


async def test_a_declared_lot_that_a_trusted_statement_shows_is_confirmed(books: Books) -> None:
    shown = await books.world.lot(100, status="declared")
    hidden = await books.world.lot(100, lo=1001, status="declared")
    await books.statement([Row("active", 1, 500)], trust=Trust.PROVIDER)
    assert await books.world.status(shown) == "declared"
    statement = await books.world.owner.fetchval("select id from registry_statement")
    desk = Scope(DESK_ID, new_id(), "member", frozenset(), "req_desk", "operator")
    await flow.trust(
        books.world.db, desk, books.world.provider, statement, whose=Trust.OPERATOR, reconciliation_id=new_id(), now=NOW
    )
    assert (await books.world.status(shown), await books.world.status(hidden)) == ("confirmed", "declared")
    lot = await books.world.owner.fetchrow("select confirmed_as_of, issuance_id from lot where id = $1", shown)
    assert lot["confirmed_as_of"] == AS_OF
    assert lot["issuance_id"] is not None
    assert (await books.world.stock(shown))["free"] == 100
    assert await books.world.bought(shown, 5)

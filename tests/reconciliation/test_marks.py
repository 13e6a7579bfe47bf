"""What is recorded and what a statement shows in the same words is reconciled: once, by whom it may, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID, Scope
from app.inventory.http import routes as inventory_routes
from app.reconciliation import flow
from app.reconciliation.http import routes
from app.reconciliation.models import Trust
from app.reconciliation.queries import NOBODY
from app.reconciliation.rules import Covers
from app.retirements.http import routes as retirement_routes
from app.retirements.rules import new_reference
from tests.inventory_feature.doors import Doors, opened
from tests.inventory_feature.scene import NOW, World
from tests.reconciliation.books import AS_OF, Books, Row, written

DAY = AS_OF - timedelta(days=30)
NAME = "株式会社利用者"
DESK = Scope(DESK_ID, new_id(), "member", frozenset(), "req_desk", "operator")
_EVENTS = "select * from event where kind = 'retirement.reconciled' order by n"


async def asked(books: Books) -> int:
    """How many times the comparison has asked for marks."""
    return await books.world.owner.fetchval("select count(*) from job where name = 'reconciliation.mark_reconciled'")


async def marked(books: Books) -> int:
    """Do what the comparison has asked for."""
    return await flow.mark_reconciled(
        books.world.db, org_id=books.world.provider, account_id=books.account, after_id=NOBODY, now=NOW,
        request_id="req_mark",
    )  # fmt: skip


async def shown(books: Books, retirement_id: UUID) -> Any:
    return await books.world.owner.fetchval("select reconciled_as_of from retirement where id = $1", retirement_id)


@pytest.fixture
async def retired(books: Books) -> UUID:
    """Ten tonnes of a hundred, recorded a month ago."""
    lot = await books.world.lot(100)
    return await books.retired(await books.world.bought(lot, 10), 10)


GOOD = [Row("retired", 1, 10, DAY, NAME), Row("active", 11, 100)]


async def test_a_trusted_statement_marks_what_it_shows_once(books: Books, retired: UUID) -> None:
    await books.statement(GOOD)
    assert await asked(books) == 1
    assert await marked(books) == 1
    row = await books.world.owner.fetchrow("select * from retirement where id = $1", retired)
    assert (row["status"], row["reconciled_as_of"], row["version"]) == ("recorded", AS_OF, 2)
    (event,) = await books.world.owner.fetch(_EVENTS)
    assert (event["org_id"], event["subject_id"], event["seq"]) == (books.world.buyer, retired, 1)
    assert event["party_ids"] == [books.world.provider]
    assert '"reconciled_as_of": "2026-11-24"' in event["after"]

    await books.statement(GOOD, as_of=AS_OF + timedelta(days=1))
    assert (await asked(books), await marked(books)) == (1, 0)
    assert (await shown(books, retired), len(await books.world.owner.fetch(_EVENTS))) == (AS_OF, 1)


@pytest.mark.parametrize(
    "rows",
    [
        [Row("retired", 1, 10, DAY, "別の会社"), Row("active", 11, 100)],
        [Row("retired", 1, 10, DAY + timedelta(days=1), NAME), Row("active", 11, 100)],
        [Row("retired", 1, 9, DAY, NAME), Row("active", 10, 100)],
        [Row("retired", 1, 5, DAY, NAME), Row("retired", 6, 10, DAY + timedelta(days=1), NAME), Row("active", 11, 100)],
        [Row("retired", 1, 10, DAY, NAME, note=new_reference(5)), Row("active", 11, 100)],
        [Row("retired", 1, 10, DAY, NAME), Row("active", 5, 100)],
        [Row("retired", 1, 10, None, NAME), Row("active", 11, 100)],
        [Row("active", 1, 100)],
        [Row("active", 11, 100)],
    ],
    ids=["name", "day", "a_part", "two_days", "reference", "overlap", "no_day", "active", "missing"],
)
async def test_a_statement_that_says_anything_else_marks_nothing(books: Books, retired: UUID, rows: list[Row]) -> None:
    await books.statement(rows)
    assert await marked(books) == 0
    assert await shown(books, retired) is None


async def test_blocks_that_the_registry_cut_or_joined_are_the_same_serials(books: Books, retired: UUID) -> None:
    await books.statement([Row("retired", 1, 4, DAY, NAME), Row("retired", 5, 10, DAY, NAME), Row("active", 11, 100)])
    assert await marked(books) == 1
    assert await shown(books, retired) == AS_OF


async def test_the_providers_own_word_marks_nothing_until_the_operator_vouches(books: Books, retired: UUID) -> None:
    made = await books.statement(GOOD, trust=Trust.PROVIDER)
    assert (await asked(books), await marked(books)) == (0, 0)
    world = books.world
    await flow.trust(world.db, DESK, world.provider, made.id, whose=Trust.OPERATOR, reconciliation_id=new_id(), now=NOW)
    assert (await asked(books), await marked(books)) == (1, 1)
    assert await shown(books, retired) == AS_OF


async def test_a_list_of_later_days_vouches_for_no_line_of_before(books: Books, retired: UUID) -> None:
    await books.statement(GOOD, trust=Trust.PROVIDER)
    later = [Row("retired", 50, 50, AS_OF, NAME)]
    await books.statement(later, covers=Covers.ENDED, since=AS_OF, as_of=AS_OF)
    assert await marked(books) == 0
    assert await shown(books, retired) is None


async def test_such_a_list_settles_nothing_of_before_either(books: Books) -> None:
    lot = await books.world.lot(100)
    made = await books.retired(await books.world.bought(lot, 10), 10, status="unknown")
    await books.statement(GOOD, trust=Trust.PROVIDER)
    await books.statement([Row("retired", 50, 50, AS_OF, NAME)], covers=Covers.ENDED, since=AS_OF, as_of=AS_OF)
    assert not await flow.settle(
        books.world.db, org_id=books.world.provider, buyer_id=books.world.buyer, retirement_id=made,
        account_id=books.account, simulated=False, now=NOW, request_id="req_settle",
    )  # fmt: skip
    assert await books.world.owner.fetchval("select status from retirement where id = $1", made) == "unknown"


async def test_a_later_contradiction_is_a_difference_and_leaves_the_mark_of_its_day(
    books: Books, retired: UUID
) -> None:
    await books.statement(GOOD)
    assert await marked(books) == 1
    await books.statement([Row("active", 1, 100)], as_of=AS_OF + timedelta(days=60))
    assert ("active_there", 1, 10) in await books.differences()
    assert await marked(books) == 0
    assert await shown(books, retired) == AS_OF
    left_out = await books.world.owner.fetchval("select count(*) from compared_except where subject_id = $1", retired)
    assert left_out == 1, "The certificate no longer says that it was compared."


async def test_what_a_statement_settles_is_reconciled_by_it(books: Books) -> None:
    lot = await books.world.lot(100)
    made = await books.retired(await books.world.bought(lot, 10), 10, status="unknown")
    await books.statement(GOOD)
    assert await flow.settle(
        books.world.db, org_id=books.world.provider, buyer_id=books.world.buyer, retirement_id=made,
        account_id=books.account, simulated=False, now=NOW, request_id="req_settle",
    )  # fmt: skip
    kinds = await books.world.owner.fetch("select kind from event where subject_id = $1 order by seq", made)
    assert [row["kind"] for row in kinds] == ["retirement.recorded", "retirement.reconciled"]
    assert (await shown(books, made), await marked(books)) == (AS_OF, 0)


async def test_retirements_of_many_buyers_are_marked_together(books: Books) -> None:
    world = books.world
    lot = await world.lot(100)
    first = await books.retired(await world.bought(lot, 10), 10)
    second = await books.retired(await world.bought(lot, 20, buyer=world.other_buyer), 20)
    await books.statement([Row("retired", 1, 30, DAY, NAME), Row("active", 31, 100)])
    assert await marked(books) == 2
    events = await world.owner.fetch(_EVENTS)
    assert {(row["org_id"], row["subject_id"]) for row in events} == {
        (world.buyer, first),
        (world.other_buyer, second),
    }


@pytest.fixture
async def doors(world: World, tmp_path: Path) -> AsyncIterator[Doors]:
    async with opened(world, tmp_path, [*inventory_routes, *routes, *retirement_routes]) as found:
        found.callers["operator_2"] = replace(found.callers["operator"], actor_id=new_id())
        yield found


async def test_its_buyer_reads_the_status_the_day_and_the_list_of_it(doors: Doors, books: Books, retired: UUID) -> None:
    path = f"/v1/retirements/{public_id('ret', retired)}"
    before = await doors.get("buyer", path)
    assert before.json()["retirement"]["status"] == "recorded"
    assert before.json()["retirement"]["reconciled_as_of"] is None
    params = {
        "registry_account_id": public_id("acc", books.account), "filename": "明細.csv", "as_of": AS_OF.isoformat(),
        "covers": "all", "provider_id": public_id("org", books.world.provider),
    }  # fmt: skip
    sent = await doors.post(
        "operator", "/v1/statements", params=params, content=written(GOOD), headers={"Content-Type": "text/csv"}
    )
    assert (sent.status_code, sent.json()["trust"]) == (201, "operator"), sent.text
    assert await marked(books) == 1

    after = await doors.get("buyer", path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    told = after.json()["retirement"]
    assert (told["status"], told["reconciled_as_of"]) == ("reconciled", "2026-11-24")
    for caller, listed in (("buyer", "/v1/retirements"), ("provider", "/v1/provider/retirements")):
        found = (await doors.get(caller, listed, params={"status": "reconciled"})).json()["data"]
        assert [each["id"] for each in found] == [public_id("ret", retired)]
        assert (await doors.get(caller, listed, params={"status": "recorded"})).json()["data"] == []
    assert (await doors.get("other_buyer", path)).status_code == 404
    canceled = await doors.post("buyer", f"{path}/cancel", headers={"Idempotency-Key": str(new_id())})
    assert canceled.status_code in {403, 409}

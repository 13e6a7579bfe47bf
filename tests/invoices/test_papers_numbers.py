"""Are numbers without a gap when fifty take them at once and some change their minds?"""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.invoices import operations, queries
from app.invoices.rules import Kind, NumberedBy, sequence_of
from tests.invoices.counter import REQUEST, Counter

RACERS = 50
SCOPE = Scope.of_system(DESK_ID, REQUEST)
ELSEWHEN = date(2031, 5, 1)


class ChangedItsMind(Exception):
    """The transaction is undone after its number was taken."""


@pytest.fixture
async def crowd(counter: Counter) -> AsyncIterator[Database]:
    """A database with a connection for each of twenty at once."""
    db = Database(counter.world.db.url, role=counter.world.db.role, pool_size=20)
    yield db
    await db.close()


async def test_fifty_racers_of_whom_a_third_turn_back_leave_no_gap_and_no_double(crowd: Database) -> None:
    sequence = sequence_of(DESK_ID, Kind.INVOICE, ELSEWHEN, by=NumberedBy.CALENDAR_YEAR)
    kept: list[int] = []

    async def race(racer: int) -> None:
        async with crowd.transaction(SCOPE) as session:
            number = await operations.take_number(session, sequence)
            await asyncio.sleep(random.Random(racer).random() / 100)
            if racer % 3 == 0:
                raise ChangedItsMind
        kept.append(number.n)

    done = await asyncio.gather(*(race(racer) for racer in range(RACERS)), return_exceptions=True)
    undone = [each for each in done if each is not None]
    assert all(isinstance(each, ChangedItsMind) for each in undone), undone
    assert len(undone) == 17
    assert sorted(kept) == list(range(1, RACERS - len(undone) + 1))


async def test_a_number_that_stands_on_no_paper_is_found(counter: Counter, crowd: Database) -> None:
    year = 2032
    await counter.owner.execute("insert into paper_number values ($1, 'QUO', $2, 3)", DESK_ID, year)
    async with counter.world.worker_db.audit() as session:
        found = [each for each in await queries.missing_numbers(session) if each.year == year]
    assert [(each.series, each.n) for each in found] == [("QUO", 1), ("QUO", 2), ("QUO", 3)]
    await counter.owner.execute("delete from paper_number where year = $1", year)


async def test_twenty_orders_invoiced_at_once_are_numbered_one_after_the_other(counter: Counter) -> None:
    buyer, seller = await counter.buyer(), await counter.seller(None)
    listing = await counter.world.listing(seller, 500)
    placed = [await counter.world.order(buyer, (listing, 1)) for _ in range(20)]
    await counter.world.pay(*((order["payment"]["reference"], order["total"]["amount"]) for order in placed))
    for _ in range(3):
        await counter.world.run_jobs(rounds=1)
        await counter.owner.execute("update job set done_at = now() where name = 'invoices.issue_for_order'")
    assert await counter.papers(buyer, kind="invoice") == []
    await asyncio.gather(*(counter.invoice(buyer, order) for order in placed + placed[:5]))
    papers = await counter.papers(buyer, kind="invoice", limit="100")
    numbers = sorted(int(paper["number"][-6:]) for paper in papers)
    assert len(papers) == 20, "Those that were asked for twice are there once."
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    rows = await counter.owner.fetch("select n from paper where copy_of is null and series = 'INV' and year = $1"
                                     " order by n", int(papers[0]["number"][4:8]))  # fmt: skip
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1)), "No gap in the whole series."


def test_a_series_begins_anew_with_its_issuers_year() -> None:
    issuer = UUID(int=1)
    march = sequence_of(issuer, Kind.INVOICE, date(2027, 3, 31), by=NumberedBy.FISCAL_YEAR)
    april = sequence_of(issuer, Kind.INVOICE, date(2027, 4, 1), by=NumberedBy.FISCAL_YEAR)
    assert (march.year, april.year) == (2026, 2027)

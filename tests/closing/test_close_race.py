"""Can anything land in a month that is being closed, and does anybody wait for ever?"""

import asyncio
import random
from datetime import date, timedelta

from sqlalchemy import func, select

from app.closing import queries
from app.closing.rules import lock_number
from app.core.db import API_ROLE, Database
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.errors import PeriodClosed
from app.ledger.rules import held_orders, suspense, unapplied
from tests.closing.conftest import NOVEMBER, NOW, Book

POSTERS, EACH = 16, 12


async def test_posters_and_a_closer_never_let_anything_into_a_closed_month(book: Book, database_url: str) -> None:
    crowd = Database(database_url, role=API_ROLE, pool_size=POSTERS)
    await book.post(suspense(), unapplied(), 1_000_000, on=NOVEMBER)
    chance = random.Random(7)
    plans = [[NOVEMBER + timedelta(days=chance.randrange(33)) for _ in range(EACH)] for _ in range(POSTERS)]

    async def poster(days: list[date]) -> tuple[int, int]:
        landed = refused = 0
        for day in days:
            try:
                async with crowd.transaction(Scope.of_system(DESK_ID, "req_race")) as session:
                    # Two postings on two days and one guarded row that everybody locks: as bad as it gets.
                    for on in (day, date(2026, 12, 2)):
                        await ledger.post(
                            session, source=unapplied(), target=held_orders(), amount=Money(1, YEN), reason="race",
                            subject_id=new_id(), counterparty_id=None, booked_on=on, now=NOW,
                        )  # fmt: skip
                    await asyncio.sleep(0)
                landed += 1
            except PeriodClosed:
                refused += 1
        return landed, refused

    async def closer() -> None:
        await asyncio.sleep(0.2)
        await book.close(NOVEMBER)

    try:
        async with asyncio.timeout(60):
            *counts, _ = await asyncio.gather(*(poster(days) for days in plans), closer())
    finally:
        await crowd.close()
    landed, refused = (sum(each) for each in zip(*counts, strict=True))
    assert landed + refused == POSTERS * EACH
    assert landed > 0
    in_november = await book.owner.fetchval("select count(*) from posting where day < '2026-12-01'")
    close = await book.owner.fetchrow("select postings, status from ledger_close")
    assert tuple(close) == (in_november, "closed")
    assert await book.owner.fetchval("select count(*) from posting where reason = 'race'") == 2 * landed
    async with book.session() as session:
        assert await queries.broken_months(session) == []
        assert await queries.guarded_that_differ(session, NOVEMBER, date(2026, 12, 1)) == []


async def test_whoever_closes_waits_for_a_posting_under_way_and_counts_it(book: Book) -> None:
    await book.post(suspense(), unapplied(), 10, on=NOVEMBER)
    close = await book.propose(NOVEMBER)
    async with book.session() as session:
        await ledger.post(
            session, source=suspense(), target=unapplied(), amount=Money(5, YEN), reason="late", subject_id=new_id(),
            counterparty_id=None, booked_on=NOVEMBER, now=NOW,
        )  # fmt: skip
        closing = asyncio.create_task(book.confirm(close))
        await asyncio.sleep(0.3)
        assert not closing.done(), "The posting may still be written or not."
    assert (await closing).postings == 2


async def test_closing_november_keeps_nobody_from_posting_in_december(book: Book) -> None:
    await book.post(suspense(), unapplied(), 10, on=NOVEMBER)
    async with book.session() as session:
        await session.execute(select(func.pg_advisory_xact_lock(3365, lock_number(NOVEMBER))))
        async with asyncio.timeout(3):
            await book.post(suspense(), unapplied(), 10, on=date(2026, 12, 1))

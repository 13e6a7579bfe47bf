"""Does a month close once, by two people, with nothing open, and does it stay as it was closed?"""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from app.closing import queries
from app.closing.errors import CloserIsProposer, MonthNotReady, PersonNeeded
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.money import YEN
from app.core.scope import DESK_ID, Scope
from app.ledger.errors import PeriodClosed
from app.ledger.queries import closed_through, open_day, trial_balance
from app.ledger.rules import bank, held_orders, payable, stripe_clearing, suspense, unapplied
from tests.closing.conftest import DECEMBER, NOVEMBER, NOW, OCTOBER, Book, line

JANUARY = datetime(2027, 1, 2, tzinfo=UTC)


async def traded(book: Book, month: date, minor: int) -> None:
    """Money comes, is held, and is owed to a provider, all on one day of the month."""
    day, provider = month.replace(day=12), new_id()
    await book.post(suspense(), unapplied(), minor, on=day)
    await book.post(unapplied(), held_orders(), minor, on=day)
    await book.post(held_orders(), payable(provider), minor // 2, on=day, counterparty_id=provider)


def codes(refused: pytest.ExceptionInfo[MonthNotReady]) -> dict[str, int]:
    told = refused.value.facts["blockers"]
    assert isinstance(told, list)
    assert all(each["link"].startswith("/v1/admin/book/") for each in told)
    return {each["code"]: each["count"] for each in told}


async def test_a_posting_counts_on_the_day_that_it_is_given_or_on_its_own_in_japan(book: Book) -> None:
    await book.post(bank(), unapplied(), 1, on=date(2026, 11, 30))
    await book.post(bank(), unapplied(), 2, on=None, now=datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    rows = await book.owner.fetch("select amount_minor, day from posting order by amount_minor")
    assert [tuple(row) for row in rows] == [(1, date(2026, 11, 30)), (2, date(2026, 12, 1))]


async def test_a_closed_month_holds_every_balance_and_the_next_goes_on_from_them(book: Book) -> None:
    await traded(book, NOVEMBER, 1_000)
    await traded(book, DECEMBER, 300)
    closed = await book.close(NOVEMBER)
    assert (closed.status, closed.postings, closed.totals) == ("closed", 3, {YEN: 2_500})
    later = await book.close(DECEMBER, now=JANUARY)
    assert later.previous_hash == closed.hash
    async with book.session() as session:
        balances = await queries.balances_of(session, DECEMBER)
        replay = {total.account: total.balance_minor for total in await trial_balance(session)}
        november = {
            total.account: total.balance_minor
            for total in await queries.trial_balance_as_of(session, date(2026, 11, 30))
        }
        today = {
            total.account: total.balance_minor
            for total in await queries.trial_balance_as_of(session, date(2026, 12, 31))
        }
        assert await queries.broken_months(session) == []
    assert {each.account: each.closing_minor for each in balances if each.closing_minor} == {
        k: v for k, v in replay.items() if v
    }
    assert sum(each.closing_minor for each in balances) == 0
    [held] = [each for each in balances if each.account == held_orders()]
    assert (held.opening_minor, held.in_minor, held.out_minor, held.closing_minor) == (500, 300, 150, 650)
    assert november["suspense"] == -1_000
    assert {k: v for k, v in today.items() if v} == {k: v for k, v in replay.items() if v}


async def test_nothing_is_written_into_a_closed_month_and_what_belongs_there_counts_today(book: Book) -> None:
    await traded(book, NOVEMBER, 100)
    await book.close(NOVEMBER)
    for day in (date(2026, 11, 30), date(2026, 11, 1), date(2025, 1, 1)):
        with pytest.raises(PeriodClosed):
            await book.post(bank(), unapplied(), 5, on=day)
    with pytest.raises(PeriodClosed):
        await book.post(bank(), unapplied(), 5, on=None, now=datetime(2026, 11, 30, 14, 59, tzinfo=UTC))
    async with book.session() as session:
        assert await closed_through(session) == date(2026, 11, 30)
        assert await open_day(session, date(2026, 11, 30)) is None
        assert await open_day(session, DECEMBER) == DECEMBER
    await book.post(bank(), unapplied(), 5, on=DECEMBER)
    assert await book.owner.fetchval("select count(*) from posting") == 4


async def test_it_takes_two_people_and_no_machine(book: Book) -> None:
    await traded(book, NOVEMBER, 100)
    with pytest.raises(PersonNeeded):
        await book.propose(NOVEMBER, by=Scope.of_system(DESK_ID, "req_x"))
    close = await book.propose(NOVEMBER)
    with pytest.raises(CloserIsProposer):
        await book.confirm(close, by=book.one)
    await book.confirm(close)
    with pytest.raises(InvalidState):
        await book.confirm(close)


async def test_months_close_one_after_the_other_when_they_are_over(book: Book) -> None:
    with pytest.raises(MonthNotReady) as nothing:
        await book.propose(NOVEMBER)
    assert codes(nothing) == {"nothing_booked": 1}
    await traded(book, OCTOBER, 100)
    with pytest.raises(MonthNotReady) as early:
        await book.propose(NOVEMBER)
    assert codes(early) == {"earlier_month_open": 1}
    await book.close(OCTOBER)
    with pytest.raises(MonthNotReady) as again:
        await book.propose(OCTOBER)
    assert codes(again) == {"closed_already": 1}
    await book.close(NOVEMBER)
    with pytest.raises(MonthNotReady) as soon:
        await book.propose(DECEMBER)
    assert codes(soon) == {"month_not_over": 1}


async def test_what_is_posted_between_proposal_and_confirmation_is_in_the_hash(book: Book) -> None:
    await traded(book, NOVEMBER, 100)
    close = await book.propose(NOVEMBER)
    await traded(book, NOVEMBER, 50)
    closed = await book.confirm(close)
    assert closed.postings == 6
    async with book.session() as session:
        assert await queries.broken_months(session) == []


async def test_each_thing_that_keeps_a_month_open_is_named_with_its_count(book: Book) -> None:
    day = NOVEMBER.replace(day=20)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    await traded(book, NOVEMBER, 100)
    await book.post(stripe_clearing(), unapplied(), 40, on=day, reason="stripe_charge", now=NOW)
    with pytest.raises(MonthNotReady) as unread:
        await book.propose(NOVEMBER)
    assert codes(unread) == {"stripe_postings_waiting": 1, "stripe_not_read": 1}
    await book.take(line("charge", 30, source="ch_none", at=at))
    await book.owner.execute("update account_balance set balance_minor = balance_minor + 1 where account = 'unapplied'")
    with pytest.raises(MonthNotReady) as waiting:
        await book.propose(NOVEMBER)
    assert codes(waiting) == {"stripe_postings_waiting": 1, "stripe_lines_waiting": 1}
    await book.compare(now=datetime(2026, 12, 4, 4, tzinfo=UTC))
    with pytest.raises(MonthNotReady) as differs:
        await book.propose(NOVEMBER)
    assert codes(differs) == {"differences_open": 2}
    await book.post(bank(), unapplied(), 9, on=day)
    with pytest.raises(MonthNotReady) as at_the_bank:
        await book.propose(NOVEMBER)
    assert codes(at_the_bank) == {"differences_open": 2, "bank_differs": 1}
    await book.owner.execute("delete from posting where source = 'bank'")
    await book.owner.execute("delete from money_difference")
    await book.owner.execute("delete from stripe_line")
    await book.owner.execute("delete from posting where reason = 'stripe_charge'")
    with pytest.raises(MonthNotReady) as guarded:
        await book.propose(NOVEMBER)
    assert codes(guarded) == {"guarded_balances_differ": 1}


@pytest.mark.parametrize(
    "tampering",
    [
        "update posting set amount_minor = amount_minor + 1 where source = 'suspense'",
        "update posting set counterparty_id = gen_random_uuid() where source = 'suspense'",
        "update posting set reason = 'other' where source = 'suspense'",
        "update posting set subject_id = gen_random_uuid() where source = 'suspense'",
        "delete from posting where source = 'suspense'",
        "update ledger_balance set in_minor = in_minor + 1, closing_minor = closing_minor + 1 where account = 'held:orders'",
        "update ledger_close set previous_hash = 'x'",
    ],
)
async def test_the_chain_notices_what_was_changed_behind_its_back(book: Book, tampering: str) -> None:
    await traded(book, OCTOBER, 100)
    await traded(book, NOVEMBER, 70)
    for month in (OCTOBER, NOVEMBER):
        await book.close(month)
    await book.owner.execute(tampering)
    async with book.session() as session:
        assert await queries.broken_months(session)


async def test_a_later_months_hash_hangs_on_an_earlier_one(book: Book) -> None:
    await traded(book, OCTOBER, 100)
    await book.close(OCTOBER)
    await book.post(suspense(), payable(new_id()), 3, on=NOVEMBER)
    second = await book.close(NOVEMBER)
    await book.owner.execute("update ledger_close set hash = 'forged' where month = $1", OCTOBER)
    async with book.session() as session:
        found = await queries.broken_months(session)
    assert len(found) == 2, found
    assert second.hash in found[1]


async def test_the_program_cannot_touch_what_was_closed(book: Book) -> None:
    for table in ("ledger_balance", "posting"):
        for role in ("offsetdesk_api", "offsetdesk_worker"):
            assert not await book.owner.fetchval("select has_table_privilege($1, $2, 'update')", role, table), table
    await book.take(line("fee", -20), line("charge", 5, source="ch_1"))
    await book.compare()
    for change in (
        "amount_minor = 6, net_minor = 6 where amount_minor = 5",
        "settled_as = null where settled_as = 'fee'",
    ):
        with pytest.raises(asyncpg.PostgresError, match="stripe_line_kept"):
            await book.owner.execute(f"update stripe_line set {change}")

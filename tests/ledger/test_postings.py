"""Does the book close, whatever is posted, and is a repeat of a posting nothing?"""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.scope import Scope
from app.ledger import operations, queries
from app.ledger.errors import LedgerOverdrawn
from app.ledger.rules import bank, held_orders, is_guarded, payable, refunds, suspense, unapplied

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PROVIDER = UUID("00000000-0000-7000-8000-00000000000a")
ACCOUNTS = [bank(), suspense(), unapplied(), held_orders(), payable(PROVIDER), refunds(None)]

moves = st.lists(
    st.tuples(st.permutations(ACCOUNTS).map(lambda some: some[:2]), st.integers(1, 50), st.sampled_from([YEN, "USD"])),
    max_size=25,
)


def test_accounts_of_organisations_never_share_a_name():
    one, other = new_id(), new_id()
    names = [payable(one), payable(other), refunds(one), refunds(other), refunds(None), bank(), suspense(), unapplied()]
    assert len(set(names)) == len(names)
    assert refunds(None) == "refunds:unknown"


def test_only_money_that_waits_or_is_held_is_guarded():
    assert [account for account in ACCOUNTS if is_guarded(account)] == [unapplied(), held_orders()]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
async def test_the_book_closes_and_each_guarded_balance_is_the_replay_of_its_postings(db: Database, desk: Scope, moved):
    # One database serves every example: the promises hold for whatever piled up before.
    for (source, target), minor, currency in moved:
        try:
            async with db.transaction(desk) as session:
                await operations.post(
                    session,
                    source=source,
                    target=target,
                    amount=Money(minor, currency),
                    reason="test",
                    subject_id=new_id(),
                    counterparty_id=None,
                    booked_on=None,
                    now=NOW,
                )
        except LedgerOverdrawn:
            assert is_guarded(source)
    async with db.transaction(desk) as session:
        totals = await queries.trial_balance(session)
        kept = await queries.guarded_balances(session)
        single = {(a, c): await queries.balance(session, a, c) for a in ACCOUNTS for c in (YEN, "USD")}
    for currency in (YEN, "USD"):
        assert sum(total.balance_minor for total in totals if total.currency == currency) == 0
    replay = {(total.account, total.currency): total.balance_minor for total in totals}
    assert {key: minor for key, minor in single.items() if key in replay or minor} == replay
    assert {(k.account, k.currency): k.balance_minor for k in kept} == {
        k: m for k, m in replay.items() if is_guarded(k[0])
    }
    assert all(one.balance_minor >= 0 for one in kept)


async def test_a_repeat_posts_nothing_and_says_so(post, db: Database, desk: Scope):
    subject = new_id()
    assert await post(bank(), unapplied(), 700, subject_id=subject)
    assert not await post(bank(), unapplied(), 700, subject_id=subject)
    async with db.transaction(desk) as session:
        assert await queries.balance(session, unapplied(), YEN) == 700
        assert await queries.balance(session, bank(), YEN) == -700


async def test_a_repeat_with_another_amount_is_a_bug_and_crashes(post):
    subject = new_id()
    await post(bank(), unapplied(), 700, subject_id=subject)
    with pytest.raises(AssertionError):
        await post(bank(), unapplied(), 701, subject_id=subject)


async def test_two_at_once_with_one_reason_and_subject_write_one_row(post, owner):
    for _ in range(10):
        subject = new_id()
        answers = await asyncio.gather(*(post(bank(), unapplied(), 5, subject_id=subject) for _ in range(4)))
        assert sorted(answers) == [False, False, False, True]
        assert await owner.fetchval("select count(*) from posting where subject_id = $1", subject) == 1
    assert await owner.fetchval("select balance_minor from account_balance where account = 'unapplied'") == 50


async def test_a_batch_posts_what_is_new_and_moves_each_balance_once(db: Database, desk: Scope):
    subjects = [new_id() for _ in range(5)]

    async def post_batch(chosen: list[UUID]) -> int:
        async with db.transaction(desk) as session:
            return await operations.post_each(
                session,
                dict.fromkeys(chosen, 100),
                source=bank(),
                target=unapplied(),
                currency=YEN,
                reason="bank_line",
                counterparty_id=None,
                booked_on=None,
                now=NOW,
            )

    assert await post_batch(subjects[:3]) == 300
    assert await post_batch(subjects) == 200
    assert await post_batch([]) == 0
    async with db.transaction(desk) as session:
        assert await queries.balance(session, unapplied(), YEN) == 500


async def test_an_account_with_nothing_on_it_cannot_be_drawn(post, owner):
    with pytest.raises(LedgerOverdrawn):
        await post(unapplied(), held_orders(), 1)
    assert await owner.fetchval("select count(*) from posting") == 0
    assert await owner.fetchval("select count(*) from account_balance") == 0

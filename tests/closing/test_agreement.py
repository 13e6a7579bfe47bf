"""Is every planted difference with Stripe and the bank found, and nothing else? And does what is posted settle it?"""

from datetime import timedelta
from uuid import UUID

import pytest

from app.closing import operations, queries
from app.closing.errors import CounterAccountInvalid, DifferenceNotFound, PersonNeeded, ProposerCannotAgree
from app.closing.operations import Proposal
from app.closing.rules import DifferenceAction
from app.closing.schemas import AgreementOut
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.ledger.queries import balance
from app.ledger.rules import bank, payouts_in_transit, stripe_clearing, stripe_fees, suspense, unapplied, write_off
from tests.closing.conftest import DECEMBER, NOVEMBER, NOW, Book, line

LATER = NOW + timedelta(hours=25)
BEFORE = NOW - timedelta(hours=1)


async def charged(book: Book, minor: int, charge_id: str) -> UUID:
    """A try that Stripe took money for, as the payments have it, and its posting."""
    attempt, buyer = new_id(), new_id()
    await book.owner.execute("set session_replication_role = replica")
    await book.owner.execute(
        "insert into payment_attempt (org_id, id, payment_id, order_id, method, amount_minor, currency, status, charge_id,"
        " payer_name, payer_email, language, started_by, started_at) values ($1, $2, $3, $3, 'card', $4, 'JPY', 'paid', $5,"
        " '', '', 'ja', $3, $6)",
        buyer, attempt, new_id(), minor, charge_id, NOW,
    )  # fmt: skip
    await book.owner.execute("set session_replication_role = origin")
    await book.post(
        stripe_clearing(),
        unapplied(),
        minor,
        on=None,
        reason="stripe_charge",
        subject_id=attempt,
        counterparty_id=buyer,
    )
    return attempt


async def written(book: Book, kind: str, object_id: str) -> UUID:
    """What a planned write at Stripe was for."""
    subject = new_id()
    await book.owner.execute(
        "insert into stripe_call (org_id, id, kind, subject_id, subject_org_id, key, request, status, object_id, created_at)"
        " values ($1, $2, $3, $4, $4, $5, '{}', 'done', $6, $7)",
        DESK_ID, new_id(), kind, subject, str(new_id()), object_id, NOW,
    )  # fmt: skip
    return subject


async def refunded(book: Book, minor: int, refund_id: str) -> UUID:
    """A refund that Stripe has made, as the payments have it."""
    refund, buyer = new_id(), new_id()
    await book.owner.execute("set session_replication_role = replica")
    await book.owner.execute(
        "insert into refund (org_id, id, order_id, payment_id, attempt_id, kind, way, amount_minor, currency, status, note,"
        " proposed_by, stripe_refund_id, made_at) values ($1, $2, $2, $2, $2, 'order', 'stripe', $3, 'JPY', 'succeeded', '',"
        " $2, $4, $5)",
        buyer, refund, minor, refund_id, NOW,
    )  # fmt: skip
    await book.owner.execute("set session_replication_role = origin")
    return refund


async def at_the_bank(book: Book, minor: int, reference: str, *, booked: bool = True) -> UUID:
    """A line of the bank's, with its posting or without."""
    statement, line_id = new_id(), new_id()
    await book.owner.execute(
        "insert into bank_statement (org_id, id, filename, sha256, file_key, lines_total, lines_new, imported_by, imported_at)"
        " values ($1, $2, '', '', '', 1, 1, $2, $3)", DESK_ID, statement, NOW,
    )  # fmt: skip
    await book.owner.execute(
        "insert into bank_line (org_id, id, statement_id, line_key, booked_on, amount_minor, currency, payer_name, memo,"
        " bank_reference, outcome, status) values ($1, $2, $3, $4, $5, $6, 'JPY', '', '', $4, 'pending', 'new')",
        DESK_ID, line_id, statement, reference, DECEMBER, minor,
    )  # fmt: skip
    if booked:
        await book.post(bank(), unapplied(), minor, on=DECEMBER, reason="bank_line", subject_id=line_id)
    return line_id


async def agreement(book: Book) -> AgreementOut:
    async with book.session() as session:
        stripe = (
            await queries.stripe_sums(session),
            await queries.stripe_items(session),
            await queries.stripe_waiting(session),
        )
        bank_told = (
            await queries.bank_days(session, NOVEMBER, DECEMBER.replace(day=31)),
            await queries.bank_waiting(session),
        )
        return AgreementOut.of("2026-12", await queries.reading_of(session), stripe, bank_told)


async def test_what_agrees_is_matched_and_fees_are_booked_once(book: Book) -> None:
    await charged(book, 1_000, "ch_1")
    refund, sent = await refunded(book, 300, "re_1"), await written(book, "transfer", "tr_1")
    await book.post(unapplied(), stripe_clearing(), 300, on=None, reason="stripe_refund", subject_id=refund)
    await book.post(unapplied(), payouts_in_transit(), 500, on=None)
    await book.post(payouts_in_transit(), stripe_clearing(), 500, on=None, reason="payout_sent", subject_id=sent)
    lines = [
        line("charge", 1_000, fee=36, source="ch_1"), line("refund", -300, source="re_1"),
        line("transfer", -500, source="tr_1"), line("fee", -20), line("fee", 5),
    ]  # fmt: skip
    assert await book.take(*lines) == 5
    assert await book.take(*lines) == 0
    await book.compare(now=LATER)
    assert await book.differences() == []
    settled = await book.owner.fetch("select settled_as, count(*) from stripe_line group by 1 order by 1")
    assert [tuple(row) for row in settled] == [("fee", 2), ("matched", 3)]
    async with book.session() as session:
        assert await balance(session, stripe_fees(), "JPY") == -(36 + 20 - 5)
        assert await balance(session, stripe_clearing(), "JPY") == -sum(each.net_minor for each in lines)
    [stripe] = (await agreement(book)).stripe
    assert (stripe.stripe, stripe.difference, stripe.waiting.count, stripe.unexplained) == (149, 0, 0, 0)


async def test_each_kind_of_difference_is_found_after_the_grace_time_and_nothing_else(book: Book) -> None:
    await charged(book, 1_000, "ch_good")
    await charged(book, 900, "ch_less")
    await charged(book, 70, "ch_only_ours")
    await book.take(
        line("charge", 1_000, fee=10, source="ch_good", at=BEFORE),
        line("charge", 1_000, fee=10, source="ch_less", at=BEFORE),
        line("charge", 40, source="ch_strange", at=BEFORE),
        line("dispute", -25, source="dp_1", at=BEFORE),
        line("risk_reserved_funds", -5, source="rsv_1", at=BEFORE),
        line("climate_order_purchase", -3, at=BEFORE, line_id="txn_without_a_source"),
    )
    await at_the_bank(book, 200, "good")
    await at_the_bank(book, 30, "unbooked", booked=False)
    await book.post(bank(), unapplied(), 8, on=DECEMBER, reason="by hand")
    await book.compare(now=NOW)
    at_once = [
        ("line_without_posting", "bank", 30, "unbooked"), ("posting_without_line", "bank", -8, "by hand"),
        ("unknown_type", "stripe", -5, "rsv_1"), ("unknown_type", "stripe", -3, "txn_without_a_source"),
    ]  # fmt: skip
    assert await book.differences() == at_once
    [stripe] = (await agreement(book)).stripe
    # Both sides of `ch_less` wait: its line, and our posting of another amount.
    assert (stripe.difference, stripe.open_differences.amount, stripe.waiting.amount) == (37, -8, 45)
    assert stripe.unexplained == 0
    await book.compare(now=LATER)
    await book.compare(now=LATER)
    assert await book.differences() == sorted([
        *at_once,
        ("amount_differs", "stripe", 100, "ch_less"), ("line_without_posting", "stripe", -25, "dp_1"),
        ("line_without_posting", "stripe", 40, "ch_strange"), ("posting_without_line", "stripe", -70, "stripe_charge"),
    ])  # fmt: skip
    told = await agreement(book)
    [stripe], [day] = told.stripe, told.bank
    assert (stripe.difference, stripe.open_differences.count, stripe.waiting.count, stripe.unexplained) == (37, 6, 0, 0)
    assert (day.bank, day.book, day.difference, day.differences_found, day.unexplained) == (230, 208, 22, 22, 0)
    opened = await book.owner.fetchval("select count(*) from event where kind = 'money_difference.opened'")
    assert opened == 8


async def test_what_comes_late_resolves_its_difference_by_itself(book: Book) -> None:
    await book.take(line("charge", 500, source="ch_late", at=BEFORE))
    await book.compare(now=LATER)
    assert await book.differences() == [("line_without_posting", "stripe", 500, "ch_late")]
    await charged(book, 500, "ch_late")
    await charged(book, 80, "ch_unread")
    await book.compare(now=LATER + timedelta(hours=2))
    assert await book.differences() == [("posting_without_line", "stripe", -80, "stripe_charge")]
    await book.take(line("charge", 80, source="ch_unread", at=BEFORE), now=LATER)
    await book.compare(now=LATER + timedelta(hours=3))
    assert await book.differences() == []
    actions = await book.owner.fetch("select distinct action, status from money_difference")
    assert [tuple(row) for row in actions] == [("gone", "resolved")]


async def test_a_posting_answers_to_one_line_only(book: Book) -> None:
    await charged(book, 500, "ch_1")
    await book.take(line("charge", 500, source="ch_1", at=BEFORE), line("charge", 500, source="ch_1", at=BEFORE))
    await book.compare(now=LATER)
    assert await book.differences() == [("line_without_posting", "stripe", 500, "ch_1")]


@pytest.mark.parametrize(
    ("action", "counter", "account"),
    [(DifferenceAction.WRITE_OFF, None, write_off()), (DifferenceAction.CORRECTION, "suspense", suspense())],
)
async def test_two_people_post_what_settles_every_difference(book: Book, action, counter, account) -> None:
    await charged(book, 900, "ch_less")
    await charged(book, 70, "ch_only_ours")
    await book.take(line("charge", 1_000, source="ch_less", at=BEFORE), line("dispute", -25, source="dp_1", at=BEFORE))
    await at_the_bank(book, 30, "unbooked", booked=False)
    await book.post(bank(), unapplied(), 8, on=DECEMBER, reason="by hand")
    await book.compare(now=LATER)
    ids = [row["id"] for row in await book.owner.fetch("select id from money_difference")]
    assert len(ids) == 5
    for each in ids:
        await decided(book, each, Proposal(action, counter, "明細を確認"))
    assert await book.differences() == []
    await book.compare(now=LATER)
    assert await book.differences() == []
    told = await agreement(book)
    assert [(each.difference, each.unexplained) for each in told.stripe] == [(0, 0)]
    assert all(each.unexplained == 0 for each in told.bank)
    async with book.session() as session:
        assert await balance(session, account, "JPY") == 100 - 70 - 25 + 30 - 8


async def decided(book: Book, difference_id: UUID, asked: Proposal) -> None:
    """One person proposes, another agrees."""
    async with book.db.transaction(book.one) as session:
        row = await operations.locked_difference(session, difference_id)
        await operations.propose_difference(session, book.one, row, asked, now=LATER)
    async with book.db.transaction(book.other) as session:
        row = await operations.locked_difference(session, difference_id)
        await operations.decide_difference(session, book.other, row, agreed=True, note="同意", now=LATER)


async def test_one_person_alone_posts_nothing(book: Book) -> None:
    await book.take(line("dispute", -25, source="dp_1", at=BEFORE))
    await book.compare(now=LATER)
    difference_id = await book.owner.fetchval("select id from money_difference")
    off = Proposal(DifferenceAction.WRITE_OFF, None, "貸倒")
    async with book.session() as session:
        row = await operations.locked_difference(session, difference_id)
        with pytest.raises(InvalidState):
            await operations.decide_difference(session, book.other, row, agreed=True, note="", now=LATER)
        with pytest.raises(PersonNeeded):
            await operations.take_on(session, Scope.of_system(DESK_ID, "req_x"), row, now=LATER)
        for wrong in (
            Proposal(DifferenceAction.WRITE_OFF, "suspense", ""),
            Proposal(DifferenceAction.CORRECTION, None, ""),
        ):
            with pytest.raises(CounterAccountInvalid):
                await operations.propose_difference(session, book.one, row, wrong, now=LATER)
        await operations.take_on(session, book.one, row, now=LATER)
        await operations.propose_difference(session, book.one, row, off, now=LATER)
        with pytest.raises(ProposerCannotAgree):
            await operations.decide_difference(session, book.one, row, agreed=True, note="", now=LATER)
        await operations.decide_difference(session, book.other, row, agreed=False, note="再確認", now=LATER)
        assert (row.status, row.action) == ("open", None)
        with pytest.raises(DifferenceNotFound):
            await operations.locked_difference(session, new_id())
    assert await book.owner.fetchval("select count(*) from posting where reason = 'difference'") == 0


async def test_a_fee_of_a_closed_month_counts_today(book: Book) -> None:
    await book.post(suspense(), unapplied(), 10, on=NOVEMBER)
    await book.close(NOVEMBER)
    old = NOW - timedelta(days=5)
    await book.take(line("fee", -20, at=old), line("fee", -30, at=NOW))
    days = await book.owner.fetch("select amount_minor, booked_on from posting where reason = 'stripe_fee' order by 1")
    assert [tuple(row) for row in days] == [(20, None), (30, DECEMBER.replace(day=3))]

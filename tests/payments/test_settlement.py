"""Does every yen that comes in reach its order once, or wait where a person sees it?"""

import asyncio
import random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.payments import operations, queries
from app.payments.errors import LineNotFound, PaymentNotFound
from app.payments.models import BankLine
from app.payments.operations import Resolution
from tests.payments.payments_scene import NOW, Expected, World, judge_and_move


async def payment(world: World, expected: Expected) -> tuple[str, int, bool]:
    row = await world.owner.fetchrow("select * from payment where id = $1", expected.payment_id)
    return row["status"], row["received_minor"], row["paid_at"] is not None


async def state(world: World, line: BankLine) -> tuple[str, str, int]:
    row = await world.owner.fetchrow("select * from bank_line where id = $1", line.id)
    return row["outcome"], row["status"], row["unapplied_minor"]


async def test_an_exact_line_pays_its_order(world: World):
    order = await world.order()
    line = await world.line(1_000, f"{order.reference}ｶ)ｶｲﾃ")
    await world.settle(line.id)
    assert await state(world, line) == ("exact", "applied", 0)
    assert await payment(world, order) == ("paid", 1_000, True)
    assert await world.book() == {"bank": -1_000, "held:orders": 1_000}
    row = await world.owner.fetchrow("select payment_id, payer_org_id, order_id from bank_line")
    assert tuple(row) == (order.payment_id, order.buyer_id, order.order_id)
    await world.assert_sound()


async def test_paying_is_told_to_buyer_and_desk_and_the_line_to_the_desk_alone(world: World):
    order = await world.order()
    line = await world.line(1_000, order.reference)
    await world.settle(line.id)
    rows = await world.owner.fetch("select kind, org_id, party_ids, subject_id, after from event order by n")
    told = {row["kind"]: (row["org_id"], row["party_ids"], row["subject_id"]) for row in rows}
    assert told["bank_line.judged"] == (DESK_ID, [], line.id)
    assert told["payment.received"] == (order.buyer_id, [DESK_ID], order.payment_id)


async def test_judging_twice_changes_nothing(world: World):
    order = await world.order()
    line = await world.line(1_000, order.reference)
    await world.settle(line.id)
    await world.settle(line.id)
    assert await world.owner.fetchval("select count(*) from event where kind = 'bank_line.judged'") == 1
    assert await world.book() == {"bank": -1_000, "held:orders": 1_000}


async def test_the_same_job_many_times_at_once_pays_once(world: World):
    order = await world.order()
    line = await world.line(1_000, order.reference)
    await asyncio.gather(*(world.settle(line.id) for _ in range(8)))
    assert await payment(world, order) == ("paid", 1_000, True)
    assert await world.owner.fetchval("select count(*) from posting where reason = 'payment'") == 1
    await world.assert_sound()


async def test_what_is_too_much_waits_for_a_person(world: World):
    order = await world.order()
    line = await world.line(1_250, order.reference)
    await world.settle(line.id)
    assert await state(world, line) == ("over", "for_a_person", 250)
    assert await world.book() == {"bank": -1_250, "held:orders": 1_000, "unapplied": 250}
    await world.assert_sound()


async def test_a_bank_that_took_its_fee_leaves_a_short_line_and_the_rest_completes_it(world: World):
    order = await world.order()
    short = await world.line(560, order.reference)
    await world.settle(short.id)
    assert await state(world, short) == ("short", "for_a_person", 560)
    assert await payment(world, order) == ("open", 0, False)
    assert await world.book() == {"bank": -560, "unapplied": 560}
    second = await world.line(300, order.reference)
    await world.settle(second.id)
    rest = await world.line(240, order.reference)
    await world.settle(rest.id)
    assert await state(world, rest) == ("completes", "for_a_person", 100)
    assert await state(world, short) == ("short", "applied", 0)
    assert await state(world, second) == ("short", "applied", 0)
    assert await payment(world, order) == ("paid", 1_000, True)
    assert await world.book() == {"bank": -1_100, "held:orders": 1_000, "unapplied": 100}
    await world.assert_sound()


async def test_a_second_payment_of_a_paid_order_waits(world: World):
    order = await world.order()
    first, second = await world.line(1_000, order.reference), await world.line(1_000, order.reference)
    await world.settle(first.id)
    await world.settle(second.id, order_status="paid")
    assert await state(world, second) == ("duplicate", "for_a_person", 1_000)
    await world.assert_sound()


async def test_late_money_waits_or_pays_when_the_tonnes_were_reserved_again(world: World):
    gone, saved = await world.order(), await world.order()
    for order in (gone, saved):
        async with world.db.transaction(Scope.of_system(order.buyer_id, "req").with_party(DESK_ID)) as session:
            await operations.close(session, order.buyer_id, order.order_id, now=NOW)
        assert await payment(world, order) == ("closed", 0, False)
    late, back = await world.line(1_000, gone.reference), await world.line(1_000, saved.reference)
    await world.settle(late.id, order_status="expired")
    await world.settle(back.id, order_status="expired", reserved_again=True)
    assert await state(world, late) == ("late", "for_a_person", 1_000)
    assert await state(world, back) == ("late_reserved", "applied", 0)
    assert await payment(world, saved) == ("paid", 1_000, True)
    await world.assert_sound()


async def test_closing_a_paid_payment_leaves_it_paid(world: World):
    order = await world.order()
    line = await world.line(1_000, order.reference)
    await world.settle(line.id)
    async with world.db.transaction(Scope.of_system(order.buyer_id, "req").with_party(DESK_ID)) as session:
        await operations.close(session, order.buyer_id, order.order_id, now=NOW)
    assert await payment(world, order) == ("paid", 1_000, True)


async def test_nobodys_money_and_two_orders_money_wait_without_a_payer(world: World):
    one, other = await world.order(), await world.order()
    both = f"{one.reference} {other.reference}"
    for minor, written, outcome in ((77, "ﾀﾞﾚｶ", "unknown_payer"), (1_000, both, "ambiguous")):
        line = await world.line(minor, written)
        assert await state(world, line) == (outcome, "for_a_person", minor)
    assert await world.owner.fetchval("select count(*) from bank_line where payment_id is not null") == 0
    await world.assert_sound()


async def test_lines_of_one_order_judged_at_once_pay_it_once_whatever_their_order(world: World):
    chance = random.Random(20261124)
    for _ in range(4):
        order = await world.order()
        minors = [chance.choice([200, 300, 400, 1_000]) for _ in range(6)]
        lines = [await world.line(minor, order.reference) for minor in minors]

        async def settled(line: BankLine, of: Expected = order) -> None:
            # The order's lock, which the job of orders takes first.
            async with world.db.transaction(world.desk.with_party(of.buyer_id)) as session:
                await session.execute(text("select from orders where id = :id for update"), {"id": of.order_id})
                paid = (await queries.payment_meant_by(session, line.id)).status == "paid"
                waiting_for = await operations.locked_line(session, line.id)
                expected = await operations.locked_payment(session, of.buyer_id, of.payment_id)
                waiting = await operations.locked_waiting(session, expected)
                status = "paid" if paid else "awaiting_payment"
                await judge_and_move(session, waiting_for, expected, waiting, status)

        await asyncio.gather(*(settled(line) for line in lines))
        assert await payment(world, order) == ("paid", 1_000, True)
        held = await world.owner.fetchval(
            "select sum(amount_minor)::bigint from posting where target = 'held:orders' and counterparty_id = $1",
            order.buyer_id,
        )
        assert held == 1_000
        await world.assert_sound()


async def test_many_orders_refunds_and_imports_at_once_leave_the_book_sound(world: World):
    orders = [await world.order() for _ in range(12)]
    paid = [await world.line(1_000, order.reference) for order in orders]
    stray = [await world.line(70) for _ in range(6)]
    for line in stray:
        await world.settle(line.id)
    await asyncio.gather(
        *(world.settle(line.id) for line in paid),
        *(resolve(world, line, Resolution("refund", "Nobody's.", None)) for line in stray),
        *(world.bring(f"2026-11-21,{minor},x,,N{minor}") for minor in range(1, 5)),
    )
    assert await world.book() == {"bank": -12_430, "held:orders": 12_000, "refunds:unknown": 420, "unapplied": 10}
    await world.assert_sound()


async def resolve(world: World, line: BankLine, decided: Resolution) -> None:
    async with world.db.transaction(world.desk) as session:
        payer_id = (await queries.line_of(session, line.id)).payer_org_id
    parties = () if payer_id is None else (payer_id,)
    async with world.db.transaction(world.desk.with_party(*parties)) as session:
        await operations.resolve(session, await operations.locked_line(session, line.id), decided, now=NOW)


async def test_a_line_given_to_an_order_by_a_person_pays_it(world: World):
    order = await world.order()
    line = await world.line(1_000, "ﾏﾁｶﾞｴﾀ 123")
    await world.settle(line.id)
    await resolve(world, line, Resolution("apply_to_order", "Their accountant called.", order.reference))
    assert await state(world, line) == ("pending", "new", 1_000)
    assert await world.owner.fetchval("select count(*) from job where ids->>'line_id' = $1", str(line.id)) == 1
    await world.settle(line.id)
    assert await state(world, line) == ("exact", "applied", 0)
    assert await payment(world, order) == ("paid", 1_000, True)
    await world.assert_sound()


async def test_a_refunded_short_line_no_longer_counts_towards_its_order(world: World):
    order = await world.order()
    short = await world.line(400, order.reference)
    await world.settle(short.id)
    await resolve(world, short, Resolution("refund", "They asked.", None))
    rest = await world.line(600, order.reference)
    await world.settle(rest.id)
    assert await state(world, rest) == ("short", "for_a_person", 600)
    assert await world.book() == {"bank": -1_000, "unapplied": 600, f"refunds:{order.buyer_id.hex}": 400}
    await world.assert_sound()


async def test_a_buyer_sees_its_payment_and_no_line_and_no_other_buyers(world: World, db: Database):
    mine, theirs = await world.order(), await world.order()
    line = await world.line(1_000, mine.reference)
    await world.settle(line.id)
    buyer = Scope.of_system(mine.buyer_id, "req_buyer")
    async with db.transaction(buyer) as session:
        seen = await queries.payment_of_order(session, buyer, mine.order_id)
        assert (seen.status, seen.reference) == ("paid", mine.reference)
        with pytest.raises(PaymentNotFound):
            await queries.payment_of_order(session, buyer, theirs.order_id)
        with pytest.raises(LineNotFound):
            await queries.line_of(session, line.id)
        assert await queries.payment_by_reference(session, theirs.reference) is None


async def test_a_payment_cannot_be_locked_without_naming_its_buyer(world: World):
    order = await world.order()
    with pytest.raises(NoResultFound):
        async with world.db.transaction(world.desk) as session:
            await operations.locked_payment(session, order.buyer_id, order.payment_id)

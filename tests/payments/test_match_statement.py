"""What do the lines of a statement end as, matched together as they come in, once or twice or at the same time?"""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.core.ids import new_id
from app.payments import operations, queries
from app.payments.models import BankLine, BankStatement
from app.payments.operations import Resolution
from app.payments.rules import new_reference
from app.payments.rules.matching import folded_payer
from tests.payments import zengin_files as zengin
from tests.payments.payments_scene import NOW, World
from tests.payments.test_zengin_import import STATEMENTS, statement


async def brought(world: World, *lines: tuple[int, str]) -> BankStatement:
    rows = (f"2026-11-20,{minor},{text},,{new_id()}" for minor, text in lines)
    return await world.bring(*rows)


async def ends(world: World, taken: BankStatement) -> list[tuple[Any, ...]]:
    rows = await world.owner.fetch(
        "select outcome, status, matched_as, payment_id, candidate_ids from bank_line where statement_id = $1 order by id",
        taken.id,
    )
    return [tuple(row) for row in rows]


async def jobs(world: World) -> int:
    return await world.owner.fetchval("select count(*) from job where name = 'orders.settle'")


async def settle_all(world: World) -> None:
    """What the jobs of orders do."""
    for row in await world.owner.fetch(
        "select ids->>'line_id' as id from job where name = 'orders.settle' order by id"
    ):
        await world.settle(UUID(row["id"]))


async def test_each_line_ends_with_its_own_word(world: World):
    named = await world.order(1_000)
    called = await world.order(2_000, name="株式会社アオバショクヒン")
    alike = [await world.order(3_000, name=name) for name in ("ミドリ", "カブシキガイシャミドリ")]
    nameless = await world.order(4_000)
    feed = await world.order(50_000, name="ヤマト")
    payer = await world.buyer("ミライ")
    parts = [await world.order_of(payer, minor) for minor in (7_001, 8_002)]
    gone = await world.order(9_000)
    await world.owner.execute("update payment set status = 'closed' where id = $1", gone.payment_id)
    unknown = new_reference(12345)
    taken = await brought(
        world, (1_000, named.reference), (2_000, "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ"), (3_000, "ﾐﾄﾞﾘ"), (4_000, "ﾀﾞﾚｶ"), (49_560, "ﾔﾏﾄ"),
        (15_003, "ﾐﾗｲ"), (9_000, gone.reference), (4_000, unknown), (11, "ﾀﾞﾚｶ"),
        (12_000, f"{named.reference} {nameless.reference}"),
        (10_000, f"{named.reference} {gone.reference}"),
    )  # fmt: skip
    found = await ends(world, taken)
    assert [row[:4] for row in found] == [
        ("pending", "new", "by_reference", named.payment_id),
        ("pending", "new", "by_amount_and_name", called.payment_id),
        ("ambiguous", "for_a_person", "ambiguous", None),
        ("name_differs", "for_a_person", "name_differs", None),
        ("amount_differs", "for_a_person", "amount_differs", None),
        ("several_orders", "for_a_person", "several_orders", None),
        ("pending", "new", "by_reference", gone.payment_id),
        ("pending", "new", "other_reference", None),  # Perhaps an invoice's: its job asks there.
        ("unknown_payer", "for_a_person", "nothing", None),
        ("ambiguous", "for_a_person", "ambiguous", None),
        ("ambiguous", "for_a_person", "ambiguous", None),
    ]
    assert set(found[2][4]) == {one.payment_id for one in alike}
    assert (found[3][4], found[4][4]) == ([nameless.payment_id], [feed.payment_id])
    assert set(found[5][4]) == {one.payment_id for one in parts}
    assert set(found[10][4]) == {named.payment_id, gone.payment_id}
    assert await jobs(world) == 3, "Only a sure line costs a job."
    told = await world.owner.fetch(
        "select after->>'outcome' as outcome from event where kind = 'bank_line.judged' order by n"
    )
    assert len(told) == 7, "What may be an invoice's is not judged yet."
    await settle_all(world)
    assert [row[:2] for row in await ends(world, taken)][:2] == [("exact", "applied"), ("exact", "applied")]
    await world.assert_sound()


async def test_a_file_that_comes_twice_decides_nothing_again(world: World):
    order = await world.order()
    rows = [f"2026-11-20,1000,{order.reference},,R1", "2026-11-20,77,ﾀﾞﾚｶ,,R2"]
    first = await world.bring(*rows)
    found, judged = await ends(world, first), "select count(*) from event where kind = 'bank_line.judged'"
    again = await world.bring(*rows)
    assert again.lines_new == 0
    assert (await ends(world, first), await jobs(world), await world.owner.fetchval(judged)) == (found, 1, 1)


async def test_overlapping_files_at_once_decide_each_line_once(world: World):
    orders = [await world.order(1_000 + n) for n in range(60)]
    rows = [f"2026-11-20,{1_000 + n},{order.reference},,R{n}" for n, order in enumerate(orders)]
    rows += [f"2026-11-20,5,ﾀﾞﾚｶ{n},,U{n}" for n in range(140)]
    await asyncio.gather(*(world.bring(*part) for part in (rows, rows[::-1], rows[:150], rows[40:])))
    assert await jobs(world) == 60
    assert await world.owner.fetchval("select count(*) from event where kind = 'bank_line.judged'") == 140
    await settle_all(world)
    assert await world.owner.fetchval("select count(*) from payment where status = 'paid'") == 60
    await world.assert_sound()


async def test_a_payment_that_was_paid_meanwhile_is_not_paid_twice(world: World):
    order = await world.order(name="ミドリ")
    taken = await brought(world, (1_000, "ﾐﾄﾞﾘ"), (1_000, "ﾐﾄﾞﾘ"))
    assert await jobs(world) == 2
    first, second = await world.owner.fetch("select id from bank_line order by id")
    await world.settle(first["id"])
    await world.settle(second["id"], order_status="paid")
    assert [row[0] for row in await ends(world, taken)] == ["exact", "duplicate"]
    assert await world.owner.fetchval("select received_minor from payment where id = $1", order.payment_id) == 1_000
    await world.assert_sound()


async def test_a_virtual_account_tells_the_buyer_whatever_its_bank_writes(world: World):
    order = await world.order(540_000)
    async with world.db.transaction(world.desk) as session:
        assert await operations.load_virtual_accounts(session, ["9010000001", "9010000002"], now=NOW) == 2
    async with world.db.transaction(world.desk.with_party(order.buyer_id)) as session:
        given = await operations.give_virtual_account(session, order.buyer_id, now=NOW)
        assert await operations.give_virtual_account(session, order.buyer_id, now=NOW) == given == "9010000001"
    await world.list_accounts(replace(STATEMENTS, virtual_accounts="payer_code"))
    taken = await world.bring_file(statement(zengin.row_03(code="9010000001", name="ﾀﾞﾚｶ"), ins=(1, 540_000)))
    await settle_all(world)
    assert await ends(world, taken) == [("exact", "applied", "by_virtual_account", order.payment_id, [])]
    await world.assert_sound()


async def test_buyers_at_once_get_accounts_of_their_own_until_there_are_none(world: World):
    buyers = [await world.buyer(f"買い手{n}") for n in range(6)]
    async with world.db.transaction(world.desk) as session:
        await operations.load_virtual_accounts(session, [f"90100000{n:02}" for n in range(4)], now=NOW)

    async def given(buyer: UUID) -> str | None:
        async with world.db.transaction(world.desk.with_party(buyer)) as session:
            return await operations.give_virtual_account(session, buyer, now=NOW)

    found = await asyncio.gather(*(given(buyer) for buyer in buyers for _ in range(3)))
    assert len({number for number in found if number}) == 4
    assert found.count(None) == 6


async def test_a_name_that_a_person_recognised_is_known_the_next_time(world: World):
    buyer = await world.buyer("青葉食品株式会社")
    first = await world.order_of(buyer, 1_000)
    await brought(world, (1_000, "ｱｵﾊﾞ ﾌ-ｽﾞ(ｶ"))
    line = await world.newest()
    assert line.outcome == "name_differs"
    async with world.db.transaction(world.desk) as session:
        decided = Resolution("apply_to_order", "Their accountant called.", first.reference)
        await operations.resolve(session, await operations.locked_line(session, line.id), decided, now=NOW)
    assert await world.owner.fetchval("select name from payer_name where payer_id = $1", buyer) == folded_payer(
        "ｱｵﾊﾞ ﾌ-ｽﾞ"
    )
    await settle_all(world)
    second = await world.order_of(buyer, 3_000)
    again = await brought(world, (3_000, "ｶ)ｱｵﾊﾞﾌｰｽﾞ"))
    assert [row[2:4] for row in await ends(world, again)] == [("by_amount_and_name", second.payment_id)]


async def test_the_rest_of_a_short_payment_is_recognised_by_its_name(world: World):
    order = await world.order(1_000, name="ミドリ")
    await brought(world, (560, order.reference))
    await settle_all(world)
    rest = await brought(world, (440, "ﾐﾄﾞﾘ"))
    await settle_all(world)
    assert [row[0] for row in await ends(world, rest)] == ["completes"]
    await world.assert_sound()


async def test_a_file_of_two_thousand_lines_end_to_end(world: World):
    buyers = [await world.buyer(f"カイシャ{chr(0x30A2 + n)}イウエオ") for n in range(0, 40, 2)]
    orders = [await world.order_of(buyer, 10_000 + 7 * n) for n in range(30) for buyer in buyers]
    rows, total = [], 0
    for n in range(2_000):
        minor, name = (5, f"ﾀﾞﾚｶ{n:04}") if n >= 600 else (10_000 + 7 * (n // 20), orders[n].reference)
        rows.append(zengin.row_03(f"{n + 1:08}", minor=minor, name=name))
        total += minor
    await world.list_accounts(STATEMENTS)
    await world.bring_file(statement(*rows, ins=(2_000, total)))
    await settle_all(world)
    outcomes = await world.owner.fetch("select outcome, count(*) from bank_line group by outcome order by outcome")
    assert [tuple(row) for row in outcomes] == [("exact", 600), ("unknown_payer", 1_400)]
    assert await world.owner.fetchval("select count(*) from payment where status = 'paid'") == 600
    await world.assert_sound()


async def test_what_a_line_suggests_is_found_for_a_page_at_once(world: World):
    order = await world.order(4_000)
    await brought(world, (4_000, "ﾀﾞﾚｶ"), (4_000, "ﾀﾞﾚｶ ﾎｶ"))
    async with world.db.transaction(world.desk) as session:
        rows = [
            await queries.line_of(session, each["id"]) for each in await world.owner.fetch("select id from bank_line")
        ]
        found = await queries.candidates_of(session, rows)
    assert {payment_id: row.reference for payment_id, row in found.items()} == {order.payment_id: order.reference}
    assert {type(row) for row in rows} == {BankLine}

"""What does importing a bank statement write, once, twice, overlapping, at the same time, and when it is wrong?"""

import asyncio
import time

import pytest

from app.core.ids import new_id
from app.payments import flow
from app.payments.errors import BankFileRefused, BankLineContradicts
from tests.payments.payments_scene import HEADER, NOW, World


async def counts(world: World) -> tuple[int, ...]:
    tables = ("bank_statement", "bank_line", "posting", "job", "event")
    return tuple([await world.owner.fetchval(f"select count(*) from {table}") for table in tables])


async def test_lines_postings_jobs_and_the_original_are_kept(world: World):
    order = await world.order()
    statement = await world.bring(
        f"2026-11-20,1000,{order.reference},,R1", "2026-11-20,-300,b,,R2", "2026-11-21,500,c,,R3"
    )
    assert (statement.lines_total, statement.lines_new) == (3, 3)
    assert await world.book() == {"bank": -1_200, "unapplied": 1_500, "suspense": -300}
    (job,) = await world.owner.fetch("select name, (ids->>'line_id')::uuid, request_id from job")
    sure = await world.owner.fetchval("select id from bank_line where amount_minor = 1000")
    assert tuple(job) == ("orders.settle", sure, "req_payments")
    outgoing = await world.owner.fetchrow(
        "select outcome, status, unapplied_minor from bank_line where amount_minor < 0"
    )
    assert tuple(outgoing) == ("outgoing", "for_a_person", 0)
    event = await world.owner.fetchrow(
        "select kind, subject_id, actor_id, after->>'lines_new' from event where subject_kind = 'bank_statement'"
    )
    assert tuple(event) == ("bank_statement.imported", statement.id, world.desk.actor_id, "3")
    assert (await world.files.get(statement.file_key)).startswith(HEADER.encode())
    assert statement.file_key == f"bank/{statement.sha256}"
    await world.assert_sound()


async def test_lines_keep_the_files_order_in_their_ids(world: World):
    await world.bring(*(f"2026-11-20,{minor},a,,R{9999 - minor}" for minor in range(1, 41)))
    rows = await world.owner.fetch("select amount_minor from bank_line order by id")
    assert [row["amount_minor"] for row in rows] == list(range(1, 41))


async def test_the_same_file_twice_changes_nothing_but_the_list_of_files(world: World):
    rows = ["2026-11-20,1000,a,,", "2026-11-20,1000,a,,", "2026-11-20,-300,b,,R2"]
    await world.bring(*rows)
    before = await counts(world)
    again = await world.bring(*rows)
    assert (again.lines_total, again.lines_new) == (3, 0)
    assert await counts(world) == (before[0] + 1, *before[1:4], before[4] + 1)
    await world.assert_sound()


async def test_an_overlapping_file_brings_only_what_is_new(world: World):
    await world.bring("2026-11-20,1000,a,,", "2026-11-20,1000,a,,")
    longer = await world.bring("2026-11-21,7,z,,", "2026-11-20,1000,a,,", "2026-11-20,1000,a,,", "2026-11-20,1000,a,,")
    assert longer.lines_new == 2
    assert await world.book() == {"bank": -3_007, "unapplied": 3_007}


async def test_overlapping_files_at_once_count_each_movement_once_and_never_wait_for_each_other(world: World):
    rows = [f"2026-11-20,1,a,,R{n}" for n in range(2_500)]
    files = await asyncio.gather(
        world.bring(*rows), world.bring(*reversed(rows)), world.bring(*rows[:1_500]), world.bring(*rows[700:])
    )
    assert sum(statement.lines_new for statement in files) == 2_500
    assert await world.book() == {"bank": -2_500, "unapplied": 2_500}
    judged = "select count(*), count(distinct subject_id) from event where kind = 'bank_line.judged'"
    assert tuple(await world.owner.fetchrow(judged)) == (2_500, 2_500)
    await world.assert_sound()


async def test_one_bad_row_refuses_the_whole_file_and_nothing_is_written(world: World):
    with pytest.raises(BankFileRefused) as refused:
        await world.bring("2026-11-20,1000,a,,R1", "2026-11-20,1.5,b,,", "soon,5,c,,")
    told = [(error.pointer, error.code) for error in refused.value.errors]
    assert told == [("/rows/3/amount", "not_an_amount"), ("/rows/4/booked_on", "not_a_date")]
    assert refused.value.facts == {"errors_total": 2}
    assert await counts(world) == (0, 0, 0, 0, 0)


async def test_a_known_movement_with_another_amount_refuses_the_whole_file(world: World):
    await world.bring("2026-11-20,1000,a,,R1")
    before = await counts(world)
    with pytest.raises(BankLineContradicts) as refused:
        await world.bring("2026-11-21,5,new,,R2", "2026-11-20,1001,a,,R1")
    assert [error.pointer for error in refused.value.errors] == ["/rows/3/bank_reference"]
    assert await counts(world) == before
    await world.assert_sound()


async def test_a_day_that_has_begun_in_japan_is_not_in_the_future(world: World):
    row = b"2026-11-25,5,a,,"
    late_evening_in_utc = NOW.replace(hour=16)
    content = HEADER.encode() + b"\n" + row
    kept = await flow.keep_bank_file(world.files, content, "f.csv", accounts=(), now=late_evening_in_utc)
    assert kept.rows == 1
    with pytest.raises(BankFileRefused):
        await flow.keep_bank_file(world.files, content, "f.csv", accounts=(), now=NOW)


async def test_ten_thousand_lines_take_seconds(world: World):
    rows = [f"2026-11-20,{1_000 + n},ﾌﾘｺﾐﾆﾝ{n},memo,R{n}" for n in range(10_000)]
    content = "\n".join([HEADER, *rows]).encode("cp932")
    began = time.monotonic()
    statement = await flow.import_bank_file(
        world.db, world.files, world.desk, content, "large.csv", statement_id=new_id(), now=NOW
    )
    took_s = time.monotonic() - began
    assert statement.lines_new == 10_000
    assert await world.owner.fetchval("select count(*) from event where kind = 'bank_line.judged'") == 10_000
    assert took_s < 15, took_s
    await world.assert_sound()

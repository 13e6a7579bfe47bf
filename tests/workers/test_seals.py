"""Seals: events are chained once and in order, and whoever rewrites one is found out."""

import asyncio
import re
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core import events, seals
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from tests.workers.scene import NOON


async def recorded(db: Database, subjects: int, changes: int = 1):
    """Events of several subjects, each changed so many times, in one transaction per round."""
    ids = [new_id() for _ in range(subjects)]
    for change in range(changes):
        async with db.transaction(Scope.of_system(DESK_ID, "req_12345678")) as session:
            for subject_id in ids:
                await events.record(
                    session,
                    "order.paid",
                    org_id=DESK_ID,
                    subject_kind="order",
                    subject_id=subject_id,
                    before={"status": "awaiting_payment", "z": [1, 2]},
                    after={"status": "paid", "注文": "東京", "change": change},
                    party_ids=(DESK_ID,),
                    now=NOON,
                )
    return ids


async def many(owner: asyncpg.Connection, count: int):
    """Events of as many subjects, faster than one by one."""
    await owner.execute(
        """
        insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, after, request_id, at)
        select $1, gen_random_uuid(), 'order.paid', 'order', gen_random_uuid(), 1, 'system', $1, '{"a": 1}', 'req_1', $2
        from generate_series(1, $3)
        """,
        DESK_ID,
        NOON,
        count,
    )


async def troubles(db: Database):
    async with db.audit() as session:
        return await seals.verify_chain(session)


async def test_a_sealed_chain_verifies_and_sealing_again_seals_nothing(worker_db: Database, owner: asyncpg.Connection):
    await recorded(worker_db, 3, changes=2)
    assert await seals.seal(worker_db, now=NOON) == 6
    await recorded(worker_db, 2)
    assert await seals.seal(worker_db, now=NOON + timedelta(seconds=10)) == 2
    assert await seals.seal(worker_db, now=NOON) == 0
    rows = await owner.fetch("select * from event_seal order by n")
    assert [(row["n"], row["events"]) for row in rows] == [(1, 6), (2, 2)]
    assert (rows[0]["previous"], rows[1]["previous"]) == (bytes(32), rows[0]["hash"])
    assert await troubles(worker_db) == []


async def test_an_empty_chain_is_whole(worker_db: Database):
    assert await seals.seal(worker_db, now=NOON) == 0
    assert await troubles(worker_db) == []


async def test_a_long_backlog_is_sealed_a_thousand_at_a_time(worker_db: Database, owner: asyncpg.Connection):
    await many(owner, 2_300)
    assert await seals.seal(worker_db, now=NOON) == 2_300
    assert [row["events"] for row in await owner.fetch("select events from event_seal order by n")] == [1000, 1000, 300]
    assert await troubles(worker_db) == []


async def test_what_is_not_committed_is_not_sealed_and_comes_later_without_harm(
    worker_db: Database, owner: asyncpg.Connection
):
    writing = owner.transaction()
    await writing.start()
    await many(owner, 1)
    await recorded(worker_db, 2)
    assert await seals.seal(worker_db, now=NOON) == 2
    await writing.commit()
    assert await seals.seal(worker_db, now=NOON) == 1
    sealed_in = [row["seal_n"] for row in await owner.fetch("select seal_n from event order by n")]
    assert sealed_in == [2, 1, 1], "the event with the lowest number is in the later seal"
    assert await troubles(worker_db) == []


async def test_two_sealers_at_once_seal_each_event_once(worker_db: Database, owner: asyncpg.Connection):
    await many(owner, 3_000)
    done = await asyncio.gather(*(seals.seal(worker_db, now=NOON) for _ in range(4)))
    done.append(await seals.seal(worker_db, now=NOON))
    assert sum(done) == 3_000
    assert await owner.fetchval("select sum(events) from event_seal") == 3_000
    assert await owner.fetchval("select count(*) from event where seal_n is null") == 0
    assert await troubles(worker_db) == []


FORGERIES = {
    "an edited content": 'update event set after = \'{"status": "canceled"}\' where n = 5',
    "another actor": "update event set actor_id = gen_random_uuid() where n = 5",
    "another time": "update event set at = at + interval '1 microsecond' where n = 5",
    "another party": "update event set party_ids = '{}' where n = 5",
    "a removed before": "update event set before = null where n = 5",
    "a deleted event": "delete from event where n = 5",
    "two events that changed places": """
        with a as (select * from event where n = 4), b as (select * from event where n = 5)
        update event e set subject_id = case e.n when 4 then b.subject_id else a.subject_id end, seq = e.seq + 10
        from a, b where e.n in (4, 5)
    """,
    "an event moved to another seal": "update event set seal_n = 1 where n = 5",
    "an event taken out of its seal": "update event set seal_n = null where n = 5",
    "an event put in": """
        insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, after, request_id, at,
                           seal_n)
        select org_id, gen_random_uuid(), kind, subject_kind, gen_random_uuid(), 1, actor_kind, actor_id, after,
               request_id, at, 2 from event where n = 5
    """,
    "a seal with another hash": "update event_seal set hash = sha256('forged') where n = 2",
    "a seal with another time": "update event_seal set sealed_at = sealed_at + interval '1 s' where n = 2",
    "a seal with another size": "update event_seal set events = 5 where n = 2",
    "an unknown algorithm": "update event_seal set algorithm = 'md5' where n = 2",
    "a removed seal": "delete from event_seal where n = 2",
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_whoever_rewrites_the_past_is_found_out(worker_db: Database, owner: asyncpg.Connection, forgery):
    for _ in range(3):
        await recorded(worker_db, 3)
        await seals.seal(worker_db, now=NOON)
    assert await troubles(worker_db) == []
    await owner.execute(FORGERIES[forgery])
    found = await troubles(worker_db)
    assert found, forgery
    assert re.search(r"seal [12]\b", found[0]), found


async def test_a_hole_in_a_subjects_numbers_is_named_sealed_or_not(worker_db: Database, owner: asyncpg.Connection):
    (subject_id,) = await recorded(worker_db, 1, changes=3)
    await owner.execute("delete from event where seq = 2")
    hole = f"event 3 is number 3 of order {subject_id}, whose number 2 is missing"
    assert await troubles(worker_db) == [hole]
    await seals.seal(worker_db, now=NOON)
    assert await troubles(worker_db) == [hole]


async def test_a_rehashed_batch_breaks_the_seal_after_it(worker_db: Database, owner: asyncpg.Connection):
    for _ in range(2):
        await recorded(worker_db, 3)
        await seals.seal(worker_db, now=NOON)
    await owner.execute("update event set after = '{}' where n = 2")
    async with worker_db.audit() as session:
        batch = (await session.scalars(select(events.Event).where(events.Event.n <= 3).order_by("n"))).all()
    forged = seals.seal_hash(seals.NOTHING_BEFORE, n=1, sealed_at=NOON, events=batch)
    await owner.execute("update event_seal set hash = $1 where n = 1", forged)
    assert await troubles(worker_db) == ["seal 2 does not follow the seal before it"]


@pytest.mark.parametrize(
    "statement", ["insert into event_seal values (1, '', '', 0, '', now())", "update event set seal_n = 1"]
)
async def test_the_api_can_neither_seal_nor_change_an_event(db: Database, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with db.machinery() as session:
            await session.execute(text(statement))

"""What does the database refuse of the book, whoever writes the SQL, and who sees which posting?"""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.ledger import queries
from app.ledger.rules import bank, held_orders, unapplied

INSERT = (
    "insert into posting (org_id, id, counterparty_id, source, target, amount_minor, currency, reason, subject_id, posted_at)"
    " values ({org}, gen_random_uuid(), {counterparty}, {source}, {target}, {amount}, 'JPY', 'test', {subject}, now())"
)
DESK = f"'{DESK_ID}'"
SUBJECT = "'00000000-0000-7000-8000-0000000000aa'"
STRANGER = "'00000000-0000-7000-8000-0000000000bb'"
GOOD = {
    "org": DESK, "counterparty": "null", "source": "'bank'", "target": "'unapplied'", "amount": "1",
    "subject": "gen_random_uuid()",
}  # fmt: skip
DENIED, CHECK, UNIQUE, NULL = "42501", "23514", "23505", "23502"

ILLEGAL = {
    "update a posting": ("update posting set amount_minor = 2", DENIED),
    "update only its counterparty": ("update posting set counterparty_id = null", DENIED),
    "delete a posting": ("delete from posting", DENIED),
    "truncate the book": ("truncate posting", DENIED),
    "drop its wall": ("alter table posting disable row level security", DENIED),
    "write in a foreign book": (INSERT.format(**GOOD | {"org": STRANGER}), DENIED),
    "name a stranger's money": (INSERT.format(**GOOD | {"counterparty": STRANGER}), DENIED),
    "a negative amount": (INSERT.format(**GOOD | {"amount": "-1"}), CHECK),
    "an amount of nothing": (INSERT.format(**GOOD | {"amount": "0"}), CHECK),
    "no amount": (INSERT.format(**GOOD | {"amount": "null"}), NULL),
    "from an account to itself": (INSERT.format(**GOOD | {"target": "'bank'"}), CHECK),
    "the same move twice": (INSERT.format(**GOOD | {"subject": SUBJECT}), UNIQUE),
    "a balance below zero": ("update account_balance set balance_minor = -1", CHECK),
    "a new balance below zero": (f"insert into account_balance values ({DESK}, 'held:x', 'JPY', -1)", CHECK),
    "a balance in a foreign book": (f"insert into account_balance values ({STRANGER}, 'held:x', 'JPY', 1)", DENIED),
    "delete a balance": ("delete from account_balance", DENIED),
}


@pytest.mark.parametrize("name", ILLEGAL)
async def test_the_database_refuses(name: str, db: Database, desk: Scope, owner: asyncpg.Connection):
    sql, state = ILLEGAL[name]
    async with db.transaction(desk) as session:
        await session.execute(text(INSERT.format(**GOOD | {"subject": SUBJECT})))
        await session.execute(text(f"insert into account_balance values ({DESK}, 'unapplied', 'JPY', 1)"))
    with pytest.raises(DBAPIError) as refused:
        async with db.transaction(desk) as session:
            await session.execute(text(sql))
    assert refused.value.orig is not None
    assert refused.value.orig.sqlstate == state
    assert await owner.fetchval("select count(*) from posting") == 1
    assert await owner.fetchval("select balance_minor from account_balance") == 1


async def test_what_the_walls_let_through_is_a_plain_posting(db: Database, desk: Scope, owner: asyncpg.Connection):
    async with db.transaction(desk) as session:
        await session.execute(text(INSERT.format(**GOOD)))
    assert await owner.fetchval("select count(*) from posting") == 1


async def test_a_buyer_sees_the_postings_of_its_own_money_and_no_balance(post, db: Database, desk: Scope):
    mine, theirs = new_id(), new_id()
    await post(bank(), unapplied(), 900)
    await post(unapplied(), held_orders(), 300, counterparty_id=mine)
    await post(unapplied(), held_orders(), 400, counterparty_id=theirs)
    buyer = Scope.of_system(mine, "req_buyer")
    async with db.transaction(buyer) as session:
        seen = (await session.execute(text("select counterparty_id from posting"))).scalars().all()
        balances = (await session.execute(text("select count(*) from account_balance"))).scalar()
        statement = await queries.statement_of(session, buyer, after_id=None, limit=10)
    assert seen == [mine]
    assert balances == 0
    assert [(row.source, row.target, row.amount_minor) for row in statement] == [("unapplied", "held:orders", 300)]
    async with db.transaction(desk) as session:
        assert (await session.execute(text("select count(*) from posting"))).scalar() == 3


async def test_a_statement_is_read_in_pages(post, db: Database):
    mine = new_id()
    await post(bank(), unapplied(), 100)
    for _ in range(5):
        await post(unapplied(), held_orders(), 1, counterparty_id=mine)
    buyer, seen = Scope.of_system(mine, "req_buyer"), []
    async with db.transaction(buyer) as session:
        while page := await queries.statement_of(session, buyer, after_id=seen[-1] if seen else None, limit=2):
            seen += [row.id for row in page]
    assert len(seen) == 5
    assert seen == sorted(seen)


async def test_without_an_organisation_nobody_sees_the_book(post, db: Database):
    await post(bank(), unapplied(), 900)
    async with db.public() as session:
        assert (await session.execute(text("select count(*) from posting"))).scalar() == 0

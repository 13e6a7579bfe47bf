"""Which world do the tests of payments live in? A desk, a buyer with an order that waits for money, and a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from app.core.db import AsyncSession, Database
from app.core.ids import new_id
from app.core.scope import Scope
from app.payments import flow, operations, queries
from app.payments.models import BankLine, BankStatement, LineOutcome, Payment
from app.payments.rules import DeskAccount, judge, new_reference
from integrations.storage.live import ObjectFiles

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HEADER = "booked_on,amount,payer_name,memo,bank_reference"


@dataclass(frozen=True)
class Expected:
    """An order that waits for ¥1,000 times something."""

    buyer_id: UUID
    order_id: UUID
    payment_id: UUID
    reference: str


@dataclass(frozen=True)
class World:
    db: Database
    owner: asyncpg.Connection
    files: ObjectFiles
    desk: Scope

    async def order(
        self, amount_minor: int = 1_000, *, status: str = "awaiting_payment", name: str = "買い手"
    ) -> Expected:
        """Insert a buyer, its order and its payment, past every policy."""
        return await self.order_of(await self.buyer(name), amount_minor, status=status)

    async def buyer(self, name: str) -> UUID:
        """Insert a buyer of this name."""
        buyer = new_id()
        await self.owner.execute(
            "insert into organisation (org_id, kind, name, status, created_at) values ($1, 'buyer', $3, 'active', $2)",
            buyer,
            NOW,
            name,
        )
        return buyer

    async def order_of(self, buyer: UUID, amount_minor: int, *, status: str = "awaiting_payment") -> Expected:
        """Insert an order of this buyer's, and its payment."""
        order, payment = new_id(), new_id()
        reference = new_reference(new_id().int)
        await self.owner.execute(
            "insert into orders (org_id, id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor,"
            " placed_by, placed_at, deadline) values ($1, $2, $3, 'JPY', 't', 1, $4, 0, $4, $1, $5, $6)",
            buyer,
            order,
            status,
            amount_minor,
            NOW,
            NOW + timedelta(days=7),
        )
        await self.owner.execute(
            "insert into payment (org_id, id, order_id, method, reference, amount_minor, currency, status, opened_at)"
            " values ($1, $2, $3, 'bank_transfer', $4, $5, 'JPY', 'open', $6)",
            buyer,
            payment,
            order,
            reference,
            amount_minor,
            NOW,
        )
        return Expected(buyer, order, payment, reference)

    async def bring(self, *rows: str) -> BankStatement:
        """Import a statement with these rows."""
        content = "\n".join([HEADER, *rows]).encode()
        return await flow.import_bank_file(
            self.db, self.files, self.desk, content, "statement.csv", statement_id=new_id(), now=NOW
        )

    async def bring_file(self, content: bytes) -> BankStatement:
        """Import a file as a bank wrote it."""
        return await flow.import_bank_file(
            self.db, self.files, self.desk, content, "statement.txt", statement_id=new_id(), now=NOW
        )

    async def list_accounts(self, *accounts: DeskAccount) -> None:
        """The operator lists the desk's accounts."""
        async with self.db.transaction(self.desk) as session:
            standing = await operations.locked_bank(session)
            await operations.list_accounts(session, standing, accounts, now=NOW)

    async def newest(self) -> BankLine:
        """The line that was imported last."""
        async with self.db.transaction(self.desk) as session:
            return await queries.line_of(
                session, await self.owner.fetchval("select max(id::text)::uuid from bank_line")
            )

    async def line(self, minor: int, text: str = "ﾀﾞﾚｶ") -> BankLine:
        """Import one incoming line with this text."""
        await self.bring(f"2026-11-20,{minor},{text},,{new_id()}")
        return await self.newest()

    async def settle(
        self, line_id: UUID, *, order_status: str = "awaiting_payment", reserved_again: bool = False
    ) -> None:
        """What the job of orders does with payments' part of the work, for an order in this state."""
        async with self.db.transaction(self.desk) as session:
            payment = await queries.payment_meant_by(session, line_id)
            if payment is None:
                await operations.leave_unknown(session, line_id, now=NOW)
                return
        async with self.db.transaction(self.desk.with_party(payment.org_id)) as session:
            line = await operations.locked_line(session, line_id)
            if line.status != "new":
                return
            expected = await operations.locked_payment(session, payment.org_id, payment.id)
            waiting = await operations.locked_waiting(session, expected)
            await judge_and_move(session, line, expected, waiting, order_status, reserved_again)

    async def book(self) -> dict[str, int]:
        """Every account's balance by its postings, nothing when it is zero."""
        rows = await self.owner.fetch(
            "select account, sum(minor)::bigint as minor from (select target as account, amount_minor as minor from posting"
            " union all select source, -amount_minor from posting) moves group by account having sum(minor) <> 0"
        )
        return {row["account"]: row["minor"] for row in rows}

    async def assert_sound(self) -> None:
        """What waits in the lines is what `unapplied` holds, and the book closes."""
        book = await self.book()
        waiting = await self.owner.fetchval("select coalesce(sum(unapplied_minor), 0)::bigint from bank_line")
        kept = await self.owner.fetchval("select balance_minor from account_balance where account = 'unapplied'")
        assert waiting == book.get("unapplied", 0) == (kept or 0)
        assert sum(book.values()) == 0


async def judge_and_move(
    session: AsyncSession,
    line: BankLine,
    expected: Payment,
    waiting: Sequence[BankLine],
    order_status: str,
    reserved_again: bool = False,
) -> None:
    """Judge a line, all being locked, and do what the judgement says."""
    due = operations.due_of(expected, waiting=waiting, order_status=order_status)
    judged = judge(line.amount_minor, due, reserved_again=reserved_again)
    if judged.applied_minor:
        await operations.apply(session, line, expected, judged, waiting=waiting, now=NOW)
    else:
        await operations.leave_for_a_person(session, line, LineOutcome(judged.outcome), expected, now=NOW)

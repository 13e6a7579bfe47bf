"""Which small words do the tests of the book's closing share?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from app.closing import flow, operations
from app.core.db import AsyncSession, Database
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.models import LedgerClose
from app.ledger.rules import Account
from integrations.stripe.shapes import BalanceTransaction

NOVEMBER, DECEMBER, OCTOBER = date(2026, 11, 1), date(2026, 12, 1), date(2026, 10, 1)
NOW = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
"""Three days into December in Japan."""


def person() -> Scope:
    """One more member of the desk."""
    return Scope(DESK_ID, new_id(), "member", frozenset({"read", "admin"}), "req_closing", "operator")


@dataclass
class Book:
    """The desk's book, two people of the desk, and the owner's look past every policy."""

    db: Database
    owner: asyncpg.Connection
    one: Scope = field(default_factory=person)
    other: Scope = field(default_factory=person)

    @asynccontextmanager
    async def session(self, *parties: UUID) -> AsyncIterator[AsyncSession]:
        """A transaction of the desk, with these parties."""
        async with self.db.transaction(self.one.with_party(*parties)) as session:
            yield session

    async def post(
        self,
        source: Account,
        target: Account,
        minor: int,
        *,
        on: date | None,
        reason: str = "test",
        subject_id: UUID | None = None,
        counterparty_id: UUID | None = None,
        now: datetime = NOW,
    ) -> UUID:
        """Post in a transaction of its own; the subject."""
        subject = subject_id or new_id()
        async with self.session(*([] if counterparty_id is None else [counterparty_id])) as session:
            await ledger.post(
                session, source=source, target=target, amount=Money(minor, YEN), reason=reason, subject_id=subject,
                counterparty_id=counterparty_id, booked_on=on, now=now,
            )  # fmt: skip
        return subject

    async def propose(self, month: date, *, now: datetime = NOW, by: Scope | None = None) -> LedgerClose:
        scope = by or self.one
        async with self.db.transaction(scope) as session:
            return await operations.propose(session, scope, month, close_id=new_id(), now=now)

    async def confirm(self, close: LedgerClose, *, now: datetime = NOW, by: Scope | None = None) -> LedgerClose:
        scope = by or self.other
        async with self.db.transaction(scope) as session:
            locked = await operations.locked_close(session, close.id)
            await operations.confirm(session, scope, locked, now=now)
            return locked

    async def close(self, month: date, *, now: datetime = NOW) -> LedgerClose:
        return await self.confirm(await self.propose(month, now=now), now=now)

    async def take(self, *lines: BalanceTransaction, now: datetime = NOW) -> int:
        """Stripe's lines as its whole book, read now."""
        async with self.session() as session:
            return await operations.take_lines(session, lines, read_at=now, complete=True, now=now)

    async def compare(self, *, now: datetime = NOW) -> None:
        await flow.compare(self.db, Scope.of_system(DESK_ID, "req_compare"), now=now)

    async def differences(self) -> list[tuple[str, str, int, str]]:
        """Kind, side, amount and subject of what is not resolved, in the order of their kinds."""
        rows = await self.owner.fetch(
            "select kind, side, amount_minor, subject from money_difference where status <> 'resolved' order by 1, 2, 3, 4"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def book(db: Database, owner: asyncpg.Connection) -> Book:
    """An empty book."""
    return Book(db, owner)


def line(
    category: str,
    amount: int,
    *,
    fee: int = 0,
    source: str | None = None,
    at: datetime = NOW,
    line_id: str = "",
) -> BalanceTransaction:
    """One line of Stripe's, with an id of its own."""
    return BalanceTransaction(
        id=line_id or f"txn_{new_id().hex}", type="adjustment", reporting_category=category, amount_minor=amount,
        fee_minor=fee, net_minor=amount - fee, currency=YEN, source_id=source, status="available", created_at=at,
        available_at=at,
    )  # fmt: skip

"""Which small words do the ledger's tests share?"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.core.db import Database
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations
from app.ledger.rules import Account

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

Post = Callable[..., Awaitable[bool]]


@pytest.fixture
def desk() -> Scope:
    return Scope.of_system(DESK_ID, "req_ledger")


@pytest.fixture
def post(db: Database, desk: Scope) -> Post:
    """Post in a transaction of its own."""

    async def posted(
        source: Account,
        target: Account,
        minor: int,
        *,
        subject_id: UUID | None = None,
        counterparty_id: UUID | None = None,
        reason: str = "test",
    ) -> bool:
        scope = desk if counterparty_id is None else desk.with_party(counterparty_id)
        async with db.transaction(scope) as session:
            return await operations.post(
                session,
                source=source,
                target=target,
                amount=Money(minor, YEN),
                reason=reason,
                subject_id=subject_id or new_id(),
                counterparty_id=counterparty_id,
                booked_on=None,
                now=NOW,
            )

    return posted

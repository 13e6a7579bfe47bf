"""When is a buyer's month on account invoiced?"""

import secrets
from datetime import datetime
from itertools import repeat
from typing import Final
from uuid import UUID

from app.core import outbox
from app.core.db import Database
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.invoices import operations, queries
from app.orders import queries as orders
from app.payments.rules import new_reference

_REFERENCE_BITS: Final = 64


async def close_months(db: Database, *, now: datetime, request_id: str) -> None:
    """By the clock: for each buyer whose period has ended with orders in it, ask that it be closed."""
    async with db.transaction(Scope.of_system(DESK_ID, request_id)) as session:
        for line, fulfilled_at in await queries.buyers_to_close(session):
            if fulfilled_at < operations.open_since(operations.terms_of(line), now):
                outbox.enqueue(session, "invoices.close_month", due=now, org_id=line.org_id)


async def close_month(db: Database, org_id: UUID, *, terms: Terms, now: datetime, request_id: str) -> None:
    """Invoice every period of a buyer that has ended, once. Raises DeskProfileMissing: tried again later."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        line = await queries.credit_line_of(session, org_id)
        if line is None:
            return
        before = operations.open_since(operations.terms_of(line), now)
        waiting = await queries.draws_to_invoice(session, org_id, fulfilled_before=before)
        sellers = {seller for _, order in waiting for seller in await orders.parties_of(session, org_id, order.id)}
    references = (new_reference(secrets.randbits(_REFERENCE_BITS)) for _ in repeat(None))
    async with db.transaction(
        scope.with_party(DESK_ID, *sorted(sellers))
    ) as session:  # Each seller earns its rounding.
        await operations.close_periods(
            session, org_id, references=references, demonstration=terms.mode == "test", now=now
        )

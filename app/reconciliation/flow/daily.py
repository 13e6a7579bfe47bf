"""How are registries' own lists fetched once a day, for the accounts whose owners want it?

The schedule asks, a job for each account fetches: a registry that fails stops nobody else's. Its jobs are tried again
until they are parked, and only then, on another day, is a new one made.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.inventory import queries as stock
from app.reconciliation import operations, queries
from app.reconciliation.errors import RegistryNotReadable
from app.reconciliation.models import DailyFetch
from integrations.registries.base import ReadableRegistry, Registries

AT_ONCE: Final = 500
"""Accounts that are asked for in one transaction, which names their owners."""


async def want_daily(
    db: Database, registries: Registries, scope: Scope, account_id: UUID, *, wanted: bool, now: datetime
) -> DailyFetch:
    """The owner wants its account's list every day, or no longer. Raises AccountNotFound (404), RegistryNotReadable (409)."""
    async with db.transaction(scope) as session:
        account = await stock.account_of(session, scope, account_id)
        if wanted and account.registry_code not in _readable(registries):
            raise RegistryNotReadable("Send its statement as a file.", registry=account.registry_code)
        return await operations.want_daily(session, scope, account_id, wanted=wanted, now=now)


async def fetch_daily(db: Database, registries: Registries, *, now: datetime, request_id: str) -> int:
    """Ask for the lists that are wanted daily and were not fetched today, in Japan's day (workers only); how many."""
    codes, day, asked = _readable(registries), day_in_japan(now), 0
    while True:
        async with db.audit() as session:
            due = await queries.accounts_to_fetch(session, codes, day=day, most=AT_ONCE)
        if not due:
            return asked
        owners = {owner_id for owner_id, _ in due}
        async with db.transaction(Scope.of_system(DESK_ID, request_id).with_party(*owners)) as session:
            asked += await operations.ask_daily(session, due, day=day, now=now)


def _readable(registries: Registries) -> list[str]:
    return [code for code in registries.codes if isinstance(registries.registry_for(code), ReadableRegistry)]

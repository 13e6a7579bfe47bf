"""How does a provider have its registry's list fetched every day?"""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.scope import Scope
from app.inventory import queries as stock
from app.inventory.errors import AccountNotFound
from app.reconciliation import errors, flow, queries
from app.reconciliation.http.addressed import TAGS, account_id, needs_provider
from app.reconciliation.schemas import DailyFetchIn, DailyFetchOut
from integrations.registries.base import Registries


@post(
    "/v1/registry-accounts/{registry_account_id:str}/daily-fetch",
    status_code=200,
    tags=TAGS,
    opt={"errors": (AccountNotFound, errors.RegistryNotReadable)},
)
async def want_daily_fetch(
    registry_account_id: FromPath[str],
    data: JSONBody[DailyFetchIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    registries: NamedDependency[Registries],
) -> DailyFetchOut:
    """Say whether the desk fetches this account's list once a day, where a program can read its registry."""
    needs_provider(caller)
    asked = account_id(registry_account_id)
    return DailyFetchOut.of(
        asked, await flow.want_daily(db, registries, caller, asked, wanted=data.wanted, now=utc_now())
    )


@get("/v1/registry-accounts/{registry_account_id:str}/daily-fetch", tags=TAGS, opt={"errors": (AccountNotFound,)})
async def show_daily_fetch(
    registry_account_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> DailyFetchOut:
    """Whether the desk fetches this account's list once a day, and for which day it last asked."""
    caller.needs("read")
    asked = account_id(registry_account_id)
    async with db.transaction(caller) as session:
        await stock.account_of(session, caller, asked)
        return DailyFetchOut.of(asked, await queries.daily_of(session, caller, asked))


routes = [want_daily_fetch, show_daily_fetch]

"""The doors of registry accounts."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.conditions import etag_of
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.inventory import operations, queries
from app.inventory.errors import AccountInvalid, AccountTaken
from app.inventory.http.addressed import needs_provider
from app.inventory.schemas import AccountIn, AccountOut

TAGS = ["Inventory"]


@post("/v1/registry-accounts", tags=TAGS, opt={"errors": (AccountInvalid, AccountTaken)})
async def add_account(
    data: JSONBody[AccountIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[AccountOut]:
    """Enter an account that you have at a registry. Credits are imported for an account.

    Lists fetched of it confirm lots once the operator has confirmed that it is yours; in test mode it is at once.
    """
    needs_provider(caller)
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # The desk will look at whose it is.
        account = await operations.add_account(
            session,
            caller,
            new_id(),
            registry_code=data.registry_code,
            account_no=data.account_no,
            holder_name=data.holder_name,
            unlooked=terms.sandbox,
            now=utc_now(),
        )
        return Response(AccountOut.of(account), headers={"ETag": etag_of(account.version)})


@get("/v1/registry-accounts", tags=TAGS)
async def list_accounts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[AccountOut]:
    """Your accounts at registries, oldest first."""
    caller.needs("read")
    page = cursors.page(Listed("registry-accounts", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.accounts_page(session, caller, page)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=AccountOut.of)


routes: list[HTTPRouteHandler] = [add_account, list_accounts]

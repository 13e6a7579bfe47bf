"""The doors of what the operator's accountant calls our accounts."""

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.closing import errors, operations, queries
from app.closing.http.asked import TAGS
from app.closing.rules import DEFAULTS, BookName, name_of
from app.closing.schemas import AccountNameIn, AccountNameOut, AccountNamesOut
from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.scope import Scope


@get("/v1/admin/book/account-names", tags=TAGS)
async def list_account_names(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> AccountNamesOut:
    """Every kind of account with its name, code and tax class (税区分) in the journal."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        own = await queries.own_names(session)
        versions = {row.kind: row.version for row in await queries.names_kept(session)}
    return AccountNamesOut([AccountNameOut.of(kind, name_of(kind, own), versions.get(kind, 0)) for kind in DEFAULTS])


@put("/v1/admin/book/account-names/{account:str}", tags=TAGS, opt={"errors": (errors.AccountUnknown,)})
async def change_account_name(
    account: FromPath[str],
    data: JSONBody[AccountNameIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[AccountNameOut]:
    """Call a kind of account so in every journal from now on. `If-Match` is its version: `"v0"` where nobody has named it."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        require_match(if_match, await operations.locked_version(session, account))
        name = BookName(data.name, data.code, data.tax_class)
        named = await operations.name_account(session, caller, account, name, now=utc_now())
    answer = AccountNameOut.of(named.kind, named.name, named.version)
    return Response(answer, headers={"ETag": etag_of(named.version)})


routes: list[HTTPRouteHandler] = [list_account_names, change_account_name]

"""The operator's doors: which accounts do providers say are theirs, and which are?"""

from collections.abc import Awaitable, Callable

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import errors, operations, queries
from app.inventory.models import RegistryAccount
from app.inventory.schemas import ConfirmAccountIn, DeskAccountOut, WithdrawConfirmationIn

TAGS = ["Operator"]
Step = Callable[[AsyncSession, RegistryAccount], Awaitable[None]]


@get("/v1/admin/registry-accounts", tags=TAGS)
async def list_desk_accounts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    confirmed: FromQuery[bool | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DeskAccountOut]:
    """Accounts that providers entered, the longest waiting first; all, or those that are (not) confirmed."""
    caller.needs_operator()
    bounds = {"confirmed": None if confirmed is None else str(confirmed)}
    page = cursors.page(Listed("admin.registry-accounts", bounds, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        lines = await queries.accounts_for_desk(session, page, confirmed=confirmed)
        return cursors.answer(page, lines, key=lambda line: (line.account.id,), show=DeskAccountOut.of)


@post(
    "/v1/admin/registry-accounts/{registry_account_id:str}/confirm",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.AccountNotFound, errors.AccountConfirmedElsewhere, InvalidState)},
)
async def confirm_account(
    registry_account_id: FromPath[str],
    data: JSONBody[ConfirmAccountIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DeskAccountOut]:
    """Confirm that an account is this provider's, and note what you looked at. What is fetched of it counts from now on."""

    async def step(session: AsyncSession, account: RegistryAccount) -> None:
        await operations.confirm_account(session, caller, account, note=data.note, now=utc_now())

    return await _decided(db, caller, registry_account_id, if_match, step)


@post(
    "/v1/admin/registry-accounts/{registry_account_id:str}/withdraw-confirmation",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.AccountNotFound, InvalidState)},
)
async def withdraw_confirmation(
    registry_account_id: FromPath[str],
    data: JSONBody[WithdrawConfirmationIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DeskAccountOut]:
    """It is not this provider's after all. Lists fetched from now on are the provider's word; what was settled stays."""

    async def step(session: AsyncSession, account: RegistryAccount) -> None:
        await operations.withdraw_confirmation(session, account, note=data.note, now=utc_now())

    return await _decided(db, caller, registry_account_id, if_match, step)


async def _decided(
    db: Database, caller: Scope, registry_account_id: str, if_match: str | None, step: Step
) -> Response[DeskAccountOut]:
    """The desk decides about a provider's account, seen and locked."""
    caller.needs_operator()
    found_id = id_in("acc", registry_account_id, errors.AccountNotFound)
    async with db.transaction(caller) as session:
        provider_id = (await queries.account_seen_by_desk(session, found_id)).account.org_id
    async with db.transaction(caller.with_party(provider_id)) as session:
        account = await operations.locked_account(session, provider_id, found_id)
        require_match(if_match, account.version)
        await step(session, account)
        line = await queries.account_seen_by_desk(session, found_id)
        return Response(DeskAccountOut.of(line), headers={"ETag": etag_of(line.account.version)})


routes: list[HTTPRouteHandler] = [list_desk_accounts, confirm_account, withdraw_confirmation]

"""The doors of differences: who answers for them, what is done about them, and when accounts were compared."""

from collections.abc import Awaitable, Callable
from uuid import UUID

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
from app.core.ids import new_id, public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.inventory.errors import AccountNotFound, NothingToWithdraw
from app.reconciliation import errors, flow, operations, queries
from app.reconciliation.http.addressed import TAGS, MaybeAccountId, account_id, needs_either, provider_of
from app.reconciliation.models import Discrepancy, DiscrepancyStatus
from app.reconciliation.queries import Bounds
from app.reconciliation.rules import DiscrepancyKind
from app.reconciliation.schemas import (
    CompareIn,
    DecideIn,
    DiscrepancyOut,
    ReconciliationOut,
    ResolveIn,
    TakeIn,
)

_FOUND = errors.DiscrepancyNotFound
Step = Callable[[AsyncSession, Discrepancy], Awaitable[None]]


@get("/v1/discrepancies", tags=TAGS, opt={"errors": (AccountNotFound,)})
async def list_discrepancies(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry_account_id: MaybeAccountId = None,
    status: FromQuery[DiscrepancyStatus | None] = None,
    kind: FromQuery[DiscrepancyKind | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DiscrepancyOut]:
    """Differences between the registry and our book, what waits longest first; for the operator every provider's."""
    needs_either(caller, "read")
    now = utc_now()
    bounds = {"account": registry_account_id, "status": status and status.value, "kind": kind and kind.value}
    page = cursors.page(Listed("discrepancies", bounds, "id", caller.org_id), limit=limit, cursor=cursor)
    account = None if registry_account_id is None else account_id(registry_account_id)
    async with db.transaction(caller) as session:
        rows = await queries.discrepancies_page(session, caller, page, Bounds(account, status, kind))
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=lambda row: DiscrepancyOut.of(row, now=now))


@get("/v1/discrepancies/{discrepancy_id:str}", tags=TAGS, opt={"errors": (_FOUND,)})
async def show_discrepancy(
    discrepancy_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[DiscrepancyOut]:
    """One difference with both sides' words."""
    needs_either(caller, "read")
    async with db.transaction(caller) as session:
        return _shown(await queries.discrepancy_of(session, caller, id_in("dcy", discrepancy_id, _FOUND)))


@post(
    "/v1/discrepancies/{discrepancy_id:str}/take",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, errors.PeopleDecide, InvalidState)},
)
async def take_discrepancy(
    discrepancy_id: FromPath[str],
    data: JSONBody[TakeIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DiscrepancyOut]:
    """You answer for this difference from now on."""
    now = utc_now()

    async def step(session: AsyncSession, row: Discrepancy) -> None:
        await operations.take_on(session, caller, row, now=now)

    return await _work_on(db, caller, discrepancy_id, if_match, step)


@post(
    "/v1/discrepancies/{discrepancy_id:str}/resolve",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, errors.PeopleDecide, errors.DiscrepancyInvalid, InvalidState)},
)
async def resolve_discrepancy(
    discrepancy_id: FromPath[str],
    data: JSONBody[ResolveIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DiscrepancyOut]:
    """Say what to do: one of its `actions`. What changes our book waits for a second person."""
    now = utc_now()

    async def step(session: AsyncSession, row: Discrepancy) -> None:
        await operations.propose(session, caller, row, data.action, note=data.note, now=now)

    return await _work_on(db, caller, discrepancy_id, if_match, step)


@post(
    "/v1/discrepancies/{discrepancy_id:str}/decide",
    status_code=200,
    tags=TAGS,
    opt={
        "errors": (_FOUND, errors.PeopleDecide, errors.SecondPersonDecides, InvalidState, NothingToWithdraw),
    },
)
async def decide_discrepancy(
    discrepancy_id: FromPath[str],
    data: JSONBody[DecideIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DiscrepancyOut]:
    """Agree to what a colleague proposed, or send it back."""
    now = utc_now()

    async def step(session: AsyncSession, row: Discrepancy) -> None:
        await operations.decide(session, caller, row, agreed=data.agreed, note=data.note, now=now)

    return await _work_on(db, caller, discrepancy_id, if_match, step)


@post(
    "/v1/reconciliations",
    tags=TAGS,
    opt={
        "errors": (
            AccountNotFound,
            errors.NothingToCompare,
            errors.StatementInvalid,
            errors.StatementImplausible,
        )
    },
)
async def compare_account(
    data: JSONBody[CompareIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[ReconciliationOut]:
    """Compare an account with its registry's lines once more, everywhere."""
    needs_either(caller, "inventory:write")
    owner, account = provider_of(caller, data.provider_id), account_id(data.registry_account_id)
    made = await flow.compare_again(db, caller, owner, account, reconciliation_id=new_id(), now=utc_now())
    location = f"/v1/reconciliations/{public_id('rcn', made.id)}"
    return Response(ReconciliationOut.of(made), headers={"Location": location})


@get("/v1/reconciliations", tags=TAGS, opt={"errors": (AccountNotFound,)})
async def list_reconciliations(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry_account_id: MaybeAccountId = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ReconciliationOut]:
    """When accounts were compared and what was found, newest first."""
    needs_either(caller, "read")
    listed = Listed("reconciliations", {"account": registry_account_id}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    account = None if registry_account_id is None else account_id(registry_account_id)
    async with db.transaction(caller) as session:
        rows = await queries.reconciliations_page(session, caller, page, account)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=ReconciliationOut.of)


@get("/v1/reconciliations/{reconciliation_id:str}", tags=TAGS, opt={"errors": (errors.StatementNotFound,)})
async def show_reconciliation(
    reconciliation_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[ReconciliationOut]:
    """One comparison."""
    needs_either(caller, "read")
    found = id_in("rcn", reconciliation_id, errors.StatementNotFound)
    async with db.transaction(caller) as session:
        return Response(ReconciliationOut.of(await queries.reconciliation_of(session, caller, found)))


async def _work_on(
    db: Database, caller: Scope, discrepancy_id: str, if_match: str | None, step: Step
) -> Response[DiscrepancyOut]:
    """Take one step on a discrepancy under its lock; provider and desk are its parties."""
    needs_either(caller, "tasks:write")
    found: UUID = id_in("dcy", discrepancy_id, _FOUND)
    async with db.transaction(caller) as session:
        owner = (await queries.discrepancy_of(session, caller, found)).org_id
    async with db.transaction(caller.with_party(owner, DESK_ID)) as session:
        row = await operations.locked_discrepancy(session, owner, found)
        require_match(if_match, row.version)
        await step(session, row)
        return _shown(row)


def _shown(row: Discrepancy) -> Response[DiscrepancyOut]:
    return Response(DiscrepancyOut.of(row, now=utc_now()), headers={"ETag": etag_of(row.version)})


routes: list[HTTPRouteHandler] = [
    list_discrepancies,
    show_discrepancy,
    take_discrepancy,
    resolve_discrepancy,
    decide_discrepancy,
    compare_account,
    list_reconciliations,
    show_reconciliation,
]

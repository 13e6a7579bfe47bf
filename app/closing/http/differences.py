"""The doors of differences between our book and theirs: who answers for one, what is posted, who agrees."""

from collections.abc import Awaitable, Callable

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.closing import errors, operations, queries
from app.closing.http.asked import TAGS
from app.closing.models import DifferenceStatus, MoneyDifference
from app.closing.operations import Proposal
from app.closing.rules import DifferenceAction, DifferenceKind, Side
from app.closing.schemas import AgreeIn, MoneyDifferenceOut, SettleIn, TakeOnIn
from app.closing.schemas.differences import DIFFERENCE_PREFIX
from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope

_FOUND = errors.DifferenceNotFound
Step = Callable[[AsyncSession, MoneyDifference], Awaitable[None]]


@get("/v1/admin/book/differences", tags=TAGS)
async def list_differences(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[DifferenceStatus | None] = None,
    kind: FromQuery[DifferenceKind | None] = None,
    side: FromQuery[Side | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[MoneyDifferenceOut]:
    """Where our book and Stripe's or the bank's differ, what was found first first."""
    caller.needs_operator()
    now = utc_now()
    bounds = {"status": status and status.value, "kind": kind and kind.value, "side": side and side.value}
    page = cursors.page(Listed("admin.book.differences", bounds, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.differences_page(session, page, status=status, kind=kind, side=side)
        return cursors.answer(
            page, rows, key=lambda row: (row.id,), show=lambda row: MoneyDifferenceOut.of(row, now=now)
        )


@get("/v1/admin/book/differences/{difference_id:str}", tags=TAGS, opt={"errors": (_FOUND,)})
async def show_difference(
    difference_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[MoneyDifferenceOut]:
    """One difference."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return _shown(await queries.difference_of(session, id_in(DIFFERENCE_PREFIX, difference_id, _FOUND)))


@post(
    "/v1/admin/book/differences/{difference_id:str}/take",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, errors.PersonNeeded, InvalidState)},
)
async def take_difference(
    difference_id: FromPath[str],
    data: JSONBody[TakeOnIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[MoneyDifferenceOut]:
    """You answer for this difference from now on."""
    now = utc_now()

    async def step(session: AsyncSession, row: MoneyDifference) -> None:
        await operations.take_on(session, caller, row, now=now)

    return await _work_on(db, caller, difference_id, if_match, step)


@post(
    "/v1/admin/book/differences/{difference_id:str}/resolve",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, errors.PersonNeeded, errors.CounterAccountInvalid, InvalidState)},
)
async def settle_difference(
    difference_id: FromPath[str],
    data: JSONBody[SettleIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[MoneyDifferenceOut]:
    """Say what is to be posted so that both books say the same, and why: it waits for a second person."""
    now, asked = utc_now(), Proposal(DifferenceAction(data.action), data.counter_account, data.note)

    async def step(session: AsyncSession, row: MoneyDifference) -> None:
        await operations.propose_difference(session, caller, row, asked, now=now)

    return await _work_on(db, caller, difference_id, if_match, step)


@post(
    "/v1/admin/book/differences/{difference_id:str}/decide",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, errors.PersonNeeded, errors.ProposerCannotAgree, InvalidState)},
)
async def decide_difference(
    difference_id: FromPath[str],
    data: JSONBody[AgreeIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[MoneyDifferenceOut]:
    """Agree to what a colleague proposed, and it is posted today; or send it back."""
    now = utc_now()

    async def step(session: AsyncSession, row: MoneyDifference) -> None:
        await operations.decide_difference(session, caller, row, agreed=data.agreed, note=data.note, now=now)

    return await _work_on(db, caller, difference_id, if_match, step)


async def _work_on(
    db: Database, caller: Scope, difference_id: str, if_match: str | None, step: Step
) -> Response[MoneyDifferenceOut]:
    """Take one step on a difference under its lock."""
    caller.needs_operator()
    found = id_in(DIFFERENCE_PREFIX, difference_id, _FOUND)
    async with db.transaction(caller) as session:
        row = await operations.locked_difference(session, found)
        require_match(if_match, row.version)
        await step(session, row)
        return _shown(row)


def _shown(row: MoneyDifference) -> Response[MoneyDifferenceOut]:
    return Response(MoneyDifferenceOut.of(row, now=utc_now()), headers={"ETag": etag_of(row.version)})


routes: list[HTTPRouteHandler] = [
    list_differences,
    show_difference,
    take_difference,
    settle_difference,
    decide_difference,
]

"""Where does the operator say to which account money goes back whose payer has no payment here, and that it came back?"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, require_match
from app.core.http.files import id_in
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.payments import operations as payments
from app.payments import queries as came
from app.payments.errors import LineNotFound, LineNotResolvable
from app.payouts import errors, operations, queries
from app.payouts.http.addressed import OPERATOR_TAGS, line_id_in
from app.payouts.models import LineReturn
from app.payouts.schemas import AccountDecisionIn, LineCameBackIn, LineReturnIn, LineReturnOut, OwedLineOut

Step = Callable[[AsyncSession, LineReturn], Awaitable[None]]
_MOVED: Final = (errors.LineReturnNotFound, InvalidState, errors.PeoplePayOut)


@get("/v1/admin/line-returns", tags=OPERATOR_TAGS)
async def list_line_returns(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[OwedLineOut]:
    """The lines that you decided to refund and whose payer has no payment, until they have left: the oldest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.line_returns", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await came.owed_lines(session, page)
        known = await queries.line_returns_of(session, caller, [each.line.id for each in found])
        return cursors.answer(
            page, found, key=lambda row: (row.line.id,), show=lambda row: OwedLineOut.of(row, known.get(row.line.id))
        )


@post(
    "/v1/admin/line-returns",
    tags=OPERATOR_TAGS,
    opt={"errors": (LineNotFound, LineNotResolvable, errors.PayoutFieldsInvalid, errors.PeoplePayOut)},
)
async def name_line_return(
    data: JSONBody[LineReturnIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[LineReturnOut]:
    """Name the account to which a line's payer wants its money back. A colleague confirms it. Sign in."""
    caller.needs_operator()
    now, line_id, return_id = utc_now(), line_id_in(data.bank_line_id), new_id()
    async with db.transaction(caller) as session:
        payer_id = (await came.line_of(session, line_id)).payer_org_id

    async def make(session: AsyncSession) -> Made:
        row = await operations.name_line_account(session, line_id, return_id, data.account.typed(), now=now)
        return Made(201, LineReturnOut.of(row), row.id)

    return await once(_with_payer(caller, payer_id), make, now=now)


@post(
    "/v1/admin/line-returns/{line_return_id:str}/confirm",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, errors.ApprovedBySomebodyElse)},
)
async def confirm_line_return(
    line_return_id: FromPath[str],
    data: JSONBody[AccountDecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[LineReturnOut]:
    """The account is the payer's: the next file of refunds sends its money there. Not by who typed it. Sign in."""
    now = utc_now()

    async def step(session: AsyncSession, row: LineReturn) -> None:
        await operations.confirm_line_return(session, row, data.note, now=now)

    return await _moved(db, once, caller, line_return_id, if_match, step=step)


@post("/v1/admin/line-returns/{line_return_id:str}/refuse", status_code=200, tags=OPERATOR_TAGS, opt={"errors": _MOVED})
async def refuse_line_return(
    line_return_id: FromPath[str],
    data: JSONBody[AccountDecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[LineReturnOut]:
    """The account is not the payer's: nothing is sent there, and another may be named. Sign in."""
    now = utc_now()

    async def step(session: AsyncSession, row: LineReturn) -> None:
        await operations.refuse_line_return(session, row, data.note, now=now)

    return await _moved(db, once, caller, line_return_id, if_match, step=step)


@post(
    "/v1/admin/line-returns/{line_return_id:str}/returned",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.LineReturnNotFound, InvalidState, LineNotFound, LineNotResolvable, errors.LineDoesNotFit)},
)
async def note_returned_line_return(
    line_return_id: FromPath[str],
    data: JSONBody[LineCameBackIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[LineReturnOut]:
    """The bank gave it back (組戻し) by an incoming line: it is owed again, and another account may be named."""
    now, line_id = utc_now(), line_id_in(data.bank_line_id)

    async def step(session: AsyncSession, row: LineReturn) -> None:
        line = await payments.locked_line(session, line_id)
        await operations.note_line_came_back(session, row, line, data.reason, now=now)

    return await _moved(db, once, caller, line_return_id, if_match, step=step)


def _with_payer(caller: Scope, payer_id: UUID | None) -> Scope:
    """What goes back is the payer's money too, where anybody knows whose it is."""
    return caller if payer_id is None else caller.with_party(payer_id)


async def _moved(
    db: Database, once: Once, caller: Scope, written: str, if_match: str | None, *, step: Step
) -> Response[Any]:
    """Take one step on a locked return, once."""
    caller.needs_operator()
    return_id = id_in("lrt", written, errors.LineReturnNotFound)
    async with db.transaction(caller) as session:
        payer_id = (await queries.line_return_of(session, caller, return_id)).payer_id

    async def make(session: AsyncSession) -> Made:
        row = await operations.locked_line_return(session, return_id)
        require_match(if_match, row.version)
        await step(session, row)
        return Made(200, LineReturnOut.of(row), return_id)

    return await once(_with_payer(caller, payer_id), make, now=utc_now())


routes: Final[list[HTTPRouteHandler]] = [
    list_line_returns,
    name_line_return,
    confirm_line_return,
    refuse_line_return,
    note_returned_line_return,
]

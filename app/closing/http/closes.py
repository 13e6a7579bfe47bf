"""The doors of closing a month: one person proposes, another confirms."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.closing import errors, operations, queries
from app.closing.http.asked import TAGS, month_in
from app.closing.schemas import BookCloseOut, CloseIn
from app.closing.schemas.closes import CLOSE_PREFIX
from app.closing.schemas.differences import TakeOnIn
from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.ledger.models import LedgerClose


@get("/v1/admin/book/closes", tags=TAGS)
async def list_closes(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[BookCloseOut]:
    """The months that are closed or proposed to be, the newest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.book.closes", {}, "-month", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.closes_page(session, page)
        return cursors.answer(page, rows, key=lambda row: (row.month,), show=BookCloseOut.of)


@get("/v1/admin/book/closes/{close_id:str}", tags=TAGS, opt={"errors": (errors.CloseNotFound,)})
async def show_close(
    close_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[BookCloseOut]:
    """One month."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return _shown(await queries.close_of(session, id_in(CLOSE_PREFIX, close_id, errors.CloseNotFound)))


@post(
    "/v1/admin/book/closes",
    tags=TAGS,
    opt={"errors": (errors.MonthNotReady, errors.MonthInvalid, errors.PersonNeeded)},
)
async def propose_close(
    data: JSONBody[CloseIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[BookCloseOut]:
    """Propose to close a month: the next one, when it is over and nothing keeps it open. Asked again, it is another proposal."""
    caller.needs_operator()
    month = month_in(data.month, "/month")
    async with db.transaction(caller) as session:
        close = await operations.propose(session, caller, month, close_id=new_id(), now=utc_now())
        answer = _shown(close)
    answer.status_code = 201
    answer.set_header("Location", f"/v1/admin/book/closes/{public_id(CLOSE_PREFIX, close.id)}")
    return answer


@post(
    "/v1/admin/book/closes/{close_id:str}/confirm",
    status_code=200,
    tags=TAGS,
    opt={
        "errors": (
            errors.CloseNotFound,
            errors.CloserIsProposer,
            errors.MonthNotReady,
            errors.PersonNeeded,
            InvalidState,
        )
    },
)
async def confirm_close(
    close_id: FromPath[str],
    data: JSONBody[TakeOnIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[BookCloseOut]:
    """Close a proposed month for ever, as somebody else than who proposed it."""
    caller.needs_operator()
    found = id_in(CLOSE_PREFIX, close_id, errors.CloseNotFound)
    async with db.transaction(caller) as session:
        close = await operations.locked_close(session, found)
        require_match(if_match, close.version)
        await operations.confirm(session, caller, close, now=utc_now())
        return _shown(close)


def _shown(row: LedgerClose) -> Response[BookCloseOut]:
    return Response(BookCloseOut.of(row), headers={"ETag": etag_of(row.version)})


routes: list[HTTPRouteHandler] = [list_closes, show_close, propose_close, confirm_close]

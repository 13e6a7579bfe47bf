"""The doors of lots: what a provider has, shows evidence for, and takes back."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.expand import Expanding
from app.core.http.files import Filename, id_in, media_type_of
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.inventory import errors, flow, operations, queries
from app.inventory.http.addressed import FILE_MAX_BYTES, needs_provider
from app.inventory.models import LotStatus
from app.inventory.schemas import EvidenceOut, LotDetailOut, LotOut
from integrations.storage.client import Files

TAGS = ["Inventory"]
AsOf = Annotated[date, QueryParameter(description="The day that the registry's statement shows, in its own zone.")]


@get("/v1/lots", tags=TAGS, opt={"expand": ("project",)})
async def list_lots(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    expanding: NamedDependency[Expanding],
    status: FromQuery[LotStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[LotOut]]:
    """Your lots, newest first, each with where its units are."""
    caller.needs("read")
    listed = Listed("lots", {"status": status and status.value}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        lines = await queries.lots_page(session, caller, page, status)
        shown = cursors.answer(page, lines, key=lambda line: (line.lot.id,), show=LotOut.of)
    return await expanding(caller, Response(shown))


@get("/v1/lots/{lot_id:str}", tags=TAGS, opt={"errors": (errors.LotNotFound,), "expand": ("lot.project",)})
async def show_lot(
    lot_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    expanding: NamedDependency[Expanding],
) -> Response[LotDetailOut]:
    """One of your lots and the evidence for it. The ETag changes with its stock, too."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        line = await queries.lot_line(session, caller.org_id, id_in("lot", lot_id, errors.LotNotFound))
        shown = await _shown(session, caller, line)
    return await expanding(caller, shown)


@post(
    "/v1/lots/{lot_id:str}/evidence",
    tags=TAGS,
    request_max_body_size=FILE_MAX_BYTES,
    opt={
        "body": "file",
        "types": flow.EVIDENCE_TYPES,
        "errors": (errors.LotNotFound, errors.EvidenceInvalid, errors.FileTypeWrong, InvalidState),
    },
)
async def submit_evidence(
    *,
    request: Request[Any, Any, Any],
    lot_id: FromPath[str],
    as_of: AsOf,
    filename: Filename,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> EvidenceOut:
    """Show the operator that the lot is in your account: the registry's statement as PDF, PNG, JPEG or CSV."""
    needs_provider(caller)
    evidence = await flow.submit_evidence(
        db,
        files,
        caller,
        await request.body(),
        lot_id=id_in("lot", lot_id, errors.LotNotFound),
        evidence_id=new_id(),
        media_type=media_type_of(request, flow.EVIDENCE_TYPES),
        filename=filename,
        as_of=as_of,
        now=utc_now(),
    )
    return EvidenceOut.of(evidence)


@post(
    "/v1/lots/{lot_id:str}/withdraw",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.LotNotFound, InvalidState, errors.NothingToWithdraw)},
)
async def withdraw_lot(
    lot_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[LotDetailOut]:
    """Take all that is free of a lot off the desk. A lot of which nothing was sold ends."""
    needs_provider(caller)
    found_id = id_in("lot", lot_id, errors.LotNotFound)
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # The desk sees every lot.
        locked = await operations.locked_lot(session, caller.org_id, found_id)
        require_match(if_match, (await queries.lot_line(session, caller.org_id, found_id)).seen)
        await operations.withdraw(session, locked, now=utc_now())
        return await _shown(session, caller, await queries.lot_line(session, caller.org_id, found_id))


async def _shown(session: AsyncSession, caller: Scope, line: queries.LotLine) -> Response[LotDetailOut]:
    evidence = await queries.evidence_of_lot(session, caller, line.lot.id)
    shown = LotDetailOut(LotOut.of(line), [EvidenceOut.of(each) for each in evidence])
    return Response(shown, headers={"ETag": etag_of(line.seen)})


routes: list[HTTPRouteHandler] = [list_lots, show_lot, submit_evidence, withdraw_lot]

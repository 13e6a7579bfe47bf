"""The operator's doors: what providers handed in for their lots, and what the operator says of it."""

import logging
from typing import Literal
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.catalog.errors import IssuanceDiffers
from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import errors, flow, operations, queries
from app.inventory.models import LotStatus
from app.inventory.schemas import DecisionIn, DeskEvidenceOut, EvidenceOut, LotOut
from integrations.storage.client import Files

TAGS = ["Operator"]
Status = Literal["submitted", "accepted", "rejected"]
_LOGGER = logging.getLogger("offsetdesk.inventory")
_REFUSED = (errors.EvidenceNotFound, InvalidState)
_TURNED = (errors.LotNotFound, InvalidState)


@get("/v1/admin/evidence", tags=TAGS)
async def list_evidence(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[Status | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DeskEvidenceOut]:
    """What providers handed in, the longest waiting first, each with the lot that it must show."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.evidence", {"status": status}, "id", caller.org_id), limit=limit, cursor=cursor)
    now = utc_now()
    async with db.transaction(caller) as session:
        lines = await queries.evidence_for_desk(session, page, status)
        return cursors.answer(
            page, lines, key=lambda line: (line.evidence.id,), show=lambda line: DeskEvidenceOut.of(line, now)
        )


@get(
    "/v1/admin/evidence/{evidence_id:str}/file",
    tags=TAGS,
    opt={"errors": (errors.EvidenceNotFound,), "shows": flow.EVIDENCE_TYPES},
)
async def show_evidence_file(
    evidence_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """The file itself, to be saved and never shown by the browser: it is somebody else's content."""
    caller.needs_operator()
    found_id = id_in("evd", evidence_id, errors.EvidenceNotFound)
    evidence, content = await flow.evidence_file(db, files, caller, found_id)
    disposition = f"attachment; filename*=UTF-8''{quote(evidence.filename, safe='')}"
    return Response(content, media_type=evidence.media_type, headers={"Content-Disposition": disposition})


@post(
    "/v1/admin/evidence/{evidence_id:str}/accept",
    status_code=200,
    tags=TAGS,
    opt={"errors": (*_REFUSED, errors.CertificationMissing, errors.LotConflict, IssuanceDiffers)},
)
async def accept_evidence(
    evidence_id: FromPath[str],
    data: JSONBody[DecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
) -> EvidenceOut:
    """Confirm the lot: it may be listed and sold from now on."""
    caller.needs_operator()
    found_id = id_in("evd", evidence_id, errors.EvidenceNotFound)
    async with db.transaction(caller) as session:
        provider_id = (await queries.evidence_seen_by_desk(session, found_id)).org_id
    async with db.transaction(caller.with_party(provider_id)) as session:  # The desk decides about a provider's lot.
        evidence, lot = await operations.accept_evidence(
            session, caller, provider_id, found_id, note=data.note, now=utc_now()
        )
    if lot.status == LotStatus.DISPUTED:
        _LOGGER.warning("a lot could not be confirmed", extra={"subject_id": lot.id, "code": errors.LotConflict.code})
        raise errors.LotConflict("The lot is disputed now.")
    return EvidenceOut.of(evidence)


@post("/v1/admin/evidence/{evidence_id:str}/reject", status_code=200, tags=TAGS, opt={"errors": _REFUSED})
async def reject_evidence(
    evidence_id: FromPath[str],
    data: JSONBody[DecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
) -> EvidenceOut:
    """Turn evidence down and say why. The lot stays as it is; other evidence may follow."""
    caller.needs_operator()
    found_id = id_in("evd", evidence_id, errors.EvidenceNotFound)
    async with db.transaction(caller) as session:
        provider_id = (await queries.evidence_seen_by_desk(session, found_id)).org_id
    async with db.transaction(caller.with_party(provider_id)) as session:  # The desk decides about a provider's lot.
        evidence = await operations.reject_evidence(
            session, caller, provider_id, found_id, note=data.note, now=utc_now()
        )
        return EvidenceOut.of(evidence)


@post("/v1/admin/lots/{lot_id:str}/freeze", status_code=200, tags=TAGS, opt={"errors": _TURNED})
async def freeze_lot(
    lot_id: FromPath[str], data: JSONBody[DecisionIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> LotOut:
    """Stop a confirmed lot at once: nothing of it is reserved or carved until it is set free."""
    return await _turned(lot_id, "freeze", data.note, caller, db)


@post("/v1/admin/lots/{lot_id:str}/unfreeze", status_code=200, tags=TAGS, opt={"errors": _TURNED})
async def unfreeze_lot(
    lot_id: FromPath[str], data: JSONBody[DecisionIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> LotOut:
    """Let a frozen lot sell again."""
    return await _turned(lot_id, "unfreeze", data.note, caller, db)


async def _turned(lot_id: str, turn: Literal["freeze", "unfreeze"], note: str, caller: Scope, db: Database) -> LotOut:
    caller.needs_operator()
    found_id = id_in("lot", lot_id, errors.LotNotFound)
    async with db.transaction(caller) as session:
        provider_id = await queries.provider_of_lot(session, found_id)
    async with db.transaction(caller.with_party(provider_id)) as session:  # The desk decides about a provider's lot.
        locked = await operations.locked_lot(session, provider_id, found_id)
        change = operations.freeze if turn == "freeze" else operations.unfreeze
        await change(session, locked, note=note, now=utc_now())
        return LotOut.of(await queries.lot_line(session, provider_id, found_id))


routes: list[HTTPRouteHandler] = [
    list_evidence,
    show_evidence_file,
    accept_evidence,
    reject_evidence,
    freeze_lot,
    unfreeze_lot,
]

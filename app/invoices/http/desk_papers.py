"""The doors of the operator to every paper that the desk has issued, and to what is owed on account."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.invoices import errors, queries
from app.invoices.http.reading import (
    Counterparty,
    IssuedFrom,
    IssuedThrough,
    OfKind,
    TotalFrom,
    TotalThrough,
    paper_id_of,
    pdf_of,
)
from app.invoices.schemas import AgedOut, PaperDetailOut, PaperOut
from integrations.storage.client import Files

TAGS = ["Operator"]


@get("/v1/admin/papers", tags=TAGS)
async def list_issued_papers(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    kind: OfKind = None,
    issued_from: IssuedFrom = None,
    issued_through: IssuedThrough = None,
    total_from: TotalFrom = None,
    total_through: TotalThrough = None,
    counterparty: Counterparty = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PaperOut]:
    """Every paper that the desk has issued, newest first, without copies; `counterparty` is who was given it."""
    caller.needs_operator()
    sought = queries.Sought(
        kind=kind, issued_from=issued_from, issued_through=issued_through, total_from_minor=total_from,
        total_through_minor=total_through, counterparty=counterparty,
    )  # fmt: skip
    listed = Listed("admin.papers", sought.named(), "-issued_on", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.papers_of_desk(session, caller, page, sought)
        return cursors.answer(page, rows, key=lambda row: (row.issued_on, row.id), show=PaperOut.of)


@get("/v1/admin/papers/{paper_id:str}", tags=TAGS, opt={"errors": (errors.PaperNotFound,)})
async def show_issued_paper(
    paper_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> PaperDetailOut:
    """One of the desk's papers, copies too."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        paper = await queries.paper_of_any(session, caller, paper_id_of(paper_id))
        claim = await queries.claim_of_paper(session, paper.org_id, paper.id)
        return PaperDetailOut.of(paper, await queries.file_of(session, paper), claim)


@get(
    "/v1/admin/papers/{paper_id:str}/pdf",
    tags=TAGS,
    media_type="application/pdf",
    opt={"errors": (errors.PaperNotFound, errors.PaperNotRendered), "shows": ("application/pdf",)},
)
async def show_issued_paper_pdf(
    paper_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """One of the desk's papers as PDF, as whoever was given it has it."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        paper = await queries.paper_of_any(session, caller, paper_id_of(paper_id))
        kept = await queries.file_of(session, paper)
    return await pdf_of(paper, kept, files)


@get("/v1/admin/ageing", tags=TAGS)
async def list_ageing(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[AgedOut]:
    """What each buyer owes on account today, by how late it is."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.ageing", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.ageing_page(session, page, today=day_in_japan(utc_now()))
        return cursors.answer(page, rows, key=lambda row: (row.org_id,), show=AgedOut.of)


routes: list[HTTPRouteHandler] = [list_issued_papers, show_issued_paper, show_issued_paper_pdf, list_ageing]

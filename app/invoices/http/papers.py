"""The doors of the papers that an organisation was given: found, read, fetched, and a receipt once more."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.invoices import errors, operations, queries
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
from app.invoices.schemas import PaperDetailOut, PaperOut
from integrations.storage.client import Files

TAGS = ["Papers"]


@get("/v1/papers", tags=TAGS)
async def list_papers(
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
    """Your papers, newest first, by day, amount, the other side's name and kind, alone or together.

    These are what the law on keeping books electronically asks a search to offer (電子帳簿保存法).
    """
    caller.needs("read")
    sought = queries.Sought(
        kind=kind, issued_from=issued_from, issued_through=issued_through, total_from_minor=total_from,
        total_through_minor=total_through, counterparty=counterparty,
    )  # fmt: skip
    listed = Listed("papers", sought.named(), "-issued_on", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.papers_page(session, caller, page, sought)
        return cursors.answer(page, rows, key=lambda row: (row.issued_on, row.id), show=PaperOut.of)


@get("/v1/papers/{paper_id:str}", tags=TAGS, opt={"errors": (errors.PaperNotFound,)})
async def show_paper(
    paper_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> PaperDetailOut:
    """One of your papers, with its totals and, of an invoice on account, what is open of it."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        paper = await queries.paper_of(session, caller, paper_id_of(paper_id))
        claim = await queries.claim_of_paper(session, paper.org_id, paper.id)
        return PaperDetailOut.of(paper, await queries.file_of(session, paper), claim)


@get(
    "/v1/papers/{paper_id:str}/pdf",
    tags=TAGS,
    media_type="application/pdf",
    opt={"errors": (errors.PaperNotFound, errors.PaperNotRendered), "shows": ("application/pdf",)},
)
async def show_paper_pdf(
    paper_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """One of your papers as PDF, the same bytes every time."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        paper = await queries.paper_of(session, caller, paper_id_of(paper_id))
        kept = await queries.file_of(session, paper)
    return await pdf_of(paper, kept, files)


@post("/v1/papers/{paper_id:str}/copies", tags=TAGS, opt={"errors": (errors.PaperNotFound, errors.NotAReceipt)})
async def copy_paper(
    paper_id: FromPath[str], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[PaperOut]:
    """Have a receipt issued once more. It says that it is no original (再発行); number and amounts are the original's."""
    caller.needs("orders:write")
    found, now = paper_id_of(paper_id), utc_now()

    async def make(session: AsyncSession) -> Made:
        receipt = await queries.paper_of(session, caller, found)
        again = await operations.issue_again(session, receipt, now=now)
        shown = PaperOut.of(again)
        return Made(201, shown, again.id, f"/v1/papers/{public_id('pap', again.id)}")

    return await once(caller.with_party(DESK_ID), make, now=now)  # The desk issues what the buyer asks for.


routes: list[HTTPRouteHandler] = [list_papers, show_paper, show_paper_pdf, copy_paper]

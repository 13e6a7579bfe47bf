"""The doors of holdings files: staged to be looked at, then committed or discarded."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.http.conditions import etag_of
from app.core.http.files import (
    BY_JOB,
    TABLE_MAX_BYTES,
    TABLE_TYPES,
    Filename,
    Prefer,
    by_job,
    id_in,
    media_type_of,
    prefers_job,
)
from app.core.http.jobs import JobOut, job_location
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id
from app.core.long_jobs import LongJob
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.inventory import errors, flow, operations, queries
from app.inventory.http.addressed import needs_provider
from app.inventory.http.asked import Mapping, mapping_in
from app.inventory.models import HoldingsImport
from app.inventory.rules import LayoutName, template
from app.inventory.schemas import CommitIn, ImportOut, ImportRowOut, StagedImportOut
from integrations.storage.client import Files

TAGS = ["Inventory"]
Status = Literal["staging", "staged", "committing", "committed", "discarded", "failed"]
Outcome = Literal["good", "bad", "not_active"]
AccountId = Annotated[str, QueryParameter(max_length=40, description="The account at the registry: `acc_…`.")]
FINISHED = (errors.ImportNotFound, errors.ImportNotStaged)


@post(
    "/v1/imports",
    tags=TAGS,
    request_max_body_size=TABLE_MAX_BYTES,
    opt={
        "body": "file",
        "types": TABLE_TYPES,
        "errors": (errors.FileUnreadable, errors.AccountNotFound, errors.ImportInvalid, errors.TooManyRows),
    },
    responses=BY_JOB,
)
async def import_file(
    *,
    request: Request[Any, Any, Any],
    registry_account_id: AccountId,
    filename: Filename,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    cursors: NamedDependency[Cursors],
    layout: FromQuery[LayoutName | None] = None,
    mapping: Mapping = None,
    prefer: Prefer = None,
) -> Response[StagedImportOut]:
    """Try a holdings file (CSV in UTF-8 or CP932, or XLSX): every row is judged, no lot is written before the commit.

    Up to 1 MB and 10,000 rows it is staged at once; a larger file, or `Prefer: respond-async`, answers 202 with a job.
    """
    needs_provider(caller)
    media_type_of(request, TABLE_TYPES)
    incoming = flow.Incoming(
        new_id(), id_in("acc", registry_account_id, errors.AccountNotFound), filename, layout,
        mapping_in(mapping, layout),
    )  # fmt: skip
    page = cursors.page(_rows_listed(caller, public_id("imp", incoming.import_id), "bad"))
    with TemporaryDirectory() as folder:
        made = await flow.import_file(
            db, files, caller, await flow.receive(request.stream(), Path(folder)), incoming,
            job_id=new_id(), at_once=not prefers_job(prefer), bad_rows=page, now=utc_now(),
        )  # fmt: skip
    if isinstance(made, LongJob):
        return by_job(made)
    bad_rows = cursors.answer(page, made.bad_rows, key=lambda row: (row.n,), show=ImportRowOut.of)
    headers = {"ETag": etag_of(made.staged.version), "Location": f"/v1/imports/{public_id('imp', made.staged.id)}"}
    return Response(StagedImportOut(ImportOut.of(made.staged), bad_rows), headers=headers)


@get("/v1/imports/template", tags=TAGS, media_type="text/csv")
async def show_template(caller: NamedDependency[Scope]) -> Response[bytes]:
    """An example file with every column, which a spreadsheet opens as it is (UTF-8 with a byte order mark)."""
    caller.needs("read")
    headers = {"Content-Disposition": 'attachment; filename="holdings.csv"'}
    return Response(template().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@get("/v1/imports", tags=TAGS)
async def list_imports(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[Status | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ImportOut]:
    """Your imports, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("imports", {"status": status}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.imports_page(session, caller, page, status)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=ImportOut.of)


@get("/v1/imports/{import_id:str}", tags=TAGS, opt={"errors": (errors.ImportNotFound,)})
async def show_import(
    import_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[ImportOut]:
    """One of your imports."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        found = await queries.import_of(session, caller, id_in("imp", import_id, errors.ImportNotFound))
        return _shown(found)


@get("/v1/imports/{import_id:str}/rows", tags=TAGS, opt={"errors": (errors.ImportNotFound,)})
async def list_rows(
    *,
    import_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    outcome: FromQuery[Outcome | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ImportRowOut]:
    """The rows of an import in the file's order: all, the good, the bad ones, or those that are no stock."""
    caller.needs("read")
    found_id = id_in("imp", import_id, errors.ImportNotFound)
    page = cursors.page(_rows_listed(caller, public_id("imp", found_id), outcome), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        await queries.import_of(session, caller, found_id)
        rows = await queries.import_rows_page(session, caller, found_id, page, outcome=outcome)
        return cursors.answer(page, rows, key=lambda row: (row.n,), show=ImportRowOut.of)


@get(
    "/v1/imports/{import_id:str}/errors.csv",
    tags=TAGS,
    media_type="text/csv",
    opt={"errors": (errors.ImportNotFound,), "shows": ("text/csv",)},
)
async def show_bad_rows(
    import_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Stream:
    """Every bad row with its own cells and the reasons, for a spreadsheet; what it would compute is made text."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        found = await queries.import_of(session, caller, id_in("imp", import_id, errors.ImportNotFound))
    headers = {"Content-Disposition": f'attachment; filename="errors-{public_id("imp", found.id)}.csv"'}
    parts = flow.bad_rows_file(db, caller, found.id, found.header or [])
    return Stream(parts, media_type="text/csv; charset=utf-8", headers=headers)


@post(
    "/v1/imports/{import_id:str}/commit",
    status_code=200,
    tags=TAGS,
    opt={"errors": (*FINISHED, errors.ImportHasBadRows, errors.NothingToImport, errors.AlreadyDeclared)},
    responses=BY_JOB,
)
async def commit_import(
    import_id: FromPath[str],
    data: JSONBody[CommitIn],
    caller: NamedDependency[Scope],
    once: NamedDependency[Once],
    prefer: Prefer = None,
) -> Response[ImportOut]:
    """Declare the file's rows as lots: all of them, or the good ones alone. Lots sell when evidence confirms them.

    Up to 5,000 good rows at once, all or none; more, or with `Prefer: respond-async`, by a job (202).
    """
    needs_provider(caller)
    found_id, job_id, now = id_in("imp", import_id, errors.ImportNotFound), new_id(), utc_now()

    async def make(session: AsyncSession) -> Made:
        ready = await operations.ready_import(session, caller, found_id, data.rows)
        if prefers_job(prefer) or ready.rows_good > flow.COMMITTED_AT_ONCE:
            job = await operations.begin_commit(session, caller, ready, job_id=job_id, now=now)
            return Made(202, JobOut.of(job), job.id, job_location(job))
        found = await operations.commit_import(session, caller, found_id, data.rows, now=now)
        return Made(200, ImportOut.of(found), found_id)

    return await once(caller.with_party(DESK_ID), make, now=now)  # The desk sees every lot.


@post("/v1/imports/{import_id:str}/discard", status_code=200, tags=TAGS, opt={"errors": FINISHED})
async def discard_import(
    import_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[ImportOut]:
    """Give a staged import up."""
    needs_provider(caller)
    found_id = id_in("imp", import_id, errors.ImportNotFound)
    async with db.transaction(caller) as session:
        return _shown(await operations.discard_import(session, caller, found_id, now=utc_now()))


def _rows_listed(caller: Scope, import_id: str, outcome: str | None) -> Listed:
    return Listed("import-rows", {"import": import_id, "outcome": outcome}, "n", caller.org_id)


def _shown(found: HoldingsImport) -> Response[ImportOut]:
    return Response(ImportOut.of(found), headers={"ETag": etag_of(found.version)})


routes: list[HTTPRouteHandler] = [
    import_file,
    show_template,
    list_imports,
    show_import,
    list_rows,
    show_bad_rows,
    commit_import,
    discard_import,
]

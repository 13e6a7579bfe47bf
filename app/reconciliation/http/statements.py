"""The doors of registries' statements: sent in, looked at, vouched for."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import (
    BY_JOB,
    TABLE_MAX_BYTES,
    TABLE_TYPES,
    Filename,
    Prefer,
    id_in,
    media_type_of,
    prefers_job,
)
from app.core.http.jobs import JobOut, job_location
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id
from app.core.long_jobs import LongJob
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.inventory import flow as inventory
from app.inventory import queries as stock
from app.inventory.errors import AccountNotFound, FileUnreadable
from app.reconciliation import errors, flow, queries
from app.reconciliation.http.addressed import (
    TAGS,
    AccountId,
    MaybeAccountId,
    ProviderId,
    account_id,
    needs_either,
    provider_of,
)
from app.reconciliation.models import Statement, StatementStatus, Trust
from app.reconciliation.queries import Bounds
from app.reconciliation.rules import Covers, LineState, Reach, statement_template
from app.reconciliation.schemas import CompareIn, LineOut, QuarantinedRowOut, StatementOut, TakeIn
from integrations.registries.base import Registries
from integrations.storage.client import Files

_FOUND = errors.StatementNotFound
Layout = Literal["template", "verra", "gold_standard", "acr", "art", "car", "isometric", "cercarbono"]
Control = Annotated[
    str | None,
    QueryParameter(
        max_length=400,
        description="Totals to be checked, as a JSON object of whole numbers: rows, active, retired, canceled (units).",
    ),
]
OLDEST = date(1990, 1, 1)


@post(
    "/v1/statements",
    tags=TAGS,
    request_max_body_size=TABLE_MAX_BYTES,
    opt={
        "body": "file",
        "types": TABLE_TYPES,
        "errors": (
            FileUnreadable, AccountNotFound, errors.StatementInvalid, errors.StatementUnderWay, errors.StatementOlder,
        ),
    },
    responses=BY_JOB,
)  # fmt: skip
async def send_statement(
    *,
    request: Request[Any, Any, Any],
    registry_account_id: AccountId,
    filename: Filename,
    as_of: FromQuery[date],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    provider_id: ProviderId = None,
    covers: FromQuery[Covers | None] = None,
    reach: FromQuery[Reach] = Reach.ACCOUNT,
    since: FromQuery[date | None] = None,
    layout: FromQuery[Layout | None] = None,
    control: Control = None,
    prefer: Prefer = None,
) -> Response[StatementOut]:
    """Send a registry's statement (CSV in UTF-8 or CP932, or XLSX), as of a day in the registry's zone.

    It is kept with its hash, read, and compared with its account. The same file of the same day changes nothing. A
    provider's own confirms no lot until the operator vouches for it. Up to 1 MB at once; larger, or with `Prefer:
    respond-async`, by a job.
    """
    needs_either(caller, "inventory:write")
    media_type_of(request, TABLE_TYPES)
    owner, now = provider_of(caller, provider_id), utc_now()
    _check_day(as_of, now)
    told = flow.Told(
        new_id(),
        account_id(registry_account_id),
        filename,
        as_of,
        covers,
        reach,
        since,
        layout or "",
        _control(control),
    )
    with TemporaryDirectory() as folder:
        made = await flow.take_statement(
            db, files, caller, owner, await inventory.receive(request.stream(), Path(folder)), told,
            trust=Trust.OPERATOR if caller.org_kind == "operator" else Trust.PROVIDER, source="upload",
            job_id=new_id(), at_once=not prefers_job(prefer), now=now,
        )  # fmt: skip
    if isinstance(made, LongJob):
        by_job: Any = Response(JobOut.of(made), status_code=202, headers={"Location": job_location(made)})
        return by_job  # type: ignore[no-any-return]  # One operation with two answers: the document names both.
    headers = {"ETag": etag_of(made.version), "Location": f"/v1/statements/{public_id('stm', made.id)}"}
    return Response(StatementOut.of(made), headers=headers)


@post(
    "/v1/statements/fetch",
    status_code=202,
    tags=TAGS,
    opt={"errors": (AccountNotFound, errors.StatementInvalid, errors.RegistryNotReadable)},
)
async def fetch_statement(
    data: JSONBody[CompareIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    registries: NamedDependency[Registries],
) -> Response[JobOut]:
    """Have the desk fetch the registry's own lines of an account, where a program can read it, and compare with them.

    They confirm lots and settle retirements once the operator has confirmed that the account is the provider's; until
    then they are the provider's own word.
    """
    needs_either(caller, "inventory:write")
    owner, account = provider_of(caller, data.provider_id), account_id(data.registry_account_id)
    job = await flow.ask_to_fetch(db, registries, caller, owner, account, job_id=new_id(), now=utc_now())
    return Response(JobOut.of(job), headers={"Location": job_location(job)})


@get("/v1/statements/template", tags=TAGS, media_type="text/csv")
async def show_statement_template(caller: NamedDependency[Scope]) -> Response[bytes]:
    """An example file with every column of our own layout (UTF-8 with a byte order mark)."""
    caller.needs("read")
    headers = {"Content-Disposition": 'attachment; filename="statement.csv"'}
    return Response(statement_template().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@get("/v1/statements", tags=TAGS, opt={"errors": (AccountNotFound,)})
async def list_statements(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry_account_id: MaybeAccountId = None,
    status: FromQuery[StatementStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StatementOut]:
    """Statements of your accounts, newest first; for the operator every provider's."""
    needs_either(caller, "read")
    bounds = {"account": registry_account_id, "status": status and status.value}
    page = cursors.page(Listed("statements", bounds, "-id", caller.org_id), limit=limit, cursor=cursor)
    wanted = Bounds(None if registry_account_id is None else account_id(registry_account_id), status)
    async with db.transaction(caller) as session:
        rows = await queries.statements_page(session, caller, page, wanted)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=StatementOut.of)


@get("/v1/statements/{statement_id:str}", tags=TAGS, opt={"errors": (_FOUND,)})
async def show_statement(
    statement_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[StatementOut]:
    """One statement with its totals."""
    needs_either(caller, "read")
    async with db.transaction(caller) as session:
        return _shown(await queries.statement_of(session, caller, id_in("stm", statement_id, _FOUND)))


@get("/v1/statements/{statement_id:str}/quarantine", tags=TAGS, opt={"errors": (_FOUND,)})
async def list_quarantined_rows(
    statement_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[QuarantinedRowOut]:
    """The rows of a statement that could not be read, with their reasons; they are compared with nothing."""
    needs_either(caller, "read")
    found = id_in("stm", statement_id, _FOUND)
    listed = Listed("statement-quarantine", {"statement": public_id("stm", found)}, "row", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        statement = await queries.statement_of(session, caller, found)
    async with db.transaction(caller.with_party(statement.org_id)) as session:  # Its rows are the provider's alone.
        rows = await queries.quarantine_page(session, statement, page)
        return cursors.answer(page, rows, key=lambda row: (row.row_number,), show=QuarantinedRowOut.of)


@get("/v1/statement-lines", tags=TAGS, opt={"errors": (errors.StatementInvalid, AccountNotFound)})
async def list_statement_lines(
    *,
    registry_account_id: AccountId,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    provider_id: ProviderId = None,
    status: FromQuery[LineState | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[LineOut]:
    """The registry's lines of an account that count at present, in the order in which they came."""
    needs_either(caller, "read")
    owner, account = provider_of(caller, provider_id), account_id(registry_account_id)
    bounds = {"account": public_id("acc", account), "status": status and status.value}
    page = cursors.page(Listed("statement-lines", bounds, "n", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller.with_party(owner)) as session:
        await stock.account_of(session, Scope.of_system(owner, caller.request_id), account)
        rows = await queries.lines_of(session, owner, account, page, status)
        return cursors.answer(page, rows, key=lambda row: (row.n,), show=LineOut.of)


@post("/v1/admin/statements/{statement_id:str}/trust", status_code=200, tags=TAGS, opt={"errors": (_FOUND,)})
async def trust_statement(
    statement_id: FromPath[str],
    data: JSONBody[TakeIn],  # noqa: ARG001 - an empty object: nothing else may be sent.
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[StatementOut]:
    """You have looked at a provider's statement: it confirms lots and settles retirements from now on."""
    caller.needs_operator()
    found = id_in("stm", statement_id, _FOUND)
    async with db.transaction(caller) as session:
        seen = await queries.statement_of(session, caller, found)
    require_match(if_match, seen.version)
    trusted = await flow.trust(
        db, caller, seen.org_id, found, whose=Trust.OPERATOR, reconciliation_id=new_id(), now=utc_now()
    )
    return _shown(trusted)


def _check_day(as_of: date, now: datetime) -> None:
    if not OLDEST <= as_of <= day_in_japan(now):
        wrong = FieldError("?as_of", "date_out_of_range", "A statement shows a day that has begun.")
        raise errors.StatementInvalid("See `errors`.", errors=(wrong,))


def _control(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        told = msgspec.json.decode(text, type=dict[Literal["rows", "active", "retired", "canceled"], int])
    except (msgspec.MsgspecError, RecursionError) as error:
        wrong = FieldError("?control", "not_totals", "A JSON object: rows, active, retired, canceled; whole numbers.")
        raise errors.StatementInvalid("See `errors`.", errors=(wrong,)) from error
    return {str(name): units for name, units in told.items()}


def _shown(row: Statement) -> Response[StatementOut]:
    return Response(StatementOut.of(row), headers={"ETag": etag_of(row.version)})


routes: list[HTTPRouteHandler] = [
    send_statement,
    fetch_statement,
    show_statement_template,
    list_statements,
    show_statement,
    list_quarantined_rows,
    list_statement_lines,
    trust_statement,
]

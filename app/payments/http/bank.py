"""How does the operator bring in the bank's statement, and see and settle what waits for a person?"""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.payments import errors, flow, operations, queries
from app.payments.models import BankLine, LineStatus
from app.payments.operations import Claim, Claims, Resolution
from app.payments.schemas import BankLineOut, BankStatementOut, ResolutionIn
from integrations.storage.client import Files

TAGS = ["Operator"]
FILE_MAX_BYTES: Final = 30_000_000
"""A hundred thousand records of 200 bytes, and some."""
Filename = Annotated[str, QueryParameter(min_length=1, max_length=200, description="The file's name at the sender.")]


@post(
    "/v1/admin/bank-statements",
    tags=TAGS,
    opt={
        "body": "file",
        "types": ("text/csv", "application/octet-stream"),
        "errors": (errors.BankFileRefused, errors.BankLineContradicts),
    },
    request_max_body_size=FILE_MAX_BYTES,
)
async def import_bank_statement(
    request: Request[Any, Any, Any],
    filename: Filename,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    once: NamedDependency[Once],
) -> Response[BankStatementOut]:
    """Take a bank statement in: CSV (UTF-8 or CP932), or a bank's fixed-width file of transfer notices (振込入金通知) or of
    an account's movements (入出金取引明細) that is on your list of accounts. What an earlier file held is left as it is.
    """
    caller.needs_operator()
    now, statement_id = utc_now(), new_id()
    async with db.transaction(caller) as session:
        accounts = await queries.desk_accounts(session)
    kept = await flow.keep_bank_file(files, await request.body(), filename, accounts=accounts, now=now)
    lines = await flow.match_lines(db, kept.movements, request_id=caller.request_id)

    async def make(session: AsyncSession) -> Made:
        statement = await operations.book_statement(session, kept, lines, statement_id=statement_id, now=now)
        return Made(201, BankStatementOut.of(statement), statement_id)

    return await once(caller, make, now=now)


@get("/v1/admin/bank-lines", tags=TAGS)
async def list_bank_lines(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[LineStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[BankLineOut]:
    """The lines of all bank statements, or those with a status, the longest known first, each with its age."""
    caller.needs_operator()
    listed = Listed("admin.bank-lines", {"status": status and status.value}, "id", caller.org_id)
    page, today = cursors.page(listed, limit=limit, cursor=cursor), _today()
    async with db.transaction(caller) as session:
        found = await queries.lines(session, status, page)
        shown = await queries.candidates_of(session, found)
        return cursors.answer(
            page, found, key=lambda row: (row.id,), show=lambda row: BankLineOut.of(row, today, shown)
        )


@get("/v1/admin/bank-lines/{line_id:str}", tags=TAGS, opt={"errors": (errors.LineNotFound,)})
async def show_bank_line(
    line_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[BankLineOut]:
    """One line of a bank statement."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return await _shown(session, await queries.line_of(session, _line_id(line_id)))


@post(
    "/v1/admin/bank-lines/{line_id:str}/resolve",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.LineNotFound, errors.LineNotResolvable, errors.PaymentReferenceUnknown)},
)
async def resolve_bank_line(
    line_id: FromPath[str],
    data: JSONBody[ResolutionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    claims: NamedDependency[Claims],
    if_match: IfMatch = None,
) -> Response[BankLineOut]:
    """Refund a line that waits, apply it to an order or to an invoice on account, or acknowledge an outgoing one."""
    caller.needs_operator()
    found = _line_id(line_id)
    async with db.transaction(caller) as session:
        payer_id = (await queries.line_of(session, found)).payer_org_id
        claim = await _claim_in(session, claims, data)
    parties = {payer_id, claim and claim.buyer_id} - {None}
    async with db.transaction(
        caller.with_party(*filter(None, parties))
    ) as session:  # A refund is the payer's money too.
        line = await operations.locked_line(session, found)
        require_match(if_match, line.version)
        await _resolve(session, line, data, claims, claim)
        return await _shown(session, line)


async def _resolve(
    session: AsyncSession, line: BankLine, data: ResolutionIn, claims: Claims, claim: Claim | None
) -> None:
    if data.resolution != "apply_to_invoice":
        decided = Resolution(data.resolution, data.note, data.payment_reference)
        await operations.resolve(session, line, decided, now=utc_now())
        return
    assert claim is not None, line.id
    await claims.pay(session, line, claim, data.note, now=utc_now())


async def _claim_in(session: AsyncSession, claims: Claims, data: ResolutionIn) -> Claim | None:
    """The invoice that a person says the line pays; None with any other resolution. Raises PaymentReferenceUnknown (422)."""
    if data.resolution != "apply_to_invoice":
        return None
    claim = None if data.payment_reference is None else await claims.find(session, data.payment_reference)
    if claim is None:
        unknown = FieldError("/payment_reference", "unknown", "No invoice on account has this reference.")
        raise errors.PaymentReferenceUnknown("Look at the invoice again.", errors=(unknown,))
    return claim


async def _shown(session: AsyncSession, line: BankLine) -> Response[BankLineOut]:
    shown = await queries.candidates_of(session, [line])
    return Response(BankLineOut.of(line, _today(), shown), headers={"ETag": etag_of(line.version)})


def _today() -> date:
    return day_in_japan(utc_now())


def _line_id(text: str) -> UUID:
    found = read_public_id("bnk", text)
    if found is None:
        raise errors.LineNotFound("There is no such line.")
    return found


routes: list[HTTPRouteHandler] = [import_bank_statement, list_bank_lines, show_bank_line, resolve_bank_line]

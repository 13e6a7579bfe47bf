"""Where does the operator make the bank's file of transfers, and say what the bank did with it and sent us?"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.payments import operations as payments
from app.payments.errors import LineNotFound, LineNotResolvable, RefundNotFound, RefundNotPayable
from app.payouts import errors, flow, operations, queries
from app.payouts.http.addressed import OPERATOR_TAGS, file_id_in, line_id_in, payout_id_in, refund_id_in
from app.payouts.http.file_made import ERRORS, file_made
from app.payouts.models import PayoutFile
from app.payouts.rules import FileKind
from app.payouts.schemas import ArrivalIn, DebitIn, PayoutFileIn, PayoutFileOut, StripePayoutOut
from integrations.storage.client import Files

Step = Callable[[AsyncSession, PayoutFile], Awaitable[None]]
_TYPE: Final = "application/octet-stream"
_MOVED: Final = (errors.PayoutFileNotFound, InvalidState)


@get("/v1/admin/payout-files", tags=OPERATOR_TAGS)
async def list_payout_files(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PayoutFileOut]:
    """The files of transfers, newest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.payout_files", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.files_page(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=PayoutFileOut.of)


@post(
    "/v1/admin/payout-files",
    tags=OPERATOR_TAGS,
    opt={"errors": ERRORS},
)
async def make_payout_file(
    data: JSONBody[PayoutFileIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    once: NamedDependency[Once],
) -> Response[PayoutFileOut]:
    """Make one file of transfers (総合振込) of every approved payout by bank. They are being sent from here on."""
    caller.needs_operator()
    now = utc_now()
    written = await flow.write_file(db, files, caller, data.transfer_on, file_id=new_id(), now=now)
    return await file_made(once, caller, written, operations.take_in, now=now)


@get("/v1/admin/payout-files/{payout_file_id:str}", tags=OPERATOR_TAGS, opt={"errors": (errors.PayoutFileNotFound,)})
async def show_payout_file(
    payout_file_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[PayoutFileOut]:
    """One file of transfers."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        file = await queries.file_of(session, caller, file_id_in(payout_file_id))
    return Response(PayoutFileOut.of(file), headers={"ETag": etag_of(file.version)})


@get(
    "/v1/admin/payout-files/{payout_file_id:str}/content",
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.PayoutFileNotFound,), "shows": (_TYPE,)},
)
async def show_payout_file_content(
    payout_file_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """The file itself, for the bank."""
    caller.needs_operator()
    file, content = await flow.content_of(db, files, caller, file_id_in(payout_file_id))
    disposition = f'attachment; filename="transfers-{file.transfer_on:%Y%m%d}.txt"'
    return Response(content, media_type=_TYPE, headers={"Content-Disposition": disposition})


@post(
    "/v1/admin/payout-files/{payout_file_id:str}/sent",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, errors.PeoplePayOut, errors.ApprovedBySomebodyElse)},
)
async def mark_payout_file_sent(
    payout_file_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutFileOut]:
    """The bank has the file. A file of refunds is sent by somebody else than who made it."""
    now = utc_now()

    async def step(session: AsyncSession, file: PayoutFile) -> None:
        await operations.mark_sent(session, file, now=now)

    return await _moved(db, once, caller, payout_file_id, if_match, step=step)


@post(
    "/v1/admin/payout-files/{payout_file_id:str}/void",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, errors.PeoplePayOut)},
)
async def void_payout_file(
    payout_file_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutFileOut]:
    """Call a file off that the bank has not got. What it pays waits for another."""
    now = utc_now()

    async def step(session: AsyncSession, file: PayoutFile) -> None:
        await operations.void(session, file, now=now)

    return await _moved(db, once, caller, payout_file_id, if_match, step=step)


@post(
    "/v1/admin/payout-files/{payout_file_id:str}/debited",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={
        "errors": (
            *_MOVED,
            errors.PayoutNotFound,
            errors.LineDoesNotFit,
            LineNotFound,
            LineNotResolvable,
            RefundNotFound,
            RefundNotPayable,
        )
    },
)
async def note_debited_payout_file(
    payout_file_id: FromPath[str],
    data: JSONBody[DebitIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutFileOut]:
    """One of the bank's outgoing lines is this file's total, or one of its transfers: what it paid is paid."""
    now, line_id = utc_now(), line_id_in(data.bank_line_id)
    payout_id = None if data.payout_id is None else payout_id_in(data.payout_id)
    only_id = None if data.refund_id is None else refund_id_in(data.refund_id)
    if data.line_return_id is not None:
        only_id = id_in("lrt", data.line_return_id, RefundNotFound)

    async def step(session: AsyncSession, file: PayoutFile) -> None:
        line = await payments.locked_line(session, line_id)
        if file.kind == FileKind.REFUNDS and payout_id is None:
            await operations.note_refunds_debited(session, file, line, only_id, now=now)
        elif only_id is None:
            await operations.note_bank_debit(session, file, line, payout_id, now=now)
        else:
            raise RefundNotFound("This file is of payouts.")

    return await _moved(db, once, caller, payout_file_id, if_match, step=step)


@get("/v1/admin/stripe-payouts", tags=OPERATOR_TAGS)
async def list_stripe_payouts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StripePayoutOut]:
    """What Stripe sends to the desk's bank, newest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.stripe_payouts", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.stripe_payouts_page(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=StripePayoutOut.of)


@post(
    "/v1/admin/stripe-payouts/{stripe_payout_id:str}/arrived",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.StripePayoutNotFound, InvalidState, errors.LineDoesNotFit, LineNotFound, LineNotResolvable)},
)
async def note_arrived_stripe_payout(
    stripe_payout_id: FromPath[str],
    data: JSONBody[ArrivalIn],
    caller: NamedDependency[Scope],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[StripePayoutOut]:
    """One of the bank's incoming lines is what Stripe sent."""
    caller.needs_operator()
    now, line_id = utc_now(), line_id_in(data.bank_line_id)
    row_id = id_in("spo", stripe_payout_id, errors.StripePayoutNotFound)

    async def make(session: AsyncSession) -> Made:
        line = await payments.locked_line(session, line_id)
        row = await operations.locked_stripe_payout(session, row_id)
        require_match(if_match, row.version)
        await operations.note_arrival(session, row, line, now=now)
        return Made(200, StripePayoutOut.of(row), row_id)

    return await once(caller, make, now=now)


async def _moved(
    db: Database, once: Once, caller: Scope, written: str, if_match: str | None, *, step: Step
) -> Response[Any]:
    """Take one step on a locked file, once; the desk and whoever it pays are the parties."""
    caller.needs_operator()
    file_id = file_id_in(written)
    async with db.transaction(caller) as session:
        whose = await queries.parties_in(session, caller, file_id)

    async def make(session: AsyncSession) -> Made:
        file = await operations.locked_file(session, file_id)
        require_match(if_match, file.version)
        await step(session, file)
        return Made(200, PayoutFileOut.of(file), file_id)

    return await once(caller.with_party(*whose), make, now=utc_now())


routes: Final[list[HTTPRouteHandler]] = [
    list_payout_files,
    make_payout_file,
    show_payout_file,
    show_payout_file_content,
    mark_payout_file_sent,
    void_payout_file,
    note_debited_payout_file,
    list_stripe_payouts,
    note_arrived_stripe_payout,
]

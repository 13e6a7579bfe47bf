"""Where does the operator see which refunds wait for the bank, name a buyer's account, and make the file that sends them?"""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity.errors import OrganisationNotFound
from app.identity.models import OrganisationKind
from app.payouts import errors, flow, operations, queries
from app.payouts.http.addressed import OPERATOR_TAGS, payee_id_in
from app.payouts.http.file_made import ERRORS, file_made
from app.payouts.schemas import BankRefundOut, BuyerAccountIn, PayoutAccountOut, PayoutFileIn, PayoutFileOut
from integrations.storage.client import Files


@get("/v1/admin/bank-refunds", tags=OPERATOR_TAGS)
async def list_bank_refunds(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[BankRefundOut]:
    """The refunds that are due by bank and in no file, oldest first, and whose buyer's account is missing."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.bank_refunds", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.open_refunds_page(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.refund.id,), show=BankRefundOut.of)


@post(
    "/v1/admin/payout-accounts",
    tags=OPERATOR_TAGS,
    opt={"errors": (OrganisationNotFound, errors.PayoutFieldsInvalid, errors.PeoplePayOut)},
)
async def name_buyer_account(
    data: JSONBody[BuyerAccountIn], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[PayoutAccountOut]:
    """Name the account that a buyer told you, for its refunds. A colleague confirms it. Sign in."""
    caller.needs_operator()
    now, buyer_id = utc_now(), payee_id_in(data.buyer_id)

    async def make(session: AsyncSession) -> Made:
        operations.refuse_machines(session)
        if (await operations.lock_payee(session, buyer_id)).kind != OrganisationKind.BUYER:
            raise OrganisationNotFound("No buyer has this id: a provider names its account itself.")
        row = await operations.name_account(session, buyer_id, data.account.typed(), now=now)
        return Made(201, PayoutAccountOut.of(row), row.id)

    return await once(caller.with_party(buyer_id), make, now=now)


@post(
    "/v1/admin/refund-files",
    tags=OPERATOR_TAGS,
    opt={"errors": ERRORS},
)
async def make_refund_file(
    data: JSONBody[PayoutFileIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    once: NamedDependency[Once],
) -> Response[PayoutFileOut]:
    """Make one file of transfers (総合振込) of every refund by bank whose buyer's account is confirmed.

    It is one of the payout files, and goes their way: a colleague marks it as sent.
    """
    caller.needs_operator()
    now = utc_now()
    written = await flow.write_refund_file(db, files, caller, data.transfer_on, file_id=new_id(), now=now)
    return await file_made(once, caller, written, operations.take_in_refunds, now=now)


routes: Final[list[HTTPRouteHandler]] = [list_bank_refunds, name_buyer_account, make_refund_file]

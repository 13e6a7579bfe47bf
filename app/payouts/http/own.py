"""Where does a provider read what it earned and what was paid, and say where it wants it?"""

from typing import Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.payments.errors import StripeUnreachable
from app.payments.flow import StripeSilent, Till
from app.payouts import errors, operations, queries
from app.payouts.flow import Addresses, open_connected
from app.payouts.http.addressed import PROVIDER_TAGS, needs_payee, needs_provider, payout_id_in
from app.payouts.schemas import (
    BalanceOut,
    EarningOut,
    PayoutAccountIn,
    PayoutAccountOut,
    PayoutOut,
    ProviderTermsOut,
    StripeAccountIn,
    StripeAccountOut,
)

_VERSION: Final = ResponseHeader("ETag", documentation_only=True, description="The version, for If-Match.")


@get("/v1/payouts", tags=PROVIDER_TAGS)
async def list_payouts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PayoutOut]:
    """Your payouts with their sums, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("payouts", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.own_payouts(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=lambda row: PayoutOut.of(row, ()))


@get("/v1/payouts/{payout_id:str}", tags=PROVIDER_TAGS, opt={"errors": (errors.PayoutNotFound,)})
async def show_payout(
    payout_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[PayoutOut]:
    """One of your payouts."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        payout = await queries.payout_of(session, caller, payout_id_in(payout_id))
        shown = PayoutOut.of(payout, await queries.reversals_of(session, payout))
    return Response(shown, headers={"ETag": etag_of(payout.version)})


@get("/v1/payouts/{payout_id:str}/lines", tags=PROVIDER_TAGS, opt={"errors": (errors.PayoutNotFound,)})
async def list_payout_lines(
    payout_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[EarningOut]:
    """The entries that a payout of yours is made of, oldest first."""
    caller.needs("read")
    found_id: UUID = payout_id_in(payout_id)
    page = cursors.page(Listed("payout_lines", {"id": payout_id}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        payout = await queries.payout_of(session, caller, found_id)
        found = await queries.lines_page(session, payout, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=EarningOut.of)


@get("/v1/earnings", tags=PROVIDER_TAGS)
async def list_earnings(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[EarningOut]:
    """Every entry of your account with the desk, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("earnings", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.earnings_page(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=EarningOut.of)


@get("/v1/earnings/balance", tags=PROVIDER_TAGS)
async def show_balance(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> BalanceOut:
    """What may be paid to you now, what later and when, what is held, and what you owe."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        return BalanceOut.of(await queries.balance_of(session, caller, utc_now()))


@get("/v1/provider-terms", tags=PROVIDER_TAGS)
async def list_own_terms(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ProviderTermsOut]:
    """What was agreed with you, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("provider_terms", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.own_terms(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=ProviderTermsOut.of)


@get(
    "/v1/payout-account",
    tags=PROVIDER_TAGS,
    response_headers=[_VERSION],
    opt={"errors": (errors.PayoutAccountNotFound,)},
)
async def show_payout_account(
    caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[PayoutAccountOut]:
    """The bank account that you named last, and whether the desk has confirmed it."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        row = await queries.own_account(session, caller)
    return Response(PayoutAccountOut.of(row), headers={"ETag": etag_of(row.version)})


@put(
    "/v1/payout-account",
    tags=PROVIDER_TAGS,
    response_headers=[_VERSION],
    opt={"errors": (errors.PayoutFieldsInvalid, errors.PeoplePayOut)},
)
async def name_payout_account(
    data: JSONBody[PayoutAccountIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[PayoutAccountOut]:
    """Have payouts, or a buyer's refunds by bank, sent to another account, once the desk has confirmed it.

    Sign in; the first needs no `If-Match`.
    """
    needs_payee(caller, "members:write")
    async with db.transaction(caller.with_party(DESK_ID)) as session:
        operations.refuse_machines(session)
        standing = await operations.newest_account(session, caller.org_id)
        if standing is not None:
            require_match(if_match, standing.version)
        row = await operations.name_account(session, caller.org_id, data.typed(), now=utc_now())
        return Response(PayoutAccountOut.of(row), headers={"ETag": etag_of(row.version)})


@post(
    "/v1/payouts/stripe-account",
    status_code=200,
    tags=PROVIDER_TAGS,
    opt={"errors": (errors.StripeNotUsed, errors.ConnectedAccountRefused, errors.PeoplePayOut, StripeUnreachable)},
)
async def open_stripe_account(
    data: JSONBody[StripeAccountIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    till: NamedDependency[Till],
) -> StripeAccountOut:
    """Your account at Stripe, made the first time, and a page there that asks what Stripe must know. Sign in."""
    needs_provider(caller, "members:write")
    if till.stripe is None:
        raise errors.StripeNotUsed("This desk pays by bank transfer.")
    addresses = Addresses(data.return_url, data.refresh_url)
    try:
        row, link = await open_connected(db, till.stripe, caller, addresses, now=utc_now())
    except StripeSilent as silent:
        raise StripeUnreachable("Send the same request again.", retry_after_s=2) from silent
    return StripeAccountOut.of(row, link)


@get("/v1/payouts/stripe-account", tags=PROVIDER_TAGS, opt={"errors": (errors.ConnectedAccountNotFound,)})
async def show_stripe_account(
    caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[StripeAccountOut]:
    """How your account at Stripe stands, as Stripe last said."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        row = await queries.own_connected(session, caller)
    return Response(StripeAccountOut.of(row, None), headers={"ETag": etag_of(row.version)})


routes: Final[list[HTTPRouteHandler]] = [
    list_payouts,
    show_payout,
    list_payout_lines,
    list_earnings,
    show_balance,
    list_own_terms,
    show_payout_account,
    name_payout_account,
    open_stripe_account,
    show_stripe_account,
]

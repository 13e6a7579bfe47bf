"""Where does the operator agree terms, set rates, confirm accounts, and name its own?"""

from typing import Final

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError, InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.files import id_in
from app.core.http.paging import Cursor, Limit
from app.core.ids import public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.payouts import errors, operations, queries
from app.payouts.http.addressed import OPERATOR_TAGS, provider_id_in
from app.payouts.rules import AccountStatus
from app.payouts.schemas import (
    AccountDecisionIn,
    CommissionRateIn,
    CommissionRateOut,
    OriginatorIn,
    OriginatorOut,
    PayoutAccountOut,
    ProviderTermsIn,
    ProviderTermsOut,
    RateEndIn,
)

_DECIDED: Final = (
    errors.PayoutAccountNotFound,
    errors.PeoplePayOut,
    errors.ApprovedBySomebodyElse,
    InvalidState,
)


@get("/v1/admin/provider-terms", tags=OPERATOR_TAGS, opt={"errors": (errors.ProviderNotFound,)})
async def list_provider_terms(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    provider_id: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ProviderTermsOut]:
    """What was agreed with every provider, or one, newest first."""
    caller.needs_operator()
    listed = Listed("admin.provider_terms", {"provider": provider_id}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    wanted = None if provider_id is None else provider_id_in(provider_id)
    async with db.transaction(caller) as session:
        found = await queries.terms_page(session, caller, page, wanted)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=ProviderTermsOut.of)


@post(
    "/v1/admin/provider-terms",
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.ProviderNotFound, errors.PayoutFieldsInvalid)},
)
async def agree_provider_terms(
    data: JSONBody[ProviderTermsIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> ProviderTermsOut:
    """Write down what was agreed with a provider from a day on. Terms are never changed: newer ones take their place."""
    caller.needs_operator()
    if (data.closing_weekday is None) == (data.closing_day is None):
        wrong = FieldError("/closing_day", "one_of_two", "Either a weekday or a day of the month.")
        raise errors.PayoutFieldsInvalid("See `errors`.", errors=(wrong,))
    provider_id = provider_id_in(data.provider_id)
    async with db.transaction(caller.with_party(provider_id)) as session:
        return ProviderTermsOut.of(await operations.agree(session, provider_id, data.agreed(), now=utc_now()))


@get("/v1/admin/commission-rates", tags=OPERATOR_TAGS)
async def list_commission_rates(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[CommissionRateOut]:
    """Every rate of commission, those that ended too, newest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.commission_rates", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.rates_page(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=CommissionRateOut.of)


@get(
    "/v1/admin/commission-rates/{commission_rate_id:str}",
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.CommissionRateNotFound,)},
)
async def show_commission_rate(
    commission_rate_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[CommissionRateOut]:
    """One rate of commission."""
    caller.needs_operator()
    rate_id = id_in("cmr", commission_rate_id, errors.CommissionRateNotFound)
    async with db.transaction(caller) as session:
        rate = await queries.rate_of(session, caller, rate_id)
    return Response(CommissionRateOut.of(rate), headers={"ETag": etag_of(rate.version)})


@post(
    "/v1/admin/commission-rates",
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.RatesOverlap, errors.PayoutFieldsInvalid, errors.ProviderNotFound)},
)
async def set_commission_rate(
    data: JSONBody[CommissionRateIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[CommissionRateOut]:
    """Charge by this rate on its days. Two for the same provider and category never overlap."""
    caller.needs_operator()
    provider_id = None if data.provider_id is None else provider_id_in(data.provider_id)
    parties = () if provider_id is None else (provider_id,)
    async with db.transaction(caller.with_party(*parties)) as session:  # The provider is looked up.
        if provider_id is not None:
            await operations.lock_provider(session, provider_id)
        rate = await operations.set_rate(session, data.new(provider_id), now=utc_now())
        headers = {"ETag": etag_of(rate.version), "Location": f"/v1/admin/commission-rates/{public_id('cmr', rate.id)}"}
        return Response(CommissionRateOut.of(rate), status_code=201, headers=headers)


@post(
    "/v1/admin/commission-rates/{commission_rate_id:str}/end",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (errors.CommissionRateNotFound, errors.PayoutFieldsInvalid, InvalidState)},
)
async def end_commission_rate(
    commission_rate_id: FromPath[str],
    data: JSONBody[RateEndIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[CommissionRateOut]:
    """Let a rate end. It is never changed otherwise: what was charged by it stays explained."""
    caller.needs_operator()
    rate_id = id_in("cmr", commission_rate_id, errors.CommissionRateNotFound)
    async with db.transaction(caller) as session:
        rate = await operations.locked_rate(session, rate_id)
        require_match(if_match, rate.version)
        await operations.end_rate(session, rate, data.valid_until, now=utc_now())
        return Response(CommissionRateOut.of(rate), headers={"ETag": etag_of(rate.version)})


@get("/v1/admin/payout-accounts", tags=OPERATOR_TAGS)
async def list_payout_accounts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[AccountStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PayoutAccountOut]:
    """The bank accounts that providers named, what waits longest first."""
    caller.needs_operator()
    listed = Listed("admin.payout_accounts", {"status": status and status.value}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.accounts_page(session, caller, page, status)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=PayoutAccountOut.of)


@post(
    "/v1/admin/payout-accounts/{payout_account_id:str}/confirm",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": _DECIDED},
)
async def confirm_payout_account(
    payout_account_id: FromPath[str],
    data: JSONBody[AccountDecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[PayoutAccountOut]:
    """Confirm an account, asked for by a way that did not come with it: a number that you knew before."""
    return await _decided(db, caller, payout_account_id, if_match, AccountStatus.CONFIRMED, data.note)


@post(
    "/v1/admin/payout-accounts/{payout_account_id:str}/refuse",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": _DECIDED},
)
async def refuse_payout_account(
    payout_account_id: FromPath[str],
    data: JSONBody[AccountDecisionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[PayoutAccountOut]:
    """Refuse an account: the one that was confirmed before is paid to again."""
    return await _decided(db, caller, payout_account_id, if_match, AccountStatus.REFUSED, data.note)


@get("/v1/admin/payout-originator", tags=OPERATOR_TAGS, opt={"errors": (errors.OriginatorNotFound,)})
async def show_payout_originator(
    caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[OriginatorOut]:
    """The account that the desk pays from."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        row = await queries.originator(session, caller)
    return Response(OriginatorOut.of(row), headers={"ETag": etag_of(row.version)})


@put("/v1/admin/payout-originator", tags=OPERATOR_TAGS)
async def set_payout_originator(
    data: JSONBody[OriginatorIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[OriginatorOut]:
    """Pay from this account from now on. The first needs no `If-Match`."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        standing = await operations.locked_originator(session)
        if standing is not None:
            require_match(if_match, standing.version)
        row = await operations.set_originator(session, standing, data.wanted(), now=utc_now())
        return Response(OriginatorOut.of(row), headers={"ETag": etag_of(row.version)})


async def _decided(
    db: Database, caller: Scope, written: str, if_match: str | None, status: AccountStatus, note: str
) -> Response[PayoutAccountOut]:
    caller.needs_operator()
    account_id = id_in("pac", written, errors.PayoutAccountNotFound)
    async with db.transaction(caller) as session:
        provider_id = (await queries.account_of(session, caller, account_id)).org_id
    async with db.transaction(caller.with_party(provider_id)) as session:
        row = await operations.locked_account(session, provider_id, account_id)
        require_match(if_match, row.version)
        await operations.decide_account(session, row, status, note, now=utc_now())
        return Response(PayoutAccountOut.of(row), headers={"ETag": etag_of(row.version)})


routes: Final[list[HTTPRouteHandler]] = [
    list_provider_terms,
    agree_provider_terms,
    list_commission_rates,
    show_commission_rate,
    set_commission_rate,
    end_commission_rate,
    list_payout_accounts,
    confirm_payout_account,
    refuse_payout_account,
    show_payout_originator,
    set_payout_originator,
]

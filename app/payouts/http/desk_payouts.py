"""Where does the operator make, approve, cancel and take back payouts?"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.core.terms import Terms
from app.payments import operations as payments
from app.payments.errors import LineNotFound, LineNotResolvable
from app.payouts import errors, operations, queries
from app.payouts.http.addressed import OPERATOR_TAGS, line_id_in, payout_id_in, provider_id_in
from app.payouts.models import Payout
from app.payouts.operations import Left, Wanted
from app.payouts.rules import PayoutStatus
from app.payouts.schemas import PayoutIn, PayoutOut, PayoutReasonIn, ReturnedIn, ReversalIn

Step = Callable[[AsyncSession, Payout], Awaitable[None]]
_MADE: Final = (errors.ProviderNotFound, errors.NothingToPay)
_MOVED: Final = (errors.PayoutNotFound, InvalidState)


@get("/v1/admin/payouts", tags=OPERATOR_TAGS)
async def list_payouts_of_all(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[PayoutStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PayoutOut]:
    """Every provider's payouts, or those with a status, newest first."""
    caller.needs_operator()
    listed = Listed("admin.payouts", {"status": status and status.value}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.payouts_of_desk(session, caller, page, status)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=lambda row: PayoutOut.of(row, ()))


@get("/v1/admin/payouts/{payout_id:str}", tags=OPERATOR_TAGS, opt={"errors": (errors.PayoutNotFound,)})
async def show_payout_of_any(
    payout_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[PayoutOut]:
    """One payout, with what was asked back of it."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        payout = await queries.payout_of(session, caller, payout_id_in(payout_id))
        shown = PayoutOut.of(payout, await queries.reversals_of(session, payout))
    return Response(shown, headers={"ETag": etag_of(payout.version)})


@post("/v1/admin/payouts", tags=OPERATOR_TAGS, opt={"errors": _MADE})
async def make_payout(
    data: JSONBody[PayoutIn],
    caller: NamedDependency[Scope],
    terms: NamedDependency[Terms],
    once: NamedDependency[Once],
) -> Response[PayoutOut]:
    """Make a payout of all that a provider may be paid by now, whatever its closing day. Somebody else approves it."""
    caller.needs_operator()
    provider_id = provider_id_in(data.provider_id)

    async def make(session: AsyncSession) -> Made:
        return await _draft(session, provider_id, terms)

    return await once(caller.with_party(provider_id), make, now=utc_now())


@post("/v1/admin/payouts/{payout_id:str}/retry", tags=OPERATOR_TAGS, opt={"errors": (*_MADE, *_MOVED)})
async def retry_payout(
    payout_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    once: NamedDependency[Once],
) -> Response[PayoutOut]:
    """Make another payout in place of one that failed, of all that is due by now and to where it is paid now."""
    caller.needs_operator()
    found = payout_id_in(payout_id)
    provider_id = await _provider_of(db, caller, found)

    async def make(session: AsyncSession) -> Made:
        payout = await operations.locked_payout(session, provider_id, found)
        if payout.status != PayoutStatus.FAILED:
            raise InvalidState(f"The payout is {payout.status}.", state=payout.status)
        return await _draft(session, provider_id, terms)

    return await once(caller.with_party(provider_id), make, now=utc_now())


@post(
    "/v1/admin/payouts/{payout_id:str}/approve",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, errors.PeoplePayOut, errors.ApprovedBySomebodyElse, errors.PayoutNotPayable)},
)
async def approve_payout(
    payout_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutOut]:
    """Let a draft be paid. By Stripe it goes at once; by the bank it waits for the next file of transfers."""
    now = utc_now()

    async def step(session: AsyncSession, payout: Payout) -> None:
        await operations.approve(session, payout, now=now)

    return await _moved(db, once, caller, payout_id, if_match, step=step)


@post("/v1/admin/payouts/{payout_id:str}/cancel", status_code=200, tags=OPERATOR_TAGS, opt={"errors": _MOVED})
async def cancel_payout(
    payout_id: FromPath[str],
    data: JSONBody[PayoutReasonIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutOut]:
    """Call off a payout that has not left the house. Its entries are free for another."""
    now = utc_now()

    async def step(session: AsyncSession, payout: Payout) -> None:
        await operations.cancel(session, payout, data.reason, now=now)

    return await _moved(db, once, caller, payout_id, if_match, step=step)


@post(
    "/v1/admin/payouts/{payout_id:str}/reverse",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, errors.PeoplePayOut, errors.ReversalTooLarge)},
)
async def reverse_payout(
    payout_id: FromPath[str],
    data: JSONBody[ReversalIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutOut]:
    """Ask Stripe for money of a payout, because the provider owes it. `reversals` tells what came of it."""
    now, reversal_id = utc_now(), new_id()

    async def step(session: AsyncSession, payout: Payout) -> None:
        await operations.take_back(session, payout, reversal_id, data.amount, data.note, now=now)

    return await _moved(db, once, caller, payout_id, if_match, step=step)


@post(
    "/v1/admin/payouts/{payout_id:str}/returned",
    status_code=200,
    tags=OPERATOR_TAGS,
    opt={"errors": (*_MOVED, LineNotFound, LineNotResolvable, errors.LineDoesNotFit)},
)
async def note_returned_payout(
    payout_id: FromPath[str],
    data: JSONBody[ReturnedIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    if_match: IfMatch = None,
) -> Response[PayoutOut]:
    """The bank gave a payout back (組戻し) by an incoming line: it failed, and is owed again."""
    now, line_id = utc_now(), line_id_in(data.bank_line_id)

    async def step(session: AsyncSession, payout: Payout) -> None:
        line = await payments.locked_line(session, line_id)
        await operations.note_return(session, payout, line, data.reason, now=now)

    return await _moved(db, once, caller, payout_id, if_match, step=step)


async def _draft(session: AsyncSession, provider_id: UUID, terms: Terms) -> Made:
    now = utc_now()
    wanted = Wanted(new_id(), provider_id, day_in_japan(now), by_clock=False, tax_basis_points=terms.tax_basis_points)
    made = await operations.draft(session, wanted, now=now)
    if isinstance(made, Left):
        raise errors.NothingToPay("Nothing is paid to this provider now.", reason=made.why, due_minor=made.due_minor)
    return Made(201, PayoutOut.of(made, ()), made.id, f"/v1/admin/payouts/{public_id('pyo', made.id)}")


async def _provider_of(db: Database, caller: Scope, payout_id: UUID) -> UUID:
    async with db.transaction(caller) as session:
        return (await queries.payout_of(session, caller, payout_id)).org_id


async def _moved(
    db: Database, once: Once, caller: Scope, written: str, if_match: str | None, *, step: Step
) -> Response[Any]:
    """Take one step on a locked payout, once; provider and desk are its parties."""
    caller.needs_operator()
    payout_id = payout_id_in(written)
    provider_id = await _provider_of(db, caller, payout_id)

    async def make(session: AsyncSession) -> Made:
        payout = await operations.locked_payout(session, provider_id, payout_id)
        require_match(if_match, payout.version)
        await step(session, payout)
        return Made(200, PayoutOut.of(payout, await queries.reversals_of(session, payout)), payout_id)

    return await once(caller.with_party(provider_id), make, now=utc_now())


routes: Final[list[HTTPRouteHandler]] = [
    list_payouts_of_all,
    show_payout_of_any,
    make_payout,
    retry_payout,
    approve_payout,
    cancel_payout,
    reverse_payout,
    note_returned_payout,
]

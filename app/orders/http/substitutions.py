"""The doors of substitution: the desk proposes other credits for a short order, its buyer takes them or not."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.once import Made, Once
from app.core.ids import public_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.listings.queries import seen_by
from app.orders import errors, operations, queries
from app.orders.http.reading import check_wish
from app.orders.http.refunds import TAGS, order_and_parties
from app.orders.models import Order, Substitution
from app.orders.operations import Instead, Proposal
from app.orders.operations.refusals import listing_gone
from app.orders.schemas import RetireIn, SubstitutionAnswerIn, SubstitutionIn, SubstitutionOut

PROPOSED = (
    errors.OrderNotFound, errors.ListingGone, errors.NotEnoughCredits, errors.OrderInvalid, errors.PersonNeeded,
    errors.SubstitutionInvalid, InvalidState,
)  # fmt: skip
ANSWERED = (errors.OrderNotFound, errors.SubstitutionNotFound, InvalidState)
Answer = Callable[[AsyncSession, Order, UUID, datetime], Awaitable[Substitution]]


@post("/v1/admin/orders/{order_id:str}/substitutions", tags=TAGS, status_code=201, opt={"errors": PROPOSED})
async def propose_substitution(
    order_id: FromPath[str],
    data: JSONBody[SubstitutionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[SubstitutionOut]:
    """Propose other credits for those that a paid order is short of. They are reserved until its buyer answers.

    Of dearer ones the desk puts the difference in: then a person proposes them, no API key. An open proposal is withdrawn.
    """
    now = utc_now()
    found, parties = await order_and_parties(db, caller, order_id)
    proposal, reader = _proposal(data), caller.with_party(found.org_id)
    providers = await _providers(db, reader, found, proposal, now)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, found.org_id, found.id)
        await operations.require_parties(session, order)
        made = await operations.propose(session, reader, order, proposal, now=now)
        return Made(201, await _shown(session, order, made), made.id)

    return await once(caller.with_party(*parties, *providers), make, now=now)


@get("/v1/admin/orders/{order_id:str}/substitutions", tags=TAGS, opt={"errors": (errors.OrderNotFound,)})
async def list_substitutions(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> list[SubstitutionOut]:
    """What was proposed for an order, and what became of it, newest first."""
    order, parties = await order_and_parties(db, caller, order_id)
    async with db.transaction(caller.with_party(*parties)) as session:
        return [SubstitutionOut.of(order, *each) for each in await queries.substitutions_of(session, order)]


@get("/v1/orders/{order_id:str}/substitutions", opt={"errors": (errors.OrderNotFound,)})
async def list_order_substitutions(
    order_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> list[SubstitutionOut]:
    """What is proposed for your order, and what was before, newest first: an `open` one waits for your answer."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        order = await _own(session, caller, order_id)
        return [SubstitutionOut.of(order, *each) for each in await queries.substitutions_of(session, order)]


@post("/v1/orders/{order_id:str}/substitution/accept", status_code=200, opt={"errors": ANSWERED})
async def accept_substitution(
    order_id: FromPath[str],
    data: JSONBody[SubstitutionAnswerIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[SubstitutionOut]:
    """Take what is proposed instead of what your order is short of; it goes on as if you had bought that."""

    async def step(session: AsyncSession, order: Order, substitution_id: UUID, now: datetime) -> Substitution:
        return await operations.accept(session, order, substitution_id, now=now)

    return await _answer(db, caller, once, order_id, data, step)


@post("/v1/orders/{order_id:str}/substitution/reject", status_code=200, opt={"errors": ANSWERED})
async def reject_substitution(
    order_id: FromPath[str],
    data: JSONBody[SubstitutionAnswerIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[SubstitutionOut]:
    """Turn down what is proposed. Your order stays short: the desk proposes something else, or gives your money back."""

    async def step(session: AsyncSession, order: Order, substitution_id: UUID, now: datetime) -> Substitution:
        return await operations.reject(session, order, substitution_id, now=now)

    return await _answer(db, caller, once, order_id, data, step)


async def _answer(
    db: Database, caller: Scope, once: Once, written: str, data: SubstitutionAnswerIn, step: Answer
) -> Response[SubstitutionOut]:
    """The buyer's answer, under its order's lock."""
    caller.needs("orders:write")
    now, substitution_id = utc_now(), read_public_id(operations.SUBSTITUTION_PREFIX, data.substitution_id)
    async with db.transaction(caller) as session:
        found = await _own(session, caller, written)
        providers = await queries.parties_of(session, caller.org_id, found.id)

    async def make(session: AsyncSession) -> Made:
        order = await queries.locked(session, caller.org_id, found.id)
        await operations.require_parties(session, order)
        if substitution_id is None:
            raise errors.SubstitutionNotFound("Nothing with this id was proposed for this order.")
        made = await step(session, order, substitution_id, now)
        return Made(200, await _shown(session, order, made), made.id)

    return await once(caller.with_party(DESK_ID, *providers), make, now=now)


async def _providers(db: Database, reader: Scope, order: Order, proposal: Proposal, now: datetime) -> tuple[UUID, ...]:
    """Whose listings are proposed. Raises ListingGone (409), OrderInvalid (422) when the order's invalidation forbids them."""
    async with db.transaction(reader) as session:
        shown = await seen_by(session, reader, [each.listing_id for each in proposal.lines], now=now)
    gone = [place for place, each in enumerate(proposal.lines) if each.listing_id not in shown]
    if gone:
        raise listing_gone(gone)
    if order.retire is not None:
        wanted = [(each.listing_id, public_id("lst", each.listing_id), each.quantity) for each in proposal.lines]
        await check_wish(msgspec.convert(order.retire, RetireIn), None, wanted, reader, db, now)
    return tuple({each.provider_id for each in shown.values()})


def _proposal(data: SubstitutionIn) -> Proposal:
    """What is proposed, read. Raises ListingGone (409) for what is no id."""
    read = [read_public_id("lst", each.listing_id) for each in data.lines]
    gone = [place for place, listing_id in enumerate(read) if listing_id is None]
    if gone:
        raise listing_gone(gone)
    lines = tuple(
        Instead(each.line, listing_id, each.quantity)
        for listing_id, each in zip(read, data.lines, strict=True)
        if listing_id is not None
    )
    return Proposal(lines, data.note, data.expires_at)


async def _own(session: AsyncSession, caller: Scope, written: str) -> Order:
    order_id = read_public_id("ord", written)
    if order_id is None:
        raise errors.OrderNotFound("You have no order with this id.")
    return await queries.order_of(session, caller, order_id)


async def _shown(session: AsyncSession, order: Order, made: Substitution) -> SubstitutionOut:
    return SubstitutionOut.of(order, made, await queries.lines_proposed(session, made))


routes: list[Any] = [
    propose_substitution, list_substitutions, list_order_substitutions, accept_substitution, reject_substitution,
]  # fmt: skip

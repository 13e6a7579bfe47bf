"""What does the fake registry answer to whom: its public routes, and those for whoever sets the scene or checks it?"""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Litestar, Request, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Response

from integrations.registries.base import SerialBlock
from integrations.registries.fake.counter import Counter, json_reply
from integrations.registries.fake.faults import Faults
from integrations.registries.fake.messages import Chance, Correction, Fault, IssuedBlock, Order
from integrations.registries.fake.office import Office, Wanted
from integrations.registries.fake.reading import holdings_page, statement_page
from integrations.registries.fake.wire import AnyRequest
from integrations.registries.simulated_ways import (
    SIMULATED_NOW_HEADER,
    SIMULATED_WAYS_HEADER,
    WAYS_DIFFER,
    About,
    Ways,
)


class Secrets(msgspec.Struct, frozen=True):
    """Who may do what: brokers retire and look up, the stage's hands set the scene."""

    broker: str
    admin: str


def create_app(
    office: Office, faults: Faults, given: Secrets, *, now: Callable[[], datetime], page_size: int
) -> Litestar:
    """Put the routes together."""
    counter = Counter(office, faults, page_size=page_size)
    said = About("Fake registry", simulated=True, ways=office.ways, settles_within_s=office.pace.settles_within_s)

    def provide_now(request: Request[Any, Any, Any]) -> datetime:
        return _later(now(), request.headers.get(SIMULATED_NOW_HEADER))

    offered: list[HTTPRouteHandler] = [retire, look_up, show_holdings, show_statement, about]
    offered += [rehearse] if office.ways.dry_run else []
    public = Router("/", route_handlers=offered, guards=[_bearer(given.broker)])
    admin = Router(
        "/admin",
        route_handlers=[
            issue_block,
            close_account,
            correct_record,
            state_fault,
            leave_to_chance,
            clear_faults,
            show_book,
            show_health,
        ],
        guards=[_bearer(given.admin)],
    )
    return Litestar(
        [public, admin],
        dependencies={
            "counter": Provide(lambda: counter, sync_to_thread=False),
            "office": Provide(lambda: office, sync_to_thread=False),
            "faults": Provide(lambda: faults, sync_to_thread=False),
            "said": Provide(lambda: said, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
        },
        openapi_config=None,
        logging_config=None,
    )


@get("/about")
async def about(said: NamedDependency[About]) -> Response[bytes]:
    """Say plainly that nothing here is real, and how it works."""
    return json_reply(200, said)


@post("/retirements")
async def retire(
    data: JSONBody[Order],
    request: AnyRequest,
    counter: NamedDependency[Counter],
    said: NamedDependency[About],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Retire serials. Whoever believes that it is done otherwise than it is, is told so, and nothing is done."""
    believed = request.headers.get(SIMULATED_WAYS_HEADER)
    if believed is not None and not _same_ways(believed, said.ways):
        return json_reply(412, {"error": WAYS_DIFFER})
    return await counter.retire(request, data, now=now)


@post("/rehearsals")
async def rehearse(
    data: JSONBody[Order], counter: NamedDependency[Counter], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Try a retirement without making it."""
    return counter.rehearse(data, now=now)


@get("/retirements")
async def look_up(
    *,
    counter: NamedDependency[Counter],
    said: NamedDependency[About],
    now: NamedDependency[datetime],
    reference: FromQuery[str | None] = None,
    serial: FromQuery[str | None] = None,
    first: FromQuery[str | None] = None,
    last: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Look retirements up by reference, or by the block `serial` (its prefix), `first`, `last`, as far as is offered."""
    if (reference and not said.ways.finds_by_reference) or (serial and not said.ways.finds_by_serial):
        raise HTTPException("This cannot be looked up by.", status_code=400)
    try:
        block = None if serial is None else SerialBlock(serial, first or "", last or "", quantity=0)
        after = int(cursor or "0")
    except ValueError as error:
        raise HTTPException(str(error), status_code=400) from None
    return counter.look_up(Wanted(reference, block), after=after, now=now)


@get("/holdings")
async def show_holdings(
    *,
    office: NamedDependency[Office],
    counter: NamedDependency[Counter],
    now: NamedDependency[datetime],
    account: FromQuery[str],
    cursor: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Show what is active in an account."""
    try:
        page = holdings_page(office, account, cursor=cursor, size=counter.page_size, now=now)
    except ValueError as error:
        raise HTTPException(str(error), status_code=400) from None
    return counter.read(page)


@get("/statement")
async def show_statement(
    *,
    office: NamedDependency[Office],
    counter: NamedDependency[Counter],
    now: NamedDependency[datetime],
    account: FromQuery[str],
    since: FromQuery[date | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Show what was retired out of an account."""
    try:
        page = statement_page(office, account, since=since, cursor=cursor, size=counter.page_size, now=now)
    except ValueError as error:
        raise HTTPException(str(error), status_code=400) from None
    return counter.read(page)


@post("/blocks")
async def issue_block(
    data: JSONBody[IssuedBlock], office: NamedDependency[Office], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Register serials that exist."""
    try:
        office.issue(data, now=now)
    except ValueError as error:
        raise HTTPException(str(error), status_code=409) from None
    return json_reply(201, data)


@post("/accounts/{account:str}/close")
async def close_account(
    account: FromPath[str], office: NamedDependency[Office], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Close an account."""
    office.close_account(account, now=now)
    return json_reply(200, {"closed": account})


@post("/corrections")
async def correct_record(
    data: JSONBody[Correction], office: NamedDependency[Office], now: NamedDependency[datetime]
) -> Response[bytes]:
    """Change a record, or take it back."""
    if not office.correct(data, now=now):
        raise HTTPException("There is no such record.", status_code=404)
    return json_reply(201, data)


@post("/faults")
async def state_fault(data: JSONBody[Fault], faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let the next requests go wrong."""
    faults.state(data)
    return json_reply(201, data)


@post("/faults/chance")
async def leave_to_chance(data: JSONBody[Chance], faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let requests go wrong by lot."""
    faults.leave_to(data)
    return json_reply(201, data)


@post("/faults/clear")
async def clear_faults(faults: NamedDependency[Faults]) -> Response[bytes]:
    """Let nothing go wrong any more."""
    faults.clear()
    return json_reply(200, {"cleared": True})


@get("/book")
async def show_book(office: NamedDependency[Office], now: NamedDependency[datetime]) -> Response[bytes]:
    """Show the whole book."""
    return json_reply(200, office.view(now=now))


@get("/health")
async def show_health() -> Response[bytes]:
    """Say that the server is up, also while it plays dead."""
    return json_reply(200, {"up": True})


def _later(now: datetime, told: str | None) -> datetime:
    """The caller's time when it is ahead of ours: a test desk's clock is moved. What cannot be read is ours."""
    try:
        return now if told is None else max(now, datetime.fromisoformat(told))
    except (ValueError, TypeError):
        return now


def _same_ways(believed: str, ways: Ways) -> bool:
    try:
        return msgspec.json.decode(believed, type=Ways) == ways
    except msgspec.MsgspecError:
        return False


def _bearer(secret: str) -> Callable[[ASGIConnection[Any, Any, Any, State], BaseRouteHandler], None]:
    expected = f"Bearer {secret}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
        given = connection.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            raise NotAuthorizedException

    return guard

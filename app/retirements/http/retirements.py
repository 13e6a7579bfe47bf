"""How does a buyer ask for a retirement, sign it off, take it back and watch it?"""

import secrets
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import etag_of
from app.core.http.expand import Expanding
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.inventory import queries as stock
from app.inventory.errors import HoldingNotFound, NotEnoughHeld
from app.retirements import errors, operations, queries
from app.retirements.operations import Draft
from app.retirements.rules import RANDOM_BITS, ShownStatus, Wish, new_reference
from app.retirements.schemas import (
    RetirementDetailOut,
    RetirementIn,
    RetirementOut,
    SignOffIn,
)
from integrations.documents.glyphs import unprintable

TAGS = ["Retirements"]
_FOUND = errors.RetirementNotFound


@post(
    "/v1/retirements",
    status_code=201,
    tags=TAGS,
    opt={"errors": (HoldingNotFound, NotEnoughHeld, errors.RetirementInvalid)},
)
async def request_retirement(
    data: JSONBody[RetirementIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RetirementOut]:
    """Set serials aside and draft the text. `registry_text` is exactly what will stand in the registry."""
    caller.needs("retirements:write")
    now, retirement_id, reference = utc_now(), new_id(), new_reference(secrets.randbits(RANDOM_BITS))
    holding_id = read_public_id("hld", data.holding_id)
    if holding_id is None:
        raise HoldingNotFound("You have no holding with this id.")
    async with db.transaction(caller) as session:
        provider_id = (await stock.holding_of(session, caller, holding_id)).provider_id

    wish = data.wish()
    wanted = Draft(retirement_id, reference, holding_id, wish, data.quantity)

    async def make(session: AsyncSession) -> Made:
        made = await operations.draft(session, caller, wanted, unprintable=_unprintable(wish), now=now)
        out = RetirementOut.of(made)
        return Made(201, out, retirement_id, location=f"/v1/retirements/{out.id}")

    return await once(caller.with_party(provider_id), make, now=now)


@post(
    "/v1/retirements/{retirement_id:str}/sign-off",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, InvalidState, errors.RetirementInvalid)},
)
async def sign_off_retirement(
    retirement_id: FromPath[str],
    data: JSONBody[SignOffIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RetirementOut]:
    """Freeze the text and send it. Type the quantity again: what is retired cannot be brought back."""
    caller.needs("retirements:sign_off")
    now, found = utc_now(), _id(retirement_id)
    async with db.transaction(caller) as session:
        provider_id = await queries.provider_of(session, caller.org_id, found)

    async def make(session: AsyncSession) -> Made:
        row = await queries.locked(session, caller.org_id, found)
        await operations.sign_off_draft(session, caller, row, typed_quantity=data.quantity, now=now)
        return Made(200, RetirementOut.of(row), row.id)

    return await once(caller.with_party(provider_id), make, now=now)


@post(
    "/v1/retirements/{retirement_id:str}/cancel",
    status_code=200,
    tags=TAGS,
    opt={"errors": (_FOUND, InvalidState)},
)
async def cancel_retirement(
    retirement_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[RetirementOut]:
    """Take a retirement back before it is sent: its serials are held again."""
    caller.needs("retirements:write")
    now, found = utc_now(), _id(retirement_id)
    async with db.transaction(caller) as session:
        provider_id = await queries.provider_of(session, caller.org_id, found)

    async def make(session: AsyncSession) -> Made:
        row = await queries.locked(session, caller.org_id, found)
        await operations.cancel(session, row, now=now)
        return Made(200, RetirementOut.of(row), row.id)

    return await once(caller.with_party(provider_id), make, now=now)


@get("/v1/retirements", tags=TAGS, opt={"expand": ("holding", "holding.project", "order", "certificate")})
async def list_retirements(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    expanding: NamedDependency[Expanding],
    status: FromQuery[ShownStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[RetirementOut]]:
    """Your retirements, newest first."""
    caller.needs("read")
    listed = Listed("retirements", {"status": status and status.value}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.retirements_page(session, caller, page, status)
        shown = cursors.answer(page, rows, key=lambda row: (row.id,), show=RetirementOut.of)
    return await expanding(caller, Response(shown))


@get("/v1/provider/retirements", tags=TAGS)
async def list_provider_retirements(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    status: FromQuery[ShownStatus | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[RetirementOut]:
    """Retirements out of your registry accounts, newest first; `status=manual` wait for people."""
    caller.needs("read")
    listed = Listed("provider.retirements", {"status": status and status.value}, "-id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.provider_page(session, caller, page, status)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=RetirementOut.of)


@get(
    "/v1/retirements/{retirement_id:str}",
    tags=TAGS,
    opt={
        "errors": (_FOUND,),
        "expand": ("retirement.holding", "retirement.holding.project", "retirement.order", "retirement.certificate"),
    },
)
async def show_retirement(
    retirement_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    expanding: NamedDependency[Expanding],
) -> Response[RetirementDetailOut]:
    """One of your retirements, with everything that was sent to the registry."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        row = await queries.retirement_of(session, caller, _id(retirement_id))
        attempts = await queries.attempts_of(session, caller.org_id, row.id)
        mandate = await queries.mandate_of(session, caller.org_id, row.id)
        shown = Response(RetirementDetailOut.of(row, attempts, mandate), headers={"ETag": etag_of(row.version)})
    return await expanding(caller, shown)


def _id(text: str) -> UUID:
    found = read_public_id("ret", text)
    if found is None:
        raise errors.RetirementNotFound("You have no retirement with this id.")
    return found


def _unprintable(wish: Wish) -> set[str]:
    return {*unprintable(wish.beneficiary_name), *unprintable(wish.purpose_detail)}


routes = [
    request_retirement,
    sign_off_retirement,
    cancel_retirement,
    list_retirements,
    list_provider_retirements,
    show_retirement,
]

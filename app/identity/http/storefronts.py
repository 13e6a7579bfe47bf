"""Which frontends of your own does your organisation have, and what does each show of itself?"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, InvalidState, Unprocessable
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.identity import operations, queries, rules
from app.identity.errors import PublishableKeyRequired, StorefrontNotFound, StorefrontSuspended
from app.identity.http.addressed import id_in
from app.identity.http.caller import PUBLISHABLE, Callers
from app.identity.models import Storefront
from app.identity.operations import NewStorefront, StorefrontFacts
from app.identity.schemas import ShownStorefrontOut, StorefrontChange, StorefrontIn, StorefrontOut

TAGS = ["Storefronts"]


@get("/v1/storefronts", tags=TAGS)
async def list_storefronts(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StorefrontOut]:
    """Your storefronts, the closed ones too, in the order in which they were made."""
    caller.needs("read")
    page = cursors.page(Listed("storefronts", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.storefronts_of(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=StorefrontOut.of)


@post("/v1/storefronts", status_code=201, tags=TAGS)
async def create_storefront(
    data: JSONBody[StorefrontIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    callers: NamedDependency[Callers],
) -> Response[StorefrontOut]:
    """Register a frontend of your own. Its pages speak to us from its origins, with its publishable key."""
    caller.needs("storefronts:write")
    branding = msgspec.to_builtins(data.branding)
    _require_right(data.name, data.origins, branding, loopback=terms.mode == "test")
    async with db.transaction(caller.with_party(DESK_ID)) as session:
        providers = await _providers(session, data.providers)
        facts = StorefrontFacts(data.name, data.origins, providers, branding)
        made = await operations.create_storefront(session, caller, NewStorefront(new_id(), facts), now=utc_now())
        answer = _told(made, status=201)
    callers.forget(made.id.bytes)
    return answer


@get("/v1/storefronts/{storefront_id:str}", tags=TAGS, opt={"errors": (StorefrontNotFound,)})
async def show_storefront(
    storefront_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[StorefrontOut]:
    """One of your storefronts."""
    caller.needs("read")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    async with db.transaction(caller) as session:
        return _told(await queries.storefront_of(session, caller, wanted))


@patch("/v1/storefronts/{storefront_id:str}", tags=TAGS, opt={"errors": (StorefrontNotFound, InvalidState)})
async def change_storefront(
    storefront_id: FromPath[str],
    data: JSONBody[StorefrontChange],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
    callers: NamedDependency[Callers],
    *,
    if_match: IfMatch = None,
) -> Response[StorefrontOut]:
    """Change a storefront. An origin that is taken away is refused at once, in every process."""
    caller.needs("storefronts:write")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    async with db.transaction(caller.with_party(DESK_ID)) as session:
        found = await operations.locked_storefront(session, caller.org_id, wanted)
        require_match(if_match, found.version)
        facts = await _changed_facts(session, found, data, loopback=terms.mode == "test")
        changed = await operations.change_storefront(session, found, facts, now=utc_now())
        answer = _told(found)
    callers.forget(*changed)
    return answer


@delete(
    "/v1/storefronts/{storefront_id:str}",
    status_code=204,
    tags=TAGS,
    opt={"errors": (StorefrontNotFound, InvalidState)},
)
async def close_storefront(
    storefront_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
    if_match: IfMatch = None,
) -> None:
    """Close a storefront for good: its keys, its buyers' tokens and its origins open nothing from now on."""
    caller.needs("storefronts:write")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    async with db.transaction(caller.with_party(DESK_ID)) as session:
        found = await operations.locked_storefront(session, caller.org_id, wanted)
        require_match(if_match, found.version)
        changed = await operations.move_storefront(session, found, "close", note=None, now=utc_now())
    callers.forget(*changed)


@get(
    "/v1/storefront",
    tags=TAGS,
    opt={"errors": (PublishableKeyRequired, StorefrontSuspended), PUBLISHABLE: True},
)
async def show_own_storefront(
    caller: NamedDependency[Scope], db: NamedDependency[Database], terms: NamedDependency[Terms]
) -> Response[ShownStorefrontOut]:
    """What a storefront's page shows of itself: branding, languages, legal links, providers. By its publishable key."""
    if caller.storefront_org_id is None:
        raise PublishableKeyRequired("Send the storefront's publishable key.")
    async with db.transaction(caller.with_party(caller.storefront_org_id)) as session:
        found = await queries.shown_storefront(session, caller)
        names = await queries.providers_named(session, found.provider_ids or [])
        shown = ShownStorefrontOut.of(found, names, terms.mode)
    return Response(shown, headers={"ETag": etag_of(found.version)})


async def _changed_facts(
    session: AsyncSession, found: Storefront, data: StorefrontChange, *, loopback: bool
) -> StorefrontFacts:
    name = found.name if data.name is msgspec.UNSET else data.name
    origins = found.origins if data.origins is msgspec.UNSET else data.origins
    branding = found.branding if data.branding is msgspec.UNSET else msgspec.to_builtins(data.branding)
    _require_right(name, origins, branding, loopback=loopback)
    providers = found.provider_ids
    if data.providers is not msgspec.UNSET:
        providers = await _providers(session, data.providers)
    return StorefrontFacts(name, origins, providers, branding)


def _require_right(name: str, origins: Sequence[str], branding: rules.Branding, *, loopback: bool) -> None:
    wrong = (
        *rules.wrong_about_name(name, "/name"),
        *rules.wrong_about_origins(origins, loopback=loopback),
        *rules.wrong_about_branding(branding, origins),
    )
    if wrong:
        raise Unprocessable("See `errors`.", errors=wrong)


async def _providers(session: AsyncSession, written: Sequence[str] | None) -> list[UUID] | None:
    """The providers that were chosen. Raises Unprocessable (422) at each that is none."""
    if written is None:
        return None
    read = [read_public_id("org", each) for each in written]
    names = await queries.providers_named(session, [each for each in read if each is not None])
    wrong = tuple(
        FieldError(f"/providers/{n}", "unknown", "There is no such active provider.")
        for n, each in enumerate(read)
        if each not in names
    )
    if wrong:
        raise Unprocessable("See `errors`.", errors=wrong)
    return list(dict.fromkeys(each for each in read if each is not None))


def _told(row: Storefront, *, status: int = 200) -> Response[StorefrontOut]:
    headers = {"ETag": etag_of(row.version)}
    if status == 201:
        headers["Location"] = f"/v1/storefronts/{public_id('sfr', row.id)}"
    return Response(StorefrontOut.of(row), status_code=status, headers=headers)


routes: list[HTTPRouteHandler] = [
    list_storefronts,
    create_storefront,
    show_storefront,
    change_storefront,
    close_storefront,
    show_own_storefront,
]

"""With which publishable keys do a storefront's pages come?"""

import secrets

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES
from app.core.terms import Terms
from app.identity import operations, queries
from app.identity.errors import StorefrontKeyNotFound, StorefrontKeysFull, StorefrontNotFound
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.http.keys import fresh_publishable_key
from app.identity.schemas import NewStorefrontKeyOut, StorefrontKeyOut

TAGS = ["Storefronts"]


@get("/v1/storefronts/{storefront_id:str}/keys", tags=TAGS, opt={"errors": (StorefrontNotFound,)})
async def list_storefront_keys(
    storefront_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StorefrontKeyOut]:
    """A storefront's publishable keys, the revoked ones too, in the order in which they were made."""
    caller.needs("read")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    listed = Listed("storefront-keys", {"storefront": storefront_id}, "id", caller.org_id)
    page = cursors.page(listed, limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        await queries.storefront_of(session, caller, wanted)
        found = await queries.storefront_keys_of(session, caller, wanted, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=StorefrontKeyOut.of)


# No Idempotency-Key: like a secret key's, the answer is given once. A key whose answer got lost is revoked.
@post(
    "/v1/storefronts/{storefront_id:str}/keys",
    status_code=201,
    tags=TAGS,
    opt={"errors": (StorefrontNotFound, StorefrontKeysFull, InvalidState)},
)
async def create_storefront_key(
    storefront_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[NewStorefrontKeyOut]:
    """Make a publishable key. Two can be live: put the new one into your pages, then revoke the old one."""
    caller.needs("storefronts:write")
    wanted = id_in("sfr", storefront_id, StorefrontNotFound)
    text, new = fresh_publishable_key(terms.mode, random=secrets.token_bytes(KEY_RANDOM_BYTES))
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # Who locks a storefront names both its parties.
        storefront = await operations.locked_storefront(session, caller.org_id, wanted)
        key = await operations.create_storefront_key(session, storefront, new, now=utc_now())
        told = NewStorefrontKeyOut(StorefrontKeyOut.of(key), text)
    return Response(told, status_code=201, headers={"Cache-Control": "no-store"})


# No If-Match: a key has one change in its life, and whoever asks for it means it.
@delete(
    "/v1/storefront-keys/{storefront_key_id:str}", status_code=204, tags=TAGS, opt={"errors": (StorefrontKeyNotFound,)}
)
async def revoke_storefront_key(
    storefront_key_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> None:
    """Revoke a publishable key at once, in every process. Revoking it again changes nothing."""
    caller.needs("storefronts:write")
    wanted = id_in("pbk", storefront_key_id, StorefrontKeyNotFound)
    async with db.transaction(caller) as session:
        ended = await operations.revoke_storefront_key(session, caller, wanted, now=utc_now())
    callers.forget(*ended)


routes: list[HTTPRouteHandler] = [list_storefront_keys, create_storefront_key, revoke_storefront_key]

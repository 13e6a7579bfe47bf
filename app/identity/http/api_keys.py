"""With which keys do your machines come?"""

import secrets
from collections.abc import Iterator
from datetime import datetime

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError, Unprocessable
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.security import KEY_RANDOM_BYTES
from app.core.terms import Terms
from app.identity import operations, queries, rules
from app.identity.errors import ApiKeyNotFound, RightsNotHeld, StorefrontNotFound
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.http.keys import fresh_key
from app.identity.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut

TAGS = ["API keys"]


@get("/v1/api-keys", tags=TAGS)
async def list_api_keys(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ApiKeyOut]:
    """Your organisation's keys without their secrets, the revoked ones too, in the order in which they were made."""
    caller.needs("read")
    page = cursors.page(Listed("api-keys", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.api_keys_of(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=ApiKeyOut.of)


# No Idempotency-Key: a stored answer would keep the secret. A key whose answer got lost is revoked, a new one made.
@post("/v1/api-keys", status_code=201, tags=TAGS, opt={"errors": (RightsNotHeld, StorefrontNotFound)})
async def create_api_key(
    data: JSONBody[ApiKeyIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    terms: NamedDependency[Terms],
) -> Response[NewApiKeyOut]:
    """Make a key with rights out of your own. The secret is in this answer and nowhere else.

    A key with `act_for_buyers` is bound to a storefront and needs `storefronts:write`: for a buyer that the storefront
    opened it may do what the buyer's owner may, as far as its scopes go; for your own organisation it does not trade.
    """
    caller.needs("keys:write")
    now, scopes = utc_now(), frozenset(data.scopes)
    if wrong := tuple(_wrong_about(data, scopes, now)):
        raise Unprocessable("See `errors`.", errors=wrong)
    bound_to = None if data.storefront_id is None else id_in("sfr", data.storefront_id, StorefrontNotFound)
    random = secrets.token_bytes(KEY_RANDOM_BYTES)
    secret, new = fresh_key(terms.mode, data.name, scopes, data.expires_at, storefront_id=bound_to, random=random)
    async with db.transaction(caller) as session:
        if bound_to is not None:
            await queries.storefront_of(session, caller, bound_to)
        who = await operations.grantor(session, caller)
        who.require_held(rules.needed_to_give(scopes))
        key = await operations.create_key(session, new, org_id=caller.org_id, created_by=who.member_id, now=now)
        told = NewApiKeyOut(ApiKeyOut.of(key), secret)
    return Response(told, status_code=201, headers={"Cache-Control": "no-store"})


# No If-Match: a key has one change in its life, and whoever asks for it means it.
@delete("/v1/api-keys/{api_key_id:str}", status_code=204, tags=TAGS, opt={"errors": (ApiKeyNotFound,)})
async def revoke_api_key(
    api_key_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> None:
    """Revoke a key at once, in every process. Revoking it again changes nothing."""
    caller.needs("keys:write")
    wanted = id_in("key", api_key_id, ApiKeyNotFound)
    async with db.transaction(caller) as session:
        ended = await operations.revoke_key(session, caller, wanted, now=utc_now())
    callers.forget(*ended)


def _wrong_about(data: ApiKeyIn, scopes: frozenset[str], now: datetime) -> Iterator[FieldError]:
    yield from rules.wrong_about_name(data.name, "/name")
    if data.expires_at is not None and data.expires_at <= now:
        yield FieldError("/expires_at", "past", "Must be in the future.")
    yield from rules.wrong_about_act(scopes, bound=data.storefront_id is not None)


routes: list[HTTPRouteHandler] = [list_api_keys, create_api_key, revoke_api_key]

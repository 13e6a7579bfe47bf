"""How does a buyer's person sign in on a storefront's page, stay signed in, and out?"""

import secrets
from dataclasses import replace
from typing import Any

from litestar import Request, Response, delete, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.ids import new_id
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.core.security import REFRESH_PREFIX, TOKEN_RANDOM_BYTES, credential_hash, is_buyer_token
from app.identity import operations, queries, rules
from app.identity.errors import (
    ConsentRequired,
    OrganisationSuspended,
    OriginNotAllowed,
    PublishableKeyRequired,
    RefreshFailed,
    SignInFailed,
    StorefrontSuspended,
)
from app.identity.http.caller import PUBLISHABLE, Callers
from app.identity.http.keys import fresh_tokens
from app.identity.http.passwords import Passwords
from app.identity.http.presented import Kind, presented_by
from app.identity.http.signing_in import checked, scope_at_sign_in
from app.identity.schemas import RefreshIn, SignIn, TokensOut

TAGS = ["Storefronts"]
NO_STORE = {"Cache-Control": "no-store"}
REFUSED = (OriginNotAllowed, PublishableKeyRequired, StorefrontSuspended, OrganisationSuspended)


# No Idempotency-Key: a stored answer would keep the tokens. Signing in once more is what a lost answer needs.
@post(
    "/v1/storefront-tokens",
    status_code=201,
    tags=TAGS,
    opt={"errors": (SignInFailed, ConsentRequired, *REFUSED), PUBLISHABLE: True},
)
async def sign_in_through_storefront(
    data: JSONBody[SignIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
) -> Response[TokensOut]:
    """Sign in on a storefront's page, with its publishable key: a token of 15 minutes, and what refreshes it for 12 hours.

    For people of buyers that the storefront opened, or that have consented to it.
    """
    storefront_id, owner_id = _storefront(caller)
    login = await checked(data, db, passwords)
    texts, new = fresh_tokens(random=_random())
    scope = replace(scope_at_sign_in(login), storefront_id=storefront_id, storefront_org_id=owner_id)
    wanted = operations.SignIn(new_id(), login.member_id, storefront_id, owner_id)
    async with db.transaction(scope) as session:
        family, pair, member = await operations.open_buyer_session(session, scope, wanted, new, now=utc_now())
        told = TokensOut.of(texts, family, pair, member, await queries.own_organisation(session, scope))
    return Response(told, status_code=201, headers=NO_STORE)


@post(
    "/v1/storefront-tokens/refresh",
    status_code=201,
    tags=TAGS,
    opt={"errors": (RefreshFailed, *REFUSED), PUBLISHABLE: True},
)
async def refresh_storefront_tokens(
    data: JSONBody[RefreshIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> Response[TokensOut]:
    """The next pair of tokens for a refresh token, which is good once. One that comes again ends all of its family."""
    _storefront(caller)
    scope, refresh_hash = await _refreshing(data.refresh_token, caller, db)
    texts, new = fresh_tokens(random=_random())
    async with db.transaction(scope) as session:
        kept = await operations.refresh_tokens(session, scope, refresh_hash, new, now=utc_now())
        if isinstance(kept, operations.Refreshed):
            member = await queries.member_of(session, scope, scope.actor_id)
            own = await queries.own_organisation(session, scope)
            told = TokensOut.of(texts, kept.family, kept.pair, member, own)
            return Response(told, status_code=201, headers=NO_STORE)
    callers.forget(*kept.ended)
    raise operations.refused_refresh()


@delete("/v1/storefront-tokens", status_code=204, tags=TAGS, opt={"errors": (OriginNotAllowed,)})
async def sign_out_of_storefront(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> None:
    """Sign out: the token that is sent, its successors, and what would refresh them end at once, in every process."""
    presented = presented_by(request)
    if presented.kind != Kind.BUYER_TOKEN:
        raise Unauthenticated("Send the token that is to end.")
    async with db.transaction(caller) as session:
        ended = await operations.close_buyer_session(session, caller, presented.hash, now=utc_now())
    callers.forget(*ended)


async def _refreshing(text: str, caller: Scope, db: Database) -> tuple[Scope, bytes]:
    """Whose refresh token it is. Raises RefreshFailed (401), OrganisationSuspended (403)."""
    if not is_buyer_token(REFRESH_PREFIX, text):
        raise operations.refused_refresh()
    refresh_hash = credential_hash(text)
    async with db.driver() as driver:
        found = await queries.refreshing_with(driver, refresh_hash)
    if found is None or found.disabled:
        raise operations.refused_refresh()
    if rules.is_shut(found.org_status):
        raise OrganisationSuspended(f"Your organisation is {found.org_status}.", state=found.org_status)
    rights = rules.rights_of(found.org_kind, found.role)
    scope = Scope(found.org_id, found.member_id, "member", rights, current_request_id.get(), found.org_kind)
    return replace(scope, storefront_id=caller.storefront_id, storefront_org_id=caller.storefront_org_id), refresh_hash


def _storefront(caller: Scope) -> tuple[Any, Any]:
    if caller.actor_kind != "storefront":
        raise PublishableKeyRequired("Send the storefront's publishable key.")
    return caller.storefront_id, caller.storefront_org_id


def _random() -> tuple[bytes, bytes]:
    return secrets.token_bytes(TOKEN_RANDOM_BYTES), secrets.token_bytes(TOKEN_RANDOM_BYTES)


routes: list[HTTPRouteHandler] = [sign_in_through_storefront, refresh_storefront_tokens, sign_out_of_storefront]

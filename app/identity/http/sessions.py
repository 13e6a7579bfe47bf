"""How does a person sign in with a browser, and out?"""

import secrets
from typing import Any

from litestar import Request, Response, delete, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.limiter import SIGN_IN
from app.core.ids import new_id
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.core.security import TOKEN_RANDOM_BYTES, credential_hash, make_session_token, needs_rehash
from app.identity import operations, queries, rules
from app.identity.errors import CrossSite, OrganisationSuspended, SignInFailed
from app.identity.http.caller import COOKIE, Callers, session_hash
from app.identity.http.passwords import Passwords
from app.identity.operations import SESSION_VALID, NewSession
from app.identity.queries import Login
from app.identity.schemas import SessionOut, SignIn

TAGS = ["Sessions"]


@post(
    "/v1/sessions", status_code=201, tags=TAGS, opt={"limit": SIGN_IN, "errors": (SignInFailed, OrganisationSuspended)}
)
async def sign_in(
    data: JSONBody[SignIn], db: NamedDependency[Database], passwords: NamedDependency[Passwords]
) -> Response[SessionOut]:
    """Sign in for 12 hours. The session's token is in the cookie alone."""
    login = await _checked(data, db, passwords)
    token = make_session_token(random=secrets.token_bytes(TOKEN_RANDOM_BYTES))
    new = NewSession(new_id(), login.member_id, credential_hash(token))
    rights = rules.rights_of(login.org_kind, login.role)
    scope = Scope(login.org_id, login.member_id, "member", rights, current_request_id.get(), login.org_kind)
    if needs_rehash(login.password_hash):
        await _hash_again(data.password, login, scope, db, passwords)
    async with db.transaction(scope) as session:
        opened, member = await operations.open_session(session, new, org_id=login.org_id, now=utc_now())
        told = SessionOut.of(opened, member, await queries.own_organisation(session, scope))
    cookie = _cookie(token, max_age_s=int(SESSION_VALID.total_seconds()))
    return Response(told, status_code=201, cookies=[cookie], headers={"Cache-Control": "no-store"})


@delete("/v1/sessions", status_code=204, tags=TAGS, opt={"errors": (CrossSite,)})
async def sign_out(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> Response[None]:
    """End the session whose cookie is sent."""
    token_hash = session_hash(request)
    async with db.transaction(caller) as session:
        ended = await operations.close_session(session, caller, token_hash, now=utc_now())
    callers.forget(*ended)
    return Response(None, status_code=204, cookies=[_cookie("", max_age_s=0)])


async def _checked(data: SignIn, db: Database, passwords: Passwords) -> Login:
    """The member with this address and password; a wrong one of either costs the same time and says the same."""
    async with db.driver() as driver:
        login = await queries.login_of(driver, data.email)
    right = await passwords.is_right(data.password, None if login is None else login.password_hash)
    if login is None or not right or login.disabled:
        raise SignInFailed("The e-mail address or the password is wrong.")
    if rules.is_shut(login.org_status):
        raise OrganisationSuspended(f"Your organisation is {login.org_status}.", state=login.org_status)
    return login


async def _hash_again(password: str, login: Login, scope: Scope, db: Database, passwords: Passwords) -> None:
    """Today's settings of the hash may be stronger than when the password was stored; only now do we know it."""
    new_hash = await passwords.hashed(password)
    async with db.transaction(scope) as session:
        await operations.renew_password_hash(session, scope, login.password_hash, new_hash)


def _cookie(token: str, *, max_age_s: int) -> Cookie:
    """`__Host-` binds it to this host: Secure, the whole path, no domain."""
    return Cookie(key=COOKIE, value=token, max_age=max_age_s, path="/", secure=True, httponly=True, samesite="lax")


routes: list[HTTPRouteHandler] = [sign_in, sign_out]

"""Is the password right? The same check for a session's cookie and for a storefront's tokens."""

from app.core.db import Database
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.core.security import needs_rehash
from app.identity import operations, queries, rules
from app.identity.errors import OrganisationSuspended, SignInFailed
from app.identity.http.passwords import Passwords
from app.identity.queries import Login
from app.identity.schemas import SignIn


async def checked(data: SignIn, db: Database, passwords: Passwords) -> Login:
    """The member with this address and password; a wrong one of either costs the same time and says the same.

    Raises SignInFailed (401), OrganisationSuspended (403), Busy (503).
    """
    async with db.driver() as driver:
        login = await queries.login_of(driver, data.email)
    right = await passwords.is_right(data.password, None if login is None else login.password_hash)
    if login is None or not right or login.disabled:
        raise SignInFailed("The e-mail address or the password is wrong.")
    if rules.is_shut(login.org_status):
        raise OrganisationSuspended(f"Your organisation is {login.org_status}.", state=login.org_status)
    if needs_rehash(login.password_hash):
        await _hash_again(data.password, login, db, passwords)
    return login


def scope_at_sign_in(login: Login) -> Scope:
    """The member as the transaction of its sign-in has it."""
    rights = rules.rights_of(login.org_kind, login.role)
    return Scope(login.org_id, login.member_id, "member", rights, current_request_id.get(), login.org_kind)


async def _hash_again(password: str, login: Login, db: Database, passwords: Passwords) -> None:
    """Today's settings of the hash may be stronger than when the password was stored; only now do we know it."""
    new_hash = await passwords.hashed(password)
    scope = scope_at_sign_in(login)
    async with db.transaction(scope) as session:
        await operations.renew_password_hash(session, scope, login.password_hash, new_hash)

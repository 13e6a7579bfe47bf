"""Which doors does identity have, and what does `main` make once for all of them?

`main` makes `Callers` and `Passwords`, gives them by the names `callers` and `passwords`, and gives
`callers.scope_of` by the name `caller` (Litestar keeps the name `scope` for itself).
"""

from litestar.handlers import HTTPRouteHandler

from app.identity.http import admin, api_keys, members, organisations, sessions
from app.identity.http.caller import COOKIE, Callers
from app.identity.http.passwords import Passwords

__all__ = ["COOKIE", "Callers", "Passwords", "routes"]

routes: list[HTTPRouteHandler] = [
    *organisations.routes,
    *admin.routes,
    *members.routes,
    *api_keys.routes,
    *sessions.routes,
]

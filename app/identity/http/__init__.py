"""Which doors does identity have, and what does `main` make once for all of them?

`main` makes `Callers` and `Passwords`, gives them by the names `callers` and `passwords`, and gives
`callers.scope_of` by the name `caller` (Litestar keeps the name `scope` for itself), `callers.reader_of` by the name
`reader`, `callers.guard` as a guard of every route, and `callers.allows_origin` to the edge.
"""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from app.core.http.openapi import Storefronts
from app.identity.errors import (
    ActingRefused,
    BuyerNotFound,
    OrganisationSuspended,
    OriginNotAllowed,
    PublishableKeyRefused,
    StorefrontSuspended,
)
from app.identity.http import (
    admin,
    api_keys,
    desk_storefronts,
    members,
    organisations,
    sessions,
    storefront_buyers,
    storefront_consents,
    storefront_keys,
    storefront_tokens,
    storefronts,
)
from app.identity.http.caller import ACT_FOR, COOKIE, PUBLISHABLE, Callers
from app.identity.http.passwords import Passwords

__all__ = ["ACT_FOR", "COOKIE", "PUBLISHABLE", "STOREFRONTS", "Callers", "Passwords", "routes"]

STOREFRONTS: Final = Storefronts(
    publishable=PUBLISHABLE,
    act_for=ACT_FOR,
    refusals=(OriginNotAllowed, PublishableKeyRefused, StorefrontSuspended, OrganisationSuspended),
    acting_refusals=(ActingRefused, BuyerNotFound),
)
"""How the document tells of callers who come through a storefront."""

routes: list[HTTPRouteHandler] = [
    *organisations.routes,
    *admin.routes,
    *members.routes,
    *api_keys.routes,
    *sessions.routes,
    *storefronts.routes,
    *storefront_keys.routes,
    *storefront_buyers.routes,
    *storefront_tokens.routes,
    *storefront_consents.routes,
    *desk_storefronts.routes,
]

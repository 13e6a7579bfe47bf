"""Through which storefronts may your people sign in?"""

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Forbidden
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity import operations, queries
from app.identity.errors import StorefrontConsentGiven, StorefrontConsentNotFound, StorefrontNotFound
from app.identity.http.addressed import id_in
from app.identity.http.caller import Callers
from app.identity.schemas import ConsentIn, ConsentOut

TAGS = ["Storefronts"]
CONSENTING = frozenset({"buyer", "organiser"})


@get("/v1/storefront-consents", tags=TAGS)
async def list_consents(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[ConsentOut]:
    """Your organisation's consents, the withdrawn ones too, in the order in which they were given."""
    caller.needs("read")
    page = cursors.page(Listed("storefront-consents", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.consents_of(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=ConsentOut.of)


@post(
    "/v1/storefront-consents",
    status_code=201,
    tags=TAGS,
    opt={"errors": (StorefrontNotFound, StorefrontConsentGiven)},
)
async def give_consent(
    data: JSONBody[ConsentIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> ConsentOut:
    """Let your people sign in through a storefront that did not open your organisation."""
    caller.needs("keys:write")
    if caller.org_kind not in CONSENTING:
        raise Forbidden("Storefronts are for buyers and organisers.")
    wanted = id_in("sfr", data.storefront_id, StorefrontNotFound)
    async with db.transaction(caller) as session:
        given = await operations.give_consent(session, caller, new_id(), wanted, now=utc_now())
        return ConsentOut.of(given)


# No If-Match: a consent has one change in its life, and whoever asks for it means it.
@delete(
    "/v1/storefront-consents/{consent_id:str}", status_code=204, tags=TAGS, opt={"errors": (StorefrontConsentNotFound,)}
)
async def withdraw_consent(
    consent_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[Callers],
) -> None:
    """Take a consent back: whoever is signed in through the storefront is signed out at once, in every process."""
    caller.needs("keys:write")
    wanted = id_in("cns", consent_id, StorefrontConsentNotFound)
    async with db.transaction(caller) as session:
        ended = await operations.withdraw_consent(session, caller, wanted, now=utc_now())
    callers.forget(*ended)


routes: list[HTTPRouteHandler] = [list_consents, give_consent, withdraw_consent]

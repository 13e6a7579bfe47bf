"""Where does an organisation keep the searches that it wants to be told of?"""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import Forbidden
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, public_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.listings import operations, queries
from app.listings.errors import SavedSearchExists, SavedSearchNotFound, TooManySavedSearches
from app.listings.models import SavedSearch
from app.listings.schemas import SavedSearchChange, SavedSearchIn, SavedSearchOut, read_search

_TAGS: Final = ["Saved searches"]
_VERSION: Final = ResponseHeader("ETag", documentation_only=True, description="The version, for If-Match.")


@post(
    "/v1/saved-searches",
    tags=_TAGS,
    response_headers=[_VERSION],
    opt={"errors": (SavedSearchExists, TooManySavedSearches)},
)
async def save_search(
    data: JSONBody[SavedSearchIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[SavedSearchOut]:
    """Save a search. You get a notice when a listing that fits is published, or comes to fit by its price."""
    _require_own(caller)
    wanted, new = read_search(data.name, data.filter), new_id()
    assert wanted is not None, "A filter was given."
    async with db.transaction(caller) as session:
        saved = await operations.save_search(session, caller, new, name=data.name, wanted=wanted, now=utc_now())
        shown = _shown(saved)
    shown.status_code = 201
    shown.headers["Location"] = f"/v1/saved-searches/{public_id('ssr', new)}"
    return shown


@get("/v1/saved-searches", tags=_TAGS)
async def list_saved_searches(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[SavedSearchOut]:
    """Your organisation's saved searches, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("saved_searches", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.saved_searches(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=SavedSearchOut.of)


@get(
    "/v1/saved-searches/{saved_search_id:str}",
    tags=_TAGS,
    response_headers=[_VERSION],
    opt={"errors": (SavedSearchNotFound,)},
)
async def show_saved_search(
    saved_search_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[SavedSearchOut]:
    """One of your organisation's saved searches, with the ETag that a change needs."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        return _shown(await queries.saved_search(session, caller, _id(saved_search_id)))


@patch(
    "/v1/saved-searches/{saved_search_id:str}",
    tags=_TAGS,
    response_headers=[_VERSION],
    opt={"errors": (SavedSearchNotFound, SavedSearchExists)},
)
async def change_saved_search(
    saved_search_id: FromPath[str],
    data: JSONBody[SavedSearchChange],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[SavedSearchOut]:
    """Give a saved search another name or filter. What was told stays told."""
    _require_own(caller)
    wanted = read_search(data.name, data.filter)
    async with db.transaction(caller) as session:
        saved = await operations.locked_search(session, caller, _id(saved_search_id))
        require_match(if_match, saved.version)
        await operations.change_search(session, caller, saved, name=data.name, wanted=wanted, now=utc_now())
        return _shown(saved)


@delete("/v1/saved-searches/{saved_search_id:str}", status_code=204, tags=_TAGS, opt={"errors": (SavedSearchNotFound,)})
async def delete_saved_search(
    saved_search_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> None:
    """Give up a saved search. Its notices stay."""
    _require_own(caller)
    async with db.transaction(caller) as session:
        saved = await operations.locked_search(session, caller, _id(saved_search_id))
        require_match(if_match, saved.version)
        await operations.delete_search(session, saved, now=utc_now())


routes: Final = [save_search, list_saved_searches, show_saved_search, change_saved_search, delete_saved_search]


def _require_own(caller: Scope) -> None:
    """Searches are kept by whoever buys, for itself. Raises Forbidden (403).

    A storefront shows its own choice of providers, and a saved search would go past it.
    """
    caller.needs("orders:write")
    if caller.storefront_id is not None:
        raise Forbidden("Searches are saved by an organisation itself, not through a storefront.")


def _shown(saved: SavedSearch) -> Response[SavedSearchOut]:
    return Response(SavedSearchOut.of(saved), headers={"ETag": etag_of(saved.version)})


def _id(text: str) -> UUID:
    found = read_public_id("ssr", text)
    if found is None:
        raise SavedSearchNotFound("Your organisation has no saved search with this id.")
    return found

"""Where does a buyer say under which names it pays by bank?"""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import Forbidden
from app.core.http.files import id_in
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import DESK_ID, Scope
from app.payments import errors, operations, queries
from app.payments.schemas import PayerNameIn, PayerNameOut

TAGS = ["Payer's names"]


@get("/v1/payer-names", tags=TAGS)
async def list_payer_names(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[PayerNameOut]:
    """The names that your organisation says it pays under, the oldest first."""
    caller.needs("read")
    page = cursors.page(Listed("payer_names", {}, "id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.own_payer_names(session, caller, page)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=PayerNameOut.of)


@post(
    "/v1/payer-names",
    tags=TAGS,
    opt={"errors": (errors.PayerNameInvalid, errors.PayerNameExists, errors.TooManyPayerNames)},
)
async def add_payer_name(
    data: JSONBody[PayerNameIn], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[PayerNameOut]:
    """Say under which name your bank sends your money: if you leave the reference out, your order is suggested first to the
    person who looks at it, and from then on the name is recognised.
    """
    _needs_buyer(caller, "orders:write")
    now, name_id = utc_now(), new_id()

    async def make(session: AsyncSession) -> Made:
        row = await operations.add_payer_name(session, caller, name_id, data.name, now=now)
        return Made(201, PayerNameOut.of(row), row.id)

    return await once(caller.with_party(DESK_ID), make, now=now)  # The desk recognises its payer by it.


@delete("/v1/payer-names/{payer_name_id:str}", status_code=204, tags=TAGS, opt={"errors": (errors.PayerNameNotFound,)})
async def remove_payer_name(
    payer_name_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> None:
    """Pay under this name no more. What came under it stays where it is."""
    _needs_buyer(caller, "orders:write")
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # The desk no longer recognises its payer by it.
        await operations.remove_payer_name(session, caller, _name_id(payer_name_id), now=utc_now())


def _name_id(text: str) -> UUID:
    return id_in("pnm", text, errors.PayerNameNotFound)


def _needs_buyer(scope: Scope, right: str) -> None:
    scope.needs(right)
    if scope.org_kind not in ("buyer", "organiser"):
        raise Forbidden("Only a buyer pays the desk.")


routes: Final[list[HTTPRouteHandler]] = [list_payer_names, add_payer_name, remove_payer_name]

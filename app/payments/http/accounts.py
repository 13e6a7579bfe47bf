"""Where does the operator list the desk's accounts, and load virtual ones for its buyers?"""

from typing import Final

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.once import Made, Once
from app.core.ids import new_id
from app.core.scope import Scope
from app.payments import errors, operations, queries
from app.payments.schemas import DeskAccountsIn, DeskAccountsOut, VirtualAccountsIn, VirtualAccountsOut

TAGS = ["Operator"]
RANGE_MAX: Final = 10_000
"""How many virtual accounts one request loads."""


@get("/v1/admin/bank-accounts", tags=TAGS)
async def show_bank_accounts(
    caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[DeskAccountsOut]:
    """The accounts that files of the desk's banks may be of."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return _shown(DeskAccountsOut.of(await queries.desk_bank(session)))


@put("/v1/admin/bank-accounts", tags=TAGS, opt={"errors": (errors.BankAccountsInvalid,)})
async def set_bank_accounts(
    data: JSONBody[DeskAccountsIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[DeskAccountsOut]:
    """Say which accounts the desk has, and how each bank writes its files; `If-Match` is needed once a list stands."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        standing = await operations.locked_bank(session)
        if standing is not None:
            require_match(if_match, standing.version)
        row = await operations.list_accounts(session, standing, data.wanted(), now=utc_now())
        return _shown(DeskAccountsOut.of(row))


@get("/v1/admin/virtual-accounts", tags=TAGS)
async def show_virtual_accounts(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> VirtualAccountsOut:
    """How many virtual accounts there are, and how many no buyer has yet."""
    caller.needs_operator()
    async with db.transaction(caller) as session:
        return VirtualAccountsOut(*await queries.virtual_accounts_left(session), 0)


@post("/v1/admin/virtual-accounts", tags=TAGS, opt={"errors": (errors.BankAccountsInvalid,)})
async def load_virtual_accounts(
    data: JSONBody[VirtualAccountsIn], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[VirtualAccountsOut]:
    """Load a range of virtual accounts from the desk's bank: each buyer gets one of its own to pay into."""
    caller.needs_operator()
    now, numbers = utc_now(), _numbers(data)

    async def make(session: AsyncSession) -> Made:
        added = await operations.load_virtual_accounts(session, numbers, now=now)
        return Made(201, VirtualAccountsOut(*await queries.virtual_accounts_left(session), added), new_id())

    return await once(caller, make, now=now)


def _numbers(data: VirtualAccountsIn) -> list[str]:
    first, last = int(data.first), int(data.last)
    if not first <= last < first + RANGE_MAX:
        detail = f"A range ends at its beginning or later, and has at most {RANGE_MAX} accounts."
        raise errors.BankAccountsInvalid("See `errors`.", errors=(FieldError("/last", "bad_range", detail),))
    return [f"{number:010}" for number in range(first, last + 1)]


def _shown(told: DeskAccountsOut) -> Response[DeskAccountsOut]:
    return Response(told, headers={"ETag": etag_of(told.version)})


routes: list[HTTPRouteHandler] = [
    show_bank_accounts,
    set_bank_accounts,
    show_virtual_accounts,
    load_virtual_accounts,
]

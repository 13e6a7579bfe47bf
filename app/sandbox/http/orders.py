"""How does a buyer's money come in at a test desk, where no bank is?"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.once import Made, Once
from app.core.ids import new_id, public_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.orders.errors import OrderNotFound
from app.payments.flow import match_lines
from app.payments.operations import book_statement
from app.sandbox import flow
from app.sandbox.errors import TransferImpossible
from app.sandbox.http.addressed import TAGS
from app.sandbox.schemas import BankTransfersOut, TransferIn
from integrations.storage.client import Files


@post("/v1/test/bank-transfers", tags=TAGS, opt={"errors": (OrderNotFound, TransferImpossible, InvalidState)})
async def make_bank_transfer(
    data: JSONBody[TransferIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    once: NamedDependency[Once],
) -> Response[BankTransfersOut]:
    """Let the bank tell of a transfer for your order, by a file as operators send them; `kind` says how it fits."""
    caller.needs("orders:write")
    order_id, statement_id, now = read_public_id("ord", data.order_id), new_id(), utc_now()
    if order_id is None:
        raise OrderNotFound("You have no order with this id.")
    transfers, kept = await flow.incoming_transfers(
        db, files, caller, order_id, data.kind, reference=public_id("bks", statement_id), now=now
    )

    lines = await match_lines(db, kept.movements, request_id=caller.request_id)

    async def make(session: AsyncSession) -> Made:
        await book_statement(session, kept, lines, statement_id=statement_id, now=now)
        told = BankTransfersOut.of(public_id("ord", order_id), data.kind, transfers)
        return Made(201, told, statement_id)

    return await once(caller.with_party(DESK_ID), make, now=now)  # A buyer plays the desk's bank.


routes: list[HTTPRouteHandler] = [make_bank_transfer]

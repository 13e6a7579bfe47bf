"""The door of an organisation's own money."""

from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from app.closing import queries
from app.closing.http.asked import MaybeFrom, MaybeTo
from app.closing.queries import Period
from app.closing.schemas import StatementLineOut
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope


@get("/v1/statement", tags=["Statement"])
async def show_money_statement(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    from_day: MaybeFrom = None,
    to_day: MaybeTo = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[StatementLineOut]:
    """What was posted of your money, the oldest day first, with what the desk owed you after each posting."""
    caller.needs("read")
    bounds = {"from_day": from_day, "to_day": to_day}
    page = cursors.page(Listed("statement", bounds, "day,id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.statement_page(session, caller, Period(from_day, to_day), page)
        running = await queries.balance_before(session, caller, rows[0]) if rows else {}
        after = {}
        for row in rows:
            running[row.currency] = running.get(row.currency, 0) + queries.change_of(caller, row)
            after[row.id] = running[row.currency]
        return cursors.answer(
            page, rows, key=lambda row: (row.day, row.id),
            show=lambda row: StatementLineOut.of(row, queries.change_of(caller, row), after[row.id]),
        )  # fmt: skip


routes: list[HTTPRouteHandler] = [show_money_statement]

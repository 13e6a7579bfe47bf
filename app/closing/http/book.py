"""The doors of the whole book: every account on a day, one account's postings, and the journal of a month."""

from datetime import date
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from app.closing import errors, flow, queries
from app.closing.http.asked import TAGS, MaybeFrom, MaybeTo, Month, month_in
from app.closing.queries import Period
from app.closing.rules import Encoding, write_month
from app.closing.schemas import AccountPostingOut, TrialBalanceOut
from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.period import day_in_japan
from app.core.scope import Scope

AsOf = Annotated[date | None, QueryParameter(description="The day at whose end, in Japan; today if not said.")]


@get("/v1/admin/book/trial-balance", tags=TAGS)
async def show_trial_balance(
    caller: NamedDependency[Scope], db: NamedDependency[Database], as_of: AsOf = None
) -> TrialBalanceOut:
    """Every account's balance at the end of a day, by its postings alone."""
    caller.needs_operator()
    day = as_of or day_in_japan(utc_now())
    async with db.transaction(caller) as session:
        totals = await queries.trial_balance_as_of(session, day)
        return TrialBalanceOut.of(day, totals, await queries.own_names(session))


@get("/v1/admin/book/accounts/{account:str}", tags=TAGS, opt={"errors": (errors.AccountUnknown,)})
async def list_account_postings(
    *,
    account: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    from_day: MaybeFrom = None,
    to_day: MaybeTo = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[AccountPostingOut]:
    """The postings on one account, the newest day first."""
    caller.needs_operator()
    bounds = {"account": account, "from_day": from_day, "to_day": to_day}
    page = cursors.page(Listed("admin.book.account", bounds, "-day,-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        if not await queries.is_account(session, account):
            raise errors.AccountUnknown("Nothing was ever posted on an account of this name.")
        rows = await queries.account_page(session, account, Period(from_day, to_day), page)
        return cursors.answer(
            page, rows, key=lambda row: (row.day, row.id), show=lambda row: AccountPostingOut.of(row, account)
        )


@get(
    "/v1/admin/book/journal.csv",
    tags=TAGS,
    media_type="text/csv",
    opt={"errors": (errors.MonthInvalid,), "shows": ("text/csv",)},
)
async def show_journal(
    month: Month,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    encoding: FromQuery[Encoding] = Encoding.UTF_8,
) -> Stream:
    """A month's postings as entries for an accounting package: debit, credit, amount, tax class, what for, whose."""
    caller.needs_operator()
    found = month_in(month, "?month")
    charset = "utf-8" if encoding is Encoding.UTF_8 else "windows-31j"  # CP932's name at IANA.
    headers = {"Content-Disposition": f'attachment; filename="journal-{write_month(found)}.csv"'}
    return Stream(
        flow.journal_file(db, caller, found, encoding), media_type=f"text/csv; charset={charset}", headers=headers
    )


routes: list[HTTPRouteHandler] = [show_trial_balance, list_account_postings, show_journal]

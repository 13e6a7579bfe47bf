"""The door of how our book agrees with Stripe's and the bank's."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from app.closing import errors, queries
from app.closing.http.asked import TAGS, month_in
from app.closing.rules import write_month
from app.closing.schemas import AgreementOut
from app.core.clock import utc_now
from app.core.db import Database
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.ledger.rules import last_day_of, month_of

MaybeMonth = Annotated[
    str | None, QueryParameter(min_length=7, max_length=7, description="For the bank: a month like 2026-11; this one if not said.")
]  # fmt: skip


@get("/v1/admin/book/agreement", tags=TAGS, opt={"errors": (errors.MonthInvalid,)})
async def show_agreement(
    caller: NamedDependency[Scope], db: NamedDependency[Database], month: MaybeMonth = None
) -> AgreementOut:
    """Stripe's book and the bank's beside ours: the differences are zero, or exactly the items that are named."""
    caller.needs_operator()
    found = month_of(day_in_japan(utc_now())) if month is None else month_in(month, "?month")
    async with db.transaction(caller) as session:
        stripe = (
            await queries.stripe_sums(session),
            await queries.stripe_items(session),
            await queries.stripe_waiting(session),
        )
        bank = (await queries.bank_days(session, found, last_day_of(found)), await queries.bank_waiting(session))
        return AgreementOut.of(write_month(found), await queries.reading_of(session), stripe, bank)


routes: list[HTTPRouteHandler] = [show_agreement]

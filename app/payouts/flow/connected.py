"""How does a provider get an account at Stripe? It is made once; then a page of Stripe's asks what it wants to know."""

from dataclasses import dataclass
from datetime import datetime

from app.core.db import Database
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID, Scope
from app.identity import queries as people
from app.payments import operations as payments
from app.payments.flow.calls import StripeSilent, call
from app.payouts import operations, queries
from app.payouts.errors import ConnectedAccountRefused
from app.payouts.flow.kinds import KINDS
from app.payouts.models import ConnectedAccount
from integrations.stripe.asked import NewAccount
from integrations.stripe.client import Refused, Stripe
from integrations.stripe.shapes import AccountLink

PREFIX = "sac"
_COUNTRY = "JP"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Stripe's page sends the provider when it is done, and when the page is too old."""

    return_url: str
    refresh_url: str


async def open_connected(
    db: Database, stripe: Stripe, scope: Scope, addresses: Addresses, *, now: datetime
) -> tuple[ConnectedAccount, AccountLink]:
    """The caller's account at Stripe, made where there is none, and a new page on which Stripe asks about it.

    Raises PeoplePayOut (403), ConnectedAccountRefused (409), StripeSilent: the same again goes on where it stopped.
    """
    both = scope.with_party(DESK_ID)
    async with db.transaction(both) as session:
        operations.refuse_machines(session)  # Whoever has the page says to which bank account Stripe pays.
        row = await operations.connected_account(session, scope.org_id, now=now)
        planned = None
        if row.account_id is None:
            contact = await people.contact_of(session, scope)
            asked = NewAccount(
                reference=public_id(PREFIX, row.id), country=_COUNTRY, email=contact.email, business_name=contact.name
            )
            planned = await payments.plan(
                session, "account", asked, subject_id=row.id, subject_org_id=scope.org_id,
                due=now + payments.MADE_BY_CALLER, now=now,
            )  # fmt: skip
    if planned is not None:
        await call(db, stripe, KINDS, planned.id, now=now, request_id=scope.request_id)
        async with db.transaction(scope) as session:
            row = await queries.own_connected(session, scope)
    if row.account_id is None:
        raise ConnectedAccountRefused("Stripe would not open it.", reason=row.refused)
    return row, await _link(stripe, row.account_id, addresses)


async def _link(stripe: Stripe, account_id: str, addresses: Addresses) -> AccountLink:
    """A page that is good once and for minutes. It is not planned: two of them do no harm, and none can be found again."""
    answer = await stripe.make_account_link(
        account_id, return_url=addresses.return_url, refresh_url=addresses.refresh_url,
        key=public_id("sck", new_id()),
    )  # fmt: skip
    if isinstance(answer, AccountLink):
        return answer
    if isinstance(answer, Refused):
        raise ConnectedAccountRefused("Stripe would not show its page.", reason=answer.code)
    raise StripeSilent(answer.why)

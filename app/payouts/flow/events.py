"""What becomes of Stripe's events about accounts, transfers and payouts? The object is asked for as it is now."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.core.db import Database
from app.core.ids import read_public_id
from app.core.scope import DESK_ID, Scope
from app.payments import operations as payments
from app.payments.flow.calls import StripeSilent
from app.payments.models import StripeEvent
from app.payouts import operations, queries
from app.payouts.flow.connected import PREFIX as ACCOUNT_PREFIX
from integrations.stripe.client import Absent, LookupFailed, Stripe
from integrations.stripe.shapes import Account, Payout, Transfer

NOT_OURS = "not_ours"
Found = TypeVar("Found", Account, Transfer, Payout)


async def take_event(
    db: Database, stripe: Stripe | None, event_row_id: UUID, *, now: datetime, request_id: str
) -> None:
    """Take an event further; late in peace when that was done. Raises StripeSilent when Stripe gives no answer."""
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        event = await payments.event_of(session, event_row_id)
    if event is None:
        return
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    outcome = await _followed(db, desk, stripe, event, now=now)
    async with db.transaction(desk) as session:
        await payments.tick_off(session, event, outcome, ignored=outcome == NOT_OURS, now=now)


async def _followed(db: Database, desk: Scope, stripe: Stripe, event: StripeEvent, *, now: datetime) -> str:
    match event.object_kind:
        case "account":
            account = _answered(await stripe.account(event.object_id))
            return NOT_OURS if account is None else await _account(db, desk, account, now)
        case "transfer":
            transfer = _answered(await stripe.transfer(event.object_id))
            return NOT_OURS if transfer is None else await _transfer(db, desk, transfer, now)
        case "payout":
            payout = _answered(await stripe.payout(event.object_id))
            return NOT_OURS if payout is None else await _payout(db, desk, payout, now)
        case _:
            return NOT_OURS


async def _account(db: Database, desk: Scope, account: Account, now: datetime) -> str:
    row_id = None if account.reference is None else read_public_id(ACCOUNT_PREFIX, account.reference)
    async with db.transaction(desk) as session:
        named = await queries.connected_named(session, account.id, row_id)
    if named is None:
        return NOT_OURS
    async with db.transaction(desk.with_party(named.org_id)) as session:
        row = await operations.connected_account(session, named.org_id, now=now)
        if row.account_id not in (None, account.id):
            return NOT_OURS
        await operations.note_connected(session, row, account, now=now)
    return "noted"


async def _transfer(db: Database, desk: Scope, transfer: Transfer, now: datetime) -> str:
    """What a transfer is, its own call says; here is seen only what somebody took back of it at Stripe itself."""
    payout_id = None if transfer.reference is None else read_public_id(operations.PREFIX, transfer.reference)
    async with db.transaction(desk) as session:
        named = None if payout_id is None else await queries.payout_named(session, payout_id)
    if named is None:
        return NOT_OURS
    async with db.transaction(desk.with_party(named.org_id)) as session:
        payout = await operations.locked_payout(session, named.org_id, named.id)
        elsewhere = await operations.note_reversed_elsewhere(session, payout, transfer, now=now)
    return "reversed_elsewhere" if elsewhere else "known"


async def _payout(db: Database, desk: Scope, payout: Payout, now: datetime) -> str:
    async with db.transaction(desk) as session:
        row = await operations.note_stripe_payout(session, payout, now=now)
    return row.status


def _answered(answer: Found | Absent | LookupFailed) -> Found | None:
    if isinstance(answer, LookupFailed):
        raise StripeSilent(answer.why)
    return None if isinstance(answer, Absent) else answer

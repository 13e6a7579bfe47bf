"""What becomes of Stripe's events? Written down at once, then the object is looked at as it is now, in any order.

An event only says that something changed. Which change it was, whether it is the newest, whether it comes twice: none of
that matters, for the object is asked for anew and its state alone decides.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.core import outbox
from app.core.db import Database
from app.core.ids import new_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.payments import operations, queries
from app.payments.flow.calls import StripeSilent
from app.payments.models import PaymentAttempt, StripeEvent
from integrations.stripe.client import Absent, LookupFailed, Stripe
from integrations.stripe.shapes import Event

SWEPT_BACK: Final = timedelta(days=3)
"""How far back events are asked for that no webhook of ours has accepted; Stripe itself tries for as long
(docs.stripe.com/webhooks)."""
PAGES_MAX: Final = 50
OF_PAYOUTS: Final = frozenset({"account", "transfer", "payout"})
"""Kinds of objects at Stripe by which providers and the desk are paid."""
POLLED_AFTER: Final = timedelta(minutes=15)
POLLED_MAX: Final = 1_000
_TAKE: Final = "select take_stripe_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """With what Stripe signs what it sends here: several while they are changed. Empty: nothing is taken."""

    ours: tuple[str, ...]
    """For events of the desk's own account."""
    connected: tuple[str, ...]
    """For events of its providers' accounts."""
    livemode: bool


async def take_event_in(db: Database, event: Event, payload: bytes | None, *, now: datetime, request_id: str) -> bool:
    """Write an event down with its job, in one statement of its own; False when it was there before."""
    async with db.driver() as driver:
        new = await driver.fetchval(
            _TAKE, DESK_ID, event.id, new_id(), event.type, event.object_kind, event.object_id or "", event.account,
            event.livemode, event.created_at, now, payload, new_id(), request_id,
        )  # fmt: skip
    return bool(new)


async def take_event(
    db: Database, stripe: Stripe | None, event_row_id: UUID, *, now: datetime, request_id: str
) -> None:
    """Take an event further; late in peace when that was done. Raises StripeSilent when Stripe gives no answer."""
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        event = await operations.event_of(session, event_row_id)
        if event is None:
            return
        if event.account is not None and event.object_kind != "account":
            await operations.tick_off(session, event, "of_a_connected_account", ignored=True, now=now)
            return
        if event.object_kind in OF_PAYOUTS:
            outbox.enqueue(session, "payouts.take_event", due=now, event_row_id=event.id)
            return  # Whoever takes it further ticks it off.
        if event.object_kind == "dispute":
            outbox.enqueue(session, "orders.take_dispute", due=now, event_row_id=event_row_id)
            return
        known = await queries.attempt_by_object(session, event.object_id)
    if event.object_kind == "refund":
        await _take_refund(db, desk, stripe, event, now=now)
        return
    if known is None:
        known = await _named_by(db, desk, stripe, event)
    async with db.transaction(desk) as session:
        if known is not None:
            operations.ask_to_settle(session, known.org_id, known.id, now=now)
        outcome = "not_ours" if known is None else "settling"
        await operations.tick_off(session, event, outcome, ignored=known is None, now=now)


async def sweep_events(db: Database, stripe: Stripe | None, *, now: datetime, request_id: str) -> int:
    """Take in every event of the last days that no webhook of ours has accepted; how many were new.

    Raises StripeSilent when Stripe gives no answer: what was read before that stays.
    """
    if stripe is None:
        return 0
    before, new = None, 0
    for _ in range(PAGES_MAX):
        page = await stripe.undelivered(since=now - SWEPT_BACK, before=before)
        if isinstance(page, LookupFailed):
            raise StripeSilent(page.why)
        for event in page.events:
            new += await take_event_in(db, event, None, now=now, request_id=request_id)
        if not page.more or not page.events:
            return new
        before = page.events[-1].id
    raise StripeSilent(f"More than {PAGES_MAX} pages of events were not delivered; the next sweep goes on.")


async def poll_attempts(db: Database, *, now: datetime, request_id: str) -> int:
    """Have every try looked at that has been open for a while: no event may ever come, when nobody told Stripe where to.

    How many, at most `POLLED_MAX`: the longest open first, the rest at the next turn.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        waiting = await queries.open_attempts(session, before=now - POLLED_AFTER, limit=POLLED_MAX)
        for org_id, attempt_id in waiting:
            operations.ask_to_settle(session, org_id, attempt_id, now=now)
    return len(waiting)


async def _named_by(db: Database, desk: Scope, stripe: Stripe | None, event: StripeEvent) -> PaymentAttempt | None:
    """The try that an object names which overtook the answer to our own call."""
    ask = _ASKED.get(event.object_kind)
    if ask is None:
        return None
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    reference = await ask(stripe, event.object_id)
    attempt_id = None if reference is None else read_public_id(operations.ATTEMPT_PREFIX, reference)
    if attempt_id is None:
        return None
    async with db.transaction(desk) as session:
        named = await queries.attempt_named(session, attempt_id)
    if named is None:
        return None
    async with db.transaction(desk.with_party(named.org_id)) as session:
        attempt = await operations.locked_attempt(session, named.org_id, named.id)
        operations.name_object(attempt, event.object_kind, event.object_id)
    return named


async def _take_refund(db: Database, desk: Scope, stripe: Stripe | None, event: StripeEvent, *, now: datetime) -> None:
    """Bring a refund of ours up to what Stripe has of it; one that somebody made there by hand is none of ours."""
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    seen = await stripe.refund(event.object_id)
    if isinstance(seen, LookupFailed):
        raise StripeSilent(seen.why)
    named = None if isinstance(seen, Absent) else seen.reference
    refund_id = None if named is None else read_public_id(operations.REFUND_PREFIX, named)
    async with db.transaction(desk) as session:
        refund = None if refund_id is None else await queries.refund_named(session, refund_id)
        if refund is None or isinstance(seen, Absent):
            await operations.tick_off(session, event, "not_ours", ignored=True, now=now)
            return
    async with db.transaction(desk.with_party(refund.org_id)) as session:
        locked = await operations.locked_refund(session, refund.org_id, refund.id)
        await operations.note_refund(session, locked, seen, now=now)
        await operations.tick_off(session, event, "noted", ignored=False, now=now)


async def _of_intent(stripe: Stripe, object_id: str) -> str | None:
    found = await stripe.intent(object_id)
    if isinstance(found, LookupFailed):
        raise StripeSilent(found.why)
    return None if isinstance(found, Absent) else found.reference


async def _of_session(stripe: Stripe, object_id: str) -> str | None:
    found = await stripe.session(object_id)
    if isinstance(found, LookupFailed):
        raise StripeSilent(found.why)
    return None if isinstance(found, Absent) else found.reference


_ASKED: Final[Mapping[str, Callable[[Stripe, str], Awaitable[str | None]]]] = {
    "payment_intent": _of_intent,
    "checkout.session": _of_session,
}

"""How are other credits proposed for those that a paid order is short of? They are reserved until its buyer answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.errors import FieldError, Forbidden, InvalidState
from app.core.ids import new_id, public_id
from app.core.quantity import priced_per
from app.core.scope import Scope
from app.identity import rules as identity_rules
from app.identity.models import Organisation
from app.inventory import operations as inventory
from app.listings import queries as listings
from app.listings.models import Shown
from app.orders import queries
from app.orders.errors import NotEnoughCredits, SubstitutionInvalid
from app.orders.models import Order, OrderLine, Substitution, SubstitutionLine
from app.orders.operations.giving_back import refuse_disputed, refuse_machines
from app.orders.operations.orders import note_stock
from app.orders.operations.refusals import below_minimum, listing_gone, mixed_units, not_a_step
from app.orders.operations.substitutions import SUBSTITUTION_PREFIX, substitutes_of, withdraw_open
from app.orders.rules import LINES_MAX, Exchange, OrderStatus, SubstitutionStatus, exchange
from app.payments import operations as payments

ANSWERED_WITHIN: Final = timedelta(days=60)
"""No proposal is open for longer: its credits are kept from everybody else meanwhile."""


@dataclass(frozen=True, slots=True)
class Instead:
    """So many units of a listing, in the place of as many of the order's line `n`."""

    n: int
    listing_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, why, and until when it may be accepted."""

    lines: tuple[Instead, ...]
    note: str
    expires_at: datetime


async def propose(
    session: AsyncSession, reader: Scope, order: Order, proposal: Proposal, *, now: datetime
) -> Substitution:
    """Propose other credits for a locked short order, at today's prices, and reserve them; one that was open is withdrawn.

    `reader` sees what the order's buyer may buy. The transaction names buyer, desk, and every provider. Raises
    InvalidState, ListingGone, NotEnoughCredits (409), SubstitutionInvalid, OrderInvalid (422), Forbidden (403) for the
    buyer's own listing, and PersonNeeded (403) when a machine would have the desk put money in.
    """
    if order.status != OrderStatus.SHORT:
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    await refuse_disputed(session, order)
    if not now < proposal.expires_at <= now + ANSWERED_WITHIN:
        detail = f"It lies ahead, at most {ANSWERED_WITHIN.days} days."
        raise _invalid(FieldError("/expires_at", "range", detail))
    lines = await queries.lines_of(session, order.org_id, order.id)
    _refuse_too_much(lines, proposal.lines)
    offered = await _offered(session, reader, order, proposal.lines, now)
    made = _row(session, order, proposal, now)
    rows = [_line(made, n, each, offered[each.listing_id]) for n, each in enumerate(proposal.lines, start=1)]
    plan = await _plan(session, order, lines, rows)
    made.back_minor, made.borne_minor = plan.back_minor, plan.borne_minor
    await withdraw_open(session, order, then=[(row.provider_id, row.lot_id) for row in rows], now=now)
    await _reserve(session, rows)
    session.add(made)
    await session.flush()
    session.add_all(rows)
    await session.flush()
    note_stock(session, order, now=now)
    outbox.enqueue(
        session, "orders.expire_substitution", due=made.expires_at, org_id=order.org_id, order_id=order.id,
        substitution_id=made.id,
    )  # fmt: skip
    await events.record(
        session, "order.substitution_proposed", org_id=order.org_id, subject_kind="order", subject_id=order.id,
        after=_told(made, rows), now=now,
    )  # fmt: skip
    return made


def _refuse_too_much(lines: Sequence[OrderLine], wanted: Sequence[Instead]) -> None:
    """Of each line at most what is left of it is replaced."""
    left = {line.n: line.quantity - line.refunded for line in lines}
    wrong = []
    for place, each in enumerate(wanted):
        if each.quantity > left.get(each.n, 0):
            detail = f"At most {left.get(each.n, 0)} units of line {each.n} can be replaced."
            wrong.append(FieldError(f"/lines/{place}/quantity", "too_many", detail))
        left[each.n] = left.get(each.n, 0) - each.quantity
    if len(lines) + len(wanted) > LINES_MAX:
        wrong.append(FieldError("/lines", "too_many", f"An order has at most {LINES_MAX} lines, with those replaced."))
    if wrong:
        raise _invalid(*wrong)


async def _offered(
    session: AsyncSession, reader: Scope, order: Order, wanted: Sequence[Instead], now: datetime
) -> Mapping[UUID, Shown]:
    """The listings, each open to the buyer, of an active provider, in the order's unit and currency."""
    shown = await listings.seen_by(session, reader, [each.listing_id for each in wanted], now=now)
    asked = select(Organisation.org_id, Organisation.status).where(
        Organisation.org_id.in_({each.provider_id for each in shown.values()})
    )
    active = {org_id for org_id, status in await session.execute(asked) if identity_rules.may_trade(status)}
    sold = {listing_id: each for listing_id, each in shown.items() if each.provider_id in active}
    gone = [place for place, each in enumerate(wanted) if each.listing_id not in sold]
    if gone:
        raise listing_gone(gone)
    chosen = [(place, sold[each.listing_id], each.quantity) for place, each in enumerate(wanted)]
    if any((each.unit, each.currency) != (order.unit, order.currency) for _, each, _ in chosen):
        raise mixed_units()
    if any(each.provider_id == order.org_id for _, each, _ in chosen):
        raise Forbidden("An organisation cannot buy what it offers itself.")
    small = [(place, each.min_quantity) for place, each, quantity in chosen if quantity < each.min_quantity]
    if small:
        raise below_minimum(small)
    uneven = [(place, each.quantity_step) for place, each, quantity in chosen if quantity % each.quantity_step]
    if uneven:
        raise not_a_step(uneven)
    return sold


async def _plan(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine], rows: Sequence[SubstitutionLine]
) -> Exchange:
    """What it would come to. What its buyer still owes on account cannot become more, nor may a machine give money away."""
    issuers = await queries.issuers_of(session, order.org_id, order.id)
    plan = exchange(
        [queries.line_left(each) for each in lines],
        [queries.issuer_left(each) for each in issuers],
        substitutes_of(rows),
    )
    if not plan.borne_minor:
        return plan
    refuse_machines(session)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    if payment.paid_by == payments.ON_ACCOUNT:
        raise InvalidState("The order is on account: propose credits that are not dearer.", state="on_account")
    dear = [n for n, (row, minor) in enumerate(zip(rows, plan.shares, strict=True)) if minor > row.goods_minor]
    if dear:
        raise _invalid(
            *(FieldError(f"/lines/{n}/listing_id", "too_dear", "The desk would pay all of it.") for n in dear)
        )
    return plan


async def _reserve(session: AsyncSession, rows: Sequence[SubstitutionLine]) -> None:
    """Reserve all of it, or refuse."""
    for row in sorted(rows, key=lambda row: row.lot_id):
        taken = await inventory.reserve(session, provider_id=row.provider_id, lot_id=row.lot_id, quantity=row.quantity)
        if not taken:
            free = await listings.availability(session, [row.lot_id])
            told = [{"line": row.n - 1, "available": free.get(row.lot_id, 0)}]
            raise NotEnoughCredits("Propose less, or other listings.", lines=told)


def _row(session: AsyncSession, order: Order, proposal: Proposal, now: datetime) -> Substitution:
    scope: Scope = session.info["scope"]
    return Substitution(
        org_id=order.org_id, id=new_id(), order_id=order.id, status=SubstitutionStatus.OPEN, note=proposal.note,
        currency=order.currency, proposed_by=scope.actor_id, proposed_at=now, expires_at=proposal.expires_at, version=1,
    )  # fmt: skip


def _line(made: Substitution, n: int, wanted: Instead, shown: Shown) -> SubstitutionLine:
    pricing = listings.pricing_of(shown)
    return SubstitutionLine(
        org_id=made.org_id, substitution_id=made.id, n=n, order_id=made.order_id, line_n=wanted.n,
        provider_id=shown.provider_id, listing_id=shown.listing_id, lot_id=shown.lot_id, quantity=wanted.quantity,
        price_minor=pricing.at(wanted.quantity), price_per=priced_per(shown.unit),
        goods_minor=pricing.goods(wanted.quantity), price_version=shown.price_version,
        terms_version=shown.terms_version,
    )  # fmt: skip


def _told(made: Substitution, rows: Sequence[SubstitutionLine]) -> dict[str, Any]:
    return {
        "substitution_id": public_id(SUBSTITUTION_PREFIX, made.id),
        "expires_at": made.expires_at.isoformat(),
        "back_minor": made.back_minor,
        "borne_minor": made.borne_minor,
        "lines": [
            {"line": row.line_n, "listing_id": public_id("lst", row.listing_id), "quantity": row.quantity}
            for row in rows
        ],
    }


def _invalid(*errors: FieldError) -> SubstitutionInvalid:
    return SubstitutionInvalid("Nothing was proposed. See `errors`.", errors=errors)

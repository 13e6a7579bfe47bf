"""Which papers follow from what happened to an order? Each step may run twice, late or out of order: one paper comes of it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.core import outbox
from app.core.db import Database
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.invoices import operations, queries
from app.orders import queries as orders
from app.payments import queries as expected

LOOKED_BACK: Final = timedelta(days=60)
"""How long an order may wait for its invoice: while the operator has not said who issues, none can be issued."""


async def issue_for_order(
    db: Database, org_id: UUID, order_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Invoice a fulfilled order. In peace while the operator has not entered who issues: `catch_up` asks again.

    Raises PaperIncomplete, RegistrationNumberInvalid: a person must look.
    """
    scope = Scope.of_system(org_id, request_id)
    sellers = await parties_of(db, scope, order_id)
    async with db.transaction(scope.with_party(DESK_ID, *sellers)) as session:  # A paper names its issuer and sellers.
        if await queries.profile_on(session, day_in_japan(now)) is None:
            return
        order = await orders.order_of(session, scope, order_id)
        payment = await expected.payment_of_order(session, scope, order_id)
        await operations.issue_invoices(session, order, payment, demonstration=_demonstration(terms), now=now)


async def issue_receipt(
    db: Database, org_id: UUID, payment_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Give the receipt of a payment that came in. In peace while the operator has not entered who issues: `catch_up`.

    Raises PaperIncomplete: a person must look.
    """
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        order_id = await queries.order_of_payment(session, org_id, payment_id)
    sellers = await parties_of(db, scope, order_id)
    async with db.transaction(scope.with_party(DESK_ID, *sellers)) as session:
        if await queries.profile_on(session, day_in_japan(now)) is None:
            return
        order = await orders.order_of(session, scope, order_id)
        payment = await expected.payment_of_order(session, scope, order_id)
        await operations.issue_receipt(session, order, payment, demonstration=_demonstration(terms), now=now)


async def issue_claim_receipt(
    db: Database, org_id: UUID, claim_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Give the receipt of an invoice on account that was paid. Raises DeskProfileMissing: tried again later."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope.with_party(DESK_ID)) as session:
        claim, invoice = await queries.claim_and_paper(session, org_id, claim_id)
    sellers = queries.sellers_on(invoice)
    async with db.transaction(scope.with_party(DESK_ID, *sellers)) as session:
        await operations.issue_claim_receipt(session, claim, invoice, demonstration=_demonstration(terms), now=now)


async def issue_payout_statement(
    db: Database, org_id: UUID, payout_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """State a payout that has arrived to its provider. In peace while the operator has not entered who issues: `catch_up`.

    Raises PaperIncomplete, RegistrationNumberInvalid, PayoutBelowZero: a person must look.
    """
    scope = Scope.of_system(org_id, request_id).with_party(DESK_ID)  # The desk issues; its provider is given the paper.
    async with db.transaction(scope) as session:
        if await queries.profile_on(session, day_in_japan(now)) is None:
            return
        payout = await queries.payout_to_state(session, org_id, payout_id)
        await operations.issue_payout_statement(session, payout, demonstration=_demonstration(terms), now=now)


async def issue_return(
    db: Database, org_id: UUID, refund_id: UUID, *, terms: Terms, now: datetime, request_id: str
) -> None:
    """Issue the return invoices of a refund that arrived; in peace before the order is invoiced: `catch_up` asks again."""
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        refund, units = await queries.refund_of(session, org_id, refund_id)
    sellers = await parties_of(db, scope, refund.order_id)
    async with db.transaction(scope.with_party(DESK_ID, *sellers)) as session:
        order = await orders.order_of(session, scope, refund.order_id)
        await operations.issue_return(session, order, refund, units, demonstration=_demonstration(terms), now=now)


async def catch_up(db: Database, *, now: datetime, request_id: str) -> None:
    """By the clock: ask for what is lacking: orders' invoices, payments' receipts, refunds' return invoices, payouts' statements.

    Each is asked for when its cause happens. They lack them from before the desk had entered who issues, and a return when it came sooner than its invoice.
    """
    async with db.transaction(Scope.of_system(DESK_ID, request_id)) as session:
        if await queries.profile_on(session, day_in_japan(now)) is None:
            return
        for org_id, order_id in await queries.orders_without_invoice(session, since=now - LOOKED_BACK):
            outbox.enqueue(session, "invoices.issue_for_order", due=now, org_id=org_id, order_id=order_id)
        for org_id, payment_id in await queries.payments_without_receipt(session, since=now - LOOKED_BACK):
            outbox.enqueue(session, "invoices.issue_receipt", due=now, org_id=org_id, payment_id=payment_id)
        for org_id, refund_id in await queries.refunds_without_return(session, since=now - LOOKED_BACK):
            outbox.enqueue(session, "invoices.issue_return", due=now, org_id=org_id, refund_id=refund_id)
        for org_id, payout_id in await queries.payouts_without_statement(session, since=now - LOOKED_BACK):
            outbox.enqueue(session, "invoices.issue_payout_statement", due=now, org_id=org_id, payout_id=payout_id)


async def parties_of(db: Database, scope: Scope, order_id: UUID) -> tuple[UUID, ...]:
    """The sellers of an order of the scope's organisation, whom the transaction that issues its papers names."""
    async with db.transaction(scope) as session:
        return await orders.parties_of(session, scope.org_id, order_id)


def _demonstration(terms: Terms) -> bool:
    return terms.mode == "test"

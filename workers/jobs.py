"""Which flow does each job call? One line for each name that is given to `outbox.enqueue` or to the schedule."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from app.certificates import flow as certificates
from app.clients import Clients
from app.closing import flow as closing
from app.core import seals
from app.core.db import Database
from app.core.terms import Terms
from app.inventory import flow as inventory
from app.invoices import flow as invoices
from app.listings import flow as listings
from app.orders import flow as orders
from app.payments import flow as payments
from app.payouts import flow as payouts
from app.reconciliation import flow as reconciliation
from app.retirements import flow as retirements
from workers import sweep
from workers.runner import Flow

KINDS: Final = {**payments.KINDS, **payouts.KINDS}
"""Every kind of write at Stripe, whichever feature plans it."""


def build_table(db: Database, clients: Clients, terms: Terms) -> dict[str, Flow]:
    """Every job's flow, lacking only the ids, `now` and `request_id`."""
    return {
        "orders.settle": partial(orders.settle, db),
        "orders.settle_attempt": partial(orders.settle_attempt, db, clients.stripe, terms=terms),
        "orders.take_dispute": partial(orders.take_dispute, db, clients.stripe, terms=terms),
        "payments.call": partial(payments.call, db, clients.stripe, KINDS),
        "payments.start_attempt": partial(payments.start, db, clients.stripe),
        "payments.take_event": partial(payments.take_event, db, clients.stripe),
        "payments.poll_attempts": partial(payments.poll_attempts, db),
        "payments.sweep_events": partial(payments.sweep_events, db, clients.stripe),
        "payouts.run_due": partial(payouts.run_due, db, tax_basis_points=terms.tax_basis_points),
        "payouts.find_arrivals": partial(payouts.find_arrivals, db),
        "payouts.take_event": partial(payouts.take_event, db, clients.stripe),
        "orders.allocate": partial(orders.allocate, db),
        "orders.expire": partial(orders.expire, db),
        "orders.expire_substitution": partial(orders.expire_substitution, db),
        "orders.note_stock": partial(orders.note_stock, db),
        "listings.open": partial(listings.open_scheduled, db),
        "listings.close": partial(listings.close_ended, db),
        "listings.match": partial(listings.match_searches, db),
        "listings.lot_withdrawn": partial(listings.lot_withdrawn, db),
        "listings.show_again": partial(listings.show_again, db),
        "retirements.submit": partial(retirements.submit, db, clients.registries, terms=terms),
        "retirements.look_up": partial(retirements.look_up, db, clients.registries, terms=terms),
        "retirements.wake_stuck": partial(retirements.wake_stuck, db),
        "certificates.issue": partial(certificates.issue, db, issuer=terms.issuer_name, base_url=terms.base_url),
        "certificates.render": partial(certificates.render, db, clients.documents, clients.files),
        **_papers(db, clients, terms),
        "closing.fetch_stripe_lines": partial(closing.fetch_stripe_lines, db, clients.stripe),
        "prices.write_days": _by_the_clock(partial(orders.write_days, db)),
        "inventory.stage_import": partial(inventory.stage, db, clients.files),
        "inventory.commit_import": partial(inventory.commit, db),
        "reconciliation.read_statement": partial(reconciliation.read_statement, db, clients.files),
        "reconciliation.fetch_statement": partial(
            reconciliation.fetch_statement, db, clients.files, clients.registries
        ),
        "reconciliation.fetch_daily": partial(reconciliation.fetch_daily, db, clients.registries),
        "reconciliation.settle": partial(reconciliation.settle, db, simulated=terms.sandbox),
        "reconciliation.mark_reconciled": partial(reconciliation.mark_reconciled, db),
        "events.seal": _by_the_clock(partial(seals.seal, db)),
        "jobs.prune": _by_the_clock(partial(sweep.prune, db)),
        "rates.prune": _by_the_clock(partial(sweep.prune_rates, db)),
        "sweep.stuck": _by_the_clock(partial(sweep.stuck, db)),
    }


def _papers(db: Database, clients: Clients, terms: Terms) -> dict[str, Flow]:
    return {
        "invoices.issue_for_order": partial(invoices.issue_for_order, db, terms=terms),
        "invoices.issue_receipt": partial(invoices.issue_receipt, db, terms=terms),
        "invoices.issue_claim_receipt": partial(invoices.issue_claim_receipt, db, terms=terms),
        "invoices.issue_payout_statement": partial(invoices.issue_payout_statement, db, terms=terms),
        "invoices.settle": partial(invoices.settle, db),
        "invoices.set_off": partial(invoices.set_off, db),
        "invoices.release_orders": partial(invoices.release_orders, db),
        "invoices.issue_return": partial(invoices.issue_return, db, terms=terms),
        "invoices.catch_up": partial(invoices.catch_up, db),
        "invoices.close_months": partial(invoices.close_months, db),
        "invoices.close_month": partial(invoices.close_month, db, terms=terms),
        "invoices.remind": partial(invoices.remind, db),
        "invoices.render": partial(invoices.render, db, clients.documents, clients.files),
    }


def _by_the_clock(work: Callable[..., Awaitable[int]]) -> Flow:
    """The program's own work: nobody's request, so it takes the time only."""

    async def run(*, now: datetime, request_id: str) -> None:  # noqa: ARG001 - every flow is called alike.
        await work(now=now)

    return run

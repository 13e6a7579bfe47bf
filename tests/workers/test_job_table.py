"""The table of jobs: each name's flow can be called with the ids that its jobs carry."""

import inspect

import pytest

from app.clients import open_clients, terms_of
from app.core.db import Database
from app.core.ids import new_id
from app.settings import Settings
from tests.workers.scene import NOON
from workers import schedule
from workers.jobs import build_table

IDS = {
    "orders.settle": ("line_id",),
    "orders.settle_attempt": ("org_id", "attempt_id"),
    "orders.take_dispute": ("event_row_id",),
    "payments.call": ("call_id",),
    "payments.start_attempt": ("org_id", "attempt_id"),
    "payments.take_event": ("event_row_id",),
    "payments.poll_attempts": (),
    "payments.sweep_events": (),
    "payouts.find_arrivals": (),
    "payouts.run_due": (),
    "payouts.take_event": ("event_row_id",),
    "orders.allocate": ("org_id", "order_id"),
    "orders.expire": ("org_id", "order_id"),
    "orders.expire_substitution": ("org_id", "order_id", "substitution_id"),
    "orders.note_stock": ("org_id", "order_id"),
    "listings.open": ("org_id", "listing_id"),
    "listings.close": ("org_id", "listing_id"),
    "listings.lot_withdrawn": ("org_id", "lot_id"),
    "prices.write_days": (),
    "listings.show_again": ("project_id",),
    "listings.match": (),
    "inventory.stage_import": ("org_id", "import_id", "job_id"),
    "inventory.commit_import": ("org_id", "import_id", "job_id"),
    "reconciliation.read_statement": ("org_id", "statement_id", "job_org_id", "job_id"),
    "reconciliation.fetch_statement": ("org_id", "account_id", "job_org_id", "job_id"),
    "reconciliation.settle": ("org_id", "buyer_id", "retirement_id", "account_id"),
    "retirements.submit": ("org_id", "retirement_id"),
    "retirements.look_up": ("org_id", "retirement_id"),
    "certificates.issue": ("org_id", "retirement_id"),
    "certificates.render": ("org_id", "certificate_id"),
    "invoices.issue_for_order": ("org_id", "order_id"),
    "invoices.issue_receipt": ("org_id", "payment_id"),
    "invoices.issue_claim_receipt": ("org_id", "claim_id"),
    "invoices.issue_payout_statement": ("org_id", "payout_id"),
    "invoices.settle": ("line_id",),
    "invoices.set_off": ("org_id", "refund_id"),
    "invoices.release_orders": ("org_id", "claim_id"),
    "invoices.issue_return": ("org_id", "refund_id"),
    "invoices.catch_up": (),
    "invoices.close_months": (),
    "invoices.close_month": ("org_id",),
    "invoices.remind": (),
    "invoices.render": ("org_id", "paper_id"),
    "closing.fetch_stripe_lines": (),
    "reconciliation.fetch_daily": (),
    "reconciliation.mark_reconciled": ("org_id", "account_id", "after_id"),
    "events.seal": (),
    "jobs.prune": (),
    "rates.prune": (),
    "retirements.wake_stuck": (),
    "sweep.stuck": (),
}


@pytest.fixture
async def table(worker_db: Database, tmp_path):
    settings = Settings(database_url=worker_db.url, secret="s" * 32, files_url=tmp_path.as_uri())
    async with open_clients(settings) as clients:
        yield build_table(worker_db, clients, terms_of(settings))


async def test_every_job_is_in_the_table_and_nothing_else_is(table):
    assert set(table) == set(IDS)
    assert set(schedule.EVERY) <= set(table)


async def test_every_flow_takes_its_ids_the_time_and_the_request(table):
    for name, ids in IDS.items():
        given = {each: new_id() for each in ids} | {"now": NOON, "request_id": "req_12345678"}
        assert inspect.signature(table[name]).bind(**given), name

"""Would the questions of every torture notice a breach? Each is planted past every wall, told, and taken back."""

import asyncpg
import msgspec
import pytest

from app.core import events
from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from benchmarks import invariants
from benchmarks.scenarios.stage import RETIRE, Stage
from integrations.registries.fake.messages import Retirement

pytestmark = pytest.mark.xdist_group("invariants")


@pytest.fixture(scope="module", autouse=True)
async def trade(stage: Stage) -> None:
    """Two lots, a holding that is partly retired, a draft, and an order that waits for its money."""
    world = stage.world
    provider, buyer = await world.provider(), (await stage.buyers(1))[0]
    first, second = await world.listing(provider, 20), await world.listing(provider, 20)
    bought = await world.paid_order(buyer, (first, 10))
    await world.paid_order(buyer, (second, 3), retire=dict(RETIRE))
    await world.paid_order(buyer, (second, 2), retire=dict(RETIRE))
    await world.order(buyer, (first, 4))
    holdings = (await buyer.get("/v1/holdings")).json()["data"]
    await stage.drafts(buyer, next(row["id"] for row in holdings if row["order_id"] == bought["id"]), 1)


async def test_a_sound_desk_has_nothing_to_tell(stage: Stage):
    assert await stage.owner.fetchval("select count(*) from certificate") == 2
    assert await stage.breaches() == []


COPY_RANGE = (
    "alter table serial_range drop constraint one_place_per_serial;"
    " insert into serial_range select org_id, gen_random_uuid(), provider_id, lot_id, holding_id, retirement_id,"
    " series_key, lo, hi, status from serial_range order by id limit 1"
)
COPY_CERTIFICATE = (
    "alter table certificate drop constraint uq_certificate_org_id_retirement_id;"
    " insert into certificate (org_id, id, number, retirement_id, status, evidence_grade, contents, contents_sha256,"
    " issued_at) select org_id, gen_random_uuid(), 'AAAA-BBBB-CCCC', retirement_id, status, evidence_grade, contents,"
    " contents_sha256, issued_at from certificate limit 1"
)
ONE_SERIES = (
    "alter table lot drop constraint one_live_lot_per_serial, drop constraint one_lot_per_serial_of_a_provider;"
    " update lot set (series_key, lo, hi) = (select series_key, lo, hi from lot order by id limit 1)"
)
UNEVEN_STOCK = (
    "alter table lot_stock drop constraint ck_lot_stock_adds_up, drop constraint ck_lot_stock_serials_left;"
    " update lot_stock set free = free + 1"
)
STRIPE_LINE = (
    "insert into stripe_line (org_id, id, line_id, type, reporting_category, amount_minor, fee_minor, net_minor, currency,"
    f" created_at, available_at, read_at, settled_as) values ('{DESK_ID}', gen_random_uuid(), 'txn_planted', 'charge',"
    " 'charge', {amount}, {fee}, {amount} - {fee}, 'JPY', now(), now(), now(), 'fee')"
)
CLOSED_WITHOUT_POSTINGS = (
    "insert into ledger_close (org_id, month, id, status, proposed_by, proposed_at, closed_by, closed_at, postings, hash)"
    f" values ('{DESK_ID}', '2020-01-01', gen_random_uuid(), 'closed', gen_random_uuid(), now(), gen_random_uuid(), now(), 9, 'x')"
)
HELD_FOR_NOBODY = (
    "update posting set amount_minor = 495000 + amount_minor"
    " where ctid = (select ctid from posting where target = 'held:orders' limit 1)"
)
NOT_RECORDED = "update retirement set status = 'rejected', recorded_on = null, evidence_grade = null"
PLANTED = {
    "a sale without a holding": ("I1 lot", "update lot_stock set sold = sold + 1, free = free - 1, next_lo = next_lo + 1"),
    "stock that does not add up": (
        "I1 lot",
        UNEVEN_STOCK,
    ),
    "a reservation without an order": ("I1 lot", "update lot_stock set reserved = reserved + 1, free = free - 1"),
    "exposure without an order": ("I1 buyer", "update buyer_exposure set unpaid = unpaid + 1"),
    "a holding that counts otherwise than its ranges": (
        "I1 holding", "update holding set held = held - 1, retiring = retiring + 1 where held > 0",
    ),
    "what came back and nobody counts": (
        "I1 lot",
        "update serial_range set status = 'returned', holding_id = null, org_id = provider_id where status = 'held'",
    ),
    "serials that came back and are in no range": (
        "I1 lot", "update lot_stock set returned = returned + 1, next_lo = next_lo + 1 where free > 0",
    ),
    "what was withdrawn and nobody counts": (
        "I1 lot",
        "update serial_range set status = 'withdrawn', holding_id = null, org_id = provider_id where status = 'held'",
    ),
    "a range that is gone": ("I1 lot", "delete from serial_range where status = 'held'"),
    "two ranges with one serial": ("I2 ranges", COPY_RANGE),
    "two live lots with one serial": ("I2 lots", ONE_SERIES),
    "a range outside of its lot": ("I2 range", "update serial_range set lo = lo + 1000, hi = hi + 1000"),
    "a balance that nobody posted": ("I3 held:orders keeps", "update account_balance set balance_minor = balance_minor + 1"),
    "money of the bank that is not in the book": ("I3 the bank says", "update bank_line set amount_minor = amount_minor + 1"),
    "money that is held for nobody": (
        "I3 495000 is held",
        HELD_FOR_NOBODY,
    ),
    "a sale that the provider is not owed for": ("I3 provider", "delete from posting where reason = 'sale'"),
    "money at Stripe that is not in the book": ("I3 Stripe moved 5", STRIPE_LINE.format(amount=5, fee=0)),
    "a fee of Stripe's that was not booked": ("I3 the line txn_planted", STRIPE_LINE.format(amount=0, fee=3)),
    "a month that was closed with more than it has": ("I3 2020-01-01 was closed with 9", CLOSED_WITHOUT_POSTINGS),
    "a recorded retirement that nobody knows of": ("I4", NOT_RECORDED),
    "a retirement of other serials": ("I4", "update serial_range set lo = lo + 1000, hi = hi + 1000 where status = 'retired'"),
    "a paid order that goes nowhere": ("I7 order", "update orders set status = 'paid' where status = 'fulfilled'"),
    "an order that has its money and waits for it": (
        "I7 order", "update payment set status = 'paid' where status = 'open'",
    ),
    "a line that never became a holding": ("I7 line", "update holding set quantity = quantity - 1, held = held - 1 where held > 0"),
    "an invalidation that was forgotten": ("I7 order", "update orders set retire = '{}' where status = 'fulfilled'"),
    "a retirement that nobody leads on": ("I7 retirement", "update retirement set status = 'queued' where status = 'draft'"),
    "a due job that was never done": ("I9 job", "update job set done_at = null where name = 'orders.allocate'"),
    "a job that was given up": ("I9 job", "update job set done_at = null, parked_at = now() where name = 'orders.allocate'"),
    "a record without its certificate": ("I11 retirement", "delete from certificate"),
    "a retirement with two certificates": ("I11 retirement", COPY_CERTIFICATE),
    "a certificate of what is not recorded": ("I11 certificate", NOT_RECORDED),
    "a public page that says something else": ("I11 certificate", "update public_certificate set contents = '{}'"),
    "a certificate that was never rendered": ("I11 certificate", "update certificate set pdf_key = null, pdf_sha256 = null"),
    "a certificate with other contents": ("I11 certificate", "update certificate set contents = '{}'"),
    "a certificate over another quantity": ("I11 certificate", "update retirement set quantity = quantity + 1"),
    "a status without an event": ("I12 order", "update orders set status = 'canceled' where status = 'awaiting_payment'"),
    "an event that is gone": ("I12 retirement", "delete from event where kind = 'retirement.signed_off'"),
    "a last event that is gone": ("I12 lot", "delete from event where kind = 'lot.confirmed'"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
async def test_what_is_planted_in_the_tables_is_told(stage: Stage, what: str):
    expected, sql = PLANTED[what]
    book = (await stage.book()).retirements
    planting = stage.owner.transaction()
    await planting.start()
    await stage.owner.execute(sql)
    told = await invariants.breaches(stage.owner, book)
    await planting.rollback()
    assert [one for one in told if one.startswith(expected)], told


def other(entry: Retirement, **changes: object) -> Retirement:
    return msgspec.structs.replace(entry, **changes)


def moved(entry: Retirement) -> Retirement:
    (block,) = entry.blocks
    first, last = str(int(block.first) + 100), str(int(block.last) + 100)
    return other(entry, blocks=(msgspec.structs.replace(block, first=first, last=last),))


BOOKS = {
    "a record that the registry lacks": ("I4", lambda one, two: [one]),
    "a record that we lack": ("I4", lambda one, two: [one, two, other(moved(two), reference="OD-0")]),
    "one reference twice": ("I4", lambda one, two: [one, two, moved(two)]),
    "another quantity": ("I4", lambda one, two: [one, other(two, quantity=two.quantity + 1)]),
    "another beneficiary": ("I4", lambda one, two: [one, other(two, beneficiary_name="別の会社")]),
    "another transaction": ("I4", lambda one, two: [one, other(two, transaction_no="FR-0")]),
    "other serials": ("I4", lambda one, two: [one, moved(two)]),
    "serials that were retired twice": ("I5", lambda one, two: [one, two, other(two, reference="OD-0")]),
}


@pytest.mark.parametrize("what", BOOKS)
async def test_what_is_planted_in_the_book_is_told(stage: Stage, what: str):
    expected, planted = BOOKS[what]
    book = planted(*(await stage.book()).retirements)
    told = await invariants.against_book(stage.owner, book)
    assert [one for one in told if one.startswith(expected)], told


@pytest.mark.parametrize(
    "sql",
    [
        "update event set kind = 'task.canceled' where seq = 2",
        "delete from event where seq = 2",
        "delete from event_seal where n = 1",
    ],
)
async def test_a_chain_that_was_rewritten_is_told(worker_db: Database, owner: asyncpg.Connection, sql: str):
    subject_id = new_id()
    for kind in ("task.opened", "task.prepared", "task.checked"):
        async with worker_db.transaction(Scope.of_system(DESK_ID, "req_12345678")) as session:
            told = {"org_id": DESK_ID, "subject_kind": "task", "subject_id": subject_id, "after": {}, "now": utc_now()}
            await events.record(session, kind, **told)
    assert await invariants.chain_breaches(worker_db) == []
    await owner.execute(sql)
    assert await invariants.chain_breaches(worker_db) != []

"""Is what must always be true still true? Questions about every row and the registry's book; each breach is a sentence.

They are asked as the owner of the tables, past every policy, in SQL of their own: the program's queries are what is
on trial. The numbers are those of the product's invariants.
"""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import asyncpg

from app.core import seals
from app.core.clock import utc_now
from app.core.db import Database
from benchmarks.closed_books import I3_CLOSED, I3_STRIPE
from benchmarks.money import I3_MONEY
from integrations.registries.base import SerialBlock
from integrations.registries.fake.messages import Retirement
from workers import schedule

Check = Callable[[asyncpg.Connection], Awaitable[list[str]]]
LOW_DIGITS: Final = 10**18
"""Positions are the low 18 digits of a serial."""

I1_STOCK: Final = """
select format('I1 lot %s: imported %s, and %s are placed', l.id, l.quantity,
              s.free + s.reserved + s.withdrawn + coalesce(h.owned, 0))
from lot l left join lot_stock s on s.lot_id = l.id
left join (select lot_id, sum(held + retiring + retired) owned from holding group by 1) h on h.lot_id = l.id
where s.imported is distinct from l.quantity or s.sold is distinct from coalesce(h.owned, 0)
   or s.free + s.reserved + s.withdrawn + coalesce(h.owned, 0) is distinct from l.quantity
   or s.next_lo - l.lo + l.hi - s.end_hi is distinct from s.sold + s.withdrawn + s.returned
union all
select format('I1 lot %s: reserved %s, and orders have reserved %s', s.lot_id, s.reserved,
              coalesce(o.asked, 0) + coalesce(p.asked, 0))
from lot_stock s left join (
  select l.lot_id, sum(l.quantity - l.refunded) asked from order_line l join orders o on o.org_id = l.org_id and o.id = l.order_id
  where o.status in ('awaiting_payment', 'paid', 'short') group by 1) o on o.lot_id = s.lot_id
left join (
  select l.lot_id, sum(l.quantity) asked from substitution_line l
  join substitution p on p.org_id = l.org_id and p.id = l.substitution_id
  where p.status = 'open' group by 1) p on p.lot_id = s.lot_id
where s.reserved <> coalesce(o.asked, 0) + coalesce(p.asked, 0)
union all
select format('I1 buyer %s: %s unpaid are counted, and its orders have %s', e.org_id, e.unpaid, coalesce(o.unpaid, 0))
from buyer_exposure e left join (
  select org_id, sum(quantity) unpaid from orders where status = 'awaiting_payment' group by 1) o on o.org_id = e.org_id
where e.unpaid <> coalesce(o.unpaid, 0)
union all
select format('I1 holding %s: its ranges do not add up to it', h.id)
from holding h left join (
  select holding_id, coalesce(sum(hi - lo) filter (where status = 'held'), 0) held,
         coalesce(sum(hi - lo) filter (where status = 'retiring'), 0) retiring,
         coalesce(sum(hi - lo) filter (where status = 'retired'), 0) retired
  from serial_range group by 1) r on r.holding_id = h.id
where (h.held, h.retiring, h.retired)
      is distinct from (coalesce(r.held, 0), coalesce(r.retiring, 0), coalesce(r.retired, 0))
   or h.quantity <> h.held + h.retiring + h.retired
union all
select format('I1 lot %s: %s sold and %s returned are not what its ranges hold, or not all from %s to %s is in one',
              s.lot_id, s.sold, s.returned, l.lo, s.next_lo)
from lot_stock s join lot l on l.id = s.lot_id left join (
  select r.lot_id, sum(r.hi - r.lo) filter (where r.status in ('held', 'retiring', 'retired')) sold,
         sum(r.hi - r.lo) filter (where r.status = 'returned') returned,
         sum(r.hi - r.lo) filter (where r.status = 'withdrawn') withdrawn,
         sum(r.hi - r.lo) filter (where r.hi <= t.next_lo) below
  from serial_range r join lot_stock t on t.lot_id = r.lot_id group by 1) r on r.lot_id = s.lot_id
where (coalesce(r.sold, 0), coalesce(r.returned, 0), coalesce(r.below, 0))
      is distinct from (s.sold, s.returned, s.next_lo - l.lo) or r.withdrawn > s.withdrawn
"""
I2_OVERLAPS: Final = """
select format('I2 ranges %s and %s have a serial in common', a.id, b.id)
from serial_range a join serial_range b on a.series_key = b.series_key and a.id < b.id and a.lo < b.hi and b.lo < a.hi
union all
select format('I2 lots %s and %s have a serial in common', a.id, b.id)
from lot a join lot b on a.series_key = b.series_key and a.id < b.id and a.lo < b.hi and b.lo < a.hi
where a.status in ('confirmed', 'frozen', 'exhausted') and b.status in ('confirmed', 'frozen', 'exhausted')
union all
select format('I2 range %s lies outside of its lot %s', r.id, l.id)
from serial_range r join lot l on l.id = r.lot_id
where r.series_key <> l.series_key or r.lo < l.lo or r.hi > l.hi
union all
select format('I2 range %s lies in what its lot %s has not sold', r.id, s.lot_id)
from serial_range r join lot_stock s on s.lot_id = r.lot_id where r.lo < s.end_hi and r.hi > s.next_lo
"""
I7_PAID: Final = """
select format('I7 order %s is paid and goes nowhere', id) from orders where status = 'paid'
union all
select format('I7 order %s has its money and still waits for it', o.id)
from orders o join payment p on p.org_id = o.org_id and p.order_id = o.id
where p.status = 'paid' and o.status not in ('paid', 'fulfilled', 'short', 'refunded')
union all
select format('I7 line %s of order %s was paid for and never became a holding', l.n, o.id)
from orders o join order_line l on l.org_id = o.org_id and l.order_id = o.id
left join holding h on h.org_id = o.org_id and h.order_id = o.id and h.line_n = l.n
where o.status = 'fulfilled' and coalesce(h.quantity, 0) <> l.quantity - l.refunded
union all
select format('I7 order %s asked for invalidation of %s, and %s are', o.id, o.quantity, coalesce(sum(r.quantity), 0))
from orders o left join retirement r on r.org_id = o.org_id and r.order_id = o.id and r.status <> 'draft'
where o.status = 'fulfilled' and o.retire is not null
group by o.org_id, o.id having coalesce(sum(r.quantity), 0) < o.quantity
  - (select sum(l.refunded - l.substituted) from order_line l where l.org_id = o.org_id and l.order_id = o.id)
union all
select format('I7 retirement %s is %s and nobody leads it on', r.id, r.status) from retirement r
where r.status in ('signed_off', 'queued', 'submitted', 'unknown') and not exists (
  select from job j where j.done_at is null and j.parked_at is null and j.ids ->> 'retirement_id' = r.id::text)
  and not exists (select from registry_task t where t.retirement_id = r.id and t.status <> 'canceled')
"""
I9_QUIET: Final = """
select format('I9 job %s %s was due at %s and is not done%s', name, id, due, ': ' || last_error) from job
where done_at is null and due <= $1 and (parked_at is not null or name <> all ($2))
"""
I11_CERTIFICATES: Final = """
select format('I11 retirement %s is recorded and has no certificate', r.id) from retirement r
where r.status = 'recorded' and not exists (
  select from certificate c where c.org_id = r.org_id and c.retirement_id = r.id)
union all
select format('I11 certificate %s is of a retirement that is %s', c.number, coalesce(r.status, 'not there'))
from certificate c left join retirement r on r.org_id = c.org_id and r.id = c.retirement_id
where r.status is distinct from 'recorded'
union all
select format('I11 retirement %s has %s certificates', retirement_id, count(*)) from certificate
group by org_id, retirement_id having count(*) > 1
union all
select format('I11 certificate %s shows the public something else', coalesce(c.number, p.number))
from certificate c full join public_certificate p on p.number = c.number
where (c.contents, c.contents_sha256, c.pdf_sha256) is distinct from (p.contents, p.contents_sha256, p.pdf_sha256)
union all
select format('I11 certificate %s was never rendered', number) from certificate where pdf_sha256 is null
union all
select format('I11 certificate %s states another quantity, name or reference than its retirement', c.number)
from certificate c join retirement r on r.org_id = c.org_id and r.id = c.retirement_id
cross join lateral (select convert_from(c.contents, 'UTF8')::jsonb facts) j
where (j.facts ->> 'quantity', j.facts ->> 'beneficiary_name', j.facts ->> 'reference')
      is distinct from (r.quantity::text, r.beneficiary_name, r.reference)
"""
_NO_STATUS_YET: Final = {"payment": "t.status <> 'open'", "bank_line": "t.status <> 'new'"}
"""What is made with something else (a payment with its order) has its first event when it first changes."""
_WITH_STATUS: Final = {
    "organisation": ("organisation", "org_id"),
    "lot": ("lot", "id"),
    "lot_evidence": ("evidence", "id"),
    "holdings_import": ("import", "id"),
    "listing": ("listing", "id"),
    "orders": ("order", "id"),
    "payment": ("payment", "id"),
    "bank_line": ("bank_line", "id"),
    "retirement": ("retirement", "id"),
    "registry_task": ("task", "id"),
    "certificate": ("certificate", "id"),
}
"""Each table whose rows have a status: what its events call the subject, and the column with its id."""
I12_LAST_EVENT: Final = " union all ".join(
    f"""
select format('I12 {kind} %s is %s, and its last event says %s', t.{column}, t.status, coalesce(e.said, 'nothing'))
from {table} t left join lateral (
  select after ->> 'status' said from event
  where subject_kind = '{kind}' and subject_id = t.{column} and after ? 'status' order by seq desc limit 1) e on true
where e.said is distinct from t.status and {_NO_STATUS_YET.get(table, "true")}
"""
    for table, (kind, column) in _WITH_STATUS.items()
)
I12_WITHOUT_GAPS: Final = """
select format('I12 %s %s has %s events, the last is number %s', min(subject_kind), subject_id, count(*), max(seq))
from event group by subject_id having count(*) <> max(seq) or min(seq) <> 1
"""
OURS: Final = """
select r.reference, r.quantity, r.beneficiary_name, r.registry_transaction, l.certification_no, l.serial_prefix,
       array_agg(s.lo order by s.lo) los, array_agg(s.hi order by s.lo) his
from retirement r join serial_range s on s.org_id = r.org_id and s.retirement_id = r.id and s.status = 'retired'
join lot l on l.org_id = s.provider_id and l.id = s.lot_id
where r.status = 'recorded' group by r.org_id, r.id, l.org_id, l.id
"""


def _asked(sql: str) -> Check:
    async def check(owner: asyncpg.Connection) -> list[str]:
        return [row[0] for row in await owner.fetch(sql)]

    return check


async def _nothing_due(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch(I9_QUIET, utc_now(), list(schedule.EVERY))
    return [row[0] for row in rows]


async def _certificates(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch("select number, contents, contents_sha256 from certificate")
    forged = [
        f"I11 certificate {row['number']} does not have the hash that it states"
        for row in rows
        if hashlib.sha256(row["contents"]).hexdigest() != row["contents_sha256"]
    ]
    return forged + await _asked(I11_CERTIFICATES)(owner)


async def _trail(owner: asyncpg.Connection) -> list[str]:
    return await _asked(I12_LAST_EVENT)(owner) + await _asked(I12_WITHOUT_GAPS)(owner)


CHECKS: Final[dict[str, Check]] = {
    "I1": _asked(I1_STOCK),
    "I2": _asked(I2_OVERLAPS),
    "I3": _asked(f"({I3_MONEY}) union all ({I3_STRIPE}) union all ({I3_CLOSED})"),
    "I7": _asked(I7_PAID),
    "I9": _nothing_due,
    "I11": _certificates,
    "I12": _trail,
}
"""What the tables alone can tell, when nothing is going on any more."""


async def breaches(owner: asyncpg.Connection, book: Sequence[Retirement]) -> list[str]:
    """Every breach that the tables and the registry's book show; empty when all is well. Ask in quiet only."""
    found = [told for check in CHECKS.values() for told in await check(owner)]
    return found + await against_book(owner, book)


async def chain_breaches(worker_db: Database) -> list[str]:
    """I12: seal what is not sealed yet, and verify the whole chain."""
    while await seals.seal(worker_db, now=utc_now()):
        continue
    async with worker_db.audit() as session:
        return [f"I12 {told}" for told in await seals.verify_chain(session)]


async def against_book(owner: asyncpg.Connection, book: Sequence[Retirement]) -> list[str]:
    """I4: recorded retirements and the registry's match one to one. I5: no serial is retired twice."""
    ours = {row["reference"]: row for row in await owner.fetch(OURS)}
    times = Counter(entry.reference for entry in book)
    found = [f"I4 {reference} stands {count} times in the book" for reference, count in times.items() if count > 1]
    found += [f"I4 {reference} is recorded here and not in the book" for reference in ours if reference not in times]
    for entry in book:
        row = ours.get(entry.reference)
        if row is None:
            found.append(f"I4 {entry.reference} stands in the book and is not recorded here")
        else:
            found += _differences(row, entry)
    return found + _twice(entry for entry in book)


def _differences(row: Any, entry: Retirement) -> list[str]:
    here = (row["quantity"], row["beneficiary_name"], row["registry_transaction"], row["certification_no"])
    there = (entry.quantity, entry.beneficiary_name, entry.transaction_no, entry.certification_no)
    told = [] if here == there else [f"I4 {entry.reference}: here {here}, in the book {there}"]
    mine = _joined((row["serial_prefix"], lo, hi) for lo, hi in zip(row["los"], row["his"], strict=True))
    theirs = _joined(_span(block) for block in entry.blocks)
    if mine != theirs:
        told.append(f"I4 {entry.reference}: here the serials {mine}, in the book {theirs}")
    return told


def _twice(book: Iterable[Retirement]) -> list[str]:
    spans = sorted((*_span(block), entry.reference) for entry in book for block in entry.blocks)
    return [
        f"I5 {one[3]} and {other[3]} retired a serial of {one[0]} both"
        for one, other in pairwise(spans)
        if one[0] == other[0] and other[1] < one[2]
    ]


def _span(block: SerialBlock) -> tuple[str, int, int]:
    return block.prefix, int(block.first) % LOW_DIGITS, int(block.last) % LOW_DIGITS + 1


def _joined(spans: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Spans in order, with neighbours made one: registries join and split blocks."""
    joined: list[tuple[str, int, int]] = []
    for prefix, lo, hi in sorted(spans):
        if joined and joined[-1][0] == prefix and joined[-1][2] == lo:
            joined[-1] = (prefix, joined[-1][1], hi)
        else:
            joined.append((prefix, lo, hi))
    return joined

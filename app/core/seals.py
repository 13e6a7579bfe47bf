"""Can anybody rewrite what happened? Finished events are hashed in batches onto a chain, and the chain is checked.

A seal covers up to a thousand events. Its hash takes in each event's hash, the seal's own number, time and size, and
the hash of the seal before it. What the chain cannot see by itself is its own last piece being cut off, with the
events in it: for that, each new head is written to the logs, which are kept elsewhere.
"""

import hashlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import aliased

from app.core.db import AsyncSession, Database
from app.core.events import Event, Seal

ALGORITHM: Final = "sha256-v1"
BATCH: Final = 1_000
BATCHES_MAX: Final = 20
"""Per call: a long backlog is sealed by several jobs, not by one that outlives its lease."""
NOTHING_BEFORE: Final = bytes(32)
"""What the first seal names as the hash before it."""

_LOCK: Final = 0x0FF5E7DE5EA1
_EVENT_DOMAIN: Final = b"offsetdesk event v1\0"
_SEAL_DOMAIN: Final = b"offsetdesk seal v1\0"
_logger: Final = logging.getLogger(__name__)


async def seal(db: Database, *, now: datetime) -> int:
    """Seal finished events, oldest first; how many were sealed. Zero, too, while another sealer is at work."""
    total = 0
    for _ in range(BATCHES_MAX):
        sealed = await _seal_batch(db, now)
        total += sealed
        if sealed < BATCH:
            break
    return total


async def _seal_batch(db: Database, now: datetime) -> int:
    async with db.audit() as session:
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return 0
        # Every row that we see is committed, so there is no need to wait for older transactions to end: an event that
        # appears later with a lower n goes into a later seal. Nor can that turn a subject's own events around: event
        # seq + 1 is written under the subject's lock, after seq was committed. Who sees the one sees the other.
        events = (
            await session.scalars(select(Event).where(Event.seal_n.is_(None)).order_by(Event.n).limit(BATCH))
        ).all()
        if not events:
            return 0
        last = await session.scalar(select(Seal).order_by(Seal.n.desc()).limit(1))
        n, previous = (last.n + 1, last.hash) if last else (1, NOTHING_BEFORE)
        head = seal_hash(previous, n=n, sealed_at=now, events=events)
        session.add(
            Seal(n=n, previous=previous, hash=head, events=len(events), algorithm=ALGORITHM, sealed_at=now),
        )
        marked = await session.execute(
            update(Event)
            .where(Event.n.in_([event.n for event in events]), Event.seal_n.is_(None))
            .values(seal_n=n)
            .returning(Event.n)
            .execution_options(synchronize_session=False)
        )
        assert len(marked.all()) == len(events)
    _logger.info("seal %s closes over %s events, chain head %s", n, len(events), head.hex())
    return len(events)


def seal_hash(previous: bytes, *, n: int, sealed_at: datetime, events: Sequence[Event]) -> bytes:
    """The hash that closes a batch: over the seal before it, its own facts, and its events in the order of `n`."""
    header = {"n": n, "sealed_at": _moment(sealed_at), "events": len(events), "algorithm": ALGORITHM}
    digest = hashlib.sha256(_SEAL_DOMAIN + previous + hashlib.sha256(_canonical(header)).digest())
    for event in events:
        digest.update(event_hash(event))
    return digest.digest()


def event_hash(event: Event) -> bytes:
    """The hash of everything that an event says; only the mark that it was sealed is left out."""
    facts = {
        "org_id": str(event.org_id),
        "id": str(event.id),
        "n": event.n,
        "party_ids": [str(party_id) for party_id in event.party_ids],
        "kind": event.kind,
        "subject_kind": event.subject_kind,
        "subject_id": str(event.subject_id),
        "seq": event.seq,
        "actor_kind": event.actor_kind,
        "actor_id": str(event.actor_id),
        "before": event.before,
        "after": event.after,
        "request_id": event.request_id,
        "at": _moment(event.at),
    }
    if (
        event.storefront_id is not None
    ):  # Events that no storefront brought are hashed as they were before there were any.
        facts["storefront_id"] = str(event.storefront_id)
    return hashlib.sha256(_EVENT_DOMAIN + _canonical(facts)).digest()


async def verify_chain(session: AsyncSession) -> list[str]:
    """Recompute every seal; what is broken, the oldest first, in sentences. Empty when nothing was touched.

    Needs `db.audit()`. A seal is checked against the hash that the one before it has stored, so a break is told once
    and where it is. The hole that a removed event leaves in its subject's numbers is named; an edited event can only be
    told to be among its batch, for a seal holds one hash for all.
    """
    broken = []
    previous, n = NOTHING_BEFORE, 0
    async for seal_row in _seals(session):
        n += 1
        if seal_row.n != n:
            broken.append(f"seal {n} is missing: seal {seal_row.n} follows")
        elif seal_row.previous != previous:
            broken.append(f"seal {seal_row.n} does not follow the seal before it")
        broken += await _batch_troubles(session, seal_row)
        previous, n = seal_row.hash, seal_row.n
    return broken + await _loose_ends(session)


async def _seals(session: AsyncSession) -> AsyncIterator[Seal]:
    """Every seal in order, a page at a time."""
    after = 0
    while page := (await session.scalars(select(Seal).where(Seal.n > after).order_by(Seal.n).limit(BATCH))).all():
        for seal_row in page:
            yield seal_row
        after = page[-1].n


async def _batch_troubles(session: AsyncSession, seal_row: Seal) -> list[str]:
    n = seal_row.n
    if seal_row.algorithm != ALGORITHM:
        return [f"seal {n} says that it was made with {seal_row.algorithm}, which is not known"]
    events = (await session.scalars(select(Event).where(Event.seal_n == n).order_by(Event.n))).all()
    # The session keeps nothing of what was checked: a long chain must not fill the memory.
    session.expunge_all()
    missing = await _missing_before(session, Event.seal_n == n)
    span = f"events {events[0].n} to {events[-1].n}" if events else "no event is left"
    if len(events) != seal_row.events:
        return [f"seal {n} says that it closed over {seal_row.events} events and has {len(events)} ({span})", *missing]
    if seal_hash(seal_row.previous, n=n, sealed_at=seal_row.sealed_at, events=events) == seal_row.hash:
        return missing
    return [f"seal {n} does not have the hash that it was closed with: something in it was changed ({span})", *missing]


async def _loose_ends(session: AsyncSession) -> list[str]:
    """Events that name a seal which is gone, and gaps among the events that no seal covers yet."""
    without_seal = select(func.min(Event.n), func.count()).where(
        Event.seal_n.is_not(None), ~select(Seal.n).where(Seal.n == Event.seal_n).exists()
    )
    first, count = (await session.execute(without_seal)).one()
    broken = [f"{count} events from event {first} on name a seal that does not exist"] if count else []
    return broken + await _missing_before(session, Event.seal_n.is_(None))


async def _missing_before(session: AsyncSession, chosen: ColumnElement[bool]) -> list[str]:
    """The chosen events whose predecessor was removed: a subject's `seq` has no gaps."""
    before = aliased(Event)
    gaps = (
        select(Event.n, Event.subject_kind, Event.subject_id, Event.seq)
        .where(chosen, Event.seq > 1)
        .where(~select(before.n).where(before.subject_id == Event.subject_id, before.seq == Event.seq - 1).exists())
        .order_by(Event.n)
        .limit(BATCH)
    )
    return [
        f"event {n} is number {seq} of {kind} {subject_id}, whose number {seq - 1} is missing"
        for n, kind, subject_id, seq in (await session.execute(gaps))
    ]


def _canonical(facts: dict[str, Any]) -> bytes:
    """One text for equal facts: keys in order, no spaces, UTF-8. What JSONB gives back is what was sealed."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")

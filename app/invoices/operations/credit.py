"""How does a buyer draw on its credit line, and give back what it did not use?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.money import YEN, Money
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.invoices.errors import CreditExceeded, CreditNotGranted
from app.invoices.models import CreditDraw, CreditLine
from app.invoices.rules import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTerms:
    """What the operator grants a buyer: how much in yen, on which terms, and from when to when."""

    limit_minor: int
    terms: Terms
    retire_before_paid: bool
    valid_from: date
    valid_through: date | None


async def locked_credit_line(session: AsyncSession, org_id: UUID) -> CreditLine | None:
    """A buyer's credit line, locked; None where it has none. The transaction names the buyer and the desk."""
    return await session.scalar(select(CreditLine).where(CreditLine.org_id == org_id).with_for_update())


async def grant(
    session: AsyncSession, org_id: UUID, line: CreditLine | None, granted: CreditTerms, *, now: datetime
) -> CreditLine:
    """Set a buyer's credit line anew; `line` is the locked one of before. What is owed stays owed, above the limit too."""
    before = None if line is None else _facts(line)
    if line is None:
        line = CreditLine(org_id=org_id, id=new_id(), desk_id=DESK_ID, used_minor=0, version=0)
        session.add(line)
    terms = granted.terms
    line.limit_minor, line.most_minor = granted.limit_minor, max(granted.limit_minor, line.used_minor)
    line.closing_day, line.months_after, line.due_day = terms.closing_day, terms.months_after, terms.day
    line.on_holiday, line.retire_before_paid = terms.on_holiday, granted.retire_before_paid
    line.valid_from, line.valid_through = granted.valid_from, granted.valid_through
    line.changed_at, line.version = now, line.version + 1
    await session.flush()
    await _record(session, line, "credit_line.granted", before=before, after=_facts(line), now=now)
    return line


async def draw(session: AsyncSession, org_id: UUID, order_id: UUID, amount: Money, *, now: datetime) -> CreditLine:
    """Let an order be owed: its total in yen is drawn on the buyer's credit line, once. The transaction names the desk too.

    Raises CreditNotGranted (409) without a line that is valid today, CreditExceeded (409) naming what is available.
    """
    assert amount.currency == YEN, amount
    line, today = await locked_credit_line(session, org_id), day_in_japan(now)
    valid = (
        line is not None and line.valid_from <= today and (line.valid_through is None or today <= line.valid_through)
    )
    if line is None or not valid:
        raise CreditNotGranted("There is no credit line that is valid today.")
    available = max(0, line.limit_minor - line.used_minor)
    made = insert(CreditDraw).values(org_id=org_id, order_id=order_id, amount_minor=amount.minor, drawn_at=now)
    drawn = await session.scalar(
        made.on_conflict_do_nothing(index_elements=["org_id", "order_id"]).returning(CreditDraw.order_id)
    )
    if drawn is None:
        return line
    if amount.minor > available:
        raise CreditExceeded(f"¥{available:,} can still be drawn.", available=available)
    await _use(session, line, amount.minor, "credit_line.drawn", order_id, now=now)
    return line


async def give_back(session: AsyncSession, org_id: UUID, order_id: UUID, *, now: datetime) -> bool:
    """Undo the draw of an order that came to nothing; False when it was undone before, invoiced, or never was.

    The transaction names the buyer and the desk.
    """
    line = await locked_credit_line(session, org_id)
    given = await session.scalar(
        update(CreditDraw)
        .where(CreditDraw.org_id == org_id, CreditDraw.order_id == order_id)
        .where(CreditDraw.invoiced_at.is_(None), CreditDraw.given_back_at.is_(None))
        .values(given_back_at=now)
        .returning(CreditDraw.amount_minor)
    )
    if line is None or given is None:
        return False
    await _use(session, line, -given, "credit_line.given_back", order_id, now=now)
    return True


async def owe_rounding(session: AsyncSession, line: CreditLine, minor: int, paper_id: UUID, *, now: datetime) -> None:
    """Let a locked line owe what a combined invoice rounds up, in yen, above the limit too: it is owed in any case."""
    line.most_minor = max(line.most_minor, line.used_minor + minor)
    await _use(session, line, minor, "credit_line.rounded", paper_id, now=now)


async def pay_off(session: AsyncSession, line: CreditLine, minor: int, claim_id: UUID, *, now: datetime) -> None:
    """Let a locked line owe less, by what was paid of an invoice, in yen."""
    await _use(session, line, -minor, "credit_line.paid", claim_id, now=now)


async def _use(
    session: AsyncSession, line: CreditLine, minor: int, kind: str, because_of: UUID, *, now: datetime
) -> None:
    before = {"used_minor": line.used_minor}
    line.used_minor += minor
    line.version += 1
    line.changed_at = now
    await session.flush()
    after = {"used_minor": line.used_minor, "because_of": str(because_of)}
    await _record(session, line, kind, before=before, after=after, now=now)


async def _record(
    session: AsyncSession,
    line: CreditLine,
    kind: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    now: datetime,
) -> None:
    await events.record(
        session, kind, org_id=line.org_id, party_ids=(DESK_ID,), subject_kind="credit_line", subject_id=line.id,
        before=before, after=after, now=now,
    )  # fmt: skip


def _facts(line: CreditLine) -> dict[str, Any]:
    return {
        "limit_minor": line.limit_minor,
        "closing_day": line.closing_day,
        "months_after": line.months_after,
        "due_day": line.due_day,
        "on_holiday": line.on_holiday,
        "retire_before_paid": line.retire_before_paid,
        "valid_from": line.valid_from.isoformat(),
        "valid_through": None if line.valid_through is None else line.valid_through.isoformat(),
    }

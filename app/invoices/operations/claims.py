"""How is an invoice on account opened, paid, and reminded of?"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.money import Money
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.invoices.models import InvoiceClaim, Paper
from app.invoices.operations.credit import locked_credit_line, pay_off
from app.invoices.rules import Reminder, reminder_due
from app.ledger import operations as ledger
from app.ledger.rules import receivable, unapplied
from app.notices import operations as notices
from app.notices.rules import NoticeKind


async def open_claim(
    session: AsyncSession, paper: Paper, *, reference: str, due_on: date, now: datetime
) -> InvoiceClaim:
    """Ask for what a combined invoice comes to. A reference is nobody else's: a unique constraint holds it."""
    claim = InvoiceClaim(
        org_id=paper.org_id, id=new_id(), desk_id=DESK_ID, paper_id=paper.id, reference=reference,
        amount_minor=paper.total_minor, open_minor=paper.total_minor, currency=paper.currency, due_on=due_on,
        opened_at=now, version=1,
    )  # fmt: skip
    session.add(claim)
    await session.flush()
    after = {"amount_minor": claim.amount_minor, "due_on": due_on.isoformat(), "paper_id": str(paper.id)}
    await _record(session, claim, "invoice_claim.opened", before=None, after=after, now=now)
    return claim


async def locked_claim(session: AsyncSession, org_id: UUID, claim_id: UUID) -> InvoiceClaim:
    """A claim that is known to exist, locked. The transaction names the buyer and the desk."""
    asked = select(InvoiceClaim).where(InvoiceClaim.org_id == org_id, InvoiceClaim.id == claim_id)
    return (await session.scalars(asked.with_for_update())).one()


async def note_paid(
    session: AsyncSession, claim: InvoiceClaim, amount_minor: int, *, subject_id: UUID, now: datetime
) -> int:
    """Apply money that waits to a locked claim: at most what is open, in yen; how much was. Once for each `subject_id`.

    `subject_id` is the bank's line, whose money is on `unapplied` already; what is left of it stays there. The buyer owes
    less by it, and may draw as much again. The transaction names the buyer and the desk. Raises LedgerOverdrawn.
    """
    applied = min(amount_minor, claim.open_minor)
    if applied <= 0:
        return 0
    line = await locked_credit_line(session, claim.org_id)
    assert line is not None, claim.id
    posted = await ledger.post(
        session, source=unapplied(), target=receivable(claim.org_id), amount=Money(applied, claim.currency),
        reason="invoice_payment", subject_id=subject_id, counterparty_id=claim.org_id, booked_on=None, now=now,
    )  # fmt: skip
    assert posted, f"line {subject_id} was applied to an invoice before"
    before = {"open_minor": claim.open_minor}
    claim.open_minor -= applied
    claim.paid_at = now if claim.open_minor == 0 else None
    claim.version += 1
    await pay_off(session, line, applied, claim.id, now=now)
    kind = "invoice_claim.paid" if claim.open_minor == 0 else "invoice_claim.partly_paid"
    after = {"open_minor": claim.open_minor, "because_of": str(subject_id)}
    await _record(session, claim, kind, before=before, after=after, now=now)
    return applied


async def remind(session: AsyncSession, claim: InvoiceClaim, number: str, *, now: datetime) -> Reminder | None:
    """Tell the buyer of a locked claim once more, when its next stage has come; the stage, or None. `number` is the paper's.

    The transaction names the buyer and the desk.
    """
    stage = reminder_due(claim.due_on, day_in_japan(now), claim.reminded) if claim.open_minor > 0 else None
    if stage is None:
        return None
    before = {"reminded": claim.reminded}
    claim.reminded, claim.reminded_at = stage, now
    claim.version += 1
    await session.flush()
    after = {"reminded": stage.value, "open_minor": claim.open_minor, "due_on": claim.due_on.isoformat()}
    await _record(session, claim, "invoice_claim.reminded", before=before, after=after, now=now)
    told = notices.News(subject_id=claim.paper_id, title=number, item_ids=[claim.paper_id], items=1)
    cause = uuid5(claim.id, stage.value)
    await notices.tell(session, claim.org_id, NoticeKind.INVOICE_REMINDER, cause, [told], now=now)
    return stage


async def _record(
    session: AsyncSession,
    claim: InvoiceClaim,
    kind: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    now: datetime,
) -> None:
    await events.record(
        session, kind, org_id=claim.org_id, party_ids=(DESK_ID,), subject_kind="invoice_claim", subject_id=claim.id,
        before=before, after=after, now=now,
    )  # fmt: skip

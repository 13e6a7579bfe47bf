"""How is an invoice on account opened, paid, lowered by what was given back, and reminded of?

Whoever locks claims has locked their buyer's credit line before.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import select

from app.core import events, outbox
from app.core.db import AsyncSession, any_of
from app.core.ids import new_id
from app.core.money import Money
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.invoices.models import InvoiceClaim, Paper
from app.invoices.operations.credit import locked_credit_line, pay_off
from app.invoices.queries import claim_by_reference
from app.invoices.rules import Reminder, reminder_due, spread
from app.ledger import operations as ledger
from app.ledger.rules import receivable, unapplied
from app.notices import operations as notices
from app.notices.rules import NoticeKind
from app.payments import operations as payments
from app.payments.models import BankLine
from app.payments.operations import Claim, Claims


async def open_claim(
    session: AsyncSession, paper: Paper, *, reference: str, due_on: date, now: datetime
) -> InvoiceClaim:
    """Ask for what a combined invoice comes to. A reference is nobody else's: a unique constraint holds it."""
    claim = InvoiceClaim(
        org_id=paper.org_id, id=new_id(), desk_id=DESK_ID, paper_id=paper.id, reference=reference,
        amount_minor=paper.total_minor, open_minor=paper.total_minor, credited_minor=0, currency=paper.currency,
        due_on=due_on, opened_at=now, version=1,
    )  # fmt: skip
    session.add(claim)
    await session.flush()
    after = {"amount_minor": claim.amount_minor, "due_on": due_on.isoformat(), "paper_id": str(paper.id)}
    await _record(session, claim, "invoice_claim.opened", before=None, after=after, now=now)
    return claim


async def locked_claim(session: AsyncSession, org_id: UUID, claim_id: UUID) -> InvoiceClaim:
    """A claim that is known to exist, locked. The transaction names the buyer and the desk."""
    return (await locked_claims(session, org_id, [claim_id]))[0]


async def locked_claims(session: AsyncSession, org_id: UUID, claim_ids: Sequence[UUID]) -> Sequence[InvoiceClaim]:
    """Claims of one buyer that are known to exist, locked, in the order of their ids. It and the desk are named."""
    asked = select(InvoiceClaim).where(InvoiceClaim.org_id == org_id, InvoiceClaim.id == any_of(claim_ids))
    locking = asked.order_by(InvoiceClaim.id).with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(locking)).all()
    assert len(found) == len(set(claim_ids)), claim_ids
    return found


async def pay_claims(
    session: AsyncSession, line: BankLine, buyer_id: UUID, claim_ids: Sequence[UUID], *, now: datetime
) -> None:
    """Let a locked bank line pay these claims of one buyer, the one that is due first before the others.

    What it holds beyond waits for a person, who gives it back or to something else. Buyer and desk are named.
    """
    await locked_credit_line(session, buyer_id)
    claims = sorted(await locked_claims(session, buyer_id, claim_ids), key=lambda claim: (claim.due_on, claim.id))
    applied_minor = await note_paid(session, claims, line.unapplied_minor, subject_id=line.id, now=now)
    await payments.note_invoice_paid(session, line, buyer_id, applied_minor, now=now)


async def claim_named(session: AsyncSession, reference: str) -> Claim | None:
    """The invoice on account that a reference names, for whoever looks from below; the transaction names the desk."""
    found = await claim_by_reference(session, reference)
    return None if found is None else Claim(found.org_id, found.id)


async def give_line(session: AsyncSession, line: BankLine, claim: Claim, note: str, *, now: datetime) -> None:
    """A person says that a locked line, which waits whole, pays this invoice: so it does, as one that names it would.

    Its payer is known by its name from now on. What is too much waits for a person, and one of a paid invoice does whole.
    Buyer and desk are named. Raises LineNotResolvable (409).
    """
    await payments.give_to_payer(session, line, claim.buyer_id, note, now=now)
    await pay_claims(session, line, claim.buyer_id, [claim.claim_id], now=now)


async def note_paid(
    session: AsyncSession, claims: Sequence[InvoiceClaim], amount_minor: int, *, subject_id: UUID, now: datetime
) -> int:
    """Apply money that waits to a buyer's locked claims, one after the other: at most what is open, in yen; how much was.

    Once for each `subject_id`, which is the bank's line, whose money is on `unapplied` already; what is left of it stays
    there. The buyer owes less by it, and may draw as much again. The transaction names the buyer and the desk. Raises
    LedgerOverdrawn.
    """
    applied = spread([claim.open_minor for claim in claims], [0] * len(claims), amount_minor)
    whole = sum(applied)
    if whole <= 0:
        return 0
    org_id, currency = claims[0].org_id, claims[0].currency
    line = await locked_credit_line(session, org_id)
    assert line is not None, org_id
    for claim, minor in zip(claims, applied, strict=True):
        if minor:
            await _lower(session, claim, minor, subject_id, by_refund=False, now=now)
            await pay_off(session, line, minor, claim.id, now=now)
    posted = await ledger.post(
        session, source=unapplied(), target=receivable(org_id), amount=Money(whole, currency),
        reason="invoice_payment", subject_id=subject_id, counterparty_id=org_id, booked_on=None, now=now,
    )  # fmt: skip
    assert posted, f"line {subject_id} was applied to an invoice before"
    return whole


async def credit(
    session: AsyncSession, claims: Sequence[InvoiceClaim], minors: Sequence[int], *, subject_id: UUID, now: datetime
) -> None:
    """Lower locked claims, each by so many yen, for what was given back. What the buyer owes at all is the caller's to say."""
    for claim, minor in zip(claims, minors, strict=True):
        if minor:
            claim.credited_minor += minor
            await _lower(session, claim, minor, subject_id, by_refund=True, now=now)


async def _lower(
    session: AsyncSession, claim: InvoiceClaim, minor: int, because_of: UUID, *, by_refund: bool, now: datetime
) -> None:
    """Less is open of a locked claim; when nothing is, its orders are final, and money that came is receipted."""
    before = {"open_minor": claim.open_minor}
    claim.open_minor -= minor
    claim.paid_at = now if claim.open_minor == 0 else None
    claim.version += 1
    await session.flush()
    paid = "partly_paid" if claim.open_minor else "paid"
    kind = f"invoice_claim.{'credited' if by_refund else paid}"
    after = {"open_minor": claim.open_minor, "because_of": str(because_of)}
    await _record(session, claim, kind, before=before, after=after, now=now)
    if claim.open_minor:
        return
    outbox.enqueue(session, "invoices.release_orders", due=now, org_id=claim.org_id, claim_id=claim.id)
    if claim.credited_minor < claim.amount_minor:
        outbox.enqueue(session, "invoices.issue_claim_receipt", due=now, org_id=claim.org_id, claim_id=claim.id)


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


CLAIMS: Final = Claims(claim_named, give_line)
"""What a person of the desk is given at the door of the bank's lines."""

"""What does a person of the desk do with a line that waits: refund it, give it to an order, or take note of it?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app.core import outbox
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.money import Money
from app.core.scope import Scope
from app.ledger import operations as ledger
from app.ledger.rules import Account, refunds, unapplied
from app.payments.errors import LineNotResolvable, PaymentReferenceUnknown
from app.payments.models import BankLine, LineOutcome, LineStatus
from app.payments.operations.accounts import learn_name
from app.payments.operations.lines import facts_of, locked_payment, name_payment, record_line
from app.payments.operations.refunds import owe
from app.payments.queries import payment_by_reference
from app.payments.rules import RefundKind, RefundStatus

Kind = Literal["refund", "apply_to_order", "acknowledge"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person decided, and why."""

    kind: Kind
    note: str
    payment_reference: str | None
    """Of the order that the money is for; with `apply_to_order` only."""


async def resolve(session: AsyncSession, line: BankLine, decided: Resolution, *, now: datetime) -> None:
    """Carry out what a person decided about a locked line. The transaction names the desk and the line's payer.

    `refund` books what is unapplied of it as owed back to the payer, whose refund by bank is due from then on; `apply_to_order`
    lets it be judged once more, for the payment named, whose payer is known by this name from now on; `acknowledge` closes an
    outgoing line. Raises LineNotResolvable (409), PaymentReferenceUnknown (422).
    """
    _refuse_unfit(line, decided)
    before = facts_of(line)
    match decided.kind:
        case "refund":
            await _refund(session, line, decided.note, now)
        case "apply_to_order":
            await _judge_again(session, line, decided.payment_reference, now)
        case "acknowledge":
            line.status = LineStatus.RESOLVED
    await _note(session, line, decided.kind, decided.note, before, now)


async def use_up(
    session: AsyncSession,
    line: BankLine,
    target: Account,
    resolution: str,
    *,
    counterparty_id: UUID | None,
    note: str,
    now: datetime,
) -> None:
    """Give all that a locked incoming line brought to the account that it is for: no order's, so nobody is its payer.

    Whose money it is, `counterparty_id` says, who is named. Raises LineNotResolvable (409) unless the whole line waits for a person.
    """
    if line.status != LineStatus.FOR_A_PERSON or line.amount_minor <= 0 or line.unapplied_minor != line.amount_minor:
        raise LineNotResolvable("The line does not wait for a person with all of its money.", state=line.status)
    before = facts_of(line)
    posted = await ledger.post(
        session, source=unapplied(), target=target, amount=Money(line.unapplied_minor, line.currency),
        reason=resolution, subject_id=line.id, counterparty_id=counterparty_id, booked_on=None, now=now,
    )  # fmt: skip
    assert posted, line.id
    line.unapplied_minor, line.status = 0, LineStatus.RESOLVED
    await _note(session, line, resolution, note, before, now)


async def give_to_payer(session: AsyncSession, line: BankLine, payer_id: UUID, note: str, *, now: datetime) -> None:
    """A person says that a locked line pays an invoice of this payer, who is known by its name from now on.

    The caller applies it in the same transaction, which names the desk. Raises LineNotResolvable (409) unless the whole line
    waits for a person.
    """
    _refuse_unfit(line, Resolution("apply_to_order", note, None))
    before = facts_of(line)
    await learn_name(session, line, payer_id, now=now)
    line.payment_id = line.order_id = None  # It may have been taken for an order's, or part of it.
    await _note(session, line, "apply_to_invoice", note, before, now)


async def _note(
    session: AsyncSession, line: BankLine, resolution: str, note: str, before: dict[str, Any], now: datetime
) -> None:
    scope: Scope = session.info["scope"]
    line.resolution, line.note = resolution, note
    line.resolved_by, line.resolved_at = scope.actor_id, now
    line.version += 1
    await session.flush()
    await record_line(session, "bank_line.resolved", line, before=before, now=now, resolution=resolution, note=note)


def _refuse_unfit(line: BankLine, decided: Resolution) -> None:
    if line.status != LineStatus.FOR_A_PERSON:
        raise LineNotResolvable(f"The line is {line.status}; it does not wait for a person.", state=line.status)
    if (line.amount_minor < 0) != (decided.kind == "acknowledge"):
        raise LineNotResolvable("Money that left is acknowledged; money that came is refunded or applied to an order.")
    if decided.kind == "apply_to_order" and line.unapplied_minor != line.amount_minor:
        raise LineNotResolvable("Part of this line is applied already; what is left of it can be refunded.")


async def _refund(session: AsyncSession, line: BankLine, note: str, now: datetime) -> None:
    scope: Scope = session.info["scope"]
    if line.payer_org_id is not None and line.payer_org_id not in scope.org_ids:
        raise LineNotResolvable("The line was given to another payer in the meantime.")
    posted = await ledger.post(
        session,
        source=unapplied(),
        target=refunds(line.payer_org_id),
        amount=Money(line.unapplied_minor, line.currency),
        reason="refund",
        subject_id=line.id,
        counterparty_id=line.payer_org_id,
        booked_on=None,
        now=now,
    )
    assert posted, line.id
    if line.payment_id is not None and line.payer_org_id is not None:  # Else nobody knows yet whom to pay.
        payment = await locked_payment(session, line.payer_org_id, line.payment_id)
        await owe(
            session, payment, RefundKind.RETURNED, amount_minor=line.unapplied_minor, attempt=None,
            status=RefundStatus.DUE, note=note, now=now,
        )  # fmt: skip
    line.unapplied_minor = 0
    line.status = LineStatus.RESOLVED


async def _judge_again(session: AsyncSession, line: BankLine, reference: str | None, now: datetime) -> None:
    payment = None if reference is None else await payment_by_reference(session, reference)
    if payment is None:
        unknown = FieldError("/payment_reference", "unknown", "No payment has this reference.")
        raise PaymentReferenceUnknown("Look at the order again.", errors=(unknown,))
    name_payment(line, payment)
    await learn_name(session, line, payment.org_id, now=now)
    line.outcome, line.status = LineOutcome.PENDING, LineStatus.NEW
    outbox.enqueue(session, "orders.settle", due=now, line_id=line.id)

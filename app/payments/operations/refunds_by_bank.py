"""How does a refund by bank leave the desk's account, by hand or in a file of transfers, and what if the bank gives it back?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.ids import public_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import refunds as owed
from app.ledger.rules import suspense
from app.payments.errors import RefundNotPayable
from app.payments.models import BankLine, LineStatus, Refund
from app.payments.operations.lines import facts_of as line_facts
from app.payments.operations.lines import record_line
from app.payments.operations.refunds import REFUND_PREFIX, facts_of, record_change
from app.payments.operations.resolutions import use_up
from app.payments.rules import RefundStatus, RefundWay

_LOCKED: Final = select(Refund).where(Refund.desk_id == DESK_ID).order_by(Refund.id).with_for_update()


def sent_minor(refund: Refund) -> int:
    """What of a refund is sent, in its currency's minor unit: all but what was set off."""
    return refund.amount_minor - refund.set_off_minor


async def locked_for_file(session: AsyncSession, refund_ids: Sequence[UUID]) -> Sequence[Refund]:
    """Those of these refunds that are due by bank and in no file, locked; their buyers and the desk are named."""
    asked = _LOCKED.where(
        Refund.id.in_(refund_ids),
        Refund.way == RefundWay.BANK,
        Refund.status == RefundStatus.DUE,
        Refund.file_id.is_(None),
    )
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def refunds_in(session: AsyncSession, file_id: UUID) -> Sequence[Refund]:
    """The refunds of a locked file of transfers, locked; their buyers and the desk are named."""
    asked = _LOCKED.where(Refund.file_id == file_id)
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def put_into_file(
    session: AsyncSession, refunds: Sequence[Refund], file_id: UUID, accounts: Mapping[UUID, UUID], *, now: datetime
) -> None:
    """Locked refunds are sent by this file, each to its buyer's account in `accounts`."""
    for refund in refunds:
        before = facts_of(refund)
        refund.file_id, refund.account_id = file_id, accounts[refund.org_id]
        await record_change(session, refund, "refund.in_file", before=before, now=now)


async def take_out_of_file(session: AsyncSession, file_id: UUID, *, now: datetime) -> None:
    """The refunds of a locked file that was called off wait for another."""
    for refund in await refunds_in(session, file_id):
        before = facts_of(refund)
        refund.file_id = refund.account_id = None
        await record_change(session, refund, "refund.due", before=before, now=now)


async def note_bank_debit(session: AsyncSession, refund: Refund, line: BankLine, *, note: str, now: datetime) -> None:
    """A locked outgoing line of the desk's bank has paid a locked refund that was sent by hand, but for what was set off.

    Raises RefundNotPayable (409), also for what is in a file of transfers: there its line is noted.
    """
    if refund.file_id is not None:
        raise RefundNotPayable("The refund is in a file of transfers: note the line there.", state="in_file")
    if not (refund.way == RefundWay.BANK and refund.status == RefundStatus.DUE):
        raise RefundNotPayable(f"The refund is {refund.status} by {refund.way}.", state=refund.status)
    await note_debit_of(session, [refund], line, besides_minor=0, note=note, now=now)


async def note_debit_of(
    session: AsyncSession, refunds: Sequence[Refund], line: BankLine, *, besides_minor: int, note: str, now: datetime
) -> None:
    """A locked outgoing line has paid these locked refunds, which are due by bank. Their buyers and the desk are named.

    refunds -> suspense of each: the import of the line has taken it from there; `besides_minor` yen of it paid what is no
    refund, and are the caller's to post. Raises RefundNotPayable (409) when all that is not the line's amount.
    """
    total_minor = sum(map(sent_minor, refunds)) + besides_minor
    if line.status != LineStatus.FOR_A_PERSON or line.amount_minor != -total_minor:
        raise RefundNotPayable("The line of the bank is not this refund's: another amount, or settled before.")
    scope: Scope = session.info["scope"]
    line_before = line_facts(line)
    line.status, line.resolution, line.note = LineStatus.RESOLVED, "refund_paid", note
    line.resolved_by, line.resolved_at = scope.actor_id, now
    line.version += 1
    for refund in refunds:
        posted = await ledger.post(
            session, source=owed(refund.org_id), target=suspense(), amount=Money(sent_minor(refund), refund.currency),
            reason="bank_refund", subject_id=_sending(refund), counterparty_id=refund.org_id, booked_on=None, now=now,
        )  # fmt: skip
        assert posted, refund.id
        before = facts_of(refund)
        refund.bank_line_id, refund.status, refund.done_at = line.id, RefundStatus.SUCCEEDED, now
        await record_change(session, refund, "refund.succeeded", before=before, now=now)
    await record_line(session, "bank_line.resolved", line, before=line_before, now=now, resolution="refund_paid")


async def take_back(session: AsyncSession, refund: Refund, line: BankLine, reason: str, *, now: datetime) -> None:
    """The bank gave a locked refund that it had paid back (組戻し) by a locked incoming line: it is due once more.

    Buyer and desk are named. Posts unapplied -> refunds. What the bank charges for it is a line of its own. Raises
    RefundNotPayable (409) unless the refund was paid and the line is of its amount, LineNotResolvable (409).
    """
    if not (refund.way == RefundWay.BANK and refund.status == RefundStatus.SUCCEEDED):
        raise RefundNotPayable("Only what the bank has paid comes back.", state=refund.status)
    if line.amount_minor != sent_minor(refund):
        raise RefundNotPayable("The line has another amount.", state=line.status)
    note = f"refund {public_id(REFUND_PREFIX, refund.id)}"
    await use_up(
        session, line, owed(refund.org_id), "bank_refund_returned", counterparty_id=refund.org_id, note=note, now=now
    )
    before = facts_of(refund)
    refund.status, refund.failure, refund.done_at = RefundStatus.DUE, reason, None
    refund.bank_line_id = refund.file_id = refund.account_id = None
    refund.returns, refund.returned_line_id = refund.returns + 1, line.id
    await record_change(session, refund, "refund.returned", before=before, now=now)


def _sending(refund: Refund) -> UUID:
    """What the posting of a transfer is known by: of a refund that came back, each transfer is another."""
    return uuid5(refund.id, str(refund.returns)) if refund.returns else refund.id

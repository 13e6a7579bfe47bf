"""Which of the bank's lines are payouts that left, payouts that came back, and what Stripe sent?

At import a line that left is booked suspense -> bank, and one that came bank -> unapplied; here it gets its reason.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import public_id
from app.ledger import operations as ledger
from app.ledger.rules import payouts_in_transit, suspense
from app.payments import operations as payments
from app.payments.models import BankLine, LineStatus
from app.payments.operations import Resolution
from app.payouts.errors import LineDoesNotFit, PayoutNotFound
from app.payouts.models import Payout, PayoutFile
from app.payouts.operations.deciding import PREFIX, end_unpaid, move
from app.payouts.operations.files import move_file, payouts_in
from app.payouts.rules import FileStatus, PayoutMethod, PayoutStatus

FILE_PREFIX = "pfl"


async def note_bank_debit(
    session: AsyncSession, file: PayoutFile, line: BankLine, payout_id: UUID | None, *, now: datetime
) -> None:
    """A line that left is a locked file's total, or one of its payouts: what it paid is paid. All parties are named.

    Some banks book a file's total at once, others each transfer. Posts held:payouts -> suspense, and acknowledges the
    line. Raises InvalidState (409) unless the bank has the file, LineDoesNotFit (409) when direction or amount differ.
    """
    if file.status != FileStatus.SENT:
        raise InvalidState(f"The file is {file.status}.", state=file.status)
    open_ones = [each for each in await payouts_in(session, file) if each.status == PayoutStatus.SENT]
    meant = _meant(open_ones, payout_id)
    total_minor = sum(each.payout_minor for each in meant)
    if line.status != LineStatus.FOR_A_PERSON or -line.amount_minor != total_minor:
        raise LineDoesNotFit(
            "The line is not this payment.", state=line.status, line_minor=-line.amount_minor, payouts_minor=total_minor
        )
    note = f"payout file {public_id(FILE_PREFIX, file.id)}"
    await payments.resolve(session, line, Resolution("acknowledge", note, None), now=now)
    for each in meant:
        each.paid_at, each.bank_line_id = now, line.id
        await move(session, each, PayoutStatus.PAID, now=now)
    file.debited_minor += total_minor
    done = file.debited_minor == file.total_minor
    await move_file(session, file, FileStatus.DEBITED if done else FileStatus.SENT, now=now)
    await ledger.post_each(
        session, {each.id: each.payout_minor for each in meant}, source=payouts_in_transit(), target=suspense(),
        currency=line.currency, reason="payout_debited", counterparty_id=None, booked_on=None, now=now,
    )  # fmt: skip


async def note_return(session: AsyncSession, payout: Payout, line: BankLine, reason: str, *, now: datetime) -> None:
    """The bank gave a locked, paid payout back (組戻し) by an incoming line: it failed, and is owed again.

    Both parties are named. Posts unapplied -> held:payouts -> payable. What the bank charges for it is a line of its
    own. Raises InvalidState (409), LineDoesNotFit (409) when the amount differs, LineNotResolvable (409).
    """
    if payout.method != PayoutMethod.ZENGIN or payout.status != PayoutStatus.PAID:
        raise InvalidState("Only what the bank has paid comes back.", state=payout.status)
    if line.amount_minor != payout.payout_minor:
        raise LineDoesNotFit("The line has another amount.", state=line.status, payouts_minor=payout.payout_minor)
    note = f"payout {public_id(PREFIX, payout.id)}"
    await payments.use_up(
        session, line, payouts_in_transit(), "payout_returned", counterparty_id=None, note=note, now=now
    )
    payout.returned_line_id = line.id
    await end_unpaid(session, payout, PayoutStatus.FAILED, reason, now=now)


def _meant(open_ones: Sequence[Payout], payout_id: UUID | None) -> Sequence[Payout]:
    if payout_id is None:
        return open_ones
    found = [each for each in open_ones if each.id == payout_id]
    if not found:
        raise PayoutNotFound("The file has no such payout that the bank has not booked.")
    return found

"""How do refunds by bank go into a file of transfers, what has the bank paid of it, and what did it give back?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import public_id
from app.identity.models import Organisation
from app.payments import operations as payments
from app.payments.errors import RefundNotFound
from app.payments.models import BankLine, LineStatus, Refund
from app.payments.rules import RefundStatus
from app.payouts.errors import LineDoesNotFit, PayoutsChanged
from app.payouts.models import PayoutAccount, PayoutFile
from app.payouts.operations.accounts import refuse_machines, refuse_returned
from app.payouts.operations.bank import FILE_PREFIX
from app.payouts.operations.files import WrittenFile, move_file, open_file
from app.payouts.operations.line_returns import line_returns_in, line_returns_to_send, move_to_file, note_paid
from app.payouts.rules import AccountStatus, FileStatus


async def take_in_refunds(session: AsyncSession, written: WrittenFile, *, now: datetime) -> PayoutFile:
    """Put the refunds of a file into it; the desk and all buyers are named. From here on nobody sends them by hand.

    Raises PeoplePayOut (403), PayoutsChanged (409) when one of them is not as it was when the file was written, or its
    buyer has named another account by now.
    """
    refuse_machines(session)
    if await _locked_accounts(session, sorted(written.accounts)) != written.accounts:
        raise PayoutsChanged("A buyer's account is another by now. Make the file once more.")
    rows = await payments.locked_for_file(session, [refund_id for _, refund_id, _ in written.pays])
    back = await line_returns_to_send(session, [return_id for return_id, _ in written.returns])
    wanted = {refund_id: version for _, refund_id, version in written.pays} | dict(written.returns)
    if {row.id: row.version for row in rows} | {row.id: row.version for row in back} != wanted:
        raise PayoutsChanged("Make the file once more.")
    file = await open_file(session, written, now=now)
    await payments.put_into_file(session, rows, file.id, written.accounts, now=now)
    await move_to_file(session, back, file.id, now=now)
    return file


async def note_refunds_debited(
    session: AsyncSession, file: PayoutFile, line: BankLine, only_id: UUID | None, *, now: datetime
) -> None:
    """A line that left is a locked file's total, or one of its transfers: what it paid has arrived. All parties are named.

    `only_id` is that of a refund, or of what goes back of a line.

    Raises InvalidState (409) unless the bank has the file, LineDoesNotFit (409), RefundNotFound (404).
    """
    if file.status != FileStatus.SENT:
        raise InvalidState(f"The file is {file.status}.", state=file.status)
    waiting = [each for each in await payments.refunds_in(session, file.id) if each.status == RefundStatus.DUE]
    meant: Sequence[Refund] = [each for each in waiting if only_id in (None, each.id)]
    back = [each for each in await line_returns_in(session, file.id) if only_id in (None, each.id)]
    if only_id is not None and not meant and not back:
        raise RefundNotFound("The file has no such transfer that the bank has not booked.")
    back_minor = sum(each.amount_minor for each in back)
    total_minor = sum(map(payments.sent_minor, meant)) + back_minor
    if line.status != LineStatus.FOR_A_PERSON or -line.amount_minor != total_minor:
        raise LineDoesNotFit(
            "The line is not this payment.", state=line.status, line_minor=-line.amount_minor, payouts_minor=total_minor
        )
    note = f"file of refunds {public_id(FILE_PREFIX, file.id)}"
    await payments.note_debit_of(session, meant, line, besides_minor=back_minor, note=note, now=now)
    await note_paid(session, back, line, now=now)
    file.debited_minor += total_minor
    done = file.debited_minor == file.total_minor
    await move_file(session, file, FileStatus.DEBITED if done else FileStatus.SENT, now=now)


async def note_refund_return(
    session: AsyncSession, refund: Refund, line: BankLine, reason: str, *, now: datetime
) -> None:
    """The bank gave a locked refund back (組戻し) by a locked incoming line: it waits for an account that it can be sent to.

    Buyer and desk are named. The account that it came back from is confirmed no more. Raises RefundNotPayable (409),
    LineNotResolvable (409).
    """
    account_id = refund.account_id
    await payments.take_back(session, refund, line, reason, now=now)
    if account_id is not None:
        await refuse_returned(session, refund.org_id, account_id, reason, now=now)


async def _locked_accounts(session: AsyncSession, buyers: Sequence[UUID]) -> dict[UUID, UUID]:
    """The account of each buyer that has a confirmed one and no other that waits; nobody names another meanwhile."""
    whose = select(Organisation.org_id).where(Organisation.org_id.in_(buyers)).order_by(Organisation.org_id)
    await session.execute(whose.with_for_update(key_share=True))
    asked = select(PayoutAccount.org_id, PayoutAccount.id, PayoutAccount.status).where(
        PayoutAccount.org_id.in_(buyers),
        PayoutAccount.status.in_((AccountStatus.CONFIRMED, AccountStatus.WAITING)),
    )
    rows = (await session.execute(asked)).all()
    waits = {org_id for org_id, _, status in rows if status == AccountStatus.WAITING}
    return {org_id: account_id for org_id, account_id, _ in rows if org_id not in waits}

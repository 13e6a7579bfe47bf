"""How is a file of transfers written and kept, before its payouts are put into it?"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

from app.core.db import Database
from app.core.errors import FieldError
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.payments.rules.zengin import CustomerCodes, Originator, RefusedZengin, Transfer, write_transfers
from app.payments.rules.zengin.transfer_file import EndMark, LineEnd
from app.payments.rules.zengin.transfers import AccountKind
from app.payouts import queries
from app.payouts.errors import FileRefused, NothingApproved, OriginatorNotFound, PayoutFieldsInvalid
from app.payouts.models import PayoutFile, PayoutOriginator
from app.payouts.operations import WrittenFile
from app.payouts.queries import ToSend
from app.payouts.rules import is_bank_day
from integrations.storage.client import Files

Refusal = FileRefused | NothingApproved | OriginatorNotFound | PayoutFieldsInvalid


async def write_file(
    db: Database, files: Files, scope: Scope, transfer_on: date, *, file_id: UUID, now: datetime
) -> WrittenFile | Refusal:
    """Write one file of transfers of every approved payout that waits for one, and keep it under its hash.

    Nothing is moved yet: `operations.take_in` does that, and sees whether all of it is still so. Why there is no file
    is returned, for a request that is repeated must first be known as one.
    """
    if transfer_on < day_in_japan(now) or not is_bank_day(transfer_on):
        wrong = FieldError("/transfer_on", "no_bank_day", "A day on which banks are open, today or later.")
        return PayoutFieldsInvalid("See `errors`.", errors=(wrong,))
    async with db.transaction(scope) as session:
        waiting = await queries.approved_for_bank(session, scope)
        try:
            pays_from = await queries.originator(session, scope)
        except OriginatorNotFound as missing:
            return missing
    if not waiting:
        return NothingApproved("Approve payouts first.")
    written = write_transfers(
        _originator(pays_from, transfer_on),
        [_transfer(each) for each in waiting],
        line_end=cast("LineEnd", pays_from.line_end),
        end_mark=cast("EndMark", pays_from.end_mark),
    )
    if isinstance(written, RefusedZengin):
        return _refused(written, waiting)
    sha256 = hashlib.sha256(written.content).hexdigest()
    file_key = f"payouts/{sha256}"
    await files.put(file_key, written.content)
    whose = tuple((each.payout.org_id, each.payout.id, each.payout.version) for each in waiting)
    return WrittenFile(file_id, transfer_on, written.total_minor, len(written.cut), sha256, file_key, whose)


async def content_of(db: Database, files: Files, scope: Scope, file_id: UUID) -> tuple[PayoutFile, bytes]:
    """A file of transfers and its bytes, as they were written. Raises PayoutFileNotFound (404)."""
    async with db.transaction(scope) as session:
        file = await queries.file_of(session, scope, file_id)
    return file, await files.get(file.file_key)


def _originator(row: PayoutOriginator, transfer_on: date) -> Originator:
    return Originator(
        code=row.code,
        name=row.name,
        transfer_on=transfer_on,
        bank_code=row.bank_code,
        bank_name=row.bank_name,
        branch_code=row.branch_code,
        branch_name=row.branch_name,
        account_kind="ordinary" if row.account_kind == "ordinary" else "current",
        account_number=row.account_number,
    )


def _transfer(each: ToSend) -> Transfer:
    account = each.account
    return Transfer(
        bank_code=account.bank_code,
        bank_name=account.bank_name,
        branch_code=account.branch_code,
        branch_name=account.branch_name,
        account_kind=cast("AccountKind", account.account_kind),
        account_number=account.account_number,
        recipient=account.holder,
        amount_minor=each.payout.payout_minor,
        new_code="known" if each.known else "first",
        attached=CustomerCodes("", ""),
        speed="telegraphic",
    )


def _refused(written: RefusedZengin, waiting: Sequence[ToSend]) -> FileRefused:
    """What is wrong, each with the payout whose record it is: the first record is the header."""
    errors = tuple(
        FieldError(f"/records/{error.record}/{error.field}".rstrip("/"), error.code, error.detail)
        for error in written.errors
    )
    return FileRefused(f"Correct the accounts first; {len(waiting)} payouts wait.", errors=errors)

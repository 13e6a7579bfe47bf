"""How is a file of transfers written and kept, before its payouts are put into it?"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, cast
from uuid import UUID

from app.core.db import Database
from app.core.errors import FieldError
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.payments.operations import sent_minor
from app.payments.rules.zengin import CustomerCodes, Originator, RefusedZengin, Transfer, write_transfers
from app.payments.rules.zengin.transfer_file import EndMark, LineEnd
from app.payments.rules.zengin.transfers import AccountKind
from app.payouts import queries
from app.payouts.errors import FileRefused, NothingApproved, OriginatorNotFound, PayoutFieldsInvalid
from app.payouts.models import LineReturn, PayoutAccount, PayoutFile, PayoutOriginator
from app.payouts.operations import WrittenFile
from app.payouts.rules import FileKind, is_bank_day
from integrations.storage.client import Files

Refusal = FileRefused | NothingApproved | OriginatorNotFound | PayoutFieldsInvalid


async def write_file(
    db: Database, files: Files, scope: Scope, transfer_on: date, *, file_id: UUID, now: datetime
) -> WrittenFile | Refusal:
    """Write one file of transfers of every approved payout that waits for one, and keep it under its hash.

    Nothing is moved yet: `operations.take_in` does that, and sees whether all of it is still so. Why there is no file
    is returned, for a request that is repeated must first be known as one.
    """
    async with db.transaction(scope) as session:
        sums = [
            _Sum(
                each.payout.org_id,
                each.payout.id,
                each.payout.version,
                each.payout.payout_minor,
                each.account,
                each.known,
            )
            for each in await queries.approved_for_bank(session, scope)
        ]
    if not sums:
        return _no_bank_day(transfer_on, now) or NothingApproved("Approve payouts first.")
    return await _written(db, files, scope, FileKind.PAYOUTS, sums, transfer_on=transfer_on, file_id=file_id, now=now)


async def write_refund_file(
    db: Database, files: Files, scope: Scope, transfer_on: date, *, file_id: UUID, now: datetime
) -> WrittenFile | Refusal:
    """As `write_file`, of every refund that is due by bank and whose buyer's account is confirmed; the others wait. What
    goes back to payers without a payment goes with them.

    `operations.take_in_refunds` moves them.
    """
    async with db.transaction(scope) as session:
        waiting = [(each, each.payable_to) for each in await queries.open_refunds(session, scope)]
        known = await queries.arrived_at(session, scope, [to.id for _, to in waiting if to is not None])
        back = await queries.confirmed_line_returns(session, scope)
    sums = [
        _Sum(each.refund.org_id, each.refund.id, each.refund.version, sent_minor(each.refund), to, to.id in known)
        for each, to in waiting
        if to is not None
    ]
    sums += [_Sum(each.org_id, each.id, each.version, each.amount_minor, each, known=False) for each in back]
    if not sums:
        return _no_bank_day(transfer_on, now) or NothingApproved("No refund waits whose buyer's account is confirmed.")
    return await _written(db, files, scope, FileKind.REFUNDS, sums, transfer_on=transfer_on, file_id=file_id, now=now)


class _Sum(NamedTuple):
    """A payout, a refund, or what goes back of a line, that is sent."""

    org_id: UUID
    id: UUID
    version: int
    minor: int
    account: PayoutAccount | LineReturn
    known: bool
    """Whether something has arrived there before."""


def _no_bank_day(transfer_on: date, now: datetime) -> PayoutFieldsInvalid | None:
    if transfer_on >= day_in_japan(now) and is_bank_day(transfer_on):
        return None
    wrong = FieldError("/transfer_on", "no_bank_day", "A day on which banks are open, today or later.")
    return PayoutFieldsInvalid("See `errors`.", errors=(wrong,))


async def _written(
    db: Database,
    files: Files,
    scope: Scope,
    kind: FileKind,
    sums: Sequence[_Sum],
    *,
    transfer_on: date,
    file_id: UUID,
    now: datetime,
) -> WrittenFile | Refusal:
    wrong = _no_bank_day(transfer_on, now)
    if wrong is not None:
        return wrong
    async with db.transaction(scope) as session:
        try:
            pays_from = await queries.originator(session, scope)
        except OriginatorNotFound as missing:
            return missing
    written = write_transfers(
        _originator(pays_from, transfer_on),
        [_transfer(each) for each in sums],
        line_end=cast("LineEnd", pays_from.line_end),
        end_mark=cast("EndMark", pays_from.end_mark),
    )
    if isinstance(written, RefusedZengin):
        return _refused(written, len(sums))
    sha256 = hashlib.sha256(written.content).hexdigest()
    file_key = f"payouts/{sha256}"
    await files.put(file_key, written.content)
    paid = [each for each in sums if isinstance(each.account, PayoutAccount)]
    back = [each.account for each in sums if isinstance(each.account, LineReturn)]
    return WrittenFile(
        file_id, kind, transfer_on, written.total_minor, len(written.cut), sha256, file_key,
        pays=tuple((each.org_id, each.id, each.version) for each in paid),
        accounts={each.org_id: each.account.id for each in paid},
        returns=tuple((each.id, each.version) for each in back),
        payers=frozenset(each.payer_id for each in back if each.payer_id is not None),
    )  # fmt: skip


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


def _transfer(each: _Sum) -> Transfer:
    account = each.account
    return Transfer(
        bank_code=account.bank_code,
        bank_name=account.bank_name,
        branch_code=account.branch_code,
        branch_name=account.branch_name,
        account_kind=cast("AccountKind", account.account_kind),
        account_number=account.account_number,
        recipient=account.holder,
        amount_minor=each.minor,
        new_code="known" if each.known else "first",
        attached=CustomerCodes("", ""),
        speed="telegraphic",
    )


def _refused(written: RefusedZengin, waiting: int) -> FileRefused:
    """What is wrong, each with the record of a payout or a refund: the first record is the header."""
    errors = tuple(
        FieldError(f"/records/{error.record}/{error.field}".rstrip("/"), error.code, error.detail)
        for error in written.errors
    )
    return FileRefused(f"Correct the accounts first; {waiting} transfers wait.", errors=errors)

"""How does a file of transfers come about, go to the bank, and is called off?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID, Scope
from app.payments import operations as payments
from app.payouts.errors import ApprovedBySomebodyElse, PayoutFileNotFound, PayoutsChanged
from app.payouts.models import Payout, PayoutFile
from app.payouts.operations.accounts import payable_account, refuse_machines
from app.payouts.operations.deciding import move
from app.payouts.operations.line_returns import line_returns_in, move_to_file
from app.payouts.operations.terms import lock_provider
from app.payouts.rules import FileKind, FileStatus, PayoutStatus


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of transfers that was written and kept, and what it pays: (organisation, payout or refund, version)."""

    file_id: UUID
    kind: FileKind
    transfer_on: date
    total_minor: int
    names_cut: int
    sha256: str
    file_key: str
    pays: tuple[tuple[UUID, UUID, int], ...]
    accounts: Mapping[UUID, UUID]
    """To which of its accounts each organisation is paid."""
    returns: tuple[tuple[UUID, int], ...]
    """What it sends back of lines whose payers have no payment: (return, version)."""
    payers: frozenset[UUID]
    """Those of them who are known."""


async def take_in(session: AsyncSession, written: WrittenFile, *, now: datetime) -> PayoutFile:
    """Put the payouts of a file into it; the desk and all providers are named. From here on they are being sent.

    Raises PeoplePayOut (403), PayoutsChanged (409) when one of them is not as it was when the file was written, or its
    provider names another account by now.
    """
    refuse_machines(session)
    file = await open_file(session, written, now=now)
    for provider_id in sorted({provider_id for provider_id, _, _ in written.pays}):
        await lock_provider(session, provider_id)
    rows = await _locked(session, [payout_id for _, payout_id, _ in written.pays])
    wanted = {payout_id: version for _, payout_id, version in written.pays}
    standing = {row.id: row.version for row in rows if row.status == PayoutStatus.APPROVED and row.file_id is None}
    if standing != wanted:
        raise PayoutsChanged("Make the file once more.")
    for payout in rows:
        account = await payable_account(session, payout.org_id)
        if account is None or account.id != payout.account_id:
            raise PayoutsChanged("A provider names another account by now: cancel its payout.")
        payout.file_id = file.id
        await move(session, payout, PayoutStatus.SENDING, now=now)
    return file


async def open_file(session: AsyncSession, written: WrittenFile, *, now: datetime) -> PayoutFile:
    """The row of a file of transfers that was written, with the event that tells of it. The desk is named."""
    scope: Scope = session.info["scope"]
    file = PayoutFile(
        org_id=DESK_ID, id=written.file_id, kind=written.kind, status=FileStatus.MADE, transfer_on=written.transfer_on,
        transfers=len(written.pays) + len(written.returns), total_minor=written.total_minor, debited_minor=0, names_cut=written.names_cut,
        sha256=written.sha256, file_key=written.file_key, made_by=scope.actor_id, made_at=now, version=1,
    )  # fmt: skip
    session.add(file)
    await session.flush()
    await _record(session, file, None, now)
    return file


async def locked_file(session: AsyncSession, file_id: UUID) -> PayoutFile:
    """A file of transfers, locked. Raises PayoutFileNotFound (404)."""
    asked = select(PayoutFile).where(PayoutFile.org_id == DESK_ID, PayoutFile.id == file_id)
    file = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if file is None:
        raise PayoutFileNotFound("There is no such file.")
    return file


async def payouts_in(session: AsyncSession, file: PayoutFile) -> Sequence[Payout]:
    """The payouts of a locked file, locked in the order of their ids; their providers are named and locked before."""
    asked = select(Payout).where(Payout.desk_id == DESK_ID, Payout.file_id == file.id).order_by(Payout.id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).all()


async def mark_sent(session: AsyncSession, file: PayoutFile, *, now: datetime) -> None:
    """The bank has taken a locked file: it cannot be called off here any more.

    Of refunds, which nobody approved one by one, the file is sent by somebody else than who made it. Raises
    PeoplePayOut (403), InvalidState, ApprovedBySomebodyElse (409).
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if file.status != FileStatus.MADE:
        raise InvalidState(f"The file is {file.status}.", state=file.status)
    if file.kind == FileKind.REFUNDS and file.made_by == scope.actor_id:
        raise ApprovedBySomebodyElse("You made this file. A colleague looks at it and sends it.")
    file.sent_by, file.sent_at = scope.actor_id, now
    for payout in await payouts_in(session, file):
        payout.sent_at = now
        await move(session, payout, PayoutStatus.SENT, now=now)
    await move_file(session, file, FileStatus.SENT, now=now)


async def void(session: AsyncSession, file: PayoutFile, *, now: datetime) -> None:
    """Call off a locked file that the bank has not got: what it pays waits for another one. Raises InvalidState (409)."""
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if file.status != FileStatus.MADE:
        raise InvalidState(f"The file is {file.status}.", state=file.status)
    file.voided_by, file.voided_at = scope.actor_id, now
    for payout in await payouts_in(session, file):
        payout.file_id = None
        await move(session, payout, PayoutStatus.APPROVED, now=now)
    await payments.take_out_of_file(session, file.id, now=now)
    await move_to_file(session, await line_returns_in(session, file.id), None, now=now)
    await move_file(session, file, FileStatus.VOID, now=now)


async def move_file(session: AsyncSession, file: PayoutFile, status: FileStatus, *, now: datetime) -> None:
    """Give a locked file its next status, and write the event that tells of it."""
    before = file.status
    file.status = status
    file.version += 1
    await session.flush()
    await _record(session, file, before, now)


async def _locked(session: AsyncSession, payout_ids: Sequence[UUID]) -> Sequence[Payout]:
    asked = select(Payout).where(Payout.desk_id == DESK_ID, Payout.id.in_(payout_ids)).order_by(Payout.id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).all()


async def _record(session: AsyncSession, file: PayoutFile, before: FileStatus | None, now: datetime) -> None:
    await events.record(
        session, f"payout_file.{file.status}", org_id=DESK_ID, subject_kind="payout_file", subject_id=file.id,
        before=None if before is None else {"status": before},
        after={"status": file.status, "total_minor": file.total_minor, "debited_minor": file.debited_minor}, now=now,
    )  # fmt: skip

"""How does money go back to a payer for whom there is no payment? To an account that one person names and another confirms."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import public_id
from app.core.money import Money
from app.core.scope import DESK_ID, Scope
from app.ledger import operations as ledger
from app.ledger.rules import refunds, suspense
from app.payments import operations as payments
from app.payments.errors import LineNotResolvable
from app.payments.models import BankLine
from app.payouts.errors import ApprovedBySomebodyElse, LineDoesNotFit, LineReturnNotFound, PayoutFieldsInvalid
from app.payouts.models import LineReturn
from app.payouts.operations.accounts import refuse_machines
from app.payouts.rules import BankAccount, LineReturnStatus, checked_account

LINE_RETURN_PREFIX: Final = "lrt"
_STANDING: Final = (LineReturnStatus.WAITING, LineReturnStatus.CONFIRMED, LineReturnStatus.PAID)
_LOCKED: Final = select(LineReturn).where(LineReturn.org_id == DESK_ID).order_by(LineReturn.id).with_for_update()


async def name_line_account(
    session: AsyncSession, line_id: UUID, return_id: UUID, typed: BankAccount, *, now: datetime
) -> LineReturn:
    """Have what is owed of a line sent to this account, once a colleague has confirmed it. Desk and payer are named.

    Raises PeoplePayOut (403), LineNotFound (404), LineNotResolvable (409), PayoutFieldsInvalid (422).
    """
    refuse_machines(session)
    match checked_account(typed):
        case BankAccount() as account:
            pass
        case errors:
            raise PayoutFieldsInvalid("See `errors`.", errors=errors)
    line, owed_minor = await payments.locked_owed_line(session, line_id)
    standing = select(LineReturn).where(LineReturn.org_id == DESK_ID, LineReturn.line_id == line.id)
    known = await session.scalar(standing.where(LineReturn.status.in_(_STANDING)))
    if known is not None:
        raise LineNotResolvable("An account was named for it. Refuse that one first.", state=known.status)
    scope: Scope = session.info["scope"]
    spelt = asdict(account)
    row = LineReturn(
        org_id=DESK_ID, id=return_id, line_id=line.id, payer_id=line.payer_org_id, amount_minor=owed_minor,
        currency=line.currency, account_kind=spelt.pop("kind"), account_number=spelt.pop("number"), **spelt,
        status=LineReturnStatus.WAITING, entered_by=scope.actor_id, entered_at=now, version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _record(session, row, "line_return.entered", None, now)
    return row


async def locked_line_return(session: AsyncSession, return_id: UUID) -> LineReturn:
    """What goes back of a line, locked. Raises LineReturnNotFound (404)."""
    row = await session.scalar(_LOCKED.where(LineReturn.id == return_id).execution_options(populate_existing=True))
    if row is None:
        raise LineReturnNotFound("There is no such return.")
    return row


async def confirm_line_return(session: AsyncSession, row: LineReturn, note: str, *, now: datetime) -> None:
    """A second person has seen the account of a locked return: the next file of refunds takes it.

    Raises PeoplePayOut (403), InvalidState (409), ApprovedBySomebodyElse (409) for whoever typed it.
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if row.status != LineReturnStatus.WAITING:
        raise InvalidState(f"The return is {row.status}.", state=row.status)
    if row.entered_by == scope.actor_id:
        raise ApprovedBySomebodyElse("You typed this account. Ask a colleague.")
    await _decide(session, row, LineReturnStatus.CONFIRMED, note, now)


async def refuse_line_return(session: AsyncSession, row: LineReturn, note: str, *, now: datetime) -> None:
    """Nothing is sent to the account of a locked return, which is in no file: another may be named.

    Raises PeoplePayOut (403), InvalidState (409).
    """
    refuse_machines(session)
    if row.status not in (LineReturnStatus.WAITING, LineReturnStatus.CONFIRMED) or row.file_id is not None:
        state = "in_file" if row.file_id is not None else row.status
        raise InvalidState("It is decided, or in a file of transfers.", state=state)
    await _decide(session, row, LineReturnStatus.REFUSED, note, now)


async def line_returns_to_send(session: AsyncSession, return_ids: Sequence[UUID]) -> Sequence[LineReturn]:
    """Those of these returns that are confirmed and in no file, locked."""
    asked = _LOCKED.where(
        LineReturn.id.in_(return_ids), LineReturn.status == LineReturnStatus.CONFIRMED, LineReturn.file_id.is_(None)
    )
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def line_returns_in(session: AsyncSession, file_id: UUID) -> Sequence[LineReturn]:
    """What a locked file of transfers sends back of lines and the bank has not booked, locked."""
    asked = _LOCKED.where(LineReturn.file_id == file_id, LineReturn.status == LineReturnStatus.CONFIRMED)
    return (await session.scalars(asked.execution_options(populate_existing=True))).all()


async def move_to_file(
    session: AsyncSession, rows: Sequence[LineReturn], file_id: UUID | None, *, now: datetime
) -> None:
    """Locked returns are sent by this file, or by none any more."""
    for row in rows:
        before = _facts(row)
        row.file_id = file_id
        await _changed(session, row, "line_return.confirmed" if file_id is None else "line_return.in_file", before, now)


async def note_paid(session: AsyncSession, rows: Sequence[LineReturn], line: BankLine, *, now: datetime) -> None:
    """A locked line that left has paid these locked returns: their own lines are returned. Desk and payers are named.

    Posts refunds -> suspense; the caller has settled the line.
    """
    for row in rows:
        posted = await ledger.post(
            session, source=refunds(row.payer_id), target=suspense(), amount=Money(row.amount_minor, row.currency),
            reason="bank_refund", subject_id=row.id, counterparty_id=row.payer_id, booked_on=None, now=now,
        )  # fmt: skip
        assert posted, row.id
        before = _facts(row)
        row.status, row.debited_line_id = LineReturnStatus.PAID, line.id
        await _changed(session, row, "line_return.paid", before, now)
    await payments.mark_returned(session, [row.line_id for row in rows], now=now)


async def note_line_came_back(
    session: AsyncSession, row: LineReturn, line: BankLine, reason: str, *, now: datetime
) -> None:
    """The bank gave a locked return back (組戻し) by a locked incoming line: it is owed still, and another account named.

    Desk and payer are named. Posts unapplied -> refunds. Raises InvalidState (409) unless the bank has paid it,
    LineDoesNotFit (409) when the amount differs, LineNotResolvable (409).
    """
    if row.status != LineReturnStatus.PAID:
        raise InvalidState("Only what the bank has paid comes back.", state=row.status)
    if line.amount_minor != row.amount_minor:
        raise LineDoesNotFit("The line has another amount.", state=line.status, payouts_minor=row.amount_minor)
    note = f"return {public_id(LINE_RETURN_PREFIX, row.id)}"
    await payments.use_up(
        session, line, refunds(row.payer_id), "bank_refund_returned", counterparty_id=row.payer_id, note=note, now=now
    )
    before = _facts(row)
    row.status, row.returned_line_id, row.note = LineReturnStatus.CAME_BACK, line.id, reason
    await _changed(session, row, "line_return.came_back", before, now)
    await payments.owe_again(session, row.line_id, now=now)


async def _decide(session: AsyncSession, row: LineReturn, status: LineReturnStatus, note: str, now: datetime) -> None:
    scope: Scope = session.info["scope"]
    before = _facts(row)
    row.status, row.decided_by, row.decided_at, row.note = status, scope.actor_id, now, note
    await _changed(session, row, f"line_return.{status}", before, now)


async def _changed(session: AsyncSession, row: LineReturn, kind: str, before: dict[str, object], now: datetime) -> None:
    row.version += 1
    await session.flush()
    await _record(session, row, kind, before, now)


def _facts(row: LineReturn) -> dict[str, object]:
    return {"status": row.status, "amount_minor": row.amount_minor, "in_file": row.file_id is not None}


async def _record(
    session: AsyncSession, row: LineReturn, kind: str, before: dict[str, object] | None, now: datetime
) -> None:
    await events.record(
        session, kind, org_id=DESK_ID, subject_kind="line_return", subject_id=row.id, before=before, after=_facts(row),
        party_ids=() if row.payer_id is None else (row.payer_id,), now=now,
    )  # fmt: skip

"""How does a person answer for a difference? Takes it on, says what to do, and a second one agrees where it matters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.scope import DESK_ID, Scope
from app.inventory import operations as inventory
from app.reconciliation.errors import DiscrepancyInvalid, DiscrepancyNotFound, PeopleDecide, SecondPersonDecides
from app.reconciliation.models import Discrepancy, DiscrepancyStatus
from app.reconciliation.rules import HANDLING, Action

NOTE_MAX = 1_000


async def locked_discrepancy(session: AsyncSession, org_id: UUID, discrepancy_id: UUID) -> Discrepancy:
    """A discrepancy under its lock. Raises DiscrepancyNotFound (404)."""
    found = await session.scalar(
        select(Discrepancy)
        .where(Discrepancy.org_id == org_id, Discrepancy.id == discrepancy_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise DiscrepancyNotFound("You have no discrepancy with this id.")
    return found


async def take_on(session: AsyncSession, scope: Scope, row: Discrepancy, *, now: datetime) -> None:
    """The caller answers for a locked discrepancy from now on. Raises PeopleDecide (403), InvalidState (409)."""
    _refuse_machines(scope)
    _refuse_resolved(row)
    row.owner_id = scope.actor_id
    await _changed(session, row, "taken_on", before={"status": row.status}, now=now, owner_id=str(scope.actor_id))


async def propose(
    session: AsyncSession, scope: Scope, row: Discrepancy, action: Action, *, note: str, now: datetime
) -> None:
    """Say what to do about a locked discrepancy, and why. What takes no second person is done at once.

    Raises PeopleDecide (403), InvalidState (409), DiscrepancyInvalid (422) for an action of another kind, NothingToWithdraw
    (409). The transaction names provider and desk.
    """
    _refuse_machines(scope)
    _refuse_resolved(row)
    handling = HANDLING[row.kind]
    if action not in handling.actions:
        known = ", ".join(handling.actions)
        error = FieldError("/action", "not_for_this_kind", f"One of: {known}.")
        raise DiscrepancyInvalid(f"A difference of the kind {row.kind} is not handled so.", errors=(error,))
    before = {"status": row.status}
    row.action, row.note = action, note
    row.proposed_by, row.proposed_at = scope.actor_id, now
    row.four_eyes = action in handling.four_eyes
    if row.four_eyes:
        row.status = DiscrepancyStatus.PROPOSED
        await _changed(session, row, "proposed", before=before, now=now, action=action, note=note)
        return
    if action == Action.RECHECK:
        row.status, row.owner_id = DiscrepancyStatus.OPEN, scope.actor_id
        await _changed(session, row, "put_off", before=before, now=now, note=note)
        return
    await _resolve(session, scope, row, before=before, agreed_note=None, now=now)


async def decide(
    session: AsyncSession, scope: Scope, row: Discrepancy, *, agreed: bool, note: str, now: datetime
) -> None:
    """A second person agrees to what was proposed for a locked discrepancy, or sends it back.

    Raises PeopleDecide (403), InvalidState (409) when nothing is proposed, SecondPersonDecides (409), NothingToWithdraw
    (409). The transaction names provider and desk.
    """
    _refuse_machines(scope)
    if row.status != DiscrepancyStatus.PROPOSED:
        raise InvalidState(f"The discrepancy is {row.status}: nothing waits for a second person.", state=row.status)
    if scope.actor_id == row.proposed_by:
        raise SecondPersonDecides("You proposed this: somebody else decides it.")
    before = {"status": row.status}
    if not agreed:
        row.status, row.action, row.note = DiscrepancyStatus.OPEN, None, note
        row.proposed_by, row.proposed_at, row.four_eyes = None, None, False
        await _changed(session, row, "sent_back", before=before, now=now, note=note)
        return
    if row.action == Action.WITHDRAW:
        await _withdraw(session, row, now)
    await _resolve(session, scope, row, before=before, agreed_note=note, now=now)


async def _withdraw(session: AsyncSession, row: Discrepancy, now: datetime) -> None:
    """What is free of the lot goes off the desk; what was sold stays where it is, and the lot stays frozen."""
    if row.lot_id is None:
        raise InvalidState("The difference is of no lot of yours.", state=row.status)
    locked = await inventory.locked_lot(session, row.org_id, row.lot_id)
    await inventory.withdraw_at_risk(session, locked, now=now)


async def _resolve(
    session: AsyncSession,
    scope: Scope,
    row: Discrepancy,
    *,
    before: dict[str, Any],
    agreed_note: str | None,
    now: datetime,
) -> None:
    """Both people's words go into the trail; the row keeps those of who proposed."""
    row.status, row.resolved_by, row.resolved_at = DiscrepancyStatus.RESOLVED, scope.actor_id, now
    agreed = {} if agreed_note is None else {"agreed_note": agreed_note}
    await _changed(session, row, "resolved", before=before, now=now, action=row.action, note=row.note, **agreed)
    if row.froze and row.lot_id is not None and row.action == Action.TAKE_REGISTRYS_WORD:
        await _set_free(session, row, now)


async def _set_free(session: AsyncSession, row: Discrepancy, now: datetime) -> None:
    """The lot sells again unless another difference puts it at risk."""
    others = await session.scalar(
        select(Discrepancy.id)
        .where(Discrepancy.org_id == row.org_id, Discrepancy.lot_id == row.lot_id, Discrepancy.at_risk)
        .where(Discrepancy.status != DiscrepancyStatus.RESOLVED)
        .limit(1)
    )
    if others is None and row.lot_id is not None:
        note = "The registry's word was taken."
        await inventory.unfreeze_lots(session, row.org_id, [row.lot_id], note=note, now=now)


async def _changed(
    session: AsyncSession, row: Discrepancy, what: str, *, before: dict[str, Any], now: datetime, **facts: Any
) -> None:
    row.version += 1
    await session.flush()
    await events.record(
        session, f"discrepancy.{what}", org_id=row.org_id, subject_kind="discrepancy", subject_id=row.id,
        before=before, after={"status": row.status, **facts}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip


def _refuse_machines(scope: Scope) -> None:
    if scope.actor_kind != "member":
        raise PeopleDecide("Sign in: an API key cannot answer for this.")


def _refuse_resolved(row: Discrepancy) -> None:
    if row.status == DiscrepancyStatus.RESOLVED:
        raise InvalidState("The discrepancy is resolved.", state=row.status)

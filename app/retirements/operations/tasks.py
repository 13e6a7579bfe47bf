"""How do a provider's people carry a retirement out by hand: one prepares, another checks, and then it is done?"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.retirements import queries
from app.retirements.errors import PeopleOnly, SecondPersonNeeded, TaskClaimed, TaskInvalid
from app.retirements.models import RegistryTask, Retirement
from app.retirements.operations.agreements import refuse_without_agreement
from app.retirements.operations.holds import is_held, refuse_disputed
from app.retirements.operations.moves import move
from app.retirements.operations.sheets import written_sheet
from app.retirements.rules import NoticeState, RetirementStatus, TaskStatus, task_may_follow
from app.retirements.rules.registry_rules import Mode, due_at


async def open_task(session: AsyncSession, org_id: UUID, retirement_id: UUID, *, task_id: UUID, now: datetime) -> bool:
    """Ask the provider's people for a queued retirement. False when it is not queued, waits, or was asked for before.

    The retirement stays queued until they say that it is done: until then the buyer may take it back.
    """
    retirement = await queries.locked(session, org_id, retirement_id)
    if retirement.status != RetirementStatus.QUEUED:
        return False
    if await queries.task_of_retirement(session, retirement) is not None or await is_held(session, retirement, now=now):
        return False
    rules = await queries.rules_of(session, retirement.registry_code)
    task = RegistryTask(
        org_id=retirement.provider_id,
        id=task_id,
        buyer_id=retirement.org_id,
        desk_id=DESK_ID,
        retirement_id=retirement.id,
        registry_code=retirement.registry_code,
        sheet=await written_sheet(session, retirement, rules),
        status=TaskStatus.OPEN,
        opened_at=now,
        due_at=due_at(now, rules.cut_off.value),
        mode=rules.modes.value[0],
        notice_state=NoticeState.NONE,
        version=1,
    )
    session.add(task)
    await session.flush()
    await tell_of_task(session, task, "opened", before=None, now=now)
    return True


async def choose_mode(session: AsyncSession, scope: Scope, task: RegistryTask, *, mode: Mode, now: datetime) -> None:
    """A person chooses how credits are named at the registry, before anybody types.

    Raises PeopleOnly (403), InvalidState, TaskClaimed (409), TaskInvalid (422) for a way that the registry does not have.
    """
    refuse_machines(scope)
    if task.status != TaskStatus.OPEN:
        raise InvalidState(f"The task is {task.status}: the mode is chosen before.", state=task.status)
    refuse_claimed(scope, task, now=now)
    if mode not in task.sheet.get("fields", {}):
        error = FieldError("/mode", "not_offered", "This registry does not take credits named like this.")
        raise TaskInvalid("The mode cannot be chosen.", errors=(error,))
    before, task.mode = task.mode, mode
    task.version += 1
    await session.flush()
    await tell_of_task(session, task, "mode_chosen", before={"mode": before}, now=now, mode=mode)


async def prepare(
    session: AsyncSession, scope: Scope, retirement: Retirement, task: RegistryTask, *, now: datetime
) -> None:
    """A person has typed the sheet in at the registry, up to its last button.

    Raises PeopleOnly (403), InvalidState, TaskClaimed, MandateMissing, ConsentMissing (409).
    """
    refuse_machines(scope)
    refuse_task_unless(task, TaskStatus.PREPARED)
    refuse_claimed(scope, task, now=now)
    refuse_disputed(retirement)
    await refuse_without_agreement(session, retirement, task)
    task.maker_id, task.prepared_at = scope.actor_id, now
    await move_task(session, task, TaskStatus.PREPARED, now=now)


async def check_prepared(
    session: AsyncSession, scope: Scope, retirement: Retirement, task: RegistryTask, *, now: datetime
) -> None:
    """Another person has compared it with the sheet.

    Raises PeopleOnly (403), SecondPersonNeeded, TaskClaimed, InvalidState (409).
    """
    refuse_machines(scope)
    refuse_task_unless(task, TaskStatus.CHECKED)
    if scope.actor_id == task.maker_id:
        raise SecondPersonNeeded("You prepared this task: somebody else checks it.")
    refuse_disputed(retirement)
    refuse_claimed(scope, task, now=now)
    task.checker_id, task.checked_at = scope.actor_id, now
    await move_task(session, task, TaskStatus.CHECKED, now=now)


async def execute(
    session: AsyncSession,
    scope: Scope,
    retirement: Retirement,
    task: RegistryTask,
    *,
    registry_transaction: str,
    recorded_on: date,
    now: datetime,
) -> None:
    """It is done at the registry and cannot be taken back. `recorded_on` is the registry's own day.

    Raises InvalidState (409), TaskInvalid (422) for a day that cannot be. Retirement and task are locked.
    """
    refuse_task_unless(task, TaskStatus.EXECUTED)
    _refuse_impossible_day(retirement, recorded_on, now)
    task.executed_by, task.executed_at = scope.actor_id, now
    task.registry_transaction, task.recorded_on = registry_transaction, recorded_on
    await move_task(session, task, TaskStatus.EXECUTED, now=now, recorded_on=recorded_on.isoformat())
    await move(session, retirement, RetirementStatus.SUBMITTED, now=now)


async def correct_record(
    session: AsyncSession,
    scope: Scope,
    retirement: Retirement,
    task: RegistryTask,
    *,
    registry_transaction: str,
    recorded_on: date,
    now: datetime,
) -> None:
    """A person had noted another number or day than the registry's notice says: noted anew, and the notice read anew.

    Only while the notice differs; the event keeps both. Raises PeopleOnly (403), InvalidState (409), TaskInvalid (422).
    """
    refuse_machines(scope)
    if task.notice_state != NoticeState.DIFFERS:
        raise InvalidState(f"The notice is {task.notice_state}: it does not differ.", state=task.notice_state)
    _refuse_impossible_day(retirement, recorded_on, now)
    assert task.recorded_on is not None, task.id
    before = {"registry_transaction": task.registry_transaction, "recorded_on": task.recorded_on.isoformat()}
    task.registry_transaction, task.recorded_on = registry_transaction, recorded_on
    task.notice_state, task.notice_since = NoticeState.TO_TYPE, now
    task.version += 1
    await session.flush()
    await tell_of_task(
        session, task, "record_corrected", before=before, now=now,
        registry_transaction=registry_transaction, recorded_on=recorded_on.isoformat(),
    )  # fmt: skip


def _refuse_impossible_day(retirement: Retirement, recorded_on: date, now: datetime) -> None:
    assert retirement.signed_off_at is not None, retirement.id
    if not day_in_japan(retirement.signed_off_at) <= recorded_on <= day_in_japan(now):
        error = FieldError("/recorded_on", "impossible_day", "Between the buyer's sign-off and today, in Japan.")
        raise TaskInvalid("The registry cannot have recorded it on that day.", errors=(error,))


async def cancel_task(session: AsyncSession, task: RegistryTask, *, now: datetime) -> None:
    """The buyer has taken the retirement back: nobody is to carry the locked task out."""
    refuse_task_unless(task, TaskStatus.CANCELED)
    await move_task(session, task, TaskStatus.CANCELED, now=now)


def refuse_machines(scope: Scope) -> None:
    """Go on only for somebody who has signed in. Raises PeopleOnly (403)."""
    if scope.actor_kind != "member":
        raise PeopleOnly("Sign in: an API key cannot answer for this.")


def refuse_claimed(scope: Scope, task: RegistryTask, *, now: datetime) -> None:
    """Go on only when no colleague is at work on it. Raises TaskClaimed (409)."""
    if task.claimed_until is not None and task.claimed_until > now and task.claimed_by != scope.actor_id:
        raise TaskClaimed("A colleague is at work on this task.", until=task.claimed_until.isoformat())


def refuse_task_unless(task: RegistryTask, status: TaskStatus) -> None:
    """Go on only when this status may follow. Raises InvalidState (409) naming the state that was found."""
    if not task_may_follow(task.status, status):
        raise InvalidState(f"The task is {task.status}: it cannot become {status}.", state=task.status)


async def move_task(
    session: AsyncSession,
    task: RegistryTask,
    status: TaskStatus,
    *,
    now: datetime,
    party_ids: tuple[UUID, ...] = (),
    **facts: Any,
) -> None:
    """Change the status of a locked task, with its event: the step that somebody claimed it for is done."""
    before = task.status
    task.status, task.claimed_by, task.claimed_until = status, None, None
    task.version += 1
    await session.flush()
    await tell_of_task(session, task, status, before={"status": before}, now=now, party_ids=party_ids, **facts)


async def tell_of_task(
    session: AsyncSession,
    task: RegistryTask,
    what: str,
    *,
    before: dict[str, Any] | None,
    now: datetime,
    party_ids: tuple[UUID, ...] = (),
    **facts: Any,
) -> None:
    """Write an event of a locked or new task, which provider and buyer may read."""
    await events.record(
        session,
        f"task.{what}",
        org_id=task.org_id,
        subject_kind="registry_task",
        subject_id=task.id,
        before=before,
        after={"status": task.status, "retirement_id": str(task.retirement_id), **facts},
        party_ids=(task.buyer_id, *party_ids),
        now=now,
    )

"""How do a provider's people carry a retirement out by hand: one prepares, another checks, and then it is done?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, InvalidState
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.inventory import queries as stock
from app.retirements import queries
from app.retirements.errors import NoticeMissing, PeopleOnly, SecondPersonNeeded, TaskInvalid
from app.retirements.models import RegistryTask, Retirement
from app.retirements.operations.moves import energy_of, move, wish_of
from app.retirements.operations.recording import record
from app.retirements.rules import (
    EvidenceGrade,
    RetirementStatus,
    TaskStatus,
    registry_text,
    task_may_follow,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The registry's notice (無効化通知書) as the provider handed it in: where its bytes are, and their hash."""

    key: str
    sha256: str
    filename: str


async def open_task(session: AsyncSession, org_id: UUID, retirement_id: UUID, *, task_id: UUID, now: datetime) -> bool:
    """Ask the provider's people for a queued retirement. False when it is not queued, or was asked for before.

    The retirement stays queued until they say that it is done: until then the buyer may take it back.
    """
    retirement = await queries.locked(session, org_id, retirement_id)
    if retirement.status != RetirementStatus.QUEUED:
        return False
    if await queries.task_of_retirement(session, retirement) is not None:
        return False
    task = RegistryTask(
        org_id=retirement.provider_id,
        id=task_id,
        buyer_id=retirement.org_id,
        desk_id=DESK_ID,
        retirement_id=retirement.id,
        registry_code=retirement.registry_code,
        sheet=await _sheet(session, retirement),
        status=TaskStatus.OPEN,
        opened_at=now,
        version=1,
    )
    session.add(task)
    await session.flush()
    await _tell(session, task, "opened", before=None, now=now)
    return True


async def prepare(session: AsyncSession, scope: Scope, task: RegistryTask, *, now: datetime) -> None:
    """A person has typed the sheet in at the registry, up to its last button. Raises PeopleOnly (403), InvalidState."""
    _refuse_machines(scope)
    _refuse_unless(task, TaskStatus.PREPARED)
    task.maker_id, task.prepared_at = scope.actor_id, now
    await _move_task(session, task, TaskStatus.PREPARED, now=now)


async def check_prepared(session: AsyncSession, scope: Scope, task: RegistryTask, *, now: datetime) -> None:
    """Another person has compared it with the sheet. Raises PeopleOnly (403), SecondPersonNeeded (409), InvalidState."""
    _refuse_machines(scope)
    _refuse_unless(task, TaskStatus.CHECKED)
    if scope.actor_id == task.maker_id:
        raise SecondPersonNeeded("You prepared this task: somebody else checks it.")
    task.checker_id, task.checked_at = scope.actor_id, now
    await _move_task(session, task, TaskStatus.CHECKED, now=now)


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
    _refuse_unless(task, TaskStatus.EXECUTED)
    assert retirement.signed_off_at is not None, retirement.id
    if not day_in_japan(retirement.signed_off_at) <= recorded_on <= day_in_japan(now):
        error = FieldError("/recorded_on", "impossible_day", "Between the buyer's sign-off and today, in Japan.")
        raise TaskInvalid("The registry cannot have recorded it on that day.", errors=(error,))
    task.executed_by, task.executed_at = scope.actor_id, now
    task.registry_transaction, task.recorded_on = registry_transaction, recorded_on
    await _move_task(session, task, TaskStatus.EXECUTED, now=now, recorded_on=recorded_on.isoformat())
    await move(session, retirement, RetirementStatus.SUBMITTED, now=now)


async def add_notice(session: AsyncSession, task: RegistryTask, notice: Notice) -> None:
    """Keep the registry's notice beside a locked task that was carried out. Raises InvalidState (409)."""
    if task.status != TaskStatus.EXECUTED:
        raise InvalidState(f"The task is {task.status}: a notice belongs to one that is executed.", state=task.status)
    task.notice_key, task.notice_sha256, task.notice_filename = notice.key, notice.sha256, notice.filename
    task.version += 1
    await session.flush()


async def confirm(
    session: AsyncSession,
    retirement: Retirement,
    task: RegistryTask,
    *,
    released_by: UUID,
    simulated: bool,
    now: datetime,
) -> None:
    """The operator has read the notice: the retirement counts as recorded. Both are locked.

    `simulated` marks all that follows: nothing was really retired. Raises InvalidState (409), NoticeMissing (409).
    """
    _refuse_unless(task, TaskStatus.CONFIRMED)
    if task.notice_sha256 is None:
        raise NoticeMissing("Ask the provider to hand in the registry's notice first.")
    assert task.recorded_on is not None, task.id
    assert task.registry_transaction is not None, task.id
    task.released_by, task.confirmed_at = released_by, now
    await _move_task(
        session, task, TaskStatus.CONFIRMED, now=now, party_ids=(DESK_ID,), notice_sha256=task.notice_sha256
    )
    await record(
        session,
        retirement,
        recorded_on=task.recorded_on,
        registry_transaction=task.registry_transaction,
        grade=EvidenceGrade.PROVIDER_NOTICE,
        simulated=simulated,
        now=now,
    )


async def cancel_task(session: AsyncSession, task: RegistryTask, *, now: datetime) -> None:
    """The buyer has taken the retirement back: nobody is to carry the locked task out."""
    _refuse_unless(task, TaskStatus.CANCELED)
    await _move_task(session, task, TaskStatus.CANCELED, now=now)


def _refuse_machines(scope: Scope) -> None:
    if scope.actor_kind != "member":
        raise PeopleOnly("Sign in: an API key cannot answer for this.")


def _refuse_unless(task: RegistryTask, status: TaskStatus) -> None:
    if not task_may_follow(task.status, status):
        raise InvalidState(f"The task is {task.status}: it cannot become {status}.", state=task.status)


async def _move_task(
    session: AsyncSession,
    task: RegistryTask,
    status: TaskStatus,
    *,
    now: datetime,
    party_ids: tuple[UUID, ...] = (),
    **facts: Any,
) -> None:
    before = task.status
    task.status = status
    task.version += 1
    await session.flush()
    await _tell(session, task, status, before={"status": before}, now=now, party_ids=party_ids, **facts)


async def _tell(
    session: AsyncSession,
    task: RegistryTask,
    what: str,
    *,
    before: dict[str, Any] | None,
    now: datetime,
    party_ids: tuple[UUID, ...] = (),
    **facts: Any,
) -> None:
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


async def _sheet(session: AsyncSession, retirement: Retirement) -> dict[str, Any]:
    """What is to be typed at the registry, word for word; the fields are those that J-Credit's form is known to take."""
    serials = await stock.serials_written(session, retirement.org_id, retirement.id)
    text = registry_text(wish_of(retirement), retirement.reference)
    return {
        **_energy(retirement),
        "reference": retirement.reference,
        "beneficiary_name": text.beneficiary_name,
        "purpose": text.purpose,
        "purpose_detail": text.purpose_detail,
        "quantity": retirement.quantity,
        "unit": retirement.unit,
        "serials": [
            {
                "certification_no": serial.certification_no,
                "prefix": serial.serial_prefix,
                "first": serial.first,
                "last": serial.last,
                "text": serial.text,
                "quantity": serial.quantity,
                "numbers": serial.numbers,
            }
            for serial in serials
        ],
    }


def _energy(retirement: Retirement) -> dict[str, Any]:
    """Of energy certificates: what they are an attribute of, and which consumption they are for."""
    energy = energy_of(retirement)
    if energy is None:
        return {}
    told: dict[str, Any] = msgspec.to_builtins(energy)
    return {"energy": told["facts"], "consumption": told["consumption"]}

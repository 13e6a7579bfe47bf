"""How is the registry's notice handed in, read or typed twice, compared, and released?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID, Scope
from app.retirements.errors import NoticeMissing, NoticeNotAgreed
from app.retirements.models import NoticeReading, RegistryTask, Retirement
from app.retirements.operations.recording import record
from app.retirements.operations.swapping import take_registrys_serials
from app.retirements.operations.tasks import move_task, refuse_machines, refuse_task_unless, tell_of_task
from app.retirements.rules import (
    Difference,
    EvidenceGrade,
    NoticeFacts,
    NoticeState,
    TaskStatus,
    differences,
    typed_differently,
    wanted_facts,
)

_TYPED = (NoticeState.TO_TYPE, NoticeState.TYPED_ONCE, NoticeState.TYPED_DIFFERENTLY)
_RELEASED_BY = (NoticeState.AGREED, NoticeState.MADE_UP)


@dataclass(frozen=True, slots=True)
class Notice:
    """The registry's notice (無効化通知書) as the provider handed it in: where its bytes are, and their hash.

    `facts` are what a program could read of it; None where it could not.
    """

    key: str
    sha256: str
    filename: str
    facts: NoticeFacts | None = None


async def add_notice(
    session: AsyncSession,
    retirement: Retirement,
    task: RegistryTask,
    notice: Notice,
    *,
    reading_id: UUID,
    now: datetime,
) -> None:
    """Keep the registry's notice beside a locked task that was carried out, and compare what can be read of it.

    What cannot be read is to be typed by two people. Raises InvalidState (409).
    """
    _keep(task, notice, NoticeState.TO_TYPE, now)
    if notice.facts is not None:
        await _conclude(session, retirement, task, notice.facts, reading_id, typed_by=None, now=now)
    await session.flush()
    await tell_of_task(session, task, "notice_added", before=None, now=now, notice_state=task.notice_state)


async def add_made_up_notice(session: AsyncSession, task: RegistryTask, notice: Notice, *, now: datetime) -> None:
    """Keep a test desk's notice beside a locked task: nobody reads it, and all that follows is marked."""
    _keep(task, notice, NoticeState.MADE_UP, now)
    await session.flush()


async def type_notice(
    session: AsyncSession,
    scope: Scope,
    retirement: Retirement,
    task: RegistryTask,
    facts: NoticeFacts,
    *,
    reading_id: UUID,
    now: datetime,
) -> NoticeReading:
    """A person has typed what a locked task's notice says; with a second person's typing the two are compared.

    The first typing is compared with nothing: who types second must not be told what to type. Two that agree are held
    against the sheet. Raises PeopleOnly (403), NoticeMissing (409), InvalidState (409).
    """
    refuse_machines(scope)
    if task.notice_sha256 is None:
        raise NoticeMissing("Hand in the registry's notice first.")
    if task.notice_state not in _TYPED:
        raise InvalidState(f"The notice is {task.notice_state}: there is nothing to type.", state=task.notice_state)
    other = await _typed_by_another(session, task, scope.actor_id)
    if other is None:
        task.notice_state = NoticeState.TYPED_ONCE
        made = await _write(session, task, reading_id, facts, (), typed_by=scope.actor_id, now=now)
    elif found := typed_differently(other, facts):
        task.notice_state = NoticeState.TYPED_DIFFERENTLY
        made = await _write(session, task, reading_id, facts, found, typed_by=scope.actor_id, now=now)
    else:
        made = await _conclude(session, retirement, task, facts, reading_id, typed_by=scope.actor_id, now=now)
    task.version += 1
    await session.flush()
    fields = [each["field"] for each in made.differences]
    await tell_of_task(
        session, task, "notice_typed", before=None, now=now, notice_state=task.notice_state, differing=fields
    )
    return made


async def return_notice(session: AsyncSession, task: RegistryTask, *, note: str, now: datetime) -> None:
    """The operator gives a differing notice of a locked task back: it is typed anew, or another one handed in.

    Raises InvalidState (409) when it does not differ.
    """
    if task.notice_state != NoticeState.DIFFERS:
        raise InvalidState(f"The notice is {task.notice_state}: it does not differ.", state=task.notice_state)
    task.notice_state, task.notice_since = NoticeState.TO_TYPE, now
    task.version += 1
    await session.flush()
    await tell_of_task(session, task, "notice_returned", before=None, now=now, party_ids=(DESK_ID,), note=note)


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

    `simulated` marks all that follows: nothing was really retired. Raises InvalidState (409), NoticeMissing (409),
    NoticeNotAgreed (409).
    """
    refuse_task_unless(task, TaskStatus.CONFIRMED)
    if task.notice_sha256 is None:
        raise NoticeMissing("Ask the provider to hand in the registry's notice first.")
    if task.notice_state not in _RELEASED_BY:
        raise NoticeNotAgreed(f"The notice is {task.notice_state}.", notice_state=task.notice_state)
    assert task.recorded_on is not None, task.id
    assert task.registry_transaction is not None, task.id
    task.released_by, task.confirmed_at = released_by, now
    await move_task(
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


def _keep(task: RegistryTask, notice: Notice, state: NoticeState, now: datetime) -> None:
    if task.status != TaskStatus.EXECUTED:
        raise InvalidState(f"The task is {task.status}: a notice belongs to one that is executed.", state=task.status)
    if task.notice_state == NoticeState.AGREED:
        raise InvalidState("The notice is agreed: it waits for its release.", state=task.notice_state)
    task.notice_key, task.notice_sha256, task.notice_filename = notice.key, notice.sha256, notice.filename
    task.notice_state, task.notice_since = state, now
    task.version += 1


def _against_sheet(task: RegistryTask, facts: NoticeFacts) -> tuple[Difference, ...]:
    assert task.recorded_on is not None, task.id
    assert task.registry_transaction is not None, task.id
    wanted = wanted_facts(task.sheet, transaction_no=task.registry_transaction, recorded_on=task.recorded_on)
    return differences(wanted, facts, registry_picks=task.mode == "total")


async def _conclude(
    session: AsyncSession,
    retirement: Retirement,
    task: RegistryTask,
    facts: NoticeFacts,
    reading_id: UUID,
    *,
    typed_by: UUID | None,
    now: datetime,
) -> NoticeReading:
    """One version is certain: it is what was asked for, or the operator's matter. The registry's own serials win."""
    found = _against_sheet(task, facts)
    if not found and task.mode == "total":
        refused = await take_registrys_serials(session, retirement, task, facts, now=now)
        found = () if refused is None else (refused,)
    task.notice_state = NoticeState.DIFFERS if found else NoticeState.AGREED
    return await _write(session, task, reading_id, facts, found, typed_by=typed_by, now=now)


async def _typed_by_another(session: AsyncSession, task: RegistryTask, person_id: UUID) -> NoticeFacts | None:
    """What somebody else typed last of the notice at hand."""
    row = await session.scalar(
        select(NoticeReading)
        .where(NoticeReading.org_id == task.org_id, NoticeReading.task_id == task.id, NoticeReading.kind == "typed")
        .where(NoticeReading.typed_by != person_id, NoticeReading.taken_at >= task.notice_since)
        .order_by(NoticeReading.id.desc())
        .limit(1)
    )
    return None if row is None else msgspec.convert(row.facts, NoticeFacts)


async def _write(
    session: AsyncSession,
    task: RegistryTask,
    reading_id: UUID,
    facts: NoticeFacts,
    found: Sequence[Difference],
    *,
    typed_by: UUID | None,
    now: datetime,
) -> NoticeReading:
    told: list[dict[str, Any]] = msgspec.to_builtins(found)
    made = NoticeReading(
        org_id=task.org_id,
        id=reading_id,
        desk_id=DESK_ID,
        task_id=task.id,
        notice_sha256=task.notice_sha256,
        kind="read" if typed_by is None else "typed",
        typed_by=typed_by,
        taken_at=now,
        facts=msgspec.to_builtins(facts),
        differences=list(told),
    )
    session.add(made)
    await session.flush()
    return made

"""What may be done at a test desk within one transaction that a live desk never does?"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import events, security
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, SYSTEM_ACTOR_ID, Scope
from app.identity import operations as identity
from app.identity.models import OrganisationKind, Role
from app.identity.rules import rights_of
from app.retirements import operations as retirements
from app.retirements import queries as asked
from app.retirements.models import RegistryTask, Retirement
from app.retirements.operations import Notice
from app.retirements.rules import NoticeState, TaskStatus
from app.sandbox.models import DeskClock
from app.sandbox.rules import ahead_after

OWNER_ID = UUID("0dd5de5c-0000-7000-8000-0000000000a0")
"""The owner of the desk of a sandbox beside a live one: keys are made in this name, and nobody signs in with it."""
MAKER_ID = UUID("0dd5de5c-0000-7000-8000-0000000000a1")
CHECKER_ID = UUID("0dd5de5c-0000-7000-8000-0000000000a2")
"""The two people that are made up when a test finishes a registry task at once."""


async def found(session: AsyncSession, *, password_hash: str, now: datetime) -> None:
    """Found the desk of a sandbox, once. Raises DeskFounded (409)."""
    owner = identity.NewMember(OWNER_ID, "sandbox@desk.invalid", "Sandbox", Role.OWNER, password_hash)
    await identity.found_desk(session, name="Offset Desk (sandbox)", owner=owner, now=now)


async def make_operator_key(session: AsyncSession, made: security.ApiKey, *, key_id: UUID, now: datetime) -> None:
    """Keep a new key of a sandbox's operator, with every right that an operator has."""
    rights = rights_of(OrganisationKind.OPERATOR, Role.OWNER)
    shown = f"od_{made.mode}_{made.key_id}"
    key = identity.NewKey(key_id, security.credential_hash(made.text), shown, "Made at the machine", rights, None)
    await identity.create_key(session, key, org_id=DESK_ID, created_by=OWNER_ID, now=now)


async def move_clock(
    session: AsyncSession, *, advance: str | None, to: datetime | None, machine_now: datetime
) -> tuple[timedelta, int]:
    """Move the clock of this test desk forward; how far it stands ahead then, and its version.

    `machine_now` is the machine's own time: what this desk's clock shows, the locked row says. Raises ClockNotMoved
    (422).
    """
    first = insert(DeskClock).values(desk_id=DESK_ID, ahead=timedelta(), moved_at=machine_now, version=0)
    await session.execute(first.on_conflict_do_nothing(index_elements=["desk_id"]))
    asked = select(DeskClock).where(DeskClock.desk_id == DESK_ID).with_for_update()
    clock = (await session.scalars(asked.execution_options(populate_existing=True))).one()
    before, now = clock.ahead, machine_now + clock.ahead
    clock.ahead = ahead_after(before, now, advance=advance, to=to)
    clock.moved_at = now
    clock.version += 1
    await session.flush()
    await events.record(
        session,
        "test_clock.moved",
        org_id=DESK_ID,
        subject_kind="test_clock",
        subject_id=DESK_ID,
        before={"ahead_s": before // timedelta(seconds=1)},
        after={"ahead_s": clock.ahead // timedelta(seconds=1)},
        now=now,
    )
    return clock.ahead, clock.version


async def finish_task(
    session: AsyncSession, scope: Scope, retirement: Retirement, task: RegistryTask, *, notice: Notice, now: datetime
) -> None:
    """Do whatever is left of a registry task: prepared, checked, executed today, its notice released. All is marked.

    Both are locked, and the transaction names provider, buyer and desk. Raises InvalidState (409) when it is confirmed
    or canceled.
    """
    if task.status == TaskStatus.OPEN:
        await _agree(session, scope, retirement, task, now=now)
        await retirements.prepare(session, _person(scope, MAKER_ID), retirement, task, now=now)
    if task.status == TaskStatus.PREPARED:
        await retirements.check_prepared(session, _person(scope, CHECKER_ID), retirement, task, now=now)
    if task.status == TaskStatus.CHECKED:
        await retirements.execute(
            session,
            scope,
            retirement,
            task,
            registry_transaction=f"TEST-{retirement.reference}",
            recorded_on=day_in_japan(now),
            now=now,
        )
    if task.status == TaskStatus.EXECUTED and task.notice_state != NoticeState.AGREED:
        await retirements.add_made_up_notice(session, task, notice, now=now)
    await retirements.confirm(session, retirement, task, released_by=SYSTEM_ACTOR_ID, simulated=True, now=now)


async def _agree(
    session: AsyncSession, scope: Scope, retirement: Retirement, task: RegistryTask, *, now: datetime
) -> None:
    """Buyer and account holder have agreed, or do so now in the name of made-up people."""
    await retirements.give_mandate(session, retirement, given_by=MAKER_ID, now=now)
    if await asked.consent_of(session, retirement, task) is None:
        await retirements.consent_for_task(session, _person(scope, MAKER_ID), task, consent_id=new_id(), now=now)


def _person(scope: Scope, person_id: UUID) -> Scope:
    """A made-up person of the caller's organisation: two of them are asked for."""
    return Scope(scope.org_id, person_id, "member", scope.rights, scope.request_id, scope.org_kind)

"""What happens to a retirement after its sign-off? Read downwards: submit, look up, wake what is stuck."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from app.core.db import AsyncSession, Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.inventory import queries as stock
from app.inventory.errors import OwnersUnnamed
from app.retirements import operations, queries
from integrations.registries.base import (
    Absent,
    AutomaticRegistry,
    Capabilities,
    Found,
    LookUp,
    Recorded,
    Registries,
    Registry,
    RetirementRequest,
    SerialChoice,
)

WOKEN_AT_ONCE = 500
_NAMED_TIMES_MAX = 3
Writing: TypeAlias = Callable[[AsyncSession], Awaitable[None]]
"""What one transaction writes down."""


async def submit(
    db: Database,
    registries: Registries,
    org_id: UUID,
    retirement_id: UUID,
    *,
    terms: Terms,
    now: datetime,
    request_id: str,
) -> None:
    """Send a queued retirement to its registry, or ask the provider's people to; in other states do nothing.

    What is sent is written down first (T7), then sent with no transaction open, then the answer is written down (T8).
    A crash in between leaves an attempt that counts as sent: it is looked up, never sent again by itself.
    """
    scope, registry = await _trade(db, registries, org_id, retirement_id, request_id)
    if not isinstance(registry, AutomaticRegistry):
        async with db.transaction(scope) as session:
            await operations.open_task(session, org_id, retirement_id, task_id=new_id(), now=now)
        return
    able = registry.capabilities
    async with db.transaction(scope) as session:
        sending = await operations.begin_sending(session, org_id, retirement_id, repeatable=able.repeatable, now=now)
    if sending is None:
        return
    answer = await registry.retire(sending.request, request_id=request_id)

    async def note(session: AsyncSession) -> None:
        await operations.note_answer(
            session, org_id, retirement_id, sending, answer, capabilities=able, terms=terms, now=now
        )

    await _write_down(db, scope, able, retirement_id, answer, note)


async def look_up(
    db: Database,
    registries: Registries,
    org_id: UUID,
    retirement_id: UUID,
    *,
    terms: Terms,
    now: datetime,
    request_id: str,
) -> None:
    """Ask the registry what became of a retirement whose answer got lost; in other states do nothing."""
    scope, registry = await _trade(db, registries, org_id, retirement_id, request_id)
    async with db.transaction(scope) as session:
        sought = await operations.begin_look_up(session, org_id, retirement_id)
    if sought is None:
        return
    found = await _search(registry, sought.request, request_id)
    able = registry.capabilities

    async def note(session: AsyncSession) -> None:
        await operations.note_look_up(
            session, org_id, retirement_id, sought, found, capabilities=able, terms=terms, now=now
        )

    await _write_down(db, scope, able, retirement_id, found.recorded if isinstance(found, Found) else found, note)


async def wake_stuck(db: Database, *, now: datetime, request_id: str) -> int:
    """Give a job to every moving retirement that has none, by reading all organisations (workers only); how many.

    What waits for people is put on their list, should it be on none.
    """
    async with db.audit() as session:
        stuck = await queries.stuck(session, limit=WOKEN_AT_ONCE)
        undecided = await queries.undecided_without_case(session, limit=WOKEN_AT_ONCE)
    for org_id, retirement_id in undecided:
        async with db.transaction(await _parties(db, org_id, retirement_id, request_id)) as session:
            await operations.open_missing_case(session, org_id, retirement_id, now=now)
    woken = 0
    for org_id, retirement_id in stuck:
        scope = await _parties(db, org_id, retirement_id, request_id)
        async with db.transaction(scope) as session:
            woken += await operations.wake(session, org_id, retirement_id, now=now)
    return woken


async def _trade(
    db: Database, registries: Registries, org_id: UUID, retirement_id: UUID, request_id: str
) -> tuple[Scope, Registry]:
    """The parties of a retirement, and its registry. Raises UnknownRegistry: an installation's fault, for a person."""
    scope, registry_code = await _scope_of(db, org_id, retirement_id, request_id)
    return scope, registries.registry_for(registry_code)


async def _parties(db: Database, org_id: UUID, retirement_id: UUID, request_id: str) -> Scope:
    scope, _ = await _scope_of(db, org_id, retirement_id, request_id)
    return scope


async def _scope_of(db: Database, org_id: UUID, retirement_id: UUID, request_id: str) -> tuple[Scope, str]:
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        provider_id, registry_code = await queries.trade_of(session, org_id, retirement_id)
    # The desk's people decide what no rule can.
    return scope.with_party(provider_id, DESK_ID), registry_code


async def _write_down(
    db: Database,
    scope: Scope,
    able: Capabilities,
    retirement_id: UUID,
    said: object,
    note: Writing,
) -> None:
    """Write down what a registry said. Serials that it picked may be other buyers' here: the transaction names them.

    Whose they are is looked up before, without a lock: when somebody else's came to be concerned meanwhile, once more.
    """
    picks = isinstance(said, Recorded) and able.serials_chosen_by is SerialChoice.REGISTRY
    for _ in range(_NAMED_TIMES_MAX if picks else 0):
        named = await _with_owners(db, scope, retirement_id, said) if isinstance(said, Recorded) else scope
        with suppress(OwnersUnnamed):
            async with db.transaction(named) as session:
                await note(session)
            return
    async with db.transaction(scope) as session:
        await note(session)


async def _with_owners(db: Database, scope: Scope, retirement_id: UUID, recorded: Recorded) -> Scope:
    provider_id, _ = scope.party_ids
    async with db.transaction(scope) as session:
        others = await stock.owners_of_picked(
            session,
            owner_id=scope.org_id,
            provider_id=provider_id,
            retirement_id=retirement_id,
            picked=operations.picked_of(recorded),
        )
    return scope.with_party(*others)


async def _search(registry: Registry, request: RetirementRequest, request_id: str) -> LookUp | None:
    """Look by everything that the registry can be asked by, until it finds or fails; None where it cannot be asked."""
    if not isinstance(registry, AutomaticRegistry):
        return None
    able = registry.capabilities
    if able.finds_by_reference:
        found = await registry.find(request.reference, request_id=request_id)
        if found != Absent(complete=True):
            return found
    # Where the registry picks the serials, ours may be in anybody's retirement, and this one may have others.
    by_serial = able.finds_by_serial and able.serials_chosen_by is SerialChoice.DESK
    for block in request.blocks if by_serial else ():
        found = await registry.find_by_serial(block, request_id=request_id)
        if found != Absent(complete=True):
            return found
    return Absent(complete=True) if able.finds_by_reference or by_serial else None

"""What happens to a retirement after its sign-off? Read downwards: submit, look up, wake what is stuck."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import Scope
from app.core.terms import Terms
from app.retirements import operations, queries
from integrations.registries.base import Absent, AutomaticRegistry, LookUp, Registries, Registry, RetirementRequest

WOKEN_AT_ONCE = 500


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
    async with db.transaction(scope) as session:
        await operations.note_answer(
            session, org_id, retirement_id, sending, answer, capabilities=able, terms=terms, now=now
        )


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
    async with db.transaction(scope) as session:
        await operations.note_look_up(
            session, org_id, retirement_id, sought, found, capabilities=registry.capabilities, terms=terms, now=now
        )


async def wake_stuck(db: Database, *, now: datetime, request_id: str) -> int:
    """Give a job to every moving retirement that has none, by reading all organisations (workers only); how many."""
    async with db.audit() as session:
        stuck = await queries.stuck(session, limit=WOKEN_AT_ONCE)
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
    scope = await _parties(db, org_id, retirement_id, request_id)
    async with db.transaction(scope) as session:
        retirement = await queries.retirement_of(session, scope, retirement_id)
    return scope, registries.registry_for(retirement.registry_code)


async def _parties(db: Database, org_id: UUID, retirement_id: UUID, request_id: str) -> Scope:
    scope = Scope.of_system(org_id, request_id)
    async with db.transaction(scope) as session:
        provider_id = await queries.provider_of(session, org_id, retirement_id)
    return scope.with_party(provider_id)


async def _search(registry: Registry, request: RetirementRequest, request_id: str) -> LookUp | None:
    """Look by everything that the registry can be asked by, until it finds or fails; None where it cannot be asked."""
    if not isinstance(registry, AutomaticRegistry):
        return None
    able = registry.capabilities
    if able.finds_by_reference:
        found = await registry.find(request.reference, request_id=request_id)
        if found != Absent(complete=True):
            return found
    for block in request.blocks if able.finds_by_serial else ():
        found = await registry.find_by_serial(block, request_id=request_id)
        if found != Absent(complete=True):
            return found
    return Absent(complete=True) if able.finds_by_reference or able.finds_by_serial else None

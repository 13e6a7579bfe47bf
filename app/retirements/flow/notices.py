"""How does the registry's notice come in: kept, read where it can be, typed where it cannot, and compared?"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, PreconditionFailed
from app.core.ids import new_id
from app.core.scope import Scope
from app.inventory import queries as stock
from app.inventory.errors import OwnersUnnamed
from app.retirements import operations, queries
from app.retirements.errors import NoticeUnreadable
from app.retirements.models import NoticeReading, RegistryTask, Retirement
from app.retirements.operations import Notice, picked_serials
from app.retirements.rules import NoticeFacts, Span, read_notice
from integrations.documents.pdf_text import pdf_text
from integrations.storage.client import Files

T = TypeVar("T")
Step: TypeAlias = Callable[[AsyncSession, Retirement, RegistryTask], Awaitable[T]]
"""What is done to a locked task within a transaction."""

_BEGINNINGS: Final = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_ATTEMPTS: Final = 3
"""While owners are looked up a serial may be sold: then they are looked up again."""


async def hand_in_notice(
    db: Database, files: Files, scope: Scope, task: RegistryTask, *, content: bytes, filename: str, now: datetime
) -> RegistryTask:
    """Keep the registry's notice: its bytes in the store, its hash beside the task that the caller saw.

    What a program can read of it is compared with the sheet. Raises NoticeUnreadable (422) for what is no PDF, PNG or
    JPEG, PreconditionFailed (412) when the task has changed meanwhile, InvalidState (409) when it is not executed.
    """
    if not content.startswith(_BEGINNINGS):
        error = FieldError("", "not_a_notice", "Send a PDF, PNG or JPEG.")
        raise NoticeUnreadable("The file does not begin like a PDF, PNG or JPEG.", errors=(error,))
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"notices/{task.org_id}/{task.id}/{sha256}"
    await files.put(key, content)
    text = await pdf_text(content)
    async with db.transaction(scope) as session:
        rules = await queries.rules_of(session, task.registry_code)
    facts = None if text is None else read_notice(text, rules.notice_labels.value)
    notice = Notice(key, sha256, filename, facts)

    async def add(session: AsyncSession, retirement: Retirement, locked: RegistryTask) -> RegistryTask:
        _refuse_changed(locked, task.version)
        await operations.add_notice(session, retirement, locked, notice, reading_id=new_id(), now=now)
        return locked

    return await _among_owners(db, scope, task, () if facts is None else facts.serials, add)


async def type_notice(
    db: Database, scope: Scope, task: RegistryTask, facts: NoticeFacts, *, now: datetime
) -> tuple[RegistryTask, NoticeReading]:
    """A person has typed what the notice of the task that the caller saw says; a second one's typing decides.

    Raises PeopleOnly (403), NoticeMissing (409), InvalidState (409), PreconditionFailed (412).
    """

    async def take(
        session: AsyncSession, retirement: Retirement, locked: RegistryTask
    ) -> tuple[RegistryTask, NoticeReading]:
        _refuse_changed(locked, task.version)
        reading = await operations.type_notice(session, scope, retirement, locked, facts, reading_id=new_id(), now=now)
        return locked, reading

    return await _among_owners(db, scope, task, facts.serials, take)


def _refuse_changed(locked: RegistryTask, seen_version: int) -> None:
    if locked.version != seen_version:
        raise PreconditionFailed("Fetch it again and look at what changed.", version=locked.version)


async def _among_owners(
    db: Database,
    scope: Scope,
    task: RegistryTask,
    spans: Sequence[Span],
    step: Step[T],
) -> T:
    """Take a step on a locked task with everybody named whose serials may change places by it."""
    attempts = 0
    while True:
        attempts += 1
        owners = await _owners(db, scope, task, spans)
        try:
            async with db.transaction(scope.with_party(task.buyer_id, *owners)) as session:
                retirement, locked = await queries.locked_task(session, scope.org_id, task.id)
                return await step(session, retirement, locked)
        except OwnersUnnamed:
            if attempts == _ATTEMPTS:
                raise


async def _owners(db: Database, scope: Scope, task: RegistryTask, spans: Sequence[Span]) -> tuple[UUID, ...]:
    """Who holds serials that the registry picked, besides buyer and provider; only by total quantity may it pick."""
    if task.mode != "total" or not spans:
        return ()
    async with db.transaction(scope.with_party(task.buyer_id)) as session:
        return await stock.owners_of_picked(
            session,
            owner_id=task.buyer_id,
            provider_id=task.org_id,
            retirement_id=task.retirement_id,
            picked=picked_serials(task, spans),
        )

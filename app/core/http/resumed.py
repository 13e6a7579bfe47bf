"""How does a POST happen once that needs somebody else's system half way? Begun, carried on, answered; resumed when cut.

The key's row is written with the first transaction, without an answer and under a lease; the last one stores the answer.
Between them no transaction is open. Who repeats the request meanwhile is asked to wait; when the lease has run out, or
the first caller was told to come again, whoever repeats it carries on with the row that was begun.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Response
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.db import AsyncSession, Database, is_retryable
from app.core.errors import AppError
from app.core.http.idempotency import answer_of
from app.core.http.once import TRIES, Made, is_definite, is_key_taken, store_refusal
from app.core.http.problems import Asked, problem_body
from app.core.idempotency import (
    IdempotencyKey,
    KeyedRequest,
    StillRunning,
    StoredAnswer,
    key_reused,
    location_headers,
    stored_answer,
)
from app.core.scope import Scope

Begin: TypeAlias = Callable[[AsyncSession], Awaitable[UUID]]
"""Writes what is begun, and names its row."""
CarryOn: TypeAlias = Callable[[UUID], Awaitable[Made]]
"""Takes the row that was begun to its answer. It may be called again for the same row, after a crash."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """One keyed request of several steps. Every repetition of a finished one gets the first answer, byte for byte."""

    db: Database
    keyed: KeyedRequest
    asked: Asked
    lease: timedelta

    async def __call__(self, scope: Scope, begin: Begin, carry_on: CarryOn, *, now: datetime) -> Response[Any]:
        """Do it, carry on with it, or answer as before. `scope` names the parties that `begin` writes for.

        Raises KeyReused (422), StillRunning (409), and what the steps raise: a definite refusal is stored, after any
        other the same request may come again at once.
        """
        for attempt in range(1, TRIES + 1):
            try:
                begun = await self._begin_or_take_over(scope, begin, now)
                break
            except AppError as refusal:
                if not is_definite(refusal):
                    raise
                return await store_refusal(
                    self.db, scope, self.keyed, refusal, asked=self.asked, lease=self.lease, now=now
                )
            except IntegrityError as error:
                if not is_key_taken(error):
                    raise
            except DBAPIError as error:
                if attempt == TRIES or not is_retryable(error):
                    raise
        else:
            raise StillRunning("Ask again in a moment.", retry_after_s=1)
        if isinstance(begun, StoredAnswer):
            return answer_of(begun, replayed=True)
        return await self._finish(scope, begun, carry_on, now)

    async def _begin_or_take_over(self, scope: Scope, begin: Begin, now: datetime) -> UUID | StoredAnswer:
        async with self.db.transaction(scope) as session:
            row = await session.scalar(
                select(IdempotencyKey).where(
                    IdempotencyKey.org_id == scope.org_id, IdempotencyKey.key == self.keyed.key
                )
            )
            if row is None:
                subject_id = await begin(session)
                made = {
                    "org_id": scope.org_id, "key": self.keyed.key, "request_hash": self.keyed.fingerprint,
                    "subject_id": subject_id, "lease_until": now + self.lease, "created_at": now,
                }  # fmt: skip
                await session.execute(insert(IdempotencyKey).values(**made))
                return subject_id
            if row.request_hash != self.keyed.fingerprint:
                raise key_reused()
            if row.status is not None and row.body is not None:
                return stored_answer(row.status, row.body, row.location)
            return await self._take_over(session, row, now)

    async def _take_over(self, session: AsyncSession, row: IdempotencyKey, now: datetime) -> UUID:
        taken = await session.scalar(
            update(IdempotencyKey)
            .where(IdempotencyKey.org_id == row.org_id, IdempotencyKey.key == row.key)
            .where(IdempotencyKey.status.is_(None), IdempotencyKey.lease_until <= now)
            .values(lease_until=now + self.lease)
            .returning(IdempotencyKey.subject_id)
            .execution_options(synchronize_session=False)
        )
        if taken is None:
            raise StillRunning("Ask again in a moment.", retry_after_s=1)
        return taken

    async def _finish(self, scope: Scope, subject_id: UUID, carry_on: CarryOn, now: datetime) -> Response[Any]:
        try:
            made = await carry_on(subject_id)
        except AppError as refusal:
            if not is_definite(refusal):
                await self._let_go(scope, now)
                raise
            body = problem_body(refusal, self.asked)
            return await self._store(scope, stored_answer(refusal.status, body, None), None, now)
        answer = StoredAnswer(made.status, msgspec.json.encode(made.body), headers=location_headers(made.location))
        return await self._store(scope, answer, made.location, now)

    async def _store(self, scope: Scope, answer: StoredAnswer, location: str | None, now: datetime) -> Response[Any]:
        """Store the answer, unless somebody who took over was faster: then that one's is the answer."""
        async with self.db.transaction(scope) as session:
            ours = await session.scalar(
                update(IdempotencyKey)
                .where(IdempotencyKey.org_id == scope.org_id, IdempotencyKey.key == self.keyed.key)
                .where(IdempotencyKey.status.is_(None))
                .values(status=answer.status, body=answer.body, location=location, answered_at=now)
                .returning(IdempotencyKey.key)
                .execution_options(synchronize_session=False)
            )
            if ours is not None:
                return answer_of(answer, replayed=False)
            row = await session.get_one(IdempotencyKey, (scope.org_id, self.keyed.key))
            assert row.status is not None, row.key
            assert row.body is not None, row.key
            return answer_of(stored_answer(row.status, row.body, row.location), replayed=True)

    async def _let_go(self, scope: Scope, now: datetime) -> None:
        async with self.db.transaction(scope) as session:
            await session.execute(
                update(IdempotencyKey)
                .where(IdempotencyKey.org_id == scope.org_id, IdempotencyKey.key == self.keyed.key)
                .where(IdempotencyKey.status.is_(None))
                .values(lease_until=now)
                .execution_options(synchronize_session=False)
            )

"""How does a POST that moves credits or money happen once? Its answer is stored in the transaction of its work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.db import AsyncSession, Database, is_retryable
from app.core.errors import AppError
from app.core.http.idempotency import answer_of
from app.core.http.language import preferred_language
from app.core.http.problems import Asked, problem_body
from app.core.idempotency import (
    IdempotencyKey,
    KeyedRequest,
    KeyReused,
    StillRunning,
    StoredAnswer,
    key_reused,
    location_headers,
    stored_answer,
)
from app.core.request_id import current_request_id
from app.core.scope import Scope
from app.core.terms import Terms
from app.core.turnstiles import Turnstiles

TRIES = 3
STORED_REFUSALS = frozenset({404, 409, 412, 422})
"""Definite refusals: asking again with the same key gives the same answer. 401, 403, 429 and 5xx are never stored."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a request made: the status and body of its answer, and the row."""

    status: int
    body: msgspec.Struct
    subject_id: UUID
    location: str | None = None


Make = Callable[[AsyncSession], Awaitable[Made]]


@dataclass(frozen=True, slots=True)
class Once:
    """One keyed request. The first call does the work; every repetition gets the first answer, byte for byte."""

    db: Database
    keyed: KeyedRequest
    asked: Asked
    lease: timedelta

    async def __call__(self, scope: Scope, make: Make, *, now: datetime) -> Response[Any]:
        """Do it, or answer as before. `scope` names the parties that `make` writes for.

        Raises KeyReused (422), StillRunning (409), and what `make` raises; a definite refusal of `make` is stored.
        """
        for attempt in range(1, TRIES + 1):
            prior = await stored(self.db, scope, self.keyed)
            if prior is not None:
                return answer_of(prior, replayed=True)
            try:
                return await self._first(scope, make, now)
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
        raise StillRunning("Ask again in a moment.", retry_after_s=1)

    async def _first(self, scope: Scope, make: Make, now: datetime) -> Response[Any]:
        async with self.db.transaction(scope) as session:
            made = await make(session)
            body = msgspec.json.encode(made.body)
            row = key_row(
                scope, self.keyed, subject_id=made.subject_id, status=made.status, body=body, now=now, lease=self.lease
            )
            await session.execute(insert(IdempotencyKey).values(**row, location=made.location))
        return answer_of(StoredAnswer(made.status, body, headers=location_headers(made.location)), replayed=False)


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A keyed request on the hot path, with all that its handler needs.

    One dependency instead of four: where a route has several, the framework runs them in a task group of its own, which
    costs more than the route itself.
    """

    request: Request[Any, Any, Any]
    caller: Scope
    keyed: KeyedRequest
    db: Database
    terms: Terms
    turnstiles: Turnstiles


async def stored(db: Database, scope: Scope, keyed: KeyedRequest) -> StoredAnswer | None:
    """The answer that this key was given before. Raises KeyReused (422), StillRunning (409)."""
    async with db.transaction(scope) as session:
        row = await session.scalar(
            select(IdempotencyKey).where(IdempotencyKey.org_id == scope.org_id, IdempotencyKey.key == keyed.key)
        )
    if row is None:
        return None
    if row.request_hash != keyed.fingerprint:
        raise key_reused()
    if row.status is None or row.body is None:
        raise StillRunning("Ask again in a moment.", retry_after_s=1)
    return stored_answer(row.status, row.body, row.location)


async def store_refusal(
    db: Database,
    scope: Scope,
    keyed: KeyedRequest,
    refusal: AppError,
    *,
    asked: Asked,
    lease: timedelta,
    now: datetime,
) -> Response[Any]:
    """Keep a definite refusal as the key's answer, unless another request with the key was answered meanwhile."""
    body = problem_body(refusal, asked)
    row = key_row(scope, keyed, subject_id=None, status=refusal.status, body=body, now=now, lease=lease)
    try:
        async with db.transaction(scope) as session:
            await session.execute(insert(IdempotencyKey).values(**row, location=None))
    except IntegrityError as error:
        if not is_key_taken(error):
            raise
        prior = await stored(db, scope, keyed)
        assert prior is not None, "A key that is taken has a row."
        return answer_of(prior, replayed=True)
    return answer_of(stored_answer(refusal.status, body, None), replayed=False)


def key_row(
    scope: Scope,
    keyed: KeyedRequest,
    *,
    subject_id: UUID | None,
    status: int,
    body: bytes,
    now: datetime,
    lease: timedelta,
) -> dict[str, object]:
    """The key's row with its answer."""
    return {
        "org_id": scope.org_id,
        "key": keyed.key,
        "request_hash": keyed.fingerprint,
        "subject_id": subject_id,
        "lease_until": now + lease,
        "status": status,
        "body": body,
        "created_at": now,
        "answered_at": now,
    }


def is_key_taken(error: BaseException) -> bool:
    """Whether another request with this key was faster: a unique violation of the key's table, and of no other."""
    return "pk_idempotency" in str(error)


def is_definite(refusal: AppError) -> bool:
    """Whether a refusal is the key's answer for ever: made after the claim, and no matter of when one asks."""
    return refusal.status in STORED_REFUSALS and not isinstance(refusal, (KeyReused, StillRunning))


def asked_of(request: Request[Any, Any, Any], base_url: str) -> Asked:
    """What a refusal says about this request."""
    language = preferred_language(request.headers.get("accept-language", ""))
    return Asked(base_url, request.scope["path"], language, current_request_id.get())

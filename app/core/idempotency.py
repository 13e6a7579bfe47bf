"""Was this request answered before? One row per key: what it made, until when it is being worked on, its answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment
from app.core.db import Table
from app.core.errors import Conflict, FieldError, Unprocessable

KEY_HEADER: Final = "Idempotency-Key"
PROBLEM: Final = "application/problem+json"


class IdempotencyKey(Table):
    """An organisation's key. The row is written as the last act of the first transaction that it protects."""

    __tablename__ = "idempotency"
    __table_args__ = ({"postgresql_with": {"fillfactor": "80"}},)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of method, path and body: the same key with another request is refused."""
    subject_id: Mapped[UUID | None]
    """The row that the request created, so that an interrupted flow can be resumed."""
    lease_until: Mapped[Moment]
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    location: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class KeyReused(Unprocessable):
    """422: this `Idempotency-Key` was used for another request. Make a new key for a new intention."""

    code = "idempotency_key_reused"
    title_en = "Idempotency-Key was used for another request"
    title_ja = "Idempotency-Key は別のリクエストで使用済みです"


class StillRunning(Conflict):
    """409: the same request is being worked on at this moment. Ask again after `Retry-After`."""

    code = "idempotency_in_progress"
    title_en = "The same request is being worked on"
    title_ja = "同じリクエストを処理中です"


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that may be repeated: its key, and what it asked for (SHA-256)."""

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was first given: the bytes themselves, never made anew."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def stored_answer(status: int, body: bytes, location: str | None) -> StoredAnswer:
    """The stored bytes with their media type: refusals are problems."""
    media_type = "application/json" if status < 400 else PROBLEM
    return StoredAnswer(status, body, media_type, location_headers(location))


def key_reused() -> KeyReused:
    """The refusal for a key that belongs to another request."""
    other = FieldError(f"header:{KEY_HEADER}", "reused", "This key belongs to another request.")
    return KeyReused("Use a new key for a new request.", errors=(other,))


def location_headers(location: str | None) -> tuple[tuple[str, str], ...]:
    """The `Location` header, when the answer made something."""
    return () if location is None else (("Location", location),)

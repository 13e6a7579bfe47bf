"""Was this request answered before? One row per key: what it made, until when it is being worked on, its answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment
from app.core.db import Table


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

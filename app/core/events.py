"""What changed, who did it, and for whom? One append-only row per change of state; the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec
import sqlalchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import AsyncSession, Table
from app.core.ids import new_id
from app.core.scope import Scope


class Event(Table):
    """One change of one subject. Never updated but for its seal; `seq` counts the subject's changes without a gap."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_id", "seq"),
        CheckConstraint("seq > 0", name="counts_from_one"),
        Index("ix_event_unsealed", "n", postgresql_where=text("seal_n is null")),
        Index("ix_event_org_id_n", "org_id", "n"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    party_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUUID(as_uuid=True)), server_default=text("'{}'"))
    """Organisations besides `org_id` that may read this row; `before` and `after` hold nothing hidden from them."""
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    seq: Mapped[int]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    request_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    storefront_id: Mapped[UUID | None]
    """The storefront that the actor came through."""
    seal_n: Mapped[int | None] = mapped_column(BigInteger)


class Seal(Table):
    """A batch of finished events, hashed onto the batch before it: rewriting an event breaks the chain."""

    __tablename__ = "event_seal"

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    events: Mapped[int]
    algorithm: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


_RECORD: Final = insert(cast("sqlalchemy.Table", Event.__table__)).values(
    seq=text("(select coalesce(max(seq), 0) + 1 from event where subject_id = :seq_subject)")
)
"""Made once: nearly every transaction writes one."""


async def record(
    session: AsyncSession,
    kind: str,
    *,
    org_id: UUID,
    subject_kind: str,
    subject_id: UUID,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
    party_ids: tuple[UUID, ...] = (),
    now: datetime,
) -> None:
    """Write one event of a subject whose row the caller has locked or made; the actor is the transaction's scope.

    The next `seq` is read under that lock. Without it two writers would meet on the unique (subject, seq): one fails.
    """
    scope: Scope = session.info["scope"]
    row = {
        "org_id": org_id,
        "id": new_id(),
        "party_ids": list(party_ids),
        "kind": kind,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "actor_kind": scope.actor_kind,
        "actor_id": scope.actor_id,
        "before": before,
        "after": after,
        "request_id": scope.request_id,
        "at": now,
        "storefront_id": scope.storefront_id,
        "seq_subject": subject_id,
    }
    await session.execute(_RECORD, row)


async def record_first(
    session: AsyncSession,
    kind: str,
    *,
    org_id: UUID,
    subject_kind: str,
    told: dict[UUID, dict[str, Any]],
    party_ids: tuple[UUID, ...] = (),
    now: datetime,
) -> None:
    """Write the first event of many new subjects, `told` by id, in one statement: nobody else knows them yet."""
    if not told:
        return
    scope: Scope = session.info["scope"]
    same = {
        "org_id": org_id,
        "party_ids": list(party_ids),
        "kind": kind,
        "subject_kind": subject_kind,
        "seq": 1,
        "actor_kind": scope.actor_kind,
        "actor_id": scope.actor_id,
        "before": None,
        "request_id": scope.request_id,
        "at": now,
    }
    rows = [same | {"id": new_id(), "subject_id": subject_id, "after": after} for subject_id, after in told.items()]
    await session.execute(insert(Event), rows)


async def record_next(
    session: AsyncSession,
    kind: str,
    *,
    org_id: UUID,
    subject_kind: str,
    told: dict[UUID, dict[str, Any]],
    before: dict[str, Any] | None,
    party_ids: tuple[UUID, ...] = (),
    now: datetime,
) -> None:
    """Write the next event of many subjects of one organisation, `told` by id, whose rows the caller has locked.

    One statement: each subject's `seq` is read under its lock, as with `record`.
    """
    rows = [_told(org_id, subject_id, after) for subject_id, after in told.items()]
    await _record_rows(session, kind, rows, subject_kind=subject_kind, before=before, party_ids=party_ids, now=now)


async def record_next_of(
    session: AsyncSession,
    kind: str,
    *,
    subject_kind: str,
    owners: Mapping[UUID, UUID],
    after: dict[str, Any],
    before: dict[str, Any] | None,
    party_ids: tuple[UUID, ...] = (),
    now: datetime,
) -> None:
    """The same event of many subjects, each (`owners`, by id) of an organisation that the transaction names.

    Otherwise as `record_next`.
    """
    rows = [_told(org_id, subject_id, after) for subject_id, org_id in owners.items()]
    await _record_rows(session, kind, rows, subject_kind=subject_kind, before=before, party_ids=party_ids, now=now)


def _told(org_id: UUID, subject_id: UUID, after: dict[str, Any]) -> dict[str, Any]:
    return {"org_id": str(org_id), "id": str(new_id()), "subject_id": str(subject_id), "after": after}


async def _record_rows(
    session: AsyncSession,
    kind: str,
    rows: list[dict[str, Any]],
    *,
    subject_kind: str,
    before: dict[str, Any] | None,
    party_ids: tuple[UUID, ...],
    now: datetime,
) -> None:
    if not rows:
        return
    scope: Scope = session.info["scope"]
    same = {
        "party_ids": list(party_ids),
        "kind": kind,
        "subject_kind": subject_kind,
        "actor_kind": scope.actor_kind,
        "actor_id": scope.actor_id,
        "before": None if before is None else msgspec.json.encode(before).decode(),
        "request_id": scope.request_id,
        "at": now,
        "storefront_id": scope.storefront_id,
        "told": msgspec.json.encode(rows).decode(),
    }
    await session.execute(_RECORD_NEXT, same)


_RECORD_NEXT = text(
    "insert into event (org_id, id, party_ids, kind, subject_kind, subject_id, seq, actor_kind, actor_id, before, after,"
    " request_id, at, storefront_id)"
    " select t.org_id, t.id, :party_ids, :kind, :subject_kind, t.subject_id,"
    " (select coalesce(max(e.seq), 0) + 1 from event e where e.subject_id = t.subject_id),"
    " :actor_kind, :actor_id, cast(:before as jsonb), t.after, :request_id, :at, :storefront_id"
    " from jsonb_to_recordset(cast(:told as jsonb)) as t(org_id uuid, id uuid, subject_id uuid, after jsonb)"
).bindparams(
    bindparam("party_ids", type_=ARRAY(PgUUID(as_uuid=True))),
    bindparam("actor_id", type_=PgUUID(as_uuid=True)),
    bindparam("storefront_id", type_=PgUUID(as_uuid=True)),
    bindparam("kind", type_=Text()),
    bindparam("subject_kind", type_=Text()),
    bindparam("actor_kind", type_=Text()),
    bindparam("request_id", type_=Text()),
    bindparam("at", type_=DateTime(timezone=True)),
)

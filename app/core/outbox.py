"""What is still to be done? Job rows, written in the transaction of their cause; they stay until their work is done."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Index, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import AsyncSession, Table
from app.core.ids import new_id, new_ids
from app.core.scope import Scope


class Job(Table):
    """One piece of work: a name, ids, and when it is due. A broker's message is only a wake-up for it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "due", postgresql_where=text("done_at is null and parked_at is null")),
        Index("ix_job_parked", "parked_at", postgresql_where=text("parked_at is not null")),
        Index("ix_job_done_at", "done_at", postgresql_where=text("done_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    ids: Mapped[dict[str, str]] = mapped_column(JSONB)
    request_id: Mapped[str] = mapped_column(Text)
    due: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    token: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Fencing: raised by each lease; only the holder of the newest one may finish the job."""
    woken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    parked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Given up after the last attempt: a person looks at it."""


def enqueue(session: AsyncSession, name: str, /, *, due: datetime, **ids: UUID) -> None:
    """Ask for a job in this transaction. `ids` name rows (and organisations), never contents."""
    scope: Scope = session.info["scope"]
    session.add(
        Job(
            id=new_id(),
            name=name,
            ids={key: str(value) for key, value in ids.items()},
            request_id=scope.request_id,
            due=due,
        )
    )


async def enqueue_each(session: AsyncSession, name: str, /, *, due: datetime, **ids: Sequence[UUID]) -> None:
    """Ask for as many jobs of a name as there are ids, of which each gets one: one statement for thousands of them."""
    ((key, subject_ids),) = ids.items()
    if not subject_ids:
        return
    scope: Scope = session.info["scope"]
    told = {"name": name, "key": key, "request_id": scope.request_id, "due": due}
    columns = {"ids": new_ids(len(subject_ids)), "subjects": list(subject_ids)}
    await session.execute(_ENQUEUE_EACH, {**told, **columns})


_ENQUEUE_EACH = text(
    "insert into job (id, name, ids, request_id, due)"
    " select m.id, :name, jsonb_build_object(:key, m.subject), :request_id, :due"
    " from unnest(:ids, :subjects) as m(id, subject)"
).bindparams(
    bindparam("name", type_=Text()),
    bindparam("key", type_=Text()),
    bindparam("request_id", type_=Text()),
    bindparam("due", type_=DateTime(timezone=True)),
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("subjects", type_=ARRAY(Uuid())),
)

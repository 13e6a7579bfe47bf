"""Which work do the tests' jobs do? Steps that look at the state first, as the features' flows do."""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.core.db import Database
from workers.runner import Flow


def table_of_tests(db: Database, *, work_ms: Callable[[], int]) -> dict[str, Flow]:
    """`test.effect` counts its run, works for a while, then has its effect once; `test.poison` always fails."""

    async def effect(*, thing_id: UUID, now: datetime, request_id: str) -> None:
        assert now.tzinfo
        assert request_id
        async with db.machinery() as session:
            await session.execute(
                text("insert into run (thing_id, process) values (:id, :pid)"), {"id": thing_id, "pid": os.getpid()}
            )
        await asyncio.sleep(work_ms() / 1_000)
        async with db.machinery() as session:
            moved = await session.execute(
                text("update thing set state = 'done' where id = :id and state = 'open' returning id"), {"id": thing_id}
            )
            if moved.first() is not None:
                await session.execute(text("insert into effect (thing_id) values (:id)"), {"id": thing_id})

    async def poison(*, thing_id: UUID, now: datetime, request_id: str) -> None:
        raise ValueError(f"{thing_id} cannot be done, not at {now} and not for {request_id}")

    return {"test.effect": effect, "test.poison": poison}

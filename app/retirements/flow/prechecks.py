"""How does a sheet for the registry's office (無効化事前確認) come about, one for each way of naming credits?"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.retirements import operations, queries
from app.retirements.rules.precheck import NAMES, NOTE, PrecheckRow, cells, headings, widths
from app.retirements.rules.registry_rules import Mode
from integrations.documents.spreadsheet import Table, xlsx


async def make_precheck(db: Database, scope: Scope, task_ids: Sequence[UUID], *, now: datetime) -> bytes:
    """The XLSX file of these tasks, which from now on count as asked about.

    Raises TaskNotFound (404), InvalidState (409) for one that is executed, confirmed or canceled.
    """
    async with db.transaction(scope) as session:
        buyers = await queries.buyers_of_tasks(session, scope, task_ids)
    async with db.transaction(scope.with_party(*buyers)) as session:  # Their buyers read what happens to their tasks.
        tasks = await queries.tasks_named(session, scope, task_ids)
        await operations.request_precheck(session, scope, tasks, now=now)
        rows = [PrecheckRow(task.sheet, cast("Mode", task.mode)) for task in tasks]
    return await asyncio.to_thread(_file, rows)


def _file(rows: Sequence[PrecheckRow]) -> bytes:
    modes: tuple[Mode, ...] = ("total", "serial")
    tables = []
    for mode in modes:
        mine = [row for row in rows if row.mode == mode]
        if mine:
            lines = (line for row in mine for line in cells(row))
            tables.append(Table(NAMES[mode], NOTE, headings(mode), widths(mode), lines))
    return xlsx(tables)

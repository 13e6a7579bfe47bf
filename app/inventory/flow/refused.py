"""How does a provider get the bad rows of a file back, to correct them? Read and sent part by part, however many."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.inventory import queries
from app.inventory.rules.refused_file import refused_header, refused_row

_PART: Final = 500


async def bad_rows_file(db: Database, scope: Scope, import_id: UUID, header: list[str]) -> AsyncIterator[bytes]:
    """Yield a CSV of the import's bad rows: UTF-8 with a byte order mark, each with its own cells and the reasons."""
    yield ("\ufeff" + refused_header(header)).encode()
    after = 0
    while True:
        async with db.transaction(scope) as session:
            rows = await queries.bad_rows_after(session, scope.org_id, import_id, after=after, limit=_PART)
        if not rows:
            return
        after = rows[-1].n
        lines = [
            refused_row(
                row.n,
                row.cells["cells"],
                [(error["column"], error["code"], error["detail"]) for error in row.errors or ()],
                width=len(header),
            )
            for row in rows
        ]
        yield "".join(lines).encode()

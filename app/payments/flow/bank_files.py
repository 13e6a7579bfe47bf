"""How does a bank's file become lines in the book? Read, keep the original, match, then book it in one transaction."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.db import Database
from app.core.errors import FieldError
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.payments import operations, queries
from app.payments.errors import BankFileRefused
from app.payments.flow.matching import match_lines
from app.payments.models import BankStatement
from app.payments.operations import StatementFile
from app.payments.rules import DeskAccount, read_statement_file
from integrations.storage.client import Files

_ERRORS_SHOWN: Final = 100


async def import_bank_file(
    db: Database, files: Files, scope: Scope, content: bytes, filename: str, *, statement_id: UUID, now: datetime
) -> BankStatement:
    """Take what is new in a bank statement; `lines_new` of `lines_total` were. The same file again changes nothing.

    Raises BankFileRefused (422) with every bad row, BankLineContradicts (409); then nothing is taken.
    """
    async with db.transaction(scope) as session:
        accounts = await queries.desk_accounts(session)
    kept = await keep_bank_file(files, content, filename, accounts=accounts, now=now)
    lines = await match_lines(db, kept.movements, request_id=scope.request_id)
    async with db.transaction(scope) as session:
        return await operations.book_statement(session, kept, lines, statement_id=statement_id, now=now)


async def keep_bank_file(
    files: Files, content: bytes, filename: str, *, accounts: Sequence[DeskAccount], now: datetime
) -> StatementFile:
    """Read a statement, and keep the original under its hash when all of it can be read. Raises BankFileRefused (422).

    `accounts` are the desk's own (`queries.desk_accounts`): a bank's fixed-width file is of them, or is refused.
    """
    # In a thread: ten thousand rows take a good part of a second, and other requests wait behind this one.
    read = await asyncio.to_thread(read_statement_file, content, accounts, latest=day_in_japan(now))
    if read.errors:
        raise BankFileRefused(
            "Nothing was taken. Correct the rows in `errors` and send the whole file again.",
            errors=tuple(FieldError(error.place, error.code, error.detail) for error in read.errors[:_ERRORS_SHOWN]),
            errors_total=len(read.errors),
        )
    sha256 = hashlib.sha256(content).hexdigest()
    file_key = f"bank/{sha256}"
    await files.put(file_key, content)
    return StatementFile(filename, sha256, file_key, read.rows, read.movements)

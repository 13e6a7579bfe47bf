"""How are a statement's lines written? By the ten thousand, each whole at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from sqlalchemy import CursorResult, Date, Text, Uuid, bindparam, text

from app.core.db import AsyncSession
from app.core.money import YEN
from app.core.scope import DESK_ID
from app.payments.models import LineOutcome, LineStatus
from app.payments.operations.matching import Matched, NewLine


async def write_lines(
    session: AsyncSession, lines: Sequence[NewLine], statement_id: UUID, *, closed_through: date | None, today: date
) -> int:
    """Write the lines whose keys no earlier file had, and say how many they were.

    What the bank booked up to `closed_through` counts on `today`.
    """
    # Copied first into a table of this transaction's own: nothing can be copied into one that row-level security guards.
    await session.execute(_COMING)
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    await driver.copy_records_to_table("bank_line_in", records=[_record(line) for line in lines], columns=_COLUMNS)
    told = {"org_id": DESK_ID, "statement_id": statement_id, "currency": YEN, "closed": closed_through, "today": today}
    written = await session.execute(_WRITE, told)
    await session.execute(_EMPTIED)
    return cast("CursorResult[Any]", written).rowcount


def _record(line: NewLine) -> tuple[Any, ...]:
    (_, booked_on, minor, payer_name, memo, bank_reference, virtual_account), line_key = line.keyed
    found = _OUTGOING if line.found is None else _found(line.found)
    return (line.id, line_key, booked_on, minor, payer_name, memo, bank_reference, virtual_account, *found)


_OUTGOING: Final = (LineOutcome.OUTGOING, LineStatus.FOR_A_PERSON, None, None, None, None, None, 0, (), (), 0)


def _found(found: Matched) -> tuple[Any, ...]:
    word, payments, count, score, missing_minor = match = found.match
    if match.is_sure:
        ((payer_id, order_id),) = found.whose
        (payment_id,) = payments
        return (_PENDING, _NEW, payment_id, payer_id, order_id, word, score, 1, (), (), missing_minor)
    status = _NEW if found.names_other else LineStatus.FOR_A_PERSON
    payers = [one.payer_id for one in found.whose]
    return (found.outcome, status, None, None, None, word, score, count, payments, payers, missing_minor)


_PENDING, _NEW = LineOutcome.PENDING, LineStatus.NEW
_COLUMNS: Final = (
    "id", "line_key", "booked_on", "amount_minor", "payer_name", "memo", "bank_reference", "virtual_account",
    "outcome", "status", "payment_id", "payer_org_id", "order_id", "matched_as", "score", "candidates_found",
    "candidate_ids", "candidate_payers", "missing_minor",
)  # fmt: skip
_COMING: Final = text(
    "create temp table if not exists bank_line_in (id uuid, line_key varchar, booked_on date, amount_minor bigint,"
    " payer_name varchar, memo varchar, bank_reference varchar, virtual_account varchar, outcome text, status text,"
    " payment_id uuid, payer_org_id uuid, order_id uuid, matched_as text, score integer, candidates_found integer,"
    " candidate_ids uuid[], candidate_payers uuid[], missing_minor bigint) on commit drop"
)
_WRITE: Final = text(
    "insert into bank_line (org_id, statement_id, currency, counted_on, unapplied_minor, "
    f"{', '.join(_COLUMNS)}) select :org_id, :statement_id, :currency,"
    " case when booked_on <= :closed then :today end, greatest(amount_minor, 0),"
    f" {', '.join(_COLUMNS)} from bank_line_in on conflict (org_id, line_key) do nothing"
).bindparams(
    bindparam("org_id", type_=Uuid()),
    bindparam("statement_id", type_=Uuid()),
    bindparam("currency", type_=Text()),
    bindparam("closed", type_=Date()),
    bindparam("today", type_=Date()),
)
_EMPTIED: Final = text("truncate bank_line_in")

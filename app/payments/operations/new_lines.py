"""How are a statement's lines written? By the ten thousand, each whole at once."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Self, cast
from uuid import UUID

import asyncpg
from sqlalchemy import CursorResult, Date, Text, Uuid, bindparam, text

from app.core.db import AsyncSession
from app.core.money import YEN
from app.core.scope import DESK_ID
from app.payments.models import LineOutcome, LineStatus
from app.payments.operations.matching import Matched, NewLine


class NewLines(NamedTuple):
    """Some lines of a statement, and the same as the database's COPY reads them."""

    lines: Sequence[NewLine]
    text: bytes

    @classmethod
    def of(cls, lines: Sequence[NewLine]) -> Self:
        """The lines with their text: takes milliseconds for a thousand, and may be done in a thread."""
        return cls(lines, "".join(map(_text, lines)).encode())


async def write_lines(
    session: AsyncSession, new: NewLines, statement_id: UUID, *, closed_through: date | None, today: date
) -> int:
    """Write the lines whose keys no earlier file had, and say how many they were.

    What the bank booked up to `closed_through` counts on `today`.
    """
    # Copied first into a table of this transaction's own: nothing can be copied into one that row-level security guards.
    await session.execute(_COMING)
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    with io.BytesIO(new.text) as source:  # Closed: the driver holds on to it until the next search for garbage.
        await driver.copy_to_table("bank_line_in", source=source, columns=_COLUMNS, format="text")
    told = {"org_id": DESK_ID, "statement_id": statement_id, "currency": YEN, "closed": closed_through, "today": today}
    written = await session.execute(_WRITE, told)
    await session.execute(_EMPTIED)
    return cast("CursorResult[Any]", written).rowcount


def _text(line: NewLine) -> str:
    (_, booked_on, minor, payer_name, memo, bank_reference, virtual_account), line_key = line.keyed
    said = f"{line_key}\t{payer_name}\t{memo}\t{bank_reference}\t{virtual_account}"
    # Texts are on one line already: of what means something to COPY, only the backslash (a bank's yen sign) can be in them.
    said = said.replace("\\", "\\\\") if "\\" in said else said
    found = _OUTGOING if line.found is None else _found(line.found)
    return f"{line.id}\t{booked_on}\t{minor}\t{said}\t{found}\n"


def _found(found: Matched) -> str:
    word, payments, count, score, missing_minor = match = found.match
    scored = _NULL if score is None else score
    if match.is_sure:
        ((payer_id, order_id),) = found.whose
        return f"{_SURE}\t{payments[0]}\t{payer_id}\t{order_id}\t{word}\t{scored}\t1\t{{}}\t{{}}\t{missing_minor}"
    status = LineStatus.NEW if found.names_other else LineStatus.FOR_A_PERSON
    listed = f"{_array(payments)}\t{_array([payer_id for payer_id, _ in found.whose])}"
    return f"{found.outcome}\t{status}\t{_NOBODYS}\t{word}\t{scored}\t{count}\t{listed}\t{missing_minor}"


def _array(ids: Sequence[UUID]) -> str:
    return f"{{{','.join(map(str, ids))}}}"


_NULL: Final = "\\N"
_NOBODYS: Final = f"{_NULL}\t{_NULL}\t{_NULL}"
_SURE: Final = f"{LineOutcome.PENDING}\t{LineStatus.NEW}"
_OUTGOING: Final = f"{LineOutcome.OUTGOING}\t{LineStatus.FOR_A_PERSON}\t{_NOBODYS}\t{_NULL}\t{_NULL}\t0\t{{}}\t{{}}\t0"
_COLUMNS: Final = (
    "id", "booked_on", "amount_minor", "line_key", "payer_name", "memo", "bank_reference", "virtual_account",
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

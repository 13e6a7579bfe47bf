"""With which payments may the lines of a statement be matched?

Read in pages, each in a transaction of its own: what is found is held in memory, and looked at again under its lock by
whoever applies it. All of them are for a transaction of the desk's.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select, text

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.models import BankLine, LineOutcome, LineStatus, PaymentStatus

PAGE: Final = 10_000
OpenRow = tuple[UUID, UUID, UUID, str, int]
"""An open payment: its id, its order's, its payer's, its reference, and the yen that are still due."""


class Payer(NamedTuple):
    """What the payments of an organisation may be known by."""

    id: UUID
    names: tuple[str, ...]
    """As it is registered, and as banks were seen to spell it."""
    claimed: tuple[str, ...]
    """Names that it says are its own."""
    virtual_account: str
    """Ten digits, or ""."""


async def payers(session: AsyncSession) -> dict[UUID, Payer]:
    """Every organisation with an open payment."""
    rows = await session.execute(_PAYERS, {"desk": DESK_ID})
    return {
        payer: Payer(payer, (name, *learned), tuple(claimed), account)
        for payer, name, learned, claimed, account in rows
    }


async def open_payments(session: AsyncSession, *, after: tuple[UUID, UUID] | None) -> Sequence[OpenRow]:
    """The next `PAGE` payments that are open, in the order of payer and id."""
    payer_id, payment_id = after or (UUID(int=0), UUID(int=0))
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    # The driver's rows as they are: a hundred thousand of them cost half as much.
    rows: Sequence[Any] = await driver.fetch(_OPEN, DESK_ID, payer_id, payment_id, PAGE)
    return rows


class Named(NamedTuple):
    """A payment that a reference names."""

    reference: str
    payment_id: UUID
    order_id: UUID
    payer_id: UUID


async def named(session: AsyncSession, references: Sequence[str]) -> list[Named]:
    """The payments that have these references, open or not."""
    rows = await session.execute(_NAMED, {"desk": DESK_ID, "references": list(references)})
    return [Named(*row) for row in rows]


async def waiting_minor(session: AsyncSession) -> dict[UUID, int]:
    """What short lines hold for each payment that waits for the rest, in yen."""
    asked = select(BankLine.payment_id, func.sum(BankLine.unapplied_minor)).where(
        BankLine.org_id == DESK_ID,
        BankLine.status == LineStatus.FOR_A_PERSON,
        BankLine.outcome == LineOutcome.SHORT,
    )
    rows = await session.execute(asked.group_by(BankLine.payment_id))
    return {payment_id: int(minor) for payment_id, minor in rows if payment_id is not None}


_PAYERS: Final = text(
    "select o.org_id, o.name, coalesce(n.names, '{}'), coalesce(c.names, '{}'), coalesce(v.number, '') from organisation o"
    " left join virtual_account v on v.org_id = :desk and v.payer_id = o.org_id"
    " left join (select payer_id, array_agg(name::text) as names from payer_name where org_id = :desk group by payer_id) n"
    " on n.payer_id = o.org_id"
    " left join (select org_id, array_agg(folded::text) as names from own_payer_name where desk_id = :desk group by org_id)"
    " c on c.org_id = o.org_id"
    f" where o.org_id in (select p.org_id from payment p where p.desk_id = :desk and p.status = '{PaymentStatus.OPEN}')"
).bindparams(bindparam("desk", type_=Uuid()))
# A page begins where the last one ended: otherwise each looks at all that the pages before it held.
_OPEN: Final = (
    "select p.id, p.order_id, p.org_id, p.reference, p.amount_minor - p.received_minor from payment p"
    f" where p.desk_id = $1 and p.status = '{PaymentStatus.OPEN}' and (p.org_id, p.id) > ($2, $3)"
    " order by p.org_id, p.id limit $4"
)
_NAMED: Final = text(
    "select p.reference, p.id, p.order_id, p.org_id from unnest(:references) as r(reference)"
    " join payment p using (reference) where p.desk_id = :desk"
).bindparams(bindparam("desk", type_=Uuid()), bindparam("references", type_=ARRAY(Text())))

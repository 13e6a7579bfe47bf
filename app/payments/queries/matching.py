"""Which lines of a statement wait to be matched, and with which payments?

Read in pages, each in a transaction of its own: what is found is held in memory, and looked at again under its lock by
whoever applies it. All of them are for a transaction of the desk's.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select, text

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.payments.models import BankLine, LineOutcome, LineStatus, PaymentStatus
from app.payments.rules.matching import Candidate, Line

PAGE: Final = 10_000


async def unmatched(session: AsyncSession, statement_id: UUID, *, after: UUID | None) -> list[Line]:
    """The next `PAGE` new lines of a statement that nobody has given to a payment, in the order of their ids."""
    first = after or UUID(int=0)
    rows = await session.execute(_NEW, {"desk": DESK_ID, "statement": statement_id, "after": first, "page": PAGE})
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


async def open_payments(session: AsyncSession, *, after: tuple[UUID, UUID] | None) -> list[Candidate]:
    """The next `PAGE` payments that are open, in the order of payer and id: what is still due, less what waits short.

    A payer is called what it is registered as, what it says itself, and what was learned of its bank's spelling.
    """
    payer_id, payment_id = after or (UUID(int=0), UUID(int=0))
    rows = await session.execute(_OPEN, {"desk": DESK_ID, "payer": payer_id, "payment": payment_id, "page": PAGE})
    return [
        Candidate(payment, reference, account, minor, payer, (name, *learned))
        for payment, reference, account, minor, payer, name, learned in rows
    ]


class Named(NamedTuple):
    """A payment that a reference names."""

    reference: str
    payment_id: UUID
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


# The index of what is new is named by its own condition, and a page begins where the last one ended: without both, each
# page looks at all that the pages before it held.
_NEW: Final = text(
    "select id, payer_name, memo, amount_minor, virtual_account from bank_line where org_id = :desk"
    f" and statement_id = :statement and status = '{LineStatus.NEW}' and payment_id is null"
    " and id > :after order by org_id, statement_id, id limit :page"
).bindparams(*(bindparam(name, type_=Uuid()) for name in ("desk", "statement", "after")))
_OPEN: Final = text(
    "select p.id, p.reference, coalesce(v.number, ''), p.amount_minor - p.received_minor, p.org_id, o.name,"
    " coalesce(n.names, '{}') from payment p join organisation o on o.org_id = p.org_id"
    " left join virtual_account v on v.org_id = p.desk_id and v.payer_id = p.org_id"
    " left join (select payer_id, array_agg(name) as names from (select payer_id, name::text from payer_name"
    " where org_id = :desk union select org_id, folded::text from own_payer_name where desk_id = :desk) known"
    " group by payer_id) n"
    " on n.payer_id = p.org_id"
    f" where p.desk_id = :desk and p.status = '{PaymentStatus.OPEN}'"
    " and (p.org_id, p.id) > (:payer, :payment)"
    " order by p.org_id, p.id limit :page"
).bindparams(bindparam("desk", type_=Uuid()), bindparam("payer", type_=Uuid()), bindparam("payment", type_=Uuid()))
_NAMED: Final = text(
    "select p.reference, p.id, p.org_id from unnest(:references) as r(reference) join payment p using (reference)"
    " where p.desk_id = :desk"
).bindparams(bindparam("desk", type_=Uuid()), bindparam("references", type_=ARRAY(Text())))

"""How does what a refund gives back come onto a return invoice?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import insert

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.invoices import queries
from app.invoices.errors import OriginalNotIssued
from app.invoices.models import GoodsReturn, Paper
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft, paid_by
from app.invoices.operations.writing import write
from app.invoices.rules import Composed, Kind, compose_return
from integrations.documents.paper import PaperReturn


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a refund gives back: units of an order's lines by their place, on which day in Japan, and how the money goes.

    `method` is one of a payment's, `reference` what the payer finds beside the money.
    """

    refund_id: UUID
    org_id: UUID
    order_id: UUID
    returned_on: date
    method: str
    reference: str
    units: Mapping[int, int]


async def note_return(session: AsyncSession, returned: Returned, *, now: datetime) -> bool:
    """Write down what a refund gives back, and have its return invoice issued; False when it was written before.

    The transaction names the buyer and the desk.
    """
    row = {
        "org_id": returned.org_id,
        "id": returned.refund_id,
        "order_id": returned.order_id,
        "returned_on": returned.returned_on,
        "method": returned.method,
        "reference": returned.reference,
        "units": {str(n): units for n, units in returned.units.items()},
        "made_at": now,
    }
    writing = insert(GoodsReturn).values(row).on_conflict_do_nothing(index_elements=["org_id", "id"])
    if await session.scalar(writing.returning(GoodsReturn.id)) is None:
        return False
    await events.record(
        session,
        "goods_return.noted",
        org_id=returned.org_id,
        party_ids=(DESK_ID,),
        subject_kind="goods_return",
        subject_id=returned.refund_id,
        after={"order_id": str(returned.order_id), "units": row["units"]},
        now=now,
    )
    outbox.enqueue(session, "invoices.issue_return", due=now, org_id=returned.org_id, return_id=returned.refund_id)
    return True


async def issue_return(
    session: AsyncSession, given_back: GoodsReturn, *, demonstration: bool, now: datetime
) -> Sequence[Paper]:
    """The return invoices of a refund, one for each invoice that its lines stand on; those of before when they exist.

    The transaction names buyer, desk and sellers. Raises OriginalNotIssued, ReturnedTooMuch, DeskProfileMissing.
    """
    await alone(session, given_back.order_id)
    before = await queries.paper_on(session, given_back.org_id, Kind.RETURN, given_back.id)
    if before:
        return before
    originals = await queries.invoices_of(session, given_back.org_id, given_back.order_id)
    issued = [
        await _issue_one(session, given_back, original, demonstration=demonstration, now=now)
        for original in originals
        if _units_on(given_back, original)
    ]
    if not issued:
        raise OriginalNotIssued("The order is on no invoice yet.", order_id=str(given_back.order_id))
    return issued


async def _issue_one(
    session: AsyncSession, given_back: GoodsReturn, original: Paper, *, demonstration: bool, now: datetime
) -> Paper:
    issued_on, invoiced = day_in_japan(now), msgspec.convert(original.composed, Composed)
    returning = _units_on(given_back, original)
    earlier = await queries.returned_before(session, original)
    sellers = {line.provider_id for line in invoiced.lines if line.key in returning}
    house = await queries.house_of(session, sellers, issued_on, demonstration=demonstration)
    composed = compose_return(invoiced, earlier, returning, desk=house.desk)
    days = [line.supplied_on for line in composed.lines if line.supplied_on is not None]
    draft = Draft(
        kind=Kind.RETURN,
        subject_id=given_back.id,
        part=original.part,
        order_id=given_back.order_id,
        original_id=original.id,
        recipient=await queries.recipient_of(session, given_back.org_id),
        composed=composed,
        issued_on=issued_on,
        supplied_from=min(days),
        supplied_through=max(days),
        due_on=None,
        valid_through=None,
        reference=None,
        paid=paid_by(given_back.method, given_back.returned_on, given_back.reference),
        returned=PaperReturn(
            returned_on=given_back.returned_on,
            original_number=original.number,
            original_issued_on=original.issued_on,
        ),
        notes=(),
    )
    return await write(session, draft, house, now=now)


def _units_on(given_back: GoodsReturn, original: Paper) -> dict[tuple[UUID, int], int]:
    """What is given back of this invoice's lines."""
    lines = msgspec.convert(original.composed, Composed).lines
    wanted = {(given_back.order_id, int(n)): units for n, units in given_back.units.items()}
    return {line.key: wanted[line.key] for line in lines if line.key in wanted}

"""How does what a refund gives back come onto a return invoice?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from app.core.db import AsyncSession
from app.core.ids import public_id
from app.core.period import day_in_japan
from app.invoices import queries
from app.invoices.models import Paper
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft, paid_by
from app.invoices.operations.setting_off import book_return_rounding
from app.invoices.operations.writing import write
from app.invoices.rules import Composed, Kind, compose_return
from app.orders.models import Order
from app.payments.models import Refund
from app.payments.rules import RefundKind, RefundStatus, RefundWay
from integrations.documents.paper import PaperReturn

_REFUND_PREFIX: Final = "rfd"


async def issue_return(
    session: AsyncSession,
    order: Order,
    refund: Refund,
    units: Mapping[int, int],
    *,
    demonstration: bool,
    now: datetime,
) -> Sequence[Paper]:
    """The return invoices of a refund, one for each invoice that its units stand on; those of before when they exist.

    None while the money has not arrived, when nothing of it was ever supplied, or the order is not invoiced yet. The
    transaction names buyer, desk and sellers. Raises ReturnedTooMuch, DeskProfileMissing, PaperIncomplete.
    """
    await alone(session, order.id)
    before = await queries.paper_on(session, order.org_id, Kind.RETURN, refund.id)
    arrived = refund.kind == RefundKind.ORDER and refund.status == RefundStatus.SUCCEEDED
    supplied_at = await queries.fulfilled_at(session, order.org_id, order.id)
    if before or not arrived or supplied_at is None or refund.made_at < supplied_at:
        return before
    wanted = {(order.id, n): count for n, count in units.items()}
    return [
        await _issue_one(session, refund, original, returning, demonstration=demonstration, now=now)
        for original in await queries.invoices_of(session, order.org_id, order.id)
        if (returning := _units_on(original, wanted))
    ]


async def _issue_one(
    session: AsyncSession,
    refund: Refund,
    original: Paper,
    returning: Mapping[tuple[UUID, int], int],
    *,
    demonstration: bool,
    now: datetime,
) -> Paper:
    assert refund.done_at is not None, refund.id
    issued_on, returned_on = day_in_japan(now), day_in_japan(refund.done_at)
    invoiced = msgspec.convert(original.composed, Composed)
    earlier = await queries.returned_before(session, original)
    sellers = {line.provider_id for line in invoiced.lines if line.key in returning}
    house = await queries.house_of(session, sellers, issued_on, demonstration=demonstration)
    composed = compose_return(invoiced, earlier, returning, desk=house.desk)
    days = [line.supplied_on for line in composed.lines if line.supplied_on is not None]
    draft = Draft(
        kind=Kind.RETURN,
        subject_id=refund.id,
        part=original.part,
        order_id=refund.order_id,
        original_id=original.id,
        recipient=await queries.recipient_of(session, refund.org_id),
        composed=composed,
        issued_on=issued_on,
        supplied_from=min(days),
        supplied_through=max(days),
        paid=paid_by(_method_of(refund), returned_on, public_id(_REFUND_PREFIX, refund.id)),
        returned=PaperReturn(
            returned_on=returned_on, original_number=original.number, original_issued_on=original.issued_on
        ),
    )
    paper = await write(session, draft, house, now=now)
    if original.kind == Kind.MONTHLY_INVOICE:
        await book_return_rounding(session, paper, original, refund, composed, now=now)
    return paper


def _units_on(original: Paper, wanted: Mapping[tuple[UUID, int], int]) -> dict[tuple[UUID, int], int]:
    """What is given back of this invoice's lines."""
    lines = msgspec.convert(original.composed, Composed).lines
    return {line.key: wanted[line.key] for line in lines if line.key in wanted}


def _method_of(refund: Refund) -> str:
    match refund.way:
        case RefundWay.BANK:
            return "bank_transfer"
        case RefundWay.ACCOUNT:
            return "set_off"
        case RefundWay.STRIPE:
            return "as_paid"

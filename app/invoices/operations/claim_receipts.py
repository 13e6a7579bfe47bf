"""Which receipt is given when an invoice on account is paid?"""

from datetime import datetime
from typing import Final

import msgspec

from app.core.db import AsyncSession
from app.core.period import day_in_japan
from app.invoices import queries
from app.invoices.errors import PaymentNotReceived
from app.invoices.models import InvoiceClaim, Paper
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft, paid_by
from app.invoices.operations.writing import write
from app.invoices.rules import Composed, Kind, compose_kept

_BY: Final = "bank_transfer"


async def issue_claim_receipt(
    session: AsyncSession, claim: InvoiceClaim, invoice: Paper, *, demonstration: bool, now: datetime
) -> Paper | None:
    """The receipt of an invoice on account that is paid whole: of what its buyer kept, for that is what money came for.

    One original, however often it is asked for. None where the money is not what the kept units come to, because money
    alone was given back: a receipt of those lines would be wrong, and a person writes one. The transaction names buyer,
    desk and sellers. Raises PaymentNotReceived (409), DeskProfileMissing (409).
    """
    await alone(session, claim.id)
    before = await queries.paper_on(session, claim.org_id, Kind.RECEIPT, claim.id)
    if before:
        return before[0]
    paid_minor = claim.amount_minor - claim.credited_minor
    if claim.paid_at is None or not paid_minor:
        raise PaymentNotReceived("A receipt is given when the invoice is paid.", open_minor=claim.open_minor)
    issued_on = day_in_japan(now)
    invoiced = msgspec.convert(invoice.composed, Composed)
    sellers = {line.provider_id for line in invoiced.lines}
    house = await queries.house_of(session, sellers, issued_on, demonstration=demonstration)
    composed = compose_kept(invoiced, await queries.returned_before(session, invoice), desk=house.desk)
    if composed.total_minor != paid_minor:
        return None
    draft = Draft(
        kind=Kind.RECEIPT,
        subject_id=claim.id,
        recipient=await queries.recipient_of(session, claim.org_id),
        composed=composed,
        issued_on=issued_on,
        paid=paid_by(_BY, day_in_japan(claim.paid_at), claim.reference),
        notes=(f"合計請求書 {invoice.number} の代金として / For combined invoice {invoice.number}",),
    )
    return await write(session, draft, house, now=now)

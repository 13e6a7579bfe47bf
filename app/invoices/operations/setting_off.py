"""How does a refund of an order on account lower what its buyer owes, instead of sending money?

What is owed and not invoiced yet becomes less at once, and the month's invoice asks for so much less. What is invoiced is
taken off the claims that the order stands on, each seller's part off the claim that its lines are on. What was paid already
goes back by bank, as with any order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.core.db import AsyncSession
from app.core.money import Money
from app.invoices import queries
from app.invoices.models import CreditDraw, InvoiceClaim, Paper
from app.invoices.operations.claims import credit, locked_claims
from app.invoices.operations.credit import locked_credit_line, owe_rounding, pay_off
from app.invoices.rules import Composed, spread
from app.ledger import operations as ledger
from app.ledger.rules import payable, receivable
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments import operations as payments
from app.payments.models import Refund
from app.payments.rules import RefundStatus, RefundWay


async def set_off(session: AsyncSession, order: Order, refund: Refund, *, now: datetime) -> None:
    """Take a locked refund off what its buyer owes, as far as that is owed; late in peace when it was done before.

    The order is locked too; the transaction names buyer and desk.
    """
    if (refund.way, refund.status) != (RefundWay.ACCOUNT, RefundStatus.DUE):
        return
    line = await locked_credit_line(session, order.org_id)
    drawn = await queries.draw_of(session, order.org_id, order.id)
    assert line is not None, refund.id
    assert drawn is not None, refund.id
    minor = refund.amount_minor
    if drawn.invoiced_at is None and order.status == OrderStatus.REFUNDED:
        drawn.given_back_at = now  # Nothing of it is left for an invoice.
    if await _is_invoiced(session, order, drawn, refund):
        minor = await _credit_claims(session, order, drawn, refund, now=now)
    if minor:
        await pay_off(session, line, minor, refund.id, now=now)
    await payments.set_off(session, refund, minor, now=now)


async def credit_what_was_given_back(
    session: AsyncSession, claims: Sequence[tuple[InvoiceClaim, Composed]], *, now: datetime
) -> None:
    """Lower new claims by what of their orders was set off before they were invoiced, so that it is not asked for.

    Their buyer's credit line is locked. Return invoices are asked for: they can name their invoice now.
    """
    order_ids = {line.order_id for _, composed in claims for line in composed.lines}
    org_id = claims[0][0].org_id
    given = await queries.set_off_before_invoice(session, org_id, sorted(order_ids))
    on = [{(line.order_id, line.provider_id) for line in composed.lines} for _, composed in claims]
    free = sum(minor for (_, provider_id), minor in given.items() if provider_id is None)
    own = [sum(given.get(pair, 0) for pair in pairs) for pairs in on]
    minors = spread([claim.open_minor for claim, _ in claims], own, free)
    assert sum(minors) == free + sum(own), org_id
    for (claim, _), minor in zip(claims, minors, strict=True):
        await credit(session, [claim], [minor], subject_id=claim.paper_id, now=now)


async def book_return_rounding(
    session: AsyncSession, paper: Paper, original: Paper, composed: Composed, *, now: datetime
) -> None:
    """What a return of a combined invoice gives back, less what its refund does: its sellers give it, the buyer owes less.

    A combined invoice rounds tax once for all orders, a refund once for its own. A difference below zero is owed more.
    Nothing is booked where less is open than that: what is paid is not asked back for a yen of rounding. The transaction
    names buyer, desk and sellers.
    """
    refunded = await queries.refunded_by_seller(session, paper.org_id, paper.subject_id)
    rounded: dict[UUID, int] = {}
    for total in composed.totals:
        rounded[total.seller_id] = rounded.get(total.seller_id, 0) + total.total_minor
    line = await locked_credit_line(session, paper.org_id)
    known = await queries.claims_of_papers(session, paper.org_id, [original.id])
    [claim] = await locked_claims(session, paper.org_id, [each.id for each in known])
    differing = {seller: minor - refunded[seller] for seller, minor in rounded.items() if minor != refunded[seller]}
    whole = sum(differing.values())
    assert line is not None, claim.id
    if not claim.open_minor or not whole <= claim.open_minor or claim.credited_minor + whole < 0:
        return
    for seller_id, minor in differing.items():
        owed, earned = receivable(paper.org_id), payable(seller_id)
        await ledger.post(
            session, source=earned if minor > 0 else owed, target=owed if minor > 0 else earned,
            amount=Money(abs(minor), paper.currency), reason="return_rounding", subject_id=paper.id,
            counterparty_id=seller_id, booked_on=None, now=now,
        )  # fmt: skip
    await credit(session, [claim], [whole], subject_id=paper.id, now=now)
    await owe_rounding(session, line, -whole, paper.id, now=now)


async def _is_invoiced(session: AsyncSession, order: Order, drawn: CreditDraw, refund: Refund) -> bool:
    """Whether what is given back stands on an invoice: what came back before it was supplied never does."""
    if drawn.invoiced_at is None:
        return False
    supplied_at = await queries.fulfilled_at(session, order.org_id, order.id)
    return supplied_at is not None and refund.made_at >= supplied_at


async def _credit_claims(
    session: AsyncSession, order: Order, drawn: CreditDraw, refund: Refund, *, now: datetime
) -> int:
    """Lower the claims that an invoiced order stands on; by how much in all."""
    papers = {paper.id: paper for paper in await queries.invoices_of(session, order.org_id, order.id)}
    known = await queries.claims_of_papers(session, order.org_id, drawn.paper_ids)
    claims = await locked_claims(session, order.org_id, [claim.id for claim in known])
    shares = await queries.refunded_by_seller(session, order.org_id, refund.id)
    own = [_share(papers[claim.paper_id], shares) for claim in claims]
    minors = spread([claim.open_minor for claim in claims], own, refund.amount_minor - sum(own))
    await credit(session, claims, minors, subject_id=refund.id, now=now)
    return sum(minors)


def _share(paper: Paper, shares: Mapping[UUID, int]) -> int:
    """What of a refund is of the sellers whose lines this paper has."""
    sellers = {line.provider_id for line in msgspec.convert(paper.composed, Composed).lines}
    return sum(minor for provider_id, minor in shares.items() if provider_id in sellers)

"""How does a refund of an order on account lower what its buyer owes, instead of sending money?

What is owed and not invoiced yet becomes less at once, and the month's invoice asks for so much less. What is invoiced is
taken off the claims that the order stands on, each seller's part off the claim that its lines are on. What was paid already
goes back by bank, as with any order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from app.core.db import AsyncSession
from app.core.money import YEN, Money
from app.invoices import queries
from app.invoices.models import CreditDraw, CreditLine, InvoiceClaim, Paper
from app.invoices.operations.claims import credit, locked_claims
from app.invoices.operations.credit import locked_credit_line, owe_rounding, pay_off
from app.invoices.rules import Composed, Issuer, compose_return, spread
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


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What of a new combined invoice was given back before it was issued, in yen: it is not asked for.

    `rounded` is, by seller, what the returns will come to less what the refunds did: the invoice rounds anew.
    """

    minor: int
    rounded: Mapping[UUID, int]


async def given_back_of(
    session: AsyncSession, org_id: UUID, papers: Sequence[Composed], *, desk: Issuer
) -> list[GivenBack]:
    """What was set off of these papers' orders since they were supplied, for each paper that is about to be issued."""
    if not papers:
        return []
    order_ids = sorted({line.order_id for composed in papers for line in composed.lines})
    given = await queries.set_off_before_invoice(session, org_id, order_ids)
    units = await queries.units_set_off_before_invoice(session, org_id, order_ids)
    rounded = [_rounded(composed, given, units, desk) for composed in papers]
    own = [
        sum(given.get(pair, 0) for pair in {(line.order_id, line.provider_id) for line in composed.lines})
        for composed in papers
    ]
    exact = [minor + sum(more.values()) for minor, more in zip(own, rounded, strict=True)]
    free = sum(minor for (_, provider_id), minor in given.items() if provider_id is None)
    minors = spread([composed.total_minor for composed in papers], exact, free)
    return [GivenBack(minor, more) for minor, more in zip(minors, rounded, strict=True)]


async def credit_given_back(
    session: AsyncSession, line: CreditLine, claim: InvoiceClaim, given: GivenBack, *, now: datetime
) -> None:
    """Lower a new claim by what was given back before. The credit line is locked; buyer, desk and sellers are named."""
    await credit(session, [claim], [given.minor], subject_id=claim.paper_id, now=now)
    await _book_rounding(session, line, claim.paper_id, given.rounded, now=now)


async def book_return_rounding(
    session: AsyncSession, paper: Paper, original: Paper, refund: Refund, composed: Composed, *, now: datetime
) -> None:
    """What a return of a combined invoice gives back, less what its refund does: its sellers give it, the buyer owes less.

    A combined invoice rounds tax once for all orders, a refund once for its own. A difference below zero is owed more.
    Nothing is booked where less is open than that: what is paid is not asked back for a yen of rounding; and nothing of
    what was given back before the invoice, which has reckoned with it. The transaction names buyer, desk and sellers.
    """
    assert refund.done_at is not None, refund.id
    if refund.done_at < original.issued_at:
        return
    refunded = await queries.refunded_by_seller(session, paper.org_id, refund.id)
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
    await credit(session, [claim], [whole], subject_id=paper.id, now=now)
    await _book_rounding(session, line, paper.id, differing, now=now)


async def _book_rounding(
    session: AsyncSession, line: CreditLine, paper_id: UUID, rounded: Mapping[UUID, int], *, now: datetime
) -> None:
    """Let sellers earn less, and a locked line owe less, by what returns round otherwise than refunds; below zero more."""
    for seller_id, minor in rounded.items():
        owed, earned = receivable(line.org_id), payable(seller_id)
        if minor:
            await ledger.post(
                session, source=earned if minor > 0 else owed, target=owed if minor > 0 else earned,
                amount=Money(abs(minor), YEN), reason="return_rounding", subject_id=paper_id,
                counterparty_id=seller_id, booked_on=None, now=now,
            )  # fmt: skip
    if whole := sum(rounded.values()):
        await owe_rounding(session, line, -whole, paper_id, now=now)


def _rounded(
    composed: Composed,
    given: Mapping[tuple[UUID, UUID | None], int],
    units: Mapping[tuple[UUID, int], int],
    desk: Issuer,
) -> dict[UUID, int]:
    """By seller: what the returns of these units will come to, less what their refunds came to."""
    returning = {line.key: units[line.key] for line in composed.lines if line.key in units}
    if not returning:
        return {}
    rounded: dict[UUID, int] = {}
    for total in compose_return(composed, {}, returning, desk=desk).totals:
        rounded[total.seller_id] = rounded.get(total.seller_id, 0) + total.total_minor
    for order_id, provider_id in {(line.order_id, line.provider_id) for line in composed.lines}:
        if provider_id in rounded:
            rounded[provider_id] -= given.get((order_id, provider_id), 0)
    return rounded


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

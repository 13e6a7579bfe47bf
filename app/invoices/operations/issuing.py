"""Which papers does an order give rise to: its invoices, a receipt, and on request a quotation or a bill?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.period import day_in_japan
from app.invoices import queries
from app.invoices.errors import NotAReceipt, PaymentNotReceived
from app.invoices.models import Paper
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft, paid_by
from app.invoices.operations.writing import write, write_again
from app.invoices.queries import House, Recipient
from app.invoices.rules import Composed, IssuerMode, Kind, Line, compose, lines_by_mode
from app.orders.errors import QuoteExpired
from app.orders.models import Order, Quote, QuoteLine
from app.orders.rules import OrderStatus
from app.payments.models import Payment, PaymentStatus
from app.payments.operations import ON_ACCOUNT
from integrations.documents.paper import PaperPaid


async def issue_invoices(
    session: AsyncSession, order: Order, payment: Payment, *, demonstration: bool, now: datetime
) -> Sequence[Paper]:
    """The invoices of a fulfilled order: one, or two when some of its sellers are not registered.

    Those of before when they were issued; none for an order that is not fulfilled, or was bought on account. The
    transaction names buyer, desk and sellers. Raises DeskProfileMissing, PaperIncomplete, RegistrationNumberInvalid.
    """
    await alone(session, order.id)
    before = await queries.paper_on(session, order.org_id, Kind.INVOICE, order.id)
    day = queries.supplied_on(order)
    if before or day is None or await queries.is_on_account(session, order.org_id, order.id):
        return before
    issued_on = day_in_japan(now)
    lines = await queries.lines_of_order(session, order)
    borne = await queries.borne_of(session, order, lines)
    house = await _house(session, lines, issued_on, demonstration=demonstration)
    recipient = await queries.recipient_of(session, order.org_id)
    issued = []
    for mode, own in lines_by_mode(lines, house.desk, house.providers, desk_sells=False).items():
        composed = compose(mode, own, desk=house.desk, providers=house.providers)
        draft = _of_order(Kind.INVOICE, order, order.id, composed, recipient, issued_on)
        notes = _borne(sum(borne.get(line.n, 0) for line in own))
        draft = replace(draft, supplied_from=day, supplied_through=day, paid=_paid(payment), notes=notes)
        issued.append(await write(session, draft, house, now=now))
    # Units that were given back before are on no invoice; without such, invoices come to what was paid and put in.
    assert sum(paper.total_minor for paper in issued) <= order.total_minor + sum(borne.values()), order.id
    return issued


async def issue_receipt(
    session: AsyncSession, order: Order, payment: Payment, *, demonstration: bool, now: datetime
) -> Paper:
    """The receipt of an order's payment: one original, however often it is asked for.

    Of an order on account there is none: its invoice is receipted. The transaction names buyer, desk and sellers. Raises
    PaymentNotReceived (409), DeskProfileMissing (409).
    """
    await alone(session, payment.id)
    before = await queries.paper_on(session, order.org_id, Kind.RECEIPT, payment.id)
    if before:
        return before[0]
    if payment.status != PaymentStatus.PAID or payment.paid_by == ON_ACCOUNT:
        raise PaymentNotReceived("A receipt is given when the money is here.", status=payment.status)
    issued_on = day_in_japan(now)
    lines = await queries.lines_as_paid(session, order)
    house = await _house(session, lines, issued_on, demonstration=demonstration)
    recipient = await queries.recipient_of(session, order.org_id)
    composed = _composed(lines, house, issued_on)
    draft = _of_order(Kind.RECEIPT, order, payment.id, composed, recipient, issued_on)
    return await write(session, replace(draft, paid=_paid(payment)), house, now=now)


async def issue_bill(
    session: AsyncSession, order: Order, payment: Payment, *, demonstration: bool, now: datetime
) -> Paper:
    """The request to pay an order that waits for its money, with the bank account and the payment's reference: one.

    The transaction names buyer, desk and sellers. Raises InvalidState (409) of an order that is paid or over, and
    DeskProfileMissing (409).
    """
    await alone(session, order.id)
    before = await queries.paper_on(session, order.org_id, Kind.BILL, order.id)
    if before:
        return before[0]
    if order.status != OrderStatus.AWAITING_PAYMENT:
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    issued_on = day_in_japan(now)
    lines = await queries.lines_of_order(session, order)
    house = await _house(session, lines, issued_on, demonstration=demonstration)
    recipient = await queries.recipient_of(session, order.org_id)
    draft = _of_order(Kind.BILL, order, order.id, _composed(lines, house, issued_on), recipient, issued_on)
    asked = replace(draft, due_on=day_in_japan(order.deadline), reference=payment.reference)
    return await write(session, asked, house, now=now)


async def issue_quotation(
    session: AsyncSession,
    quote: Quote,
    rows: Sequence[QuoteLine],
    *,
    recipient_id: UUID,
    tax_basis_points: int,
    demonstration: bool,
    now: datetime,
) -> Paper:
    """The quotation of a quote whose prices are still locked: one. Nothing is reserved by it.

    The transaction names the recipient, the desk, the quote's owner and the sellers. Raises QuoteExpired (409),
    DeskProfileMissing (409).
    """
    await alone(session, quote.id)
    before = await queries.paper_on(session, recipient_id, Kind.QUOTATION, quote.id)
    if before:
        return before[0]
    if quote.expires_at <= now:
        raise QuoteExpired("The prices of this quote are no longer locked.")
    issued_on = day_in_japan(now)
    lines = await queries.lines_of_quote(session, quote, rows, tax_basis_points=tax_basis_points)
    house = await _house(session, lines, issued_on, demonstration=demonstration)
    composed = _composed(lines, house, issued_on)
    assert composed.total_minor == quote.total_minor, quote.id
    until = f"{quote.expires_at:%Y-%m-%dT%H:%M}Z"
    draft = Draft(
        kind=Kind.QUOTATION,
        subject_id=quote.id,
        recipient=await queries.recipient_of(session, recipient_id),
        composed=composed,
        issued_on=issued_on,
        valid_through=day_in_japan(quote.expires_at),
        notes=(f"価格は {until} まで有効です。 / Prices hold until {until}.",),
    )
    return await write(session, draft, house, now=now)


async def issue_again(session: AsyncSession, receipt: Paper, *, now: datetime) -> Paper:
    """Another copy of a receipt, marked as such. Raises NotAReceipt (409). The transaction names the desk too."""
    if receipt.kind != Kind.RECEIPT or receipt.copy_of is not None:
        raise NotAReceipt("Only an original receipt is issued again.", kind=receipt.kind)
    return await write_again(session, receipt, issued_on=day_in_japan(now), now=now)


async def _house(session: AsyncSession, lines: Sequence[Line], day: date, *, demonstration: bool) -> House:
    sellers = {line.provider_id for line in lines}
    return await queries.house_of(session, sellers, day, demonstration=demonstration)


def _of_order(
    kind: Kind, order: Order, subject_id: UUID, composed: Composed, recipient: Recipient, issued_on: date
) -> Draft:
    return Draft(
        kind=kind,
        subject_id=subject_id,
        order_id=order.id,
        recipient=recipient,
        composed=composed,
        issued_on=issued_on,
    )


def _composed(lines: Sequence[Line], house: House, day: date) -> Composed:
    """All lines on one paper that is no invoice: with the desk's number when every seller could be invoiced today.

    Lines that are not supplied yet count as of today, for whose name and number stand on the paper is decided today.
    """
    dated = [line if line.supplied_on is not None else replace(line, supplied_on=day) for line in lines]
    modes = lines_by_mode(dated, house.desk, house.providers, desk_sells=False)
    mode = IssuerMode.FOR_PROVIDER if modes.keys() == {IssuerMode.FOR_PROVIDER} else IssuerMode.UNREGISTERED
    composed = compose(mode, dated, desk=house.desk, providers=house.providers)
    return replace(composed, lines=tuple(lines))


def _borne(minor: int) -> tuple[str, ...]:
    """What the desk has put in of credits that took the place of cheaper ones, told on their invoice."""
    if not minor:
        return ()
    return (f"うち {minor:,} 円は当社が負担しました。 / The desk has paid {minor:,} yen of it.",)


def _paid(payment: Payment) -> PaperPaid | None:
    if payment.paid_at is None:
        return None
    return paid_by(payment.paid_by or payment.method, day_in_japan(payment.paid_at), payment.reference)

"""How is a buyer's period on account closed: combined invoices, what they round up, and a claim for each?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid5

from app.core import outbox
from app.core.db import AsyncSession
from app.core.holidays import holidays_of
from app.core.money import YEN, Money
from app.core.period import JAPAN, day_in_japan
from app.invoices import queries
from app.invoices.models import CreditDraw, CreditLine, Paper
from app.invoices.operations.claims import open_claim
from app.invoices.operations.credit import locked_credit_line, owe_rounding
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft
from app.invoices.operations.setting_off import GivenBack, credit_given_back, given_back_of
from app.invoices.operations.writing import write
from app.invoices.queries import House, Recipient
from app.invoices.rules import (
    LINES_MAX,
    Composed,
    Kind,
    Line,
    Period,
    Terms,
    closing_period,
    compose_month,
    due_date,
    lines_by_mode,
)
from app.ledger import operations as ledger
from app.ledger.rules import payable, receivable

AFTER_MIDNIGHT: Final = timedelta(hours=1)
"""A period is closed an hour after its last day in Japan: a step that began before midnight has ended by then."""
_Sold = list[tuple[CreditDraw, list[Line]]]


def terms_of(line: CreditLine) -> Terms:
    """The terms that a credit line was granted on."""
    return Terms(
        closing_day=line.closing_day, months_after=line.months_after, day=line.due_day, on_holiday=line.on_holiday
    )


def open_since(terms: Terms, now: datetime) -> datetime:
    """When the period began that is not closed yet: what was supplied before is to be invoiced."""
    first = closing_period(terms, day_in_japan(now - AFTER_MIDNIGHT)).first
    return datetime.combine(first, time(), JAPAN)


async def close_periods(
    session: AsyncSession, org_id: UUID, *, references: Iterator[str], demonstration: bool, now: datetime
) -> list[Paper]:
    """Invoice a buyer's orders of every period that has ended: what is on an invoice already is not there twice.

    The transaction names buyer, desk and the orders' sellers. Raises DeskProfileMissing, PaperIncomplete.
    """
    await alone(session, org_id)
    line = await locked_credit_line(session, org_id)
    if line is None:
        return []
    terms = terms_of(line)
    waiting = await queries.draws_to_invoice(session, org_id, fulfilled_before=open_since(terms, now))
    periods: dict[Period, _Sold] = {}
    for drawn, order in waiting:
        day = queries.supplied_on(order)
        assert day is not None, order.id
        lines = await queries.lines_of_order(session, order)
        periods.setdefault(closing_period(terms, day), []).append((drawn, lines))
    issued = []
    for period, sold in periods.items():
        closing = _Closing(line=line, period=period, demonstration=demonstration, references=references, now=now)
        issued += await closing.invoice(session, sold)
    return issued


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closing:
    """One period of one buyer, with all that its papers share."""

    line: CreditLine
    period: Period
    demonstration: bool
    references: Iterator[str]
    now: datetime

    @property
    def subject_id(self) -> UUID:
        """The period's own name: the same whenever it is closed."""
        return uuid5(self.line.id, self.period.last.isoformat())

    async def invoice(self, session: AsyncSession, sold: _Sold) -> list[Paper]:
        """The period's papers: by mode, of at most `LINES_MAX` lines each, no order torn apart."""
        every = [line for _, lines in sold for line in lines]
        issued_on = day_in_japan(self.now)
        sellers = {line.provider_id for line in every}
        house = await queries.house_of(session, sellers, issued_on, demonstration=self.demonstration)
        recipient = await queries.recipient_of(session, self.line.org_id)
        planned: list[tuple[int, Composed]] = []
        for mode, lines in lines_by_mode(every, house.desk, house.providers, desk_sells=False).items():
            part = await queries.monthly_parts(session, self.line.org_id, mode, self.subject_id)
            for n, chunk in enumerate(_chunks(lines), start=part + 1):
                composed = compose_month(
                    mode, chunk, first=self.period.first, last=self.period.last,
                    desk=house.desk, providers=house.providers,
                )  # fmt: skip
                planned.append((n, composed))
        given = await given_back_of(session, self.line.org_id, [each for _, each in planned], desk=house.desk)
        issued: list[Paper] = []
        on: dict[UUID, list[UUID]] = {}
        for (n, composed), less in zip(planned, given, strict=True):
            paper = await self._issue(session, composed, house, recipient, n, less)
            issued.append(paper)
            for order_id in dict.fromkeys(line.order_id for line in composed.lines):
                on.setdefault(order_id, []).append(paper.id)
        await self._note(session, sold, on)
        return issued

    async def _note(self, session: AsyncSession, sold: _Sold, on: Mapping[UUID, list[UUID]]) -> None:
        """Write down on which papers each order stands; what was given back of it can name its invoice now."""
        for drawn, _ in sold:
            drawn.paper_ids, drawn.invoiced_at = on[drawn.order_id], self.now
        await session.flush()
        for refund_id in await queries.returns_of_orders(session, self.line.org_id, sorted(on)):
            outbox.enqueue(session, "invoices.issue_return", due=self.now, org_id=self.line.org_id, refund_id=refund_id)

    async def _issue(
        self, session: AsyncSession, composed: Composed, house: House, recipient: Recipient, part: int, less: GivenBack
    ) -> Paper:
        reference, issued_on = next(self.references), day_in_japan(self.now)
        due_on = _due_on(terms_of(self.line), self.period.last, issued_on)
        draft = Draft(
            kind=Kind.MONTHLY_INVOICE,
            subject_id=self.subject_id,
            part=part,
            recipient=recipient,
            composed=composed,
            issued_on=issued_on,
            supplied_from=self.period.first,
            supplied_through=self.period.last,
            due_on=due_on,
            reference=reference,
            notes=_less(composed, less),
        )
        paper = await write(session, draft, house, now=self.now)
        await self._book_rounding(session, paper, composed)
        claim = await open_claim(session, paper, reference=reference, due_on=due_on, now=self.now)
        await credit_given_back(session, self.line, claim, less, now=self.now)
        return paper

    async def _book_rounding(self, session: AsyncSession, paper: Paper, composed: Composed) -> None:
        """What one rounding for all orders owes more than one for each: the buyer owes it, each seller earns its own."""
        rounded: dict[UUID, int] = {}
        for total, minor in zip(composed.totals, composed.difference_minor, strict=True):
            rounded[total.seller_id] = rounded.get(total.seller_id, 0) + minor
        for seller_id, minor in rounded.items():
            if minor:
                await ledger.post(
                    session, source=receivable(paper.org_id), target=payable(seller_id), amount=Money(minor, YEN),
                    reason="invoice_rounding", subject_id=paper.id, booked_on=None, counterparty_id=seller_id, now=self.now,
                )  # fmt: skip
        if whole := sum(rounded.values()):
            await owe_rounding(session, self.line, whole, paper.id, now=self.now)


def _less(composed: Composed, less: GivenBack) -> tuple[str, ...]:
    """What the paper says when less is asked for than it comes to."""
    if not less.minor:
        return ()
    back, left = f"¥{less.minor:,}", f"¥{composed.total_minor - less.minor:,}"
    return (
        f"返還等 {back} を差し引き、お支払いいただく金額は {left} です。 / {back} were given back: please pay {left}.",
    )


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines in their order, at most `LINES_MAX` together; an order's lines stay together."""
    by_order: dict[UUID, list[Line]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    chunk: list[Line] = []
    for own in by_order.values():
        if chunk and len(chunk) + len(own) > LINES_MAX:
            yield chunk
            chunk = []
        chunk = chunk + own
    if chunk:
        yield chunk


def _due_on(terms: Terms, closed_on: date, issued_on: date) -> date:
    """As the terms say of the day of closing; of what was invoiced late, never before the day of the paper."""
    years = range(closed_on.year, closed_on.year + 3)
    return max(due_date(terms, closed_on, holidays_of(years)), issued_on)

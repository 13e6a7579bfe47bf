"""How is a payout stated to its provider, with the desk's own invoice for its commission on the same paper?

It is issued when the money has gone: what was approved may be called off, and then its entries stand in another payout.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from app.core.db import AsyncSession
from app.core.ids import public_id
from app.core.period import day_in_japan
from app.invoices import queries
from app.invoices.models import Paper
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Draft, PaidOut, paid_by
from app.invoices.operations.writing import write
from app.invoices.queries import Entry, House
from app.invoices.rules import LINES_MAX, Composed, Content, IssuerMode, Kind, Line, RateTotal, Sale, compose_payout
from app.payouts.models import Payout
from app.payouts.rules import EarningKind, PayoutMethod, PayoutStatus
from integrations.documents.paper import PaperLine, PaperTotal

COMMISSION: Final = ("販売手数料", "Commission on sales")
_NAMES: Final = {
    EarningKind.SALE: "クレジットの売上 / Sale of credits",
    EarningKind.REFUND: "返金による減額 / Given back to the buyer",
    EarningKind.DISPUTE_LOST: "支払異議による減額 / Lost dispute",
    EarningKind.DISPUTE_WON: "支払異議の解消 / Won dispute",
    EarningKind.CORRECTION: "調整 / Correction",
}


async def issue_payout_statement(
    session: AsyncSession, payout: Payout, *, demonstration: bool, now: datetime
) -> Paper | None:
    """The statement of a payout that was paid: one, however often it is asked for; None of one that is not, or sold nothing.

    It is a qualified invoice of the desk's commission where the desk has a number. The transaction names provider and
    desk. Raises DeskProfileMissing, RegistrationNumberInvalid, PaperIncomplete.
    """
    await alone(session, payout.id)
    before = await queries.paper_on(session, payout.org_id, Kind.PAYOUT_STATEMENT, payout.id)
    if before:
        return before[0]
    entries = await queries.entries_of(session, payout)
    if payout.status != PayoutStatus.PAID or payout.paid_at is None or not entries:
        return None
    issued_on = day_in_japan(now)
    house = await queries.house_of(session, [payout.org_id], issued_on, demonstration=demonstration)
    method = "bank_transfer" if payout.method == PayoutMethod.ZENGIN else "stripe"
    draft = Draft(
        kind=Kind.PAYOUT_STATEMENT,
        subject_id=payout.id,
        recipient=await queries.recipient_of(session, payout.org_id),
        composed=_commission(payout, entries, house),
        issued_on=issued_on,
        supplied_from=min(payout.closed_on, day_in_japan(entries[0].earned_at)),
        supplied_through=payout.closed_on,
        paid=paid_by(method, day_in_japan(payout.paid_at), public_id("pyo", payout.id)),
        paid_out=_paid_out(payout, entries, house),
    )
    return await write(session, draft, house, now=now)


def _commission(payout: Payout, entries: Sequence[Entry], house: House) -> Composed:
    """The desk's own supply, as an invoice has it: one line, whose tax is that of the whole payout."""
    charged = RateTotal(
        house.desk.org_id, payout.tax_basis_points, payout.commission_minor, payout.commission_tax_minor
    )
    registered = house.desk.registration_number is not None
    if registered:
        sales, returns = ([_sale(each) for each in kept] for kept in _by_sign(entries))
        composed = compose_payout(sales, returns, desk=house.desk, tax_basis_points=payout.tax_basis_points)
        assert composed.commission == charged, payout.id
    line = Line(
        order_id=payout.id, n=1, provider_id=payout.org_id, quantity=1, unit="件", price_minor=payout.commission_minor,
        content=Content(name=COMMISSION[0], project_number="", methodology="", vintage="", serials=()), price_per=1,
        goods_minor=payout.commission_minor, tax_basis_points=payout.tax_basis_points, reduced_rate_marked=False,
        supplied_on=payout.closed_on,
    )  # fmt: skip
    return Composed(IssuerMode.DESK if registered else IssuerMode.UNREGISTERED, (line,), (charged,), (0,))


def _by_sign(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What was sold, and what was given back."""
    return [each for each in entries if each.goods_minor >= 0], [each for each in entries if each.goods_minor < 0]


def _sale(entry: Entry) -> Sale:
    return Sale(entry.order_id, abs(entry.goods_minor), abs(entry.tax_minor), abs(entry.commission_minor))


def _paid_out(payout: Payout, entries: Sequence[Entry], house: House) -> PaidOut:
    name = house.providers[payout.org_id].name
    rates = sorted({each.tax_basis_points for each in entries}, reverse=True)
    totals = []
    for rate in rates:
        own = [each for each in entries if each.tax_basis_points == rate]
        goods, tax = sum(each.goods_minor for each in own), sum(each.tax_minor for each in own)
        totals.append(PaperTotal(seller_name=name, tax_basis_points=rate, goods_minor=goods, tax_minor=tax))
    return PaidOut(
        lines=tuple(_lines(entries, name)),
        totals=tuple(totals),
        commission_names=COMMISSION,
        adjustment_minor=payout.adjustment_minor,
        payout_minor=payout.payout_minor,
    )


def _lines(entries: Sequence[Entry], name: str) -> Iterable[PaperLine]:
    """A line for each entry; of more than a paper holds, one for all of a kind and rate."""
    if len(entries) <= LINES_MAX:
        return [_line([each], name) for each in entries]
    kinds = sorted(entries, key=lambda each: (each.kind, each.tax_basis_points))
    grouped = groupby(kinds, key=lambda each: (each.kind, each.tax_basis_points))
    return [_line(list(same), name) for _, same in grouped]


def _line(entries: Sequence[Entry], name: str) -> PaperLine:
    first, goods = entries[0], sum(each.goods_minor for each in entries)
    alone_here = len(entries) == 1
    return PaperLine(
        name=_NAMES[EarningKind(first.kind)] + ("" if alone_here else f" ({len(entries):,}件)"),
        project_number="", methodology="", vintage="", serials=(),
        order_number=public_id("ord", first.order_id) if alone_here else "", seller_name=name,
        supplied_on=day_in_japan(first.earned_at) if alone_here else None, quantity=1, unit="式", price_minor=goods,
        price_per=1, goods_minor=goods, tax_basis_points=first.tax_basis_points,
    )  # fmt: skip

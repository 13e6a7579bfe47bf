"""How do Stripe's own lines come in? Each once, with what it cost; how far the reading got is kept beside them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.closing.models import StripeLine, StripeReading
from app.closing.rules import FEE_REASON, fee_of
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.ledger import operations as ledger
from app.ledger.queries import closed_through
from app.ledger.rules import stripe_clearing, stripe_fees
from integrations.stripe.shapes import BalanceTransaction


async def last_line(session: AsyncSession) -> str | None:
    """Stripe's id of the newest line that was read."""
    asked = select(StripeLine.line_id).where(StripeLine.org_id == DESK_ID)
    return await session.scalar(asked.order_by(StripeLine.n.desc()).limit(1))


async def take_lines(
    session: AsyncSession, lines: Sequence[BalanceTransaction], *, read_at: datetime, complete: bool, now: datetime
) -> int:
    """Write the lines that are new, in their order, and book what each cost; how many were new.

    `complete` says that there were no more at `read_at`. A fee counts on Stripe's day unless its month is closed. The
    transaction names the desk.
    """
    new = await _insert(session, lines, now) if lines else {}
    await _book_fees(session, [(new[line.id], line) for line in lines if line.id in new], now)
    writing = insert(StripeReading).values(
        org_id=DESK_ID, read_at=read_at, complete_at=read_at if complete else None
    )  # fmt: skip
    told = {"read_at": read_at} | ({"complete_at": read_at} if complete else {})
    await session.execute(
        writing.on_conflict_do_update(index_elements=["org_id"], set_=told, where=StripeReading.read_at <= read_at)
    )
    return len(new)


async def _insert(session: AsyncSession, lines: Sequence[BalanceTransaction], now: datetime) -> dict[str, UUID]:
    rows = [
        {
            "org_id": DESK_ID,
            "id": new_id(),
            "line_id": line.id,
            "type": line.type,
            "reporting_category": line.reporting_category,
            "amount_minor": line.amount_minor,
            "fee_minor": line.fee_minor,
            "net_minor": line.net_minor,
            "currency": line.currency,
            "source_id": line.source_id,
            "created_at": line.created_at,
            "available_at": line.available_at,
            "read_at": now,
        }
        for line in lines
    ]
    writing = insert(StripeLine).on_conflict_do_nothing(index_elements=["org_id", "line_id"])
    written = await session.execute(writing.returning(StripeLine.line_id, StripeLine.id), rows)
    return dict(written.all())


async def _book_fees(session: AsyncSession, lines: Sequence[tuple[UUID, BalanceTransaction]], now: datetime) -> None:
    """One batch for each day, currency and direction: a page has few of them."""
    closed = await closed_through(session)
    fees: dict[tuple[str, str, bool], dict[UUID, int]] = defaultdict(dict)
    days: dict[str, date | None] = {}
    for line_id, line in lines:
        fee_minor = fee_of(line.reporting_category, line.amount_minor, line.fee_minor)
        if fee_minor:
            day = day_in_japan(line.created_at)
            days[day.isoformat()] = None if closed is not None and day <= closed else day
            fees[day.isoformat(), line.currency, fee_minor > 0][line_id] = abs(fee_minor)
    for (day_text, currency, charged), minor_by_line in sorted(fees.items()):
        source, target = (stripe_fees(), stripe_clearing()) if charged else (stripe_clearing(), stripe_fees())
        await ledger.post_each(
            session, minor_by_line, source=source, target=target, currency=currency, reason=FEE_REASON,
            counterparty_id=None, booked_on=days[day_text], now=now,
        )  # fmt: skip

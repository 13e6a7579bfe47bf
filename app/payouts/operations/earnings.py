"""What does a provider earn by an order, and what goes off again? Entries that are written once, each with its commission.

Whoever calls moves the money of goods and tax itself (`held:orders` -> `payable`, `payable` -> `refunds`) with reasons of
its own; here the commission follows. So a provider's account `payable` is what its entries that were not paid come to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession, any_of
from app.core.ids import new_id
from app.core.money import Money
from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from app.ledger import operations as ledger
from app.ledger.rules import commission, payable
from app.payouts.errors import MoreThanWasEarned
from app.payouts.models import CommissionRate, Earning
from app.payouts.rules import (
    EarningKind,
    Rate,
    Share,
    SoldPart,
    commission_left,
    exact_commission,
    shares_of,
)

OF_SALES = (EarningKind.SALE, EarningKind.REFUND, EarningKind.DISPUTE_LOST, EarningKind.DISPUTE_WON)


@dataclass(frozen=True, slots=True)
class Sold:
    """What one provider sold in an order: its goods by category, and the tax on all of them, in minor units."""

    provider_id: UUID
    order_id: UUID
    parts: tuple[SoldPart, ...]
    tax_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What one provider gives back of an order, or gets back after all: zero or more. `subject_id` is the refund's or
    the dispute's id, by which a repetition is known.
    """

    provider_id: UUID
    order_id: UUID
    subject_id: UUID
    goods_minor: int
    tax_minor: int


async def earn(session: AsyncSession, sold: Sequence[Sold], *, final_at: datetime | None, now: datetime) -> None:
    """Write what each provider earns by an order, and charge its commission by the rates of today in Japan.

    The transaction names the desk and the providers. It may be paid from `final_at` on; None: when `set_available`
    says so. Posts payable -> commission. Doing it again changes nothing.
    """
    rates, day = await _rates(session), day_in_japan(now)
    charged = {each.provider_id: shares_of(each.parts, rates, each.provider_id, day) for each in sold}
    rows = [_sale(each, charged[each.provider_id], final_at, now) for each in sold]
    if not rows:
        return
    writing = insert(Earning).on_conflict_do_nothing(index_elements=["org_id", "kind", "subject_id"])
    new = set(await session.scalars(writing.returning(Earning.id), rows))
    for row in (row for row in rows if row["id"] in new):
        await _record(session, row, now)
        await _charge(session, row, now)


async def give_back(session: AsyncSession, returned: Returned, *, kind: EarningKind, now: datetime) -> None:
    """Take what was refunded, or lost in a dispute, off a provider's account, with its part of the commission.

    Both parties are named. The commission afterwards is that on what is left (`rules.commission_left`); the difference
    is posted commission -> payable. It may be set off as soon as the sale itself may be paid; at once when that was.
    Doing it again changes nothing. Raises MoreThanWasEarned (409).
    """
    assert kind in (EarningKind.REFUND, EarningKind.DISPUTE_LOST), kind
    await _move(session, returned, kind, -1, now)


async def regain(session: AsyncSession, returned: Returned, *, now: datetime) -> None:
    """Give what was lost in a dispute and won after all to the provider, with its part of the commission.

    Both parties are named. Doing it again changes nothing. Raises MoreThanWasEarned (409).
    """
    await _move(session, returned, EarningKind.DISPUTE_WON, 1, now)


async def hold(session: AsyncSession, provider_ids: Sequence[UUID], order_id: UUID, *, now: datetime) -> None:
    """Pay nothing of an order while a dispute over it is open; the transaction names the desk and the providers.

    What is in a draft already makes that draft one that cannot be approved.
    """
    await _set(session, provider_ids, order_id, now, held=True)


async def release(session: AsyncSession, provider_ids: Sequence[UUID], order_id: UUID, *, now: datetime) -> None:
    """Pay an order's entries again when they are available; the transaction names the desk and the providers."""
    await _set(session, provider_ids, order_id, now, held=False)


async def set_available(
    session: AsyncSession, provider_ids: Sequence[UUID], order_id: UUID, at: datetime, *, now: datetime
) -> None:
    """Say from when an order's entries may be paid, where nobody knew before; desk and providers are named."""
    changed = await session.execute(
        update(Earning)
        .where(Earning.org_id == any_of(provider_ids), Earning.order_id == order_id, Earning.available_at.is_(None))
        .values(available_at=at)
        .returning(Earning.id, Earning.org_id)
        .execution_options(synchronize_session=False)
    )
    owners = {earning_id: org_id for earning_id, org_id in changed}  # noqa: C416 - a Row is not a tuple to the type checker.
    await _tell(session, "earning.available", owners, {"available_at": at.isoformat()}, now)


async def _set(
    session: AsyncSession, provider_ids: Sequence[UUID], order_id: UUID, now: datetime, *, held: bool
) -> None:
    changed = await session.execute(
        update(Earning)
        .where(Earning.org_id == any_of(provider_ids), Earning.order_id == order_id, Earning.held.is_(not held))
        .values(held=held)
        .returning(Earning.id, Earning.org_id)
        .execution_options(synchronize_session=False)
    )
    owners = {earning_id: org_id for earning_id, org_id in changed}  # noqa: C416 - a Row is not a tuple to the type checker.
    await _tell(session, "earning.held" if held else "earning.released", owners, {"held": held}, now)


async def _move(session: AsyncSession, returned: Returned, kind: EarningKind, sign: int, now: datetime) -> None:
    sale = await _locked_sale(session, returned.provider_id, returned.order_id)
    known = select(Earning.id).where(
        Earning.org_id == sale.org_id, Earning.kind == kind, Earning.subject_id == returned.subject_id
    )
    if await session.scalar(known) is not None:
        return
    goods_minor, tax_minor, commission_minor = await _left(session, sale)
    left_minor, left_tax_minor = goods_minor + sign * returned.goods_minor, tax_minor + sign * returned.tax_minor
    if not (0 <= left_minor <= sale.goods_minor and 0 <= left_tax_minor <= sale.tax_minor):
        raise MoreThanWasEarned("More than was sold would move.", goods_minor=goods_minor, tax_minor=tax_minor)
    assert sale.exact_commission is not None, sale.id
    after_minor = commission_left(sale.exact_commission, sale.goods_minor, left_minor)
    row = _entry(
        returned.provider_id, kind, returned.subject_id, sale.currency, now,
        order_id=returned.order_id, goods_minor=sign * returned.goods_minor, tax_minor=sign * returned.tax_minor,
        commission_minor=after_minor - commission_minor, held=sale.held,
        available_at=now if sale.payout_id is not None else sale.available_at,
    )  # fmt: skip
    await session.execute(insert(Earning), [row])
    await _record(session, row, now)
    await _charge(session, row, now)


async def correct(session: AsyncSession, provider_id: UUID, subject_id: UUID, amount: Money, *, now: datetime) -> None:
    """Write money into a provider's account that moved beside any sale; whoever calls posts it. Both are named."""
    row = _entry(
        provider_id, EarningKind.CORRECTION, subject_id, amount.currency, now,
        adjustment_minor=amount.minor, available_at=now,
    )  # fmt: skip
    await session.execute(insert(Earning), [row])
    await _record(session, row, now)


async def _rates(session: AsyncSession) -> list[Rate]:
    found = await session.scalars(select(CommissionRate).where(CommissionRate.org_id == DESK_ID))
    return [
        Rate(
            row.id, row.provider_id, row.registry_code, row.methodology_family, row.basis_points,
            row.valid_from, row.valid_until,
        )
        for row in found
    ]  # fmt: skip


def _sale(sold: Sold, shares: Sequence[Share], final_at: datetime | None, now: datetime) -> dict[str, Any]:
    goods_minor, exact = sum(part.goods_minor for part in sold.parts), exact_commission(shares)
    return _entry(
        sold.provider_id, EarningKind.SALE, sold.order_id, sold.currency, now,
        order_id=sold.order_id, goods_minor=goods_minor, tax_minor=sold.tax_minor,
        commission_minor=commission_left(exact, goods_minor, goods_minor), exact_commission=exact,
        shares=[msgspec.to_builtins(share) for share in shares], available_at=final_at,
    )  # fmt: skip


def _entry(
    provider_id: UUID, kind: EarningKind, subject_id: UUID, currency: str, now: datetime, **more: Any
) -> dict[str, Any]:
    amounts = {name: more.get(f"{name}_minor", 0) for name in ("goods", "tax", "commission", "adjustment")}
    return {
        "org_id": provider_id,
        "id": new_id(),
        "kind": kind,
        "order_id": None,
        "subject_id": subject_id,
        "currency": currency,
        "exact_commission": None,
        "shares": None,
        "held": False,
        "earned_at": now,
        **more,
        **{f"{name}_minor": minor for name, minor in amounts.items()},
        "net_minor": amounts["goods"] + amounts["tax"] - amounts["commission"] + amounts["adjustment"],
    }


async def _locked_sale(session: AsyncSession, provider_id: UUID, order_id: UUID) -> Earning:
    asked = select(Earning).where(
        Earning.org_id == provider_id, Earning.kind == EarningKind.SALE, Earning.subject_id == order_id
    )
    sale = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if sale is None:
        raise MoreThanWasEarned("This provider has earned nothing by the order.", goods_minor=0, tax_minor=0)
    return sale


async def _left(session: AsyncSession, sale: Earning) -> tuple[int, int, int]:
    """What the entries of the sale's order come to by now: goods, tax, commission."""
    asked = select(
        func.sum(Earning.goods_minor), func.sum(Earning.tax_minor), func.sum(Earning.commission_minor)
    ).where(Earning.org_id == sale.org_id, Earning.order_id == sale.order_id, Earning.kind.in_(OF_SALES))
    goods, tax, charged = (await session.execute(asked)).one()
    return int(goods), int(tax), int(charged)


async def _charge(session: AsyncSession, row: dict[str, Any], now: datetime) -> None:
    """Post an entry's commission: to the desk when there is more of it, back to the provider when there is less."""
    minor, owed = row["commission_minor"], payable(row["org_id"])
    if minor:
        await ledger.post(
            session, source=owed if minor > 0 else commission(), target=commission() if minor > 0 else owed,
            amount=Money(abs(minor), row["currency"]), reason="commission" if minor > 0 else "commission_back",
            subject_id=row["id"], counterparty_id=row["org_id"], booked_on=None, now=now,
        )  # fmt: skip


async def _record(session: AsyncSession, row: dict[str, Any], now: datetime) -> None:
    told = {"kind": row["kind"], "net_minor": row["net_minor"], "commission_minor": row["commission_minor"]}
    await events.record_first(
        session, "earning.written", org_id=row["org_id"], subject_kind="earning", told={row["id"]: told},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip


async def _tell(
    session: AsyncSession, what: str, owners: dict[UUID, UUID], after: dict[str, Any], now: datetime
) -> None:
    await events.record_next_of(
        session, what, subject_kind="earning", owners=owners, after=after, before=None, party_ids=(DESK_ID,), now=now
    )

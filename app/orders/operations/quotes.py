"""How is a quote made? Listings that were named, or chosen by criteria; prices and words are locked, nothing is reserved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import events
from app.core.db import AsyncSession
from app.core.money import YEN
from app.core.quantity import priced_per
from app.core.scope import Scope
from app.core.terms import Terms
from app.listings import queries as listings
from app.listings.models import Shown
from app.listings.queries import Criteria, Offer
from app.orders import rules
from app.orders.models import Quote, QuoteLine
from app.orders.operations.refusals import (
    below_minimum,
    budget_too_small,
    listing_gone,
    mixed_units,
    not_a_step,
    not_enough_offered,
    too_large,
)
from app.orders.rules import Candidate, Chosen, Rule


@dataclass(frozen=True, slots=True)
class Named:
    """A line of a listing that was named: exactly one of a quantity, and a budget in minor units with tax."""

    listing_id: UUID
    quantity: int | None
    budget_minor: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be chosen: by which criteria and rule, and exactly one of a quantity and a budget with tax."""

    criteria: Criteria
    rule: Rule
    quantity: int | None
    budget_minor: int | None
    lines_max: int


@dataclass(frozen=True, slots=True)
class _Line:
    shown: Shown
    quantity: int
    why: dict[str, Any]

    @property
    def price_minor(self) -> int:
        return listings.pricing_of(self.shown).at(self.quantity)

    @property
    def goods_minor(self) -> int:
        return listings.pricing_of(self.shown).goods(self.quantity)


async def quote(
    session: AsyncSession,
    scope: Scope,
    quote_id: UUID,
    wanted: Sequence[Named] | Asked,
    *,
    terms: Terms,
    now: datetime,
) -> Quote:
    """Lock today's prices and words for `terms.quote_valid`, or until a listing ends; nothing is reserved.

    Raises ListingGone (409) with the lines' pointers, OrderInvalid (422) for mixed units, too small or uneven lines and
    more than an order may cost, BudgetTooSmall and NotEnoughOffered (409).
    """
    lines = await _lines(session, scope, wanted, terms, now)
    per = priced_per(lines[0].shown.unit)
    priced = [rules.Priced(line.shown.provider_id, line.quantity, line.price_minor, per) for line in lines]
    issuers = rules.by_issuer(priced, terms.tax_basis_points)
    goods, tax = sum(i.goods_minor for i in issuers), sum(i.tax_minor for i in issuers)
    if goods > rules.TOTAL_MAX_MINOR:
        raise too_large()
    ends = [line.shown.ends_at for line in lines if line.shown.ends_at is not None]
    made = Quote(
        org_id=scope.org_id,
        id=quote_id,
        currency=YEN,
        unit=lines[0].shown.unit,
        quantity=sum(line.quantity for line in lines),
        goods_minor=goods,
        tax_minor=tax,
        total_minor=goods + tax,
        created_at=now,
        expires_at=min([now + terms.quote_valid, *ends]),
        order_id=None,
        storefront_id=scope.storefront_id if scope.actor_kind == "storefront" else None,
        asked=_written(wanted) if isinstance(wanted, Asked) else None,
    )
    session.add(made)
    await session.flush()
    session.add_all(_quote_line(made, n, line) for n, line in enumerate(lines, start=1))
    await events.record(
        session,
        "quote.created",
        org_id=scope.org_id,
        subject_kind="quote",
        subject_id=quote_id,
        after={"total_minor": made.total_minor, "quantity": made.quantity},
        now=now,
    )
    return made


async def _lines(
    session: AsyncSession, scope: Scope, wanted: Sequence[Named] | Asked, terms: Terms, now: datetime
) -> list[_Line]:
    if isinstance(wanted, Asked):
        return await _chosen(session, scope, wanted, terms, now)
    return await _named(session, scope, wanted, terms, now)


async def _named(
    session: AsyncSession, scope: Scope, wanted: Sequence[Named], terms: Terms, now: datetime
) -> list[_Line]:
    """The lines of listings that were named, in their order."""
    shown = await listings.seen_by(session, scope, [line.listing_id for line in wanted], now=now)
    gone = [n for n, line in enumerate(wanted) if line.listing_id not in shown]
    if gone:
        raise listing_gone(gone)
    chosen = [(shown[line.listing_id], line) for line in wanted]
    if len({each.unit for each, _ in chosen}) > 1:
        raise mixed_units()
    asked = [(n, each, line.quantity) for n, (each, line) in enumerate(chosen) if line.quantity is not None]
    small = [(n, each.min_quantity) for n, each, quantity in asked if quantity < each.min_quantity]
    if small:
        raise below_minimum(small)
    uneven = [(n, each.quantity_step) for n, each, quantity in asked if quantity % each.quantity_step]
    if uneven:
        raise not_a_step(uneven)
    free = await _free_for(session, chosen)
    return _within_budgets(chosen, free, terms.tax_basis_points)


async def _free_for(session: AsyncSession, chosen: Sequence[tuple[Shown, Named]]) -> Mapping[UUID, int]:
    """What is free of the listings that are bought for a budget, by lot."""
    lot_ids = [shown.lot_id for shown, line in chosen if line.budget_minor is not None]
    return await listings.availability(session, lot_ids) if lot_ids else {}


def _within_budgets(
    chosen: Sequence[tuple[Shown, Named]], free: Mapping[UUID, int], tax_basis_points: int
) -> list[_Line]:
    """Each line as it was asked for; one with a budget is the largest that adds no more than it to the total."""
    lines: list[_Line] = []
    goods: dict[UUID, int] = {}
    for n, (shown, line) in enumerate(chosen):
        quantity, why = line.quantity, {"rule": "asked", "limited_by": "quantity"}
        if quantity is None:
            assert line.budget_minor is not None, "A line has a quantity or a budget."
            candidate = _candidate(Offer(shown, free.get(shown.lot_id, 0)))
            before = goods.get(shown.provider_id, 0)
            quantity = rules.largest_within(
                candidate, line.budget_minor, goods_before_minor=before, tax_basis_points=tax_basis_points
            )
            if not quantity:
                raise budget_too_small([f"/lines/{n}/budget"])
            limited_by = "stock" if quantity == candidate.most(rules.LINE_QUANTITY_MAX) else "budget"
            why = {"rule": "asked", "limited_by": limited_by}
        taken = _Line(shown, quantity, why)
        goods[shown.provider_id] = goods.get(shown.provider_id, 0) + taken.goods_minor
        lines.append(taken)
    return lines


async def _chosen(session: AsyncSession, scope: Scope, wanted: Asked, terms: Terms, now: datetime) -> list[_Line]:
    """The lines that the criteria and the rule come to."""
    offers = await listings.candidates(session, scope, wanted.criteria, now=now)
    shown = {offer.listing.listing_id: offer.listing for offer in offers}
    candidates = [_candidate(offer) for offer in offers]
    how = {"lines_max": wanted.lines_max, "tax_basis_points": terms.tax_basis_points}
    if wanted.quantity is not None:
        found = rules.choose_quantity(candidates, wanted.rule, wanted.quantity, **how)
        offered = sum(line.quantity for line in found)
        if offered < wanted.quantity:
            raise not_enough_offered(wanted.quantity, offered)
    else:
        assert wanted.budget_minor is not None, "A quantity or a budget is given."
        found = rules.choose_within_budget(candidates, wanted.rule, wanted.budget_minor, **how)
        if not found:
            raise budget_too_small(["/budget"])
    return [
        _Line(shown[line.candidate.listing_id], line.quantity, _why(line, wanted.rule, len(offers))) for line in found
    ]


def _candidate(offer: Offer) -> Candidate:
    shown = offer.listing
    return Candidate(
        listing_id=shown.listing_id,
        provider_id=shown.provider_id,
        project_id=shown.project_id,
        pricing=listings.pricing_of(shown),
        min_quantity=shown.min_quantity,
        quantity_step=shown.quantity_step,
        available=offer.available,
    )


def _why(line: Chosen, rule: Rule, considered: int) -> dict[str, Any]:
    return {"rule": rule, "limited_by": line.limited_by, "rank": line.rank, "considered": considered}


def _written(asked: Asked) -> dict[str, Any]:
    return {
        "choose": asked.rule,
        "quantity": asked.quantity,
        "budget_minor": asked.budget_minor,
        "lines_max": asked.lines_max,
        "criteria": asked.criteria.named(),
    }


def _quote_line(quote: Quote, n: int, line: _Line) -> QuoteLine:
    shown = line.shown
    tier_from = listings.pricing_of(shown).tier_from(line.quantity)
    return QuoteLine(
        org_id=quote.org_id,
        quote_id=quote.id,
        n=n,
        provider_id=shown.provider_id,
        listing_id=shown.listing_id,
        lot_id=shown.lot_id,
        quantity=line.quantity,
        price_minor=line.price_minor,
        goods_minor=line.goods_minor,
        price_version=shown.price_version,
        terms_version=shown.terms_version,
        why=line.why | {"tier_from": tier_from},
    )

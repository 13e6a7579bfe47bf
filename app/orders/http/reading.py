"""How does a body become what the flows take? Ids are read, contradictions refused with the field's pointer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.catalog.rules import units_per_serial
from app.core.db import Database
from app.core.errors import FieldError
from app.core.ids import public_id, read_public_id
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.listings.queries import Criteria, seen_by
from app.orders import queries
from app.orders.errors import OrderInvalid, QuoteNotFound
from app.orders.flow import Placing
from app.orders.operations import Asked, Named
from app.orders.operations.refusals import listing_gone
from app.orders.rules import Rule
from app.orders.schemas import CriteriaIn, LineIn, OrderIn, QuoteIn, QuoteLineIn, RetireIn
from app.retirements.queries import project_places, rules_of
from app.retirements.rules import ToRetire, Wish, check, check_energy
from integrations.documents.glyphs import unprintable


def read_lines(lines: Sequence[LineIn | QuoteLineIn]) -> list[UUID]:
    """The listing of each line. Raises ListingGone (409) for what is no id, OrderInvalid (422) when one stands twice."""
    read = [read_public_id("lst", line.listing_id) for line in lines]
    gone = [n for n, listing_id in enumerate(read) if listing_id is None]
    if gone:
        raise listing_gone(gone)
    known = [listing_id for listing_id in read if listing_id is not None]
    twice = [n for n, listing_id in enumerate(known) if listing_id in known[:n]]
    if twice:
        errors = tuple(FieldError(f"/lines/{n}/listing_id", "repeated", "Put it on one line.") for n in twice)
        raise OrderInvalid("A listing stands on several lines.", errors=errors)
    return known


def read_quote(data: QuoteIn) -> list[Named] | Asked:
    """What is to be quoted. Raises OrderInvalid (422), ListingGone (409)."""
    if (data.lines is None) == (data.criteria is None):
        raise _one_of("/lines", "Send exactly one of lines and criteria.")
    amounts = (data.quantity, data.budget)
    if data.lines is not None:
        if amounts != (None, None):
            raise _one_of("/quantity", "Lines have quantities and budgets of their own.")
        for n, line in enumerate(data.lines):
            if (line.quantity is None) == (line.budget is None):
                raise _one_of(f"/lines/{n}/quantity", "Send exactly one of quantity and budget.")
        ids = read_lines(data.lines)
        return [
            Named(listing_id, line.quantity, None if line.budget is None else line.budget.amount)
            for listing_id, line in zip(ids, data.lines, strict=True)
        ]
    if (data.quantity is None) == (data.budget is None):
        raise _one_of("/quantity", "Send exactly one of quantity and budget.")
    assert data.criteria is not None, "One of the two was given."
    budget_minor = None if data.budget is None else data.budget.amount
    return Asked(_criteria(data.criteria), Rule(data.choose), data.quantity, budget_minor, data.max_lines)


def _criteria(asked: CriteriaIn) -> Criteria:
    return Criteria(
        unit=asked.unit,
        registry=asked.registry,
        methodology=asked.methodology,
        region=asked.region,
        vintage_from=asked.vintage_from,
        vintage_to=asked.vintage_to,
        price_max_minor=asked.price_max,
    )


def _one_of(pointer: str, detail: str) -> OrderInvalid:
    return OrderInvalid(
        "The request says two things at once, or nothing.", errors=(FieldError(pointer, "one_of", detail),)
    )


async def read_placing(data: OrderIn, scope: Scope, db: Database, *, now: datetime) -> Placing:
    """What is to be placed. Raises OrderInvalid (422), ListingGone (409), QuoteNotFound (404)."""
    if (data.quote_id is None) == (data.lines is None):
        error = FieldError("/quote_id", "one_of", "Send exactly one of quote_id and lines.")
        raise OrderInvalid("Order from a quote, or give the lines.", errors=(error,))
    lines = data.lines or ()
    # Capitals are read too; answers know one spelling.
    listings = tuple(
        (listing_id, public_id("lst", listing_id), line.quantity)
        for listing_id, line in zip(read_lines(lines), lines, strict=True)
    )
    expected = tuple(None if line.expected_price is None else line.expected_price.amount for line in lines)
    quote_id = None if data.quote_id is None else read_public_id("qte", data.quote_id)
    if data.quote_id is not None and quote_id is None:
        raise QuoteNotFound("You have no quote with this id.")
    if scope.providers is not None and listings:
        async with db.transaction(scope) as session:
            shown = await seen_by(session, scope, [listing_id for listing_id, _, _ in listings], now=now)
        if hidden := [n for n, (listing_id, _, _) in enumerate(listings) if listing_id not in shown]:
            raise listing_gone(hidden)
    retire = None
    if data.retire is not None:
        await check_wish(data.retire, quote_id, listings, scope, db, now)
        retire = msgspec.to_builtins(data.retire)
    return Placing(quote_id, listings, expected, retire)


async def check_wish(
    retire: RetireIn,
    quote_id: UUID | None,
    listings: Sequence[tuple[UUID, str, int]],
    scope: Scope,
    db: Database,
    now: datetime,
) -> None:
    """Hold the invalidation's text to the rules of every registry in the order. Raises OrderInvalid (422)."""
    owner = () if scope.storefront_org_id is None else (scope.storefront_org_id,)
    async with db.transaction(scope.with_party(*owner)) as session:  # The quote may be the storefront's.
        if quote_id is not None:
            _, lines = await queries.quote_of(session, scope, quote_id)
            wanted = [(line.listing_id, line.quantity) for line in lines]
        else:
            wanted = [(listing_id, quantity) for listing_id, _, quantity in listings]
        offered = await seen_by(session, scope, [listing_id for listing_id, _ in wanted], now=now)
        rules = {code: await rules_of(session, code) for code in {shown.registry_code for shown in offered.values()}}
        places = {
            project: await project_places(session, project)
            for project in {shown.project_id for shown in offered.values()}
        }
    wish = msgspec.convert(msgspec.to_builtins(retire), Wish)
    unshown = unprintable(wish.beneficiary_name + wish.purpose_detail)
    found: dict[tuple[str, str], FieldError] = {}
    for listing_id, quantity in wanted:
        if listing_id in offered:
            shown, today = offered[listing_id], day_in_japan(now)
            code = shown.registry_code
            retiring = ToRetire(code, quantity, units_per_serial(code), shown.vintage_from, shown.vintage_to)
            wrong = check(
                wish,
                rules=rules[code],
                unit=shown.unit,
                quantity=quantity,
                on=today,
                unprintable=unshown,
                made_in=places[shown.project_id],
            )
            for error in (*wrong, *check_energy(wish, retiring, rules[code].consumption.value)):
                pointer = "/retire" + error.pointer
                found[pointer, error.code] = FieldError(pointer, error.code, error.detail)
    if found:
        raise OrderInvalid("The invalidation cannot be asked for like this.", errors=tuple(found.values()))

"""How does a body become what the flows take? Ids are read, contradictions refused with the field's pointer."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.core.db import Database
from app.core.errors import FieldError
from app.core.ids import public_id, read_public_id
from app.core.scope import Scope
from app.orders import queries
from app.orders.errors import OrderInvalid, QuoteNotFound
from app.orders.flow import Placing
from app.orders.operations import listing_gone
from app.orders.schemas import LineIn, OrderIn, RetireIn
from app.retirements.rules import Wish, check
from integrations.documents.glyphs import unprintable


def read_lines(lines: Sequence[LineIn]) -> tuple[tuple[UUID, str, int], ...]:
    """(listing, its public id, quantity) per line. Raises OrderInvalid (422) when a listing stands twice."""
    read = [(read_public_id("lst", line.listing_id), line.quantity) for line in lines]
    gone = [n for n, (listing_id, _) in enumerate(read) if listing_id is None]
    if gone:
        raise listing_gone(gone)
    # Capitals are read too; answers know one spelling.
    known = [(found, public_id("lst", found), quantity) for found, quantity in read if found is not None]
    before: list[set[UUID]] = [{line[0] for line in known[:n]} for n in range(len(known))]
    twice = [n for n, line in enumerate(known) if line[0] in before[n]]
    if twice:
        errors = tuple(FieldError(f"/lines/{n}/listing_id", "repeated", "Put it on one line.") for n in twice)
        raise OrderInvalid("A listing stands on several lines.", errors=errors)
    return tuple((listing_id, public_id("lst", listing_id), quantity) for listing_id, _, quantity in known)


async def read_placing(data: OrderIn, scope: Scope, db: Database, *, today: date) -> Placing:
    """What is to be placed. Raises OrderInvalid (422), ListingGone (409), QuoteNotFound (404)."""
    if (data.quote_id is None) == (data.lines is None):
        error = FieldError("/quote_id", "one_of", "Send exactly one of quote_id and lines.")
        raise OrderInvalid("Order from a quote, or give the lines.", errors=(error,))
    listings = read_lines(data.lines or ())
    quote_id = None if data.quote_id is None else read_public_id("qte", data.quote_id)
    if data.quote_id is not None and quote_id is None:
        raise QuoteNotFound("You have no quote with this id.")
    if scope.providers is not None and listings:
        async with db.transaction(scope) as session:
            hidden = await queries.not_shown(session, scope, [listing_id for listing_id, _, _ in listings])
        if hidden:
            raise listing_gone(hidden)
    retire = None
    if data.retire is not None:
        await _check_wish(data.retire, quote_id, listings, scope, db, today)
        retire = msgspec.to_builtins(data.retire)
    return Placing(quote_id, listings, retire)


async def _check_wish(
    retire: RetireIn,
    quote_id: UUID | None,
    listings: Sequence[tuple[UUID, str, int]],
    scope: Scope,
    db: Database,
    today: date,
) -> None:
    """Hold the invalidation's text to the rules of every registry in the order. Raises OrderInvalid (422)."""
    owner = () if scope.storefront_org_id is None else (scope.storefront_org_id,)
    async with db.transaction(scope.with_party(*owner)) as session:  # The quote may be the storefront's.
        if quote_id is not None:
            _, lines = await queries.quote_of(session, scope, quote_id)
            wanted = [(line.listing_id, line.quantity) for line in lines]
        else:
            wanted = [(listing_id, quantity) for listing_id, _, quantity in listings]
        offered = await queries.registries_offered(session, [listing_id for listing_id, _ in wanted])
    wish = msgspec.convert(msgspec.to_builtins(retire), Wish)
    unshown = unprintable(wish.beneficiary_name + wish.purpose_detail)
    found: dict[tuple[str, str], FieldError] = {}
    for listing_id, quantity in wanted:
        if listing_id in offered:
            registry_code, unit = offered[listing_id]
            for error in check(
                wish, registry_code=registry_code, unit=unit, quantity=quantity, on=today, unprintable=unshown
            ):
                pointer = "/retire" + error.pointer
                found[pointer, error.code] = FieldError(pointer, error.code, error.detail)
    if found:
        raise OrderInvalid("The invalidation cannot be asked for like this.", errors=tuple(found.values()))

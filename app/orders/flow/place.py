"""How is an order placed? One statement on the driver's connection: key, stock, order, payment, event, job, answer.

The one listed exception to `db.transaction(scope)`: `place_order` (../place.sql) is a whole transaction that names its own
parties first. Measured, a session around the same statement halves the rate.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.core.db import Database
from app.core.errors import AppError, Forbidden, Unauthenticated
from app.core.idempotency import KeyedRequest, StillRunning, StoredAnswer, key_reused, stored_answer
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.core.turnstiles import Turnstiles
from app.orders import rules
from app.orders.errors import (
    NotEnoughCredits,
    QuoteExpired,
    QuoteNotFound,
    QuoteUsed,
    UnpaidCapReached,
)
from app.orders.operations.refusals import (
    below_minimum,
    listing_gone,
    mixed_units,
    not_a_step,
    price_changed,
    too_large,
)
from app.payments.rules import new_reference

TRIES = 3
REFERENCE_RANGE = 10**10
_RAISED = {"OD001": "short", "OD002": "over_cap"}
"""Refusals that are found under the last locks, when all has been written: raising them undoes it."""
_LISTING_KEY = "fk_order_line_provider_id_listing_id"
_ARGUMENTS = 32
_PLACE = f"select * from place_order({', '.join(f'${n}' for n in range(1, _ARGUMENTS + 1))})"


@dataclass(frozen=True, slots=True)
class Placing:
    """What is ordered: a quote, or listings with quantities; and the invalidation that follows payment."""

    quote_id: UUID | None
    listings: tuple[tuple[UUID, str, int], ...]
    """(id, the same as answers write it, quantity) for each line; empty with a quote."""
    expected: tuple[int | None, ...]
    """The price of one unit in minor units that each line is ordered at, and at no other; empty with a quote."""
    retire: dict[str, Any] | None


async def place(
    db: Database,
    turnstiles: Turnstiles,
    scope: Scope,
    keyed: KeyedRequest,
    placing: Placing,
    *,
    terms: Terms,
    now: datetime,
) -> tuple[StoredAnswer, bool]:
    """Reserve the tonnes and open the order; the answer, and whether it was given before.

    Raises KeyReused (422), StillRunning (409), Unauthenticated (401) when the key was revoked meanwhile, and the
    refusals of `_refusal`: they have written nothing.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            async with turnstiles.through(_hottest(placing)), db.driver() as connection:
                row = await connection.fetchrow(_PLACE, *_arguments(scope, keyed, placing, terms, now))
        except asyncpg.PostgresError as error:
            if _passes(error, tries_left):
                continue
            if error.sqlstate not in _RAISED:
                raise
            raise _refusal(_RAISED[error.sqlstate], msgspec.json.decode(error.detail)) from None
        assert row is not None, "place_order always answers."
        match row["outcome"]:
            case "placed" | "stored":
                answer = stored_answer(row["status"], row["body"], row["location"])
                return answer, row["outcome"] == "stored"
            case "other_request":
                raise key_reused()
            case "in_progress":
                raise StillRunning("Ask again in a moment.", retry_after_s=1)
            case outcome:
                raise _refusal(outcome, msgspec.json.decode(row["facts"]) if row["facts"] else None)
    raise StillRunning("Ask again in a moment.", retry_after_s=1)


def _passes(error: asyncpg.PostgresError, tries_left: int) -> bool:
    """Whether all was undone for something that will have passed when the order is placed again."""
    match error:
        case asyncpg.UniqueViolationError():  # The same key was faster, or a reference was drawn twice.
            return error.constraint_name in ("pk_idempotency", "uq_payment_reference")
        # Listings are never deleted. Seen once on PostgreSQL 18.6: while many locked and changed a listing's row, the check
        # of the key did not find it. Such races of the server's have been mended before; if it is no race, it is told.
        case asyncpg.ForeignKeyViolationError():
            return error.constraint_name == _LISTING_KEY and tries_left > 0
        case asyncpg.SerializationError() | asyncpg.DeadlockDetectedError():
            return True
    return False


def _hottest(placing: Placing) -> UUID:
    """The row at whose turnstile an order waits: its first listing's, or its quote's own."""
    if placing.listings:
        return placing.listings[0][0]
    assert placing.quote_id is not None, "An order has lines or a quote."
    return placing.quote_id


def _arguments(scope: Scope, keyed: KeyedRequest, placing: Placing, terms: Terms, now: datetime) -> Sequence[object]:
    order_id = new_id()
    deadline = now + terms.payment_deadline
    retire = None if placing.retire is None else msgspec.json.encode(placing.retire).decode()
    return (
        scope.org_id, DESK_ID, scope.actor_kind, scope.actor_id, scope.credential or None, scope.request_id,
        keyed.key, keyed.fingerprint, terms.idempotency_lease,
        order_id, public_id("ord", order_id), new_id(), new_reference(secrets.randbelow(REFERENCE_RANGE)), new_id(), new_id(),
        placing.quote_id, [line[0] for line in placing.listings], [line[1] for line in placing.listings],
        [line[2] for line in placing.listings], list(placing.expected), list(scope.answers_to), new_id(), retire, terms.tax_basis_points, terms.unpaid_cap, rules.TOTAL_MAX_MINOR,
        now, _written(now), deadline, _written(deadline), scope.storefront_id, scope.storefront_org_id,
    )  # fmt: skip


def _written(moment: datetime) -> str:
    """A moment as every other answer writes it."""
    return msgspec.json.encode(moment).decode().strip('"')


def _refusal(outcome: str, facts: Any) -> AppError:
    """What the function refused, in words for the buyer."""
    return _REFUSALS[outcome](facts)


_REFUSALS: dict[str, Callable[[Any], AppError]] = {
    "revoked": lambda _: Unauthenticated("This API key was revoked."),
    "no_quote": lambda _: QuoteNotFound("You have no quote with this id."),
    "quote_used": lambda _: QuoteUsed("Ask for a new quote."),
    "quote_expired": lambda _: QuoteExpired("Ask for a new quote."),
    "listing_gone": listing_gone,
    "mixed_units": lambda _: mixed_units(),
    "own_listing": lambda _: Forbidden("An organisation cannot buy what it offers itself."),
    "below_minimum": lambda facts: below_minimum([(fact["line"], fact["min_quantity"]) for fact in facts]),
    "not_a_step": lambda facts: not_a_step([(fact["line"], fact["quantity_step"]) for fact in facts]),
    "price_changed": lambda facts: price_changed([(fact["line"], fact["price_minor"]) for fact in facts]),
    "too_large": lambda _: too_large(),
    "over_cap": lambda facts: UnpaidCapReached(
        "Pay or cancel an order first.", unpaid=facts["unpaid"], cap=facts["cap"]
    ),
    "short": lambda facts: NotEnoughCredits("Order less, or choose other listings.", lines=facts),
}

"""How are refusals of quotes and orders worded? Each points at the lines that it is about."""

from collections.abc import Sequence

from app.core.errors import FieldError
from app.core.money import YEN
from app.orders import rules
from app.orders.errors import BudgetTooSmall, ListingGone, NotEnoughOffered, OrderInvalid, PriceChanged


def listing_gone(lines: Sequence[int]) -> ListingGone:
    """The refusal that points at the lines whose listing is not open, or not offered to this buyer."""
    errors = tuple(FieldError(f"/lines/{n}/listing_id", "listing_gone", "This listing is not open.") for n in lines)
    return ListingGone("Leave out the lines in `errors`, or choose other listings.", errors=errors)


def below_minimum(lines: Sequence[tuple[int, int]]) -> OrderInvalid:
    """The refusal that points at the lines below their listing's smallest order."""
    errors = tuple(
        FieldError(f"/lines/{n}/quantity", "below_minimum", f"The smallest order of this listing is {minimum}.")
        for n, minimum in lines
    )
    return OrderInvalid("Some lines are smaller than their listing allows.", errors=errors)


def not_a_step(lines: Sequence[tuple[int, int]]) -> OrderInvalid:
    """The refusal that points at the lines that are no multiple of their listing's step."""
    errors = tuple(
        FieldError(f"/lines/{n}/quantity", "not_a_step", f"This listing is sold in multiples of {step}.")
        for n, step in lines
    )
    return OrderInvalid("Some lines are not in their listing's steps.", errors=errors)


def price_changed(lines: Sequence[tuple[int, int]]) -> PriceChanged:
    """The refusal that names the price of each line that is another than the one expected, in minor units of yen."""
    errors = tuple(
        FieldError(f"/lines/{n}/expected_price", "price_changed", f"The price is {price_minor} yen now.")
        for n, price_minor in lines
    )
    told = [{"line": n, "price": {"amount": price_minor, "currency": YEN}} for n, price_minor in lines]
    return PriceChanged("Look at the prices in `lines`, and order again if they suit you.", errors=errors, lines=told)


def mixed_units() -> OrderInvalid:
    """The refusal of an order in several units."""
    error = FieldError("/lines", "mixed_units", "One order is in one unit.")
    return OrderInvalid("Order credits in different units separately.", errors=(error,))


def too_large() -> OrderInvalid:
    """The refusal of an order that nobody can mean."""
    error = FieldError("/lines", "too_large", f"At most {rules.TOTAL_MAX_MINOR} yen in one order.")
    return OrderInvalid("The order is too large.", errors=(error,))


def budget_too_small(pointers: Sequence[str]) -> BudgetTooSmall:
    """The refusal of budgets that buy nothing of what was asked for."""
    errors = tuple(
        FieldError(at, "budget_too_small", "The smallest order costs more, or none is left.") for at in pointers
    )
    return BudgetTooSmall("Not even the smallest order can be had for this.", errors=errors)


def not_enough_offered(asked: int, offered: int) -> NotEnoughOffered:
    """The refusal of a quantity that cannot be put together; it names what can."""
    return NotEnoughOffered(
        "Ask for less, for more lines, or by wider criteria.",
        quantity=asked,
        available=offered,
        missing=asked - offered,
    )

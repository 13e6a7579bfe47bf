"""What is given back of an invoice, in one step or in many, so that all of it together is what was invoiced? Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from app.core.quantity import goods_minor
from app.invoices.errors import NothingToInvoice, ReturnedTooMuch
from app.invoices.rules.issuers import Issuer
from app.invoices.rules.kinds import Line
from app.invoices.rules.totals import Composed, RateTotal, goods_by_group, tax_on

Counts = Mapping[tuple[UUID, int], int]
"""Units per line, by the line's key."""
RETURN_NOT_OWED_BELOW_MINOR: Final = 10_000
"""Less than 10,000 yen with tax needs no return invoice (消費税法施行令, article 70-9, paragraph 3, item 2). We issue it all
the same: the buyer's book wants a paper for every yen that came back."""


def compose_return(original: Composed, before: Counts, returning: Counts, *, desk: Issuer) -> Composed:
    """The return of `returning` units of the original's lines, of which `before` were returned already.

    Each amount is what the rest was worth before less what the rest is worth after it, with the tax of either rounded
    down: a yen never goes missing between steps, and when all is returned, all that was invoiced is. A step's tax is
    its exact tax rounded down or up; the law leaves the direction to the issuer (消費税法基本通達 1-8-15).
    Lines keep the day of the original supply, which a return invoice must name (消費税法, article 57-4, paragraph 3).

    Raises NothingToInvoice when no unit is returned, ReturnedTooMuch when more would be than there are left.
    """
    lines = {line.key: line for line in original.lines}
    for key, count in returning.items():
        left = lines[key].quantity - before.get(key, 0) if key in lines else 0
        if not 0 <= count <= left:
            raise ReturnedTooMuch(f"Of line {key[1]} of order {key[0]} {left} units are left.", n=key[1], left=left)
    if not any(returning.values()):
        raise NothingToInvoice("There is nothing to return.")
    rest_before = [_rest(line, before.get(line.key, 0)) for line in original.lines]
    rest_after = [_rest(line, before.get(line.key, 0) + returning.get(line.key, 0)) for line in original.lines]
    returned = tuple(
        replace(old, quantity=old.quantity - new.quantity, goods_minor=old.goods_minor - new.goods_minor)
        for old, new in zip(rest_before, rest_after, strict=True)
        if old.quantity > new.quantity
    )
    old_goods, new_goods = (goods_by_group(original.mode, rest, desk.org_id) for rest in (rest_before, rest_after))
    touched = goods_by_group(original.mode, returned, desk.org_id)
    totals = tuple(
        RateTotal(*group, goods, tax_on(old_goods[group], group[1]) - tax_on(new_goods[group], group[1]))
        for group, goods in touched.items()
    )
    return Composed(original.mode, returned, totals, (0,) * len(totals))


def compose_kept(original: Composed, returned: Counts, *, desk: Issuer) -> Composed:
    """What is left of an invoice when `returned` units of its lines were given back, taxed as the invoice was.

    It comes to the invoice's total less those of its returns. Raises NothingToInvoice when nothing is left.
    """
    rest = [_rest(line, returned.get(line.key, 0)) for line in original.lines]
    kept = tuple(line for line in rest if line.quantity > 0)
    if not kept:
        raise NothingToInvoice("Everything was returned.")
    goods = goods_by_group(original.mode, kept, desk.org_id)
    totals = tuple(RateTotal(*group, minor, tax_on(minor, group[1])) for group, minor in goods.items())
    return Composed(original.mode, kept, totals, (0,) * len(totals))


def _rest(line: Line, returned: int) -> Line:
    """What is left of a line, at its price; a fraction of a yen stays with the rest until all is returned."""
    left = line.quantity - returned
    return replace(line, quantity=left, goods_minor=goods_minor(left, line.price_minor, line.price_per))

"""How does a buyer's text become a draft, and a draft frozen? Both times every rule is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.period import day_in_japan
from app.core.scope import Scope
from app.inventory import queries as stock
from app.retirements import queries
from app.retirements.errors import RetirementInvalid
from app.retirements.models import Retirement
from app.retirements.operations.moves import refuse_unless, wish_of
from app.retirements.operations.requests import request, sign_off
from app.retirements.rules import RetirementStatus, ToRetire, Wish, check, check_energy


@dataclass(frozen=True, slots=True)
class Draft:
    """What a buyer asks for: so many units of a holding, with these words, under this reference of ours."""

    retirement_id: UUID
    reference: str
    holding_id: UUID
    wish: Wish
    quantity: int


async def draft(
    session: AsyncSession, scope: Scope, wanted: Draft, *, unprintable: Collection[str], now: datetime
) -> Retirement:
    """Set the serials aside and write the draft down. The transaction names the holding's provider.

    Raises HoldingNotFound (404), NotEnoughHeld (409), RetirementInvalid (422) with every wrong field.
    """
    holding = await stock.holding_of(session, scope, wanted.holding_id)
    lot = (await stock.lots_of_holdings(session, [holding]))[holding.lot_id]
    rules = await queries.rules_of(session, lot.registry_code)
    wrong = check(
        wanted.wish,
        rules=rules,
        unit=holding.unit,
        quantity=wanted.quantity,
        on=day_in_japan(now),
        unprintable=unprintable,
        made_in=await queries.project_places(session, lot.project_id),
    )
    asked = ToRetire(lot.registry_code, wanted.quantity, lot.units_per_serial, lot.vintage_from, lot.vintage_to)
    _refuse((*wrong, *check_energy(wanted.wish, asked, rules.consumption.value)))
    return await request(
        session,
        retirement_id=wanted.retirement_id,
        reference=wanted.reference,
        holding=holding,
        registry_code=lot.registry_code,
        wish=wanted.wish,
        quantity=wanted.quantity,
        requested_by=scope.actor_id,
        signed_off=False,
        now=now,
    )


async def sign_off_draft(
    session: AsyncSession, scope: Scope, retirement: Retirement, *, typed_quantity: int, now: datetime
) -> None:
    """Freeze and queue a locked draft when its quantity was typed again correctly and its words may still stand.

    Time has passed since the draft: its fiscal year may be over. What `check_energy` asked, no day changes. Raises InvalidState (409), RetirementInvalid (422).
    """
    refuse_unless(retirement, RetirementStatus.SIGNED_OFF)
    wrong = check(
        wish_of(retirement),
        rules=await queries.rules_of(session, retirement.registry_code),
        unit=retirement.unit,
        quantity=retirement.quantity,
        on=day_in_japan(now),
        unprintable=(),  # The draft's texts were asked for; fonts only grow.
    )
    if typed_quantity != retirement.quantity:
        differs = FieldError("/quantity", "differs", "This is not the quantity of the retirement.")
        wrong = (differs, *wrong)
    _refuse(wrong)
    await sign_off(session, retirement, signed_off_by=scope.actor_id, now=now)


def _refuse(wrong: tuple[FieldError, ...]) -> None:
    if wrong:
        raise RetirementInvalid("Nothing was sent; correct what `errors` point at.", errors=wrong)

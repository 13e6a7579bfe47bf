"""How is a retirement asked for, signed off and taken back, within one transaction?"""

from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.core import outbox
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.period import day_in_japan
from app.core.quantity import ENERGY_UNITS
from app.inventory import operations as inventory
from app.inventory import queries as stock
from app.inventory.models import Holding
from app.retirements import queries
from app.retirements.models import Retirement
from app.retirements.operations.agreements import write_mandate
from app.retirements.operations.holds import WAITING, send_when_final
from app.retirements.operations.moves import move, refuse_unless, tell
from app.retirements.operations.tasks import cancel_task
from app.retirements.rules import (
    Energy,
    EnergyRetired,
    RetirementStatus,
    TaskStatus,
    Wish,
    energy_of_part,
    may_be_canceled,
    shown_status,
)


async def request(
    session: AsyncSession,
    *,
    retirement_id: UUID,
    reference: str,
    holding: Holding,
    registry_code: str,
    wish: Wish,
    quantity: int,
    requested_by: UUID,
    signed_off: bool,
    now: datetime,
) -> Retirement:
    """Set serials of a holding aside and write down what is to stand in the registry: a draft, or queued at once.

    The wish was checked before. `quantity` is in the holding's unit. With `signed_off` the person who asks has signed
    off too, as with an order. The transaction names the owner and the provider. Raises HoldingNotFound (404) and
    NotEnoughHeld (409).
    """
    await inventory.start_retiring(
        session,
        owner_id=holding.org_id,
        provider_id=holding.provider_id,
        holding_id=holding.id,
        retirement_id=retirement_id,
        quantity=quantity,
    )
    rules = await queries.rules_of(session, registry_code)
    made = _draft(retirement_id, reference, holding, registry_code, wish, quantity)
    made.energy = await _attribute(session, holding, wish)
    rule, energy = rules.purpose(wish.purpose), await _energy(session, holding, quantity, day_in_japan(now))
    made.purpose_word = None if rule is None else rule.word
    made.power_kwh, made.heat_mj = energy.power_kwh, energy.heat_mj
    made.requested_by, made.requested_at = requested_by, now
    made.not_before, made.disputed_at = holding.final_at, holding.blocked_at
    session.add(made)
    await session.flush()
    await tell(session, made, "requested", before=None, now=now, **_words(made))
    if signed_off:
        await sign_off(session, made, signed_off_by=requested_by, now=now)
    return made


async def sign_off(session: AsyncSession, retirement: Retirement, *, signed_off_by: UUID, now: datetime) -> None:
    """Freeze the text of a locked draft and queue it: from here on nobody writes its words again.

    Signing off is the buyer's mandate (委任) to the provider, and is written down as one.

    Raises InvalidState (409) naming the state that was found.
    """
    refuse_unless(retirement, RetirementStatus.SIGNED_OFF)
    retirement.signed_off_by, retirement.signed_off_at = signed_off_by, now
    mandate = await write_mandate(session, retirement, given_by=signed_off_by, now=now)
    await move(session, retirement, RetirementStatus.SIGNED_OFF, now=now, mandate=mandate.text_version)
    await move(session, retirement, RetirementStatus.QUEUED, now=now)
    send_when_final(session, retirement, now=now)


async def cancel(session: AsyncSession, retirement: Retirement, *, now: datetime) -> None:
    """The buyer takes a locked retirement back before anything was sent or done: its serials are held again.

    Raises InvalidState (409) naming the state that was found.
    """
    if not may_be_canceled(retirement.status):
        found = shown_status(retirement.status, retirement.reconciled_as_of)
        raise InvalidState(f"The retirement is {found}: it can no longer be taken back.", state=found)
    task = await queries.task_of_retirement(session, retirement)
    if task is not None:
        if task.status == TaskStatus.CHECKED:
            # The second person has said go: somebody may be typing it into the registry at this moment.
            raise InvalidState("The provider is carrying it out: it can no longer be taken back.", state=task.status)
        await cancel_task(session, task, now=now)
    await inventory.return_to_holding(
        session, owner_id=retirement.org_id, provider_id=retirement.provider_id, retirement_id=retirement.id
    )
    await move(session, retirement, RetirementStatus.CANCELED, now=now)


async def cancel_unsent(session: AsyncSession, owner_id: UUID, order_id: UUID, *, now: datetime) -> None:
    """Take back every retirement of an order that is not at its registry, nor being typed in there: its serials are held.

    The transaction names the owner, the providers and the desk.
    """
    waiting = await session.scalars(
        select(Retirement)
        .where(Retirement.org_id == owner_id, Retirement.order_id == order_id, Retirement.status.in_(WAITING))
        .order_by(Retirement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for retirement in waiting.all():
        with suppress(InvalidState):  # Somebody may be typing it into the registry: it counts as being there.
            await cancel(session, retirement, now=now)


async def _attribute(session: AsyncSession, holding: Holding, wish: Wish) -> dict[str, Any] | None:
    """What is frozen of energy certificates beside their text; no other unit is energy's."""
    if holding.unit not in ENERGY_UNITS:
        return None
    facts = stock.energy_of((await stock.lots_of_holdings(session, [holding]))[holding.lot_id])
    told = None if facts is None else EnergyRetired(facts, wish.consumption)
    return None if told is None else dict(msgspec.to_builtins(told))


def _draft(
    retirement_id: UUID, reference: str, holding: Holding, registry_code: str, wish: Wish, quantity: int
) -> Retirement:
    return Retirement(
        org_id=holding.org_id,
        id=retirement_id,
        provider_id=holding.provider_id,
        holding_id=holding.id,
        lot_id=holding.lot_id,
        order_id=holding.order_id,
        registry_code=registry_code,
        reference=reference,
        quantity=quantity,
        unit=holding.unit,
        beneficiary_name=wish.beneficiary_name,
        purpose=wish.purpose,
        purpose_detail=wish.purpose_detail,
        fiscal_year=wish.fiscal_year,
        also_purposes=list(wish.also_purposes),
        offset_place=wish.offset_place,
        beneficiary_domain=wish.beneficiary_domain,
        status=RetirementStatus.DRAFT,
        signed_off_by=None,
        signed_off_at=None,
        attempts=0,
        recorded_on=None,
        registry_transaction=None,
        evidence_grade=None,
        simulated=False,
        refusal=None,
        version=1,
    )


async def _energy(session: AsyncSession, holding: Holding, quantity: int, on: date) -> Energy:
    """The share of its issuance's renewable energy that goes with so many units of a holding."""
    lot = (await stock.lots_of_holdings(session, [holding]))[holding.lot_id]
    whole = await queries.whole_energy(session, lot.issuance_id, on=on)
    return (None if whole is None else energy_of_part(whole, quantity)) or Energy(None, None)


def _words(retirement: Retirement) -> dict[str, Any]:
    return {
        "reference": retirement.reference,
        "quantity": retirement.quantity,
        "unit": retirement.unit,
        "beneficiary_name": retirement.beneficiary_name,
        "purpose": retirement.purpose,
        "purpose_detail": retirement.purpose_detail,
        "fiscal_year": retirement.fiscal_year,
        "also_purposes": list(retirement.also_purposes),
        "offset_place": retirement.offset_place,
        **({} if retirement.beneficiary_domain is None else {"beneficiary_domain": retirement.beneficiary_domain}),
        **({} if retirement.energy is None else {"energy": retirement.energy}),
    }


async def wake(session: AsyncSession, org_id: UUID, retirement_id: UUID, *, now: datetime) -> bool:
    """Give a retirement that nobody leads on its next job. False when it has moved, or has a job after all."""
    retirement = await queries.locked(session, org_id, retirement_id)
    if not await queries.is_stuck(session, retirement):
        return False
    in_doubt = retirement.status == RetirementStatus.UNKNOWN
    name = "retirements.look_up" if in_doubt else "retirements.submit"
    outbox.enqueue(session, name, due=now, org_id=org_id, retirement_id=retirement_id)
    return True

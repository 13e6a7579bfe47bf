"""How does a retirement go from one state to the next, and who hears of it?"""

from datetime import datetime
from typing import Any

import msgspec

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.retirements.models import Retirement
from app.retirements.rules import Energy, EnergyRetired, RetirementStatus, Wish, may_follow, purpose_of, shown_status


def refuse_unless(retirement: Retirement, status: RetirementStatus) -> None:
    """Go on only when this status may follow. Raises InvalidState (409) naming the state that was found."""
    if not may_follow(retirement.status, status):
        found = shown_status(retirement.status, retirement.reconciled_as_of)
        raise InvalidState(f"The retirement is {found}: it cannot become {status}.", state=found)


async def move(
    session: AsyncSession, retirement: Retirement, status: RetirementStatus, *, now: datetime, **facts: Any
) -> None:
    """Change the status of a locked retirement, with its event. A wrong step here is a bug, and crashes."""
    before = retirement.status
    assert may_follow(before, status), (retirement.id, before, status)
    retirement.status = status
    retirement.version += 1
    await session.flush()
    await tell(session, retirement, status, before={"status": before}, now=now, **facts)


async def tell(
    session: AsyncSession,
    retirement: Retirement,
    what: str,
    *,
    before: dict[str, Any] | None,
    now: datetime,
    **facts: Any,
) -> None:
    """Write an event of a locked or new retirement, which buyer and provider may read."""
    await events.record(
        session,
        f"retirement.{what}",
        org_id=retirement.org_id,
        subject_kind="retirement",
        subject_id=retirement.id,
        before=before,
        after={"status": retirement.status, **facts},
        party_ids=(retirement.provider_id,),
        now=now,
    )


def wish_of(retirement: Retirement) -> Wish:
    """The text of a retirement as its buyer asked for it."""
    attribute = attribute_of(retirement)
    return Wish(
        retirement.beneficiary_name,
        retirement.purpose,
        retirement.purpose_detail,
        retirement.fiscal_year,
        tuple(retirement.also_purposes),
        retirement.offset_place,
        None if attribute is None else attribute.consumption,
        retirement.beneficiary_domain,
    )


def attribute_of(retirement: Retirement) -> EnergyRetired | None:
    """What retired energy certificates are an attribute of, and used for; None for other credits."""
    return msgspec.convert(retirement.energy, EnergyRetired | None)


def purpose_word_of(retirement: Retirement) -> str:
    """The registry's word for the purpose, as it was known when the retirement was asked for."""
    purpose = purpose_of(retirement.purpose)
    assert purpose is not None, retirement.purpose
    return purpose.ja if retirement.purpose_word is None else retirement.purpose_word


def energy_of(retirement: Retirement) -> Energy:
    """The renewable energy that goes with it, in kWh and MJ."""
    return Energy(retirement.power_kwh, retirement.heat_mj)

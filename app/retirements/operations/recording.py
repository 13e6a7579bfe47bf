"""What follows when a registry's record of a retirement is certain?"""

from datetime import date, datetime

from app.core import outbox
from app.core.db import AsyncSession
from app.core.period import claimable_fiscal_years
from app.inventory import operations as inventory
from app.retirements.models import Retirement
from app.retirements.operations.moves import move
from app.retirements.rules import EvidenceGrade, RetirementStatus


async def record(
    session: AsyncSession,
    retirement: Retirement,
    *,
    recorded_on: date,
    registry_transaction: str,
    grade: EvidenceGrade,
    simulated: bool,
    now: datetime,
) -> None:
    """A locked retirement is recorded: its serials are gone for good, and its certificate is asked for.

    `recorded_on` is the day in the registry's own zone. It may have come too late for the fiscal year that was wanted:
    the event says so, and the certificate leaves such a year out.
    """
    retirement.recorded_on = recorded_on
    retirement.registry_transaction = registry_transaction
    retirement.evidence_grade = grade
    retirement.simulated = simulated
    facts: dict[str, object] = {
        "recorded_on": recorded_on.isoformat(),
        "registry_transaction": registry_transaction,
        "evidence_grade": grade,
        "simulated": simulated,
    }
    if retirement.fiscal_year is not None:
        facts["fiscal_year_claimable"] = retirement.fiscal_year in claimable_fiscal_years(recorded_on)
    await move(session, retirement, RetirementStatus.RECORDED, now=now, **facts)
    await inventory.finish_retiring(
        session, owner_id=retirement.org_id, provider_id=retirement.provider_id, retirement_id=retirement.id
    )
    outbox.enqueue(session, "certificates.issue", due=now, org_id=retirement.org_id, retirement_id=retirement.id)

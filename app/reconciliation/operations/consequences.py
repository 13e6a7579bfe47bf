"""What follows from a comparison, in its transaction: lots stop or sell again, are confirmed, and others see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from app.core import outbox
from app.core.db import AsyncSession, any_of
from app.inventory import operations as inventory
from app.inventory.models import ComparedAccount, ComparedExcept
from app.listings import operations as listings
from app.reconciliation import queries
from app.reconciliation.models import Comparison, Discrepancy, Statement, Trust
from app.reconciliation.operations.applying import Applied
from app.reconciliation.rules import Reach

FROZEN_FOR: Final = "The registry's statement says otherwise."
FREED_FOR: Final = "The registry's statement agrees again."


async def freeze(session: AsyncSession, org_id: UUID, standing: Sequence[Discrepancy], now: datetime) -> None:
    """Stop the lots whose units are at risk, and note in each difference that it stopped one."""
    at_risk = [row for row in standing if row.at_risk and row.lot_id is not None]
    lot_ids = sorted({row.lot_id for row in at_risk if row.lot_id is not None})
    stopped = set(await inventory.freeze_lots(session, org_id, lot_ids, note=FROZEN_FOR, now=now))
    froze = [row for row in at_risk if row.lot_id in stopped and not row.froze]
    if not froze:
        return
    theirs = (Discrepancy.org_id == org_id) & (Discrepancy.id == any_of([row.id for row in froze]))
    written = update(Discrepancy).where(theirs).values(froze=True)
    await session.execute(written, execution_options={"synchronize_session": False})
    for row in froze:
        set_committed_value(row, "froze", value=True)


async def set_free(session: AsyncSession, org_id: UUID, applied: Applied, now: datetime) -> None:
    """Lots that only differences which are gone had stopped."""
    still = {row.lot_id for row in applied.standing if row.at_risk}
    freed = sorted({row.lot_id for row in applied.closed if row.froze and row.lot_id is not None} - still)
    await inventory.unfreeze_lots(session, org_id, freed, note=FREED_FOR, now=now)


async def confirm_lots(
    session: AsyncSession, comparison: Comparison, told: dict[str, Any], active: Statement | None, now: datetime
) -> int:
    """Confirm the declared lots that the registry's lines of the whole account show; how many."""
    if active is None or active.reach != Reach.ACCOUNT or active.trust == Trust.PROVIDER:
        return 0
    shown = await queries.lots_shown(session, told)
    confirmed = 0
    for begins in range(0, len(shown), inventory.CONFIRMED_AT_ONCE):
        batch = shown[begins : begins + inventory.CONFIRMED_AT_ONCE]
        confirmed += len(await inventory.confirm_lots(session, comparison.org_id, batch, as_of=active.as_of, now=now))
    return confirmed


async def ask_to_settle(session: AsyncSession, comparison: Comparison, told: dict[str, Any], now: datetime) -> int:
    """Each retirement in doubt is settled in a transaction of its own, which names its buyer."""
    asked = await queries.retirements_to_settle(session, told)
    for buyer_id, retirement_id in asked:
        outbox.enqueue(
            session, "reconciliation.settle", due=now, org_id=comparison.org_id, buyer_id=buyer_id,
            retirement_id=retirement_id, account_id=comparison.registry_account_id,
        )  # fmt: skip
    return len(asked)


async def ask_to_mark(
    session: AsyncSession, comparison: Comparison, told: dict[str, Any], ended: Statement | None, now: datetime
) -> None:
    """What is recorded and shown is marked in transactions of their own, which name its buyers."""
    if ended is None or ended.trust == Trust.PROVIDER or not await queries.any_unreconciled(session, told):
        return
    outbox.enqueue(
        session, "reconciliation.mark_reconciled", due=now, org_id=comparison.org_id,
        account_id=comparison.registry_account_id, after_id=queries.NOBODY,
    )  # fmt: skip


async def show(session: AsyncSession, comparison: Comparison, standing: Sequence[Discrepancy]) -> None:
    """Write down for everybody as of when the account agrees, and which of its lots and retirements do not."""
    account_id = comparison.registry_account_id
    days = {"active_as_of": comparison.active_as_of, "ended_as_of": comparison.ended_as_of}
    await session.execute(
        insert(ComparedAccount)
        .values(registry_account_id=account_id, **days)
        .on_conflict_do_update(index_elements=["registry_account_id"], set_=days)
    )
    await session.execute(delete(ComparedExcept).where(ComparedExcept.registry_account_id == account_id))
    subjects = {subject for row in standing if row.at_risk for subject in (row.lot_id, row.retirement_id) if subject}
    subjects |= {row.retirement_id for row in standing if row.retirement_id is not None}
    if subjects:
        await session.execute(
            insert(ComparedExcept),
            [{"subject_id": subject, "registry_account_id": account_id} for subject in sorted(subjects)],
        )
    await listings.show_compared(session, comparison.org_id, account_id)

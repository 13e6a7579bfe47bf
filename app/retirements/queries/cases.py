"""Which retirements wait for two people of the desk, with what was sent for each?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import DESK_ID
from app.retirements.errors import CaseNotFound
from app.retirements.models import Retirement, RetirementAttempt, RetirementCase
from app.retirements.queries.rows import locked
from app.retirements.rules import LIVE_CASES, CaseStatus, RetirementStatus


async def cases_page(session: AsyncSession, page: Page, status: CaseStatus | None) -> list[RetirementCase]:
    """What waits for two people of the desk, or waited, the longest first."""
    query = select(RetirementCase).where(RetirementCase.org_id == DESK_ID).order_by(RetirementCase.id).limit(page.fetch)
    query = query.where(RetirementCase.status.in_(LIVE_CASES) if status is None else RetirementCase.status == status)
    if page.after is not None:
        query = query.where(beyond([(RetirementCase.id, False)], page.after))
    return list(await session.scalars(query))


async def attempts_of_cases(
    session: AsyncSession, cases: Sequence[RetirementCase]
) -> dict[UUID, list[RetirementAttempt]]:
    """What was sent and answered, by retirement. The transaction names the buyers."""
    found = await session.scalars(
        select(RetirementAttempt)
        .where(RetirementAttempt.org_id.in_({case.buyer_id for case in cases}))
        .where(RetirementAttempt.retirement_id.in_({case.retirement_id for case in cases}))
        .order_by(RetirementAttempt.retirement_id, RetirementAttempt.n)
    )
    sent: dict[UUID, list[RetirementAttempt]] = {}
    for attempt in found:
        sent.setdefault(attempt.retirement_id, []).append(attempt)
    return sent


async def case_of(session: AsyncSession, case_id: UUID) -> RetirementCase:
    """A case of the desk. Raises CaseNotFound (404)."""
    found = await session.scalar(
        select(RetirementCase).where(RetirementCase.org_id == DESK_ID, RetirementCase.id == case_id)
    )
    if found is None:
        raise CaseNotFound("No case has this id.")
    return found


async def locked_case(session: AsyncSession, case_id: UUID) -> tuple[Retirement, RetirementCase]:
    """A case and its retirement, locked in the order of every step: the retirement first. Raises CaseNotFound (404)."""
    seen = await case_of(session, case_id)
    retirement = await locked(session, seen.buyer_id, seen.retirement_id)
    again = await session.scalar(
        select(RetirementCase)
        .where(RetirementCase.org_id == DESK_ID, RetirementCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert again is not None, case_id
    return retirement, again


async def has_live_case(session: AsyncSession, retirement: Retirement) -> bool:
    """Whether a locked retirement is on the desk's list. The transaction names the desk."""
    return (
        await session.scalar(select(RetirementCase.id).where(*_live_case_of(retirement.org_id, retirement.id)))
        is not None
    )


async def undecided_without_case(session: AsyncSession, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Organisation and id of retirements that wait for people and are on no list. An audit transaction's question."""
    has_case = exists().where(*_live_case_of(Retirement.org_id, Retirement.id))
    found = await session.execute(
        select(Retirement.org_id, Retirement.id)
        .where(Retirement.status == RetirementStatus.MANUAL, ~has_case)
        .order_by(Retirement.id)
        .limit(limit)
    )
    return [(org_id, retirement_id) for org_id, retirement_id in found]


def _live_case_of(
    org_id: UUID | InstrumentedAttribute[UUID], retirement_id: UUID | InstrumentedAttribute[UUID]
) -> tuple[ColumnElement[bool], ...]:
    return (
        RetirementCase.org_id == DESK_ID,
        RetirementCase.buyer_id == org_id,
        RetirementCase.retirement_id == retirement_id,
        RetirementCase.status.in_(LIVE_CASES),
    )

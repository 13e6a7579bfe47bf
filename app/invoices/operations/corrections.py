"""How is a paper corrected that names its recipient wrongly? By another one that names it: neither is ever changed.

Who has issued a wrong qualified invoice or return invoice owes its recipient a corrected one (消費税法, article 57-4,
paragraph 4). Amounts are the order's and are put right by refunds, whose papers are returns; what is said anew here is to
whom a paper is, its order number, and, as on any paper of that day, who issues it. The whole paper is issued again with a
number of its own, and says which number and day it corrects.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.period import day_in_japan
from app.core.scope import DESK_ID, Scope
from app.invoices import queries
from app.invoices.errors import (
    CorrectionNeedsPerson,
    CorrectionNotFound,
    PaperNotCorrectable,
    SecondPersonForCorrection,
)
from app.invoices.models import CorrectionStatus, Paper, PaperCorrection
from app.invoices.operations.numbers import alone
from app.invoices.operations.printed import Corrects, Draft
from app.invoices.operations.writing import write
from app.invoices.queries import House, Recipient
from app.invoices.rules import Composed, Kind
from integrations.documents.paper import PaperFacts

CORRECTABLE: Final = (Kind.INVOICE, Kind.MONTHLY_INVOICE, Kind.RETURN)
"""What the law has corrected; of any other paper another one is asked for, or it is of one order and stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a corrected paper is to say, and why."""

    recipient_name: str
    recipient_address: str
    purchase_order: str
    note: str


async def propose_correction(
    session: AsyncSession, paper: Paper, said: Said, *, correction_id: UUID, now: datetime
) -> PaperCorrection:
    """Propose that a paper be said anew. Its recipient and the desk are named.

    Raises CorrectionNeedsPerson (403), PaperNotCorrectable (409) of a copy, of another kind, and of one that is corrected,
    or proposed to be, already.
    """
    scope = _person(session)
    await alone(session, paper.id)
    if paper.copy_of is not None or paper.kind not in CORRECTABLE:
        raise PaperNotCorrectable("Only invoices and return invoices are corrected, not copies.", kind=paper.kind)
    if await queries.correction_of(session, paper) is not None:
        raise PaperNotCorrectable("It is corrected, or proposed to be. Correct the newest paper.", kind=paper.kind)
    row = PaperCorrection(
        org_id=paper.org_id, id=correction_id, desk_id=DESK_ID, paper_id=paper.id, status=CorrectionStatus.PROPOSED,
        recipient_name=said.recipient_name, recipient_address=said.recipient_address,
        purchase_order=said.purchase_order, note=said.note, proposed_by=scope.actor_id, proposed_at=now, version=1,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _record(session, row, before=None, now=now)
    return row


async def locked_correction(session: AsyncSession, org_id: UUID, correction_id: UUID) -> PaperCorrection:
    """A correction, locked; recipient and desk are named. Raises CorrectionNotFound (404)."""
    asked = select(PaperCorrection).where(PaperCorrection.org_id == org_id, PaperCorrection.id == correction_id)
    found = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise CorrectionNotFound("There is no such correction.")
    return found


async def issue_correction(
    session: AsyncSession, row: PaperCorrection, paper: Paper, *, demonstration: bool, now: datetime
) -> Paper:
    """A second person has a locked proposal issued. Recipient, desk and the paper's sellers are named.

    Raises CorrectionNeedsPerson (403), InvalidState, SecondPersonForCorrection, DeskProfileMissing, PaperIncomplete (409).
    """
    _second_person(session, row)
    issued_on = day_in_japan(now)
    house = await queries.house_of(session, queries.sellers_on(paper), issued_on, demonstration=demonstration)
    corrected = await write(session, _again(row, paper, house, issued_on), house, now=now)
    row.corrected_id = corrected.id
    await _decide(session, row, CorrectionStatus.ISSUED, now=now)
    return corrected


async def reject_correction(session: AsyncSession, row: PaperCorrection, *, now: datetime) -> None:
    """A second person turns a locked proposal down. Raises CorrectionNeedsPerson (403), InvalidState, SecondPersonForCorrection (409)."""
    _second_person(session, row)
    await _decide(session, row, CorrectionStatus.REJECTED, now=now)


def _again(row: PaperCorrection, paper: Paper, house: House, issued_on: date) -> Draft:
    """All that the wrong paper says, but for what is corrected; what the desk prints under every paper comes by itself."""
    facts = msgspec.convert(paper.facts, PaperFacts)
    kept = [note for note in facts.notes if note not in house.profile.notes]
    return Draft(
        kind=Kind(paper.kind),
        subject_id=row.id,
        order_id=paper.order_id,
        original_id=paper.original_id,
        recipient=Recipient(
            org_id=paper.org_id, name=row.recipient_name, address=row.recipient_address, phone=facts.recipient.phone,
            purchase_order=row.purchase_order,
        ),
        composed=msgspec.convert(paper.composed, Composed),
        issued_on=issued_on,
        supplied_from=paper.supplied_from,
        supplied_through=paper.supplied_through,
        due_on=paper.due_on,
        reference=None if facts.bank is None else facts.bank.reference,
        paid=facts.paid,
        returned=facts.returned,
        corrects=Corrects(paper.id, paper.number, paper.issued_on),
        notes=(f"訂正の内容：{row.note}", *kept),
    )  # fmt: skip


def _second_person(session: AsyncSession, row: PaperCorrection) -> None:
    """Refuse whoever is no person, or the one who proposed what is still to be decided."""
    scope = _person(session)
    if row.status != CorrectionStatus.PROPOSED:
        raise InvalidState(f"The correction is {row.status}.", state=row.status)
    if scope.actor_id == row.proposed_by:
        raise SecondPersonForCorrection("You have proposed it: somebody else decides about it.")


def _person(session: AsyncSession) -> Scope:
    scope: Scope = session.info["scope"]
    if scope.actor_kind != "member":
        raise CorrectionNeedsPerson("Sign in: an API key cannot answer for this.")
    return scope


async def _decide(session: AsyncSession, row: PaperCorrection, status: CorrectionStatus, *, now: datetime) -> None:
    scope: Scope = session.info["scope"]
    before = {"status": row.status}
    row.status, row.decided_by, row.decided_at = status, scope.actor_id, now
    row.version += 1
    await session.flush()
    await _record(session, row, before=before, now=now)


async def _record(session: AsyncSession, row: PaperCorrection, *, before: dict[str, Any] | None, now: datetime) -> None:
    after = {"status": row.status, "paper_id": str(row.paper_id)}
    await events.record(
        session, f"paper_correction.{row.status}", org_id=row.org_id, party_ids=(DESK_ID,),
        subject_kind="paper_correction", subject_id=row.id, before=before, after=after, now=now,
    )  # fmt: skip

"""What is written down before a retirement is sent to a registry, and after its answer?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.core import outbox
from app.core.db import AsyncSession
from app.core.terms import Terms
from app.inventory import operations as inventory
from app.inventory import queries as stock
from app.inventory.errors import SerialsNotExchangeable
from app.inventory.rules import ungrouped
from app.retirements import queries
from app.retirements.models import Retirement, RetirementAttempt
from app.retirements.operations.cases import open_case, overtake_case
from app.retirements.operations.holds import is_held
from app.retirements.operations.moves import move, purpose_word_of, wish_of
from app.retirements.operations.recording import record
from app.retirements.rules import (
    FIRST_LOOK_UP_AFTER,
    SENDINGS_MAX,
    AttemptStatus,
    EvidenceGrade,
    RetirementStatus,
    registry_text,
    wait_before,
)
from integrations.registries.base import (
    ALREADY_RETIRED,
    Answer,
    Capabilities,
    NotSent,
    Recorded,
    Rejected,
    RetirementRequest,
    SerialBlock,
    SerialChoice,
    Unknown,
    differences,
    serials_return,
    written_blocks,
)


@dataclass(frozen=True, slots=True)
class Sending:
    """What is sent as the `n`-th attempt. `again`: the same attempt may have been sent before."""

    n: int
    request: RetirementRequest
    again: bool


async def begin_sending(
    session: AsyncSession, org_id: UUID, retirement_id: UUID, *, repeatable: bool, now: datetime
) -> Sending | None:
    """Write an attempt down before its first byte leaves; None when there is nothing to send, or not yet.

    An attempt that was written down and never answered counts as sent: it is looked up, and sent again only where the
    registry is repeatable.
    """
    retirement = await queries.locked(session, org_id, retirement_id)
    if retirement.status == RetirementStatus.QUEUED:
        if await is_held(session, retirement, now=now):
            return None
        return await _write_attempt(session, retirement, now=now)
    if retirement.status != RetirementStatus.SUBMITTED:
        return None
    attempt = await queries.live_attempt(session, org_id, retirement_id)
    if attempt is None:
        return None  # A person carried it out: its task waits for the notice.
    if repeatable:
        return Sending(attempt.n, request_of(attempt), again=True)
    await become_unknown(session, retirement, attempt, look_up_due=now, now=now)
    return None


async def note_answer(
    session: AsyncSession,
    org_id: UUID,
    retirement_id: UUID,
    sending: Sending,
    answer: Answer,
    *,
    capabilities: Capabilities,
    terms: Terms,
    now: datetime,
) -> None:
    """Write down what the registry said, and move on by it. Nothing happens when a look-up was faster."""
    retirement = await queries.locked(session, org_id, retirement_id)
    attempt = await queries.live_attempt(session, org_id, retirement_id)
    if attempt is None or attempt.n != sending.n or attempt.status == AttemptStatus.RECORDED:
        return
    attempt.answer, attempt.answered_at = words_of(answer), now
    if retirement.status == RetirementStatus.MANUAL and not _settles(answer):
        return  # People are to decide, and this tells them nothing new.
    match answer:
        case Recorded():
            await note_record(session, retirement, attempt, answer, capabilities=capabilities, terms=terms, now=now)
        case Rejected() if serials_return(answer):
            await _reject(session, retirement, attempt, answer, now=now)
        case Rejected():
            await become_unknown(session, retirement, attempt, look_up_due=now, now=now)
        case NotSent() if not sending.again:
            await _queue_again(session, retirement, attempt, now=now)
        case NotSent() | Unknown():
            await become_unknown(session, retirement, attempt, look_up_due=now + FIRST_LOOK_UP_AFTER, now=now)


def _settles(answer: Answer) -> bool:
    return isinstance(answer, Recorded) or (isinstance(answer, Rejected) and serials_return(answer))


async def note_record(
    session: AsyncSession,
    retirement: Retirement,
    attempt: RetirementAttempt,
    recorded: Recorded,
    *,
    capabilities: Capabilities,
    terms: Terms,
    now: datetime,
) -> None:
    """The registry holds it. When it holds something else than was asked for, a person decides: serials stay locked.

    Serials that the registry picked are swapped in, in this transaction. Raises OwnersUnnamed as `swap_serials` does.
    """
    wrong = differences(request_of(attempt), recorded, chosen_by=capabilities.serials_chosen_by)
    if capabilities.simulated and not terms.simulated_allowed:
        wrong.append("recorded by a simulator, which this desk does not take")
    if not wrong and capabilities.serials_chosen_by is SerialChoice.REGISTRY:
        wrong += await _swapped_in(session, retirement, recorded, now=now)
    attempt.status = AttemptStatus.RECORDED
    if wrong:
        await leave_to_a_person(session, retirement, "; ".join(wrong), now=now)
        return
    await overtake_case(session, retirement, now=now)
    await record(
        session,
        retirement,
        recorded_on=recorded.recorded_on,
        registry_transaction=recorded.transaction_no,
        grade=EvidenceGrade.REGISTRY_ANSWER,
        simulated=capabilities.simulated,
        now=now,
    )


def picked_of(recorded: Recorded) -> list[stock.PickedSerials]:
    """The serials of a registry's record, as it writes them."""
    return [stock.PickedSerials(block.prefix, block.first, block.last) for block in recorded.blocks]


async def become_unknown(
    session: AsyncSession,
    retirement: Retirement,
    attempt: RetirementAttempt,
    *,
    look_up_due: datetime,
    now: datetime,
) -> None:
    """It may have happened: look it up. The second time nothing happens, since a look-up is on its way already."""
    attempt.status = AttemptStatus.UNKNOWN
    if retirement.status == RetirementStatus.UNKNOWN:
        return
    await move(session, retirement, RetirementStatus.UNKNOWN, now=now, attempt=attempt.n)
    outbox.enqueue(
        session, "retirements.look_up", due=look_up_due, org_id=retirement.org_id, retirement_id=retirement.id
    )


async def leave_to_a_person(session: AsyncSession, retirement: Retirement, why: str, *, now: datetime) -> None:
    """No rule can decide this. The serials stay locked until two people have; the transaction names the desk."""
    retirement.refusal = why
    if retirement.status == RetirementStatus.MANUAL:
        return  # Its case is open already: what came now is kept with the attempt.
    await move(session, retirement, RetirementStatus.MANUAL, now=now, why=why)
    await open_case(session, retirement, why, now=now)


def request_of(attempt: RetirementAttempt) -> RetirementRequest:
    """What was sent, as it was written down."""
    return msgspec.convert(attempt.request, RetirementRequest)


def words_of(answer: msgspec.Struct) -> dict[str, Any]:
    """An answer for the book: its kind, and all that it said."""
    said: dict[str, Any] = msgspec.to_builtins(answer)
    return {"kind": type(answer).__name__, **said}


def says_already_retired(attempt: RetirementAttempt) -> bool:
    """Whether the registry answered that these serials are retired: then they cannot be proven absent."""
    return attempt.answer is not None and attempt.answer.get("code") == ALREADY_RETIRED


async def _swapped_in(session: AsyncSession, retirement: Retirement, recorded: Recorded, *, now: datetime) -> list[str]:
    """Take the registry's serials for those set aside; why not, when that cannot be: nothing is changed then."""
    try:
        await inventory.swap_serials(
            session,
            owner_id=retirement.org_id,
            provider_id=retirement.provider_id,
            retirement_id=retirement.id,
            picked=picked_of(recorded),
            now=now,
        )
    except SerialsNotExchangeable as refused:
        picked = written_blocks(recorded.blocks)
        return [f"serials: the registry picked {picked}, which cannot be had here: {refused.facts['reason']}"]
    return []


async def _write_attempt(session: AsyncSession, retirement: Retirement, *, now: datetime) -> Sending | None:
    if await queries.task_of_retirement(session, retirement) is not None:
        return None  # People are at work on it.
    request = await _request(session, retirement)
    retirement.attempts += 1
    attempt = RetirementAttempt(
        org_id=retirement.org_id,
        retirement_id=retirement.id,
        n=retirement.attempts,
        provider_id=retirement.provider_id,
        status=AttemptStatus.COMMITTED,
        request=msgspec.to_builtins(request),
        committed_at=now,
        answered_at=None,
        answer=None,
        empty_lookups=0,
        first_empty_at=None,
        lookups=0,
    )
    session.add(attempt)
    await move(session, retirement, RetirementStatus.SUBMITTED, now=now, attempt=attempt.n)
    return Sending(attempt.n, request, again=False)


async def _request(session: AsyncSession, retirement: Retirement) -> RetirementRequest:
    serials = await stock.serials_written(session, retirement.org_id, retirement.id)
    certifications = {serial.certification_no for serial in serials}
    assert len(certifications) == 1, "A retirement is part of one holding, which is of one lot."
    text = registry_text(wish_of(retirement), retirement.reference, purpose_word=purpose_word_of(retirement))
    code = retirement.registry_code
    return RetirementRequest(
        reference=retirement.reference,
        certification_no=certifications.pop(),
        # Programs are told digits; only people read the hyphens that stand in some registries' numbers.
        blocks=tuple(
            SerialBlock(s.serial_prefix, ungrouped(code, s.first), ungrouped(code, s.last), s.quantity) for s in serials
        ),
        quantity=retirement.quantity,
        unit=retirement.unit,
        beneficiary_name=text.beneficiary_name,
        purpose=text.purpose,
        purpose_detail=text.purpose_detail,
        note="",  # The adapter puts our reference there.
        purpose_codes=(retirement.purpose, *retirement.also_purposes),
        beneficiary_domain=retirement.beneficiary_domain,
        vintage=await _vintage(session, retirement),
    )


async def _vintage(session: AsyncSession, retirement: Retirement) -> int | None:
    """The year of the lot's credits; None when they are of several."""
    lots = await stock.lots_named(session, [(retirement.provider_id, retirement.lot_id)])
    lot = lots[retirement.lot_id]
    return lot.vintage_from.year if lot.vintage_from.year == lot.vintage_to.year else None


async def _reject(
    session: AsyncSession, retirement: Retirement, attempt: RetirementAttempt, rejected: Rejected, *, now: datetime
) -> None:
    attempt.status = AttemptStatus.REJECTED
    await overtake_case(session, retirement, now=now)
    retirement.refusal = f"{rejected.code}: {rejected.message}"
    await inventory.return_to_holding(
        session, owner_id=retirement.org_id, provider_id=retirement.provider_id, retirement_id=retirement.id
    )
    await move(session, retirement, RetirementStatus.REJECTED, now=now, refusal=retirement.refusal)


async def _queue_again(
    session: AsyncSession, retirement: Retirement, attempt: RetirementAttempt, *, now: datetime
) -> None:
    attempt.status = AttemptStatus.NOT_SENT
    if attempt.n >= SENDINGS_MAX:
        await leave_to_a_person(session, retirement, f"not sent in {attempt.n} attempts", now=now)
        return
    await move(session, retirement, RetirementStatus.QUEUED, now=now, attempt=attempt.n)
    due = now + wait_before(attempt.n)
    outbox.enqueue(session, "retirements.submit", due=due, org_id=retirement.org_id, retirement_id=retirement.id)

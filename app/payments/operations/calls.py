"""How is a write at Stripe planned, begun and answered? The row and its key are there before the first byte leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.core import outbox
from app.core.db import AsyncSession
from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID
from app.payments.models import StripeCall
from app.payments.rules import OPEN_CALLS, CallStatus, may_send
from integrations.stripe.client import Absent, LookupFailed, NotSent, Refused, Unknown

WHY_MAX: Final = 500
MADE_BY_CALLER: Final = timedelta(seconds=10)
"""After so long a worker makes a call that somebody wanted to make at once, and was cut short."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A call that has begun, as it is to be made: sent (again) under its key, or only looked for."""

    call_id: UUID
    kind: str
    subject_id: UUID
    subject_org_id: UUID
    key: str
    request: dict[str, Any]
    may_send: bool


async def plan(
    session: AsyncSession,
    kind: str,
    request: msgspec.Struct,
    *,
    subject_id: UUID,
    subject_org_id: UUID,
    due: datetime,
    now: datetime,
) -> StripeCall:
    """Write down what Stripe is to be asked for, with its key and a job that sees to it when `due`; the desk is named.

    One call of a kind for a subject is open at a time: the same again returns it. A new one is planned only when the one
    before was definitely refused or is proven absent.
    """
    newest = await _newest(session, kind, subject_id)
    if newest is not None and newest.status not in (CallStatus.REFUSED, CallStatus.ABSENT):
        return newest
    call_id = new_id()
    call = StripeCall(
        org_id=DESK_ID,
        id=call_id,
        kind=kind,
        subject_id=subject_id,
        subject_org_id=subject_org_id,
        n=1 if newest is None else newest.n + 1,
        key=public_id("sck", call_id),
        request=msgspec.to_builtins(request),
        status=CallStatus.PLANNED,
        attempts=0,
        created_at=now,
    )
    session.add(call)
    await session.flush()
    outbox.enqueue(session, "payments.call", due=due, call_id=call_id)
    return call


async def begin(session: AsyncSession, call_id: UUID, *, now: datetime) -> Sending | None:
    """Note that a call is about to be made; None when it was answered before. From here on it may have arrived."""
    call = await _locked(session, call_id)
    if call.status not in OPEN_CALLS:
        return None
    sending = may_send(call.first_sent_at, now)
    call.status = CallStatus.SENDING if sending else CallStatus.UNKNOWN
    call.first_sent_at = call.first_sent_at or now
    call.attempts += 1
    await session.flush()
    return Sending(call.id, call.kind, call.subject_id, call.subject_org_id, call.key, call.request, sending)


async def note(
    session: AsyncSession,
    call_id: UUID,
    answer: Refused | Unknown | NotSent | Absent | LookupFailed | str,
    *,
    now: datetime,
) -> bool:
    """Write down what became of a call: the id of what was made, a refusal, or why it is not known.

    False when it was answered meanwhile, by somebody who asked under the same key and so heard the same.
    """
    call = await _locked(session, call_id)
    if call.status not in OPEN_CALLS:
        return False
    match answer:
        case str():
            call.status, call.object_id, call.why, call.done_at = CallStatus.DONE, answer, None, now
        case Refused():
            call.status, call.why, call.done_at = CallStatus.REFUSED, f"{answer.code}: {answer.message}"[:WHY_MAX], now
        case Absent():
            call.status, call.why, call.done_at = CallStatus.ABSENT, "It was never made.", now
        case Unknown() | NotSent() | LookupFailed():
            call.why = answer.why[:WHY_MAX]
    await session.flush()
    return True


async def _newest(session: AsyncSession, kind: str, subject_id: UUID) -> StripeCall | None:
    mine = (StripeCall.org_id == DESK_ID, StripeCall.kind == kind, StripeCall.subject_id == subject_id)
    last = select(func.max(StripeCall.n)).where(*mine).scalar_subquery()
    return await session.scalar(select(StripeCall).where(*mine, StripeCall.n == last))


async def _locked(session: AsyncSession, call_id: UUID) -> StripeCall:
    asked = select(StripeCall).where(StripeCall.org_id == DESK_ID, StripeCall.id == call_id)
    return (await session.scalars(asked.with_for_update().execution_options(populate_existing=True))).one()

"""Which writes at Stripe are the payments' own, and what follows from each answer?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.core.db import AsyncSession
from app.payments import operations
from app.payments.flow.calls import Kind
from app.payments.operations import Closing, Sending
from integrations.stripe.asked import Evidence, NewCustomer, NewIntent, NewRefund, NewSession
from integrations.stripe.client import Absent, NotFound, Refused, Stripe
from integrations.stripe.shapes import Customer, Intent, Refund, Session


async def _find_customer(stripe: Stripe, asked: NewCustomer) -> Customer | NotFound:
    return await stripe.find_customer(asked.reference, email=asked.email)


async def _find_intent(stripe: Stripe, asked: NewIntent) -> Intent | NotFound:
    return await stripe.find_intent(asked.reference, customer_id=asked.customer_id)


async def _find_session(stripe: Stripe, asked: NewSession) -> Session | NotFound:
    return await stripe.find_session(asked.reference, customer_id=asked.customer_id)


async def _customer_made(
    session: AsyncSession,
    sending: Sending,
    answer: Customer | Refused | Absent,
    now: datetime,  # noqa: ARG001 - all are called alike.
) -> None:
    if isinstance(answer, Customer):
        await operations.note_customer(session, sending.subject_org_id, answer.id)


async def _intent_made(
    session: AsyncSession, sending: Sending, answer: Intent | Refused | Absent, now: datetime
) -> None:
    attempt = await operations.locked_attempt(session, sending.subject_org_id, sending.subject_id)
    if isinstance(answer, Intent):
        await operations.note_intent(session, attempt, answer, now=now)
    else:
        await operations.refuse(session, attempt, _code(answer), now=now)


async def _session_made(
    session: AsyncSession, sending: Sending, answer: Session | Refused | Absent, now: datetime
) -> None:
    attempt = await operations.locked_attempt(session, sending.subject_org_id, sending.subject_id)
    if isinstance(answer, Session):
        await operations.note_session(session, attempt, answer, now=now)
    else:
        await operations.refuse(session, attempt, _code(answer), now=now)


async def _find_refund(stripe: Stripe, asked: NewRefund) -> Refund | NotFound:
    return await stripe.find_refund(asked.reference, intent_id=asked.intent_id)


async def _refund_made(
    session: AsyncSession, sending: Sending, answer: Refund | Refused | Absent, now: datetime
) -> None:
    refund = await operations.locked_refund(session, sending.subject_org_id, sending.subject_id)
    if isinstance(answer, Refund):
        await operations.note_refund(session, refund, answer, now=now)
    else:
        await operations.fail(session, refund, _code(answer), now=now)


async def _closed(session: AsyncSession, sending: Sending, answer: object, now: datetime) -> None:  # noqa: ARG001 - all are called alike.
    """Whether it was closed or refused to be (it was paid meanwhile): what it is now is asked for."""
    operations.ask_to_settle(session, sending.subject_org_id, sending.subject_id, now=now)


async def _nothing(session: AsyncSession, sending: Sending, answer: object, now: datetime) -> None:
    """What the payer's bank makes of it, an event tells."""


def _code(answer: Refused | Absent) -> str:
    return answer.code if isinstance(answer, Refused) else "never_reached"


KINDS: Final[Mapping[str, Kind]] = {
    "customer": Kind(
        NewCustomer, lambda stripe, asked, key: stripe.make_customer(asked, key=key), _find_customer, _customer_made,
        lambda made: str(made.id),
    ),
    "intent": Kind(
        NewIntent, lambda stripe, asked, key: stripe.make_intent(asked, key=key), _find_intent, _intent_made,
        lambda made: str(made.id),
    ),
    "session": Kind(
        NewSession, lambda stripe, asked, key: stripe.make_session(asked, key=key), _find_session, _session_made,
        lambda made: str(made.id),
    ),
    "refund": Kind(
        NewRefund, lambda stripe, asked, key: stripe.make_refund(asked, key=key), _find_refund, _refund_made,
        lambda made: str(made.id),
    ),
    "evidence": Kind(
        Evidence, lambda stripe, asked, key: stripe.submit_evidence(asked, key=key),
        lambda stripe, asked: stripe.dispute(asked.dispute_id), _nothing, lambda made: str(made.id),
    ),
    "cancel_intent": Kind(
        Closing, lambda stripe, asked, key: stripe.cancel_intent(asked.object_id, key=key),
        lambda stripe, asked: stripe.intent(asked.object_id), _closed, lambda made: str(made.id),
    ),
    "expire_session": Kind(
        Closing, lambda stripe, asked, key: stripe.expire_session(asked.object_id, key=key),
        lambda stripe, asked: stripe.session(asked.object_id), _closed, lambda made: str(made.id),
    ),
}  # fmt: skip
"""By the name that `operations.plan` is given. Closing may be asked for twice: that it is closed is looked at."""

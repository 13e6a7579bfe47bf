"""Which writes at Stripe are the payouts' own, and what follows from each answer?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.core.db import AsyncSession
from app.payments.flow.calls import Kind
from app.payments.operations import Sending
from app.payouts import operations
from integrations.stripe.asked import NewAccount, NewReversal, NewTransfer
from integrations.stripe.client import Absent, NotFound, Refused, Stripe
from integrations.stripe.shapes import Account, Reversal, Transfer


async def _find_account(stripe: Stripe, asked: NewAccount) -> Account | NotFound:
    return await stripe.find_account(asked.reference)


async def _find_transfer(stripe: Stripe, asked: NewTransfer) -> Transfer | NotFound:
    return await stripe.find_transfer(asked.reference, destination=asked.destination)


async def _find_reversal(stripe: Stripe, asked: NewReversal) -> Reversal | NotFound:
    return await stripe.find_reversal(asked.reference, transfer_id=asked.transfer_id)


async def _account_made(
    session: AsyncSession, sending: Sending, answer: Account | Refused | Absent, now: datetime
) -> None:
    row = await operations.connected_account(session, sending.subject_org_id, now=now)
    said = answer if isinstance(answer, Account) else _code(answer)
    await operations.note_connected(session, row, said, now=now)


async def _transfer_made(
    session: AsyncSession, sending: Sending, answer: Transfer | Refused | Absent, now: datetime
) -> None:
    payout = await operations.locked_payout(session, sending.subject_org_id, sending.subject_id)
    if isinstance(answer, Transfer):
        await operations.note_transfer(session, payout, answer, now=now)
    else:
        await operations.refuse_transfer(session, payout, _code(answer), now=now)


async def _reversal_made(
    session: AsyncSession, sending: Sending, answer: Reversal | Refused | Absent, now: datetime
) -> None:
    provider_id = sending.subject_org_id
    payout_id = await operations.payout_of_reversal(session, provider_id, sending.subject_id)
    payout = await operations.locked_payout(session, provider_id, payout_id)
    reversal = await operations.locked_reversal(session, provider_id, sending.subject_id)
    said = answer if isinstance(answer, Reversal) else _code(answer)
    await operations.note_reversal(session, payout, reversal, said, now=now)


def _code(answer: Refused | Absent) -> str:
    return answer.code if isinstance(answer, Refused) else "never_reached"


KINDS: Final[Mapping[str, Kind]] = {
    "account": Kind(
        NewAccount, lambda stripe, asked, key: stripe.make_account(asked, key=key), _find_account, _account_made,
        lambda made: str(made.id),
    ),
    "transfer": Kind(
        NewTransfer, lambda stripe, asked, key: stripe.make_transfer(asked, key=key), _find_transfer, _transfer_made,
        lambda made: str(made.id),
    ),
    "reversal": Kind(
        NewReversal, lambda stripe, asked, key: stripe.make_reversal(asked, key=key), _find_reversal, _reversal_made,
        lambda made: str(made.id),
    ),
}  # fmt: skip
"""By the name that `payments.operations.plan` is given."""

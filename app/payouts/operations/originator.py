"""How does the desk say from which account it pays?"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from app.core import events
from app.core.db import AsyncSession
from app.core.scope import DESK_ID, Scope
from app.identity.models import Organisation
from app.payouts.models import PayoutOriginator


@dataclass(frozen=True, slots=True)
class PaysFrom:
    """The desk's account as its bank wants it in a file; names in kana."""

    code: str
    name: str
    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    account_kind: Literal["ordinary", "current"]
    account_number: str
    line_end: Literal["crlf", "none"]
    end_mark: Literal["0x1a", "none"]


async def locked_originator(session: AsyncSession) -> PayoutOriginator | None:
    """The account that the desk pays from, locked; None when it was not set yet, and nobody else sets it meanwhile."""
    await session.execute(
        select(Organisation.org_id).where(Organisation.org_id == DESK_ID).with_for_update(key_share=True)
    )
    asked = select(PayoutOriginator).where(PayoutOriginator.org_id == DESK_ID)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))


async def set_originator(
    session: AsyncSession, standing: PayoutOriginator | None, wanted: PaysFrom, *, now: datetime
) -> PayoutOriginator:
    """Pay from this account from now on; files that were made keep theirs. `standing` is locked."""
    scope: Scope = session.info["scope"]
    before = None if standing is None else {"account_number": standing.account_number}
    if standing is None:
        row = PayoutOriginator(org_id=DESK_ID, **asdict(wanted), changed_by=scope.actor_id, changed_at=now, version=1)
        session.add(row)
    else:
        row = standing
        for name, value in asdict(wanted).items():
            setattr(row, name, value)
        row.changed_by, row.changed_at = scope.actor_id, now
        row.version += 1
    await session.flush()
    await events.record(
        session, "payout_originator.set", org_id=DESK_ID, subject_kind="payout_originator", subject_id=DESK_ID,
        before=before, after={"account_number": wanted.account_number}, now=now,
    )  # fmt: skip
    return row

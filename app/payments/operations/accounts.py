"""How does the operator list the desk's accounts and load virtual ones, how does a buyer get one, and what is a payer called?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import DESK_ID, Scope
from app.identity.models import Organisation
from app.payments.errors import BankAccountsInvalid
from app.payments.models import BankLine, DeskBank, PayerName, VirtualAccount
from app.payments.rules import DeskAccount, listed_twice
from app.payments.rules.matching import folded_payer


async def locked_bank(session: AsyncSession) -> DeskBank | None:
    """The list of the desk's accounts, locked; None when there is none yet, and nobody else writes it meanwhile."""
    await _lock_desk(session)
    asked = select(DeskBank).where(DeskBank.org_id == DESK_ID)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))


async def list_accounts(
    session: AsyncSession, standing: DeskBank | None, accounts: Sequence[DeskAccount], *, now: datetime
) -> DeskBank:
    """Take these for the desk's accounts from now on. `standing` is locked. Raises BankAccountsInvalid (422)."""
    errors = tuple(
        FieldError(f"/accounts/{place}", "repeated", "This account stands further ahead.")
        for place in listed_twice(accounts)
    )
    if errors:
        raise BankAccountsInvalid("An account is listed once.", errors=errors)
    scope: Scope = session.info["scope"]
    before = None if standing is None else {"accounts": standing.accounts}
    told = msgspec.to_builtins(list(accounts))
    if standing is None:
        row = DeskBank(org_id=DESK_ID, accounts=told, changed_by=scope.actor_id, changed_at=now, version=1)
        session.add(row)
    else:
        row = standing
        row.accounts, row.changed_by, row.changed_at = told, scope.actor_id, now
        row.version += 1
    await session.flush()
    await events.record(
        session, "desk_bank.listed", org_id=DESK_ID, subject_kind="desk_bank", subject_id=DESK_ID, before=before,
        after={"accounts": told}, now=now,
    )  # fmt: skip
    return row


async def load_virtual_accounts(session: AsyncSession, numbers: Sequence[str], *, now: datetime) -> int:
    """Put virtual accounts, ten digits each, into the pool; how many of them were new. Those known stay whose they are.

    An event tells of them when any was. The transaction names the desk.
    """
    scope: Scope = session.info["scope"]
    told = {"desk": DESK_ID, "numbers": list(numbers), "by": scope.actor_id, "now": now}
    await _lock_desk(session)
    added = len((await session.scalars(_LOAD, told)).all())
    if added:
        after = {"first": numbers[0], "last": numbers[-1], "added": added}
        await events.record(
            session, "virtual_accounts.loaded", org_id=DESK_ID, subject_kind="desk_bank", subject_id=DESK_ID, after=after,
            now=now,
        )  # fmt: skip
    return added


async def give_virtual_account(session: AsyncSession, payer_id: UUID, *, now: datetime) -> str | None:
    """The virtual account of a buyer, given to it now if it has none; None when the pool is used up.

    The transaction names the desk and the buyer.
    """
    mine = select(VirtualAccount.number).where(VirtualAccount.org_id == DESK_ID, VirtualAccount.payer_id == payer_id)
    free = select(VirtualAccount.number).where(VirtualAccount.org_id == DESK_ID, VirtualAccount.payer_id.is_(None))
    if await session.scalar(free.limit(1)) is None:
        return await session.scalar(mine)
    await session.execute(
        select(Organisation.org_id).where(Organisation.org_id == payer_id).with_for_update(key_share=True)
    )
    number = await session.scalar(mine)
    if number is not None:
        return number
    # Whoever else is given one at this moment takes another.
    number = await session.scalar(free.order_by(VirtualAccount.number).limit(1).with_for_update(skip_locked=True))
    if number is None:
        return None
    await session.execute(
        update(VirtualAccount)
        .where(VirtualAccount.org_id == DESK_ID, VirtualAccount.number == number)
        .values(payer_id=payer_id, given_at=now)
    )
    return number


async def learn_name(session: AsyncSession, line: BankLine, payer_id: UUID, *, now: datetime) -> None:
    """Remember what the bank calls the payer of a line that a person gave to one. The transaction names the desk."""
    scope: Scope = session.info["scope"]
    name = folded_payer(line.payer_name)
    if not name:
        return
    learning = insert(PayerName).values(
        org_id=DESK_ID,
        payer_id=payer_id,
        name=name,
        line_id=line.id,
        learned_by=scope.actor_id,
        learned_at=now,
    )
    await session.execute(learning.on_conflict_do_nothing(index_elements=["org_id", "payer_id", "name"]))


async def _lock_desk(session: AsyncSession) -> None:
    """Whoever writes of the desk's accounts comes after the other: events of one subject are counted."""
    await session.execute(
        select(Organisation.org_id).where(Organisation.org_id == DESK_ID).with_for_update(key_share=True)
    )


_LOAD = text(
    "insert into virtual_account (org_id, number, loaded_by, loaded_at)"
    " select :desk, n, :by, :now from unnest(:numbers) as n on conflict (org_id, number) do nothing returning number"
).bindparams(bindparam("numbers", type_=ARRAY(Text())))

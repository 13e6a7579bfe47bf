"""How does a provider say where it is paid, who of the desk confirms it, and what is known of its account at Stripe?"""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.payouts.errors import ApprovedBySomebodyElse, PayoutAccountNotFound, PayoutFieldsInvalid, PeoplePayOut
from app.payouts.models import ConnectedAccount, PayoutAccount
from app.payouts.operations.terms import lock_payee, lock_provider
from app.payouts.rules import AccountStatus, BankAccount, checked_account
from integrations.stripe.shapes import Account


def refuse_machines(session: AsyncSession) -> None:
    """Go on only for a person who is signed in: a key that leaked must not move money. Raises PeoplePayOut (403)."""
    scope: Scope = session.info["scope"]
    if scope.actor_kind != "member":
        raise PeoplePayOut("Sign in: an API key cannot do this.")


async def newest_account(session: AsyncSession, provider_id: UUID) -> PayoutAccount | None:
    """The account that a provider named last, locked, whatever became of it; the provider is locked before."""
    await lock_payee(session, provider_id)
    asked = select(PayoutAccount).where(PayoutAccount.org_id == provider_id).order_by(PayoutAccount.n.desc()).limit(1)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))


async def name_account(session: AsyncSession, provider_id: UUID, typed: BankAccount, *, now: datetime) -> PayoutAccount:
    """Have payouts, or a buyer's refunds, sent to another account as soon as the desk has confirmed it. Both are named.

    Until then the confirmed one stays written down, and nothing is paid there either: its owner says that it is wrong.
    Raises PeoplePayOut (403), PayoutFieldsInvalid (422).
    """
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    match checked_account(typed):
        case BankAccount() as account:
            pass
        case errors:
            raise PayoutFieldsInvalid("See `errors`.", errors=errors)
    await lock_payee(session, provider_id)
    waiting = await _of_status(session, provider_id, AccountStatus.WAITING)
    if waiting is not None:
        await _move(session, waiting, AccountStatus.REPLACED, now)
    so_far = select(
        func.coalesce(func.max(PayoutAccount.n), 0), func.coalesce(func.max(PayoutAccount.version), 0)
    ).where(PayoutAccount.org_id == provider_id)
    n, version = (await session.execute(so_far)).one()
    spelt = asdict(account)
    row = PayoutAccount(
        org_id=provider_id,
        id=new_id(),
        n=n + 1,
        account_kind=spelt.pop("kind"),
        account_number=spelt.pop("number"),
        **spelt,
        status=AccountStatus.WAITING,
        entered_by=scope.actor_id,
        entered_at=now,
        version=version + 1,  # Whoever saw an earlier account has not seen this one.
    )
    session.add(row)
    await session.flush()
    await _record(session, row, None, now)
    return row


async def locked_account(session: AsyncSession, provider_id: UUID, account_id: UUID) -> PayoutAccount:
    """A provider's bank account, locked, after its provider. Raises PayoutAccountNotFound (404)."""
    await lock_payee(session, provider_id)
    asked = select(PayoutAccount).where(PayoutAccount.org_id == provider_id, PayoutAccount.id == account_id)
    row = await session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise PayoutAccountNotFound("There is no such account.")
    return row


async def decide_account(
    session: AsyncSession, row: PayoutAccount, status: AccountStatus, note: str, *, now: datetime
) -> None:
    """Confirm a locked account that waits, in place of the one before, or refuse it. Both parties are named.

    Raises PeoplePayOut (403), InvalidState (409), ApprovedBySomebodyElse (409) for whoever typed it.
    """
    assert status in (AccountStatus.CONFIRMED, AccountStatus.REFUSED), status
    refuse_machines(session)
    scope: Scope = session.info["scope"]
    if row.status != AccountStatus.WAITING:
        raise InvalidState(f"The account is {row.status}.", state=row.status)
    if row.entered_by == scope.actor_id:
        raise ApprovedBySomebodyElse("You typed this account. Ask a colleague.")
    standing = await _of_status(session, row.org_id, AccountStatus.CONFIRMED)
    if status == AccountStatus.CONFIRMED and standing is not None:
        await _move(session, standing, AccountStatus.REPLACED, now)
    row.decided_by, row.decided_at, row.note = scope.actor_id, now, note
    await _move(session, row, status, now)


async def refuse_returned(session: AsyncSession, org_id: UUID, account_id: UUID, why: str, *, now: datetime) -> None:
    """The bank gave back what was sent to this account: nothing more is, until its owner names one and it is confirmed.

    One that stands no more stays as it is. Both parties are named.
    """
    await lock_payee(session, org_id)
    standing = await _of_status(session, org_id, AccountStatus.CONFIRMED)
    if standing is not None and standing.id == account_id:
        standing.note = why
        await _move(session, standing, AccountStatus.REFUSED, now)


async def payable_account(session: AsyncSession, provider_id: UUID) -> PayoutAccount | None:
    """The bank account that a locked provider may be paid to; None when none is confirmed, or another one waits."""
    if await _of_status(session, provider_id, AccountStatus.WAITING) is not None:
        return None
    return await _of_status(session, provider_id, AccountStatus.CONFIRMED)


async def connected_account(session: AsyncSession, provider_id: UUID, *, now: datetime) -> ConnectedAccount:
    """A provider's account at Stripe, locked, or the row for the one that is to be made. Both parties are named."""
    await lock_provider(session, provider_id)
    row = await known_connected(session, provider_id)
    if row is None:
        row = ConnectedAccount(
            org_id=provider_id, id=new_id(), transfers="inactive", payouts_enabled=False, details_submitted=False,
            due=[], created_at=now, version=1,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        await _record_connected(session, row, None, now)
    return row


async def known_connected(session: AsyncSession, provider_id: UUID) -> ConnectedAccount | None:
    """A provider's account at Stripe, locked, if it has one."""
    asked = select(ConnectedAccount).where(ConnectedAccount.org_id == provider_id)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))


async def note_connected(session: AsyncSession, row: ConnectedAccount, said: Account | str, *, now: datetime) -> None:
    """Write down how a locked account stands at Stripe, or why it was not made."""
    before = _connected_facts(row)
    if isinstance(said, str):
        row.refused = said
    else:
        row.account_id, row.refused = said.id, None
        row.transfers, row.payouts_enabled = said.transfers, said.payouts_enabled
        row.details_submitted, row.due, row.disabled_reason = (
            said.details_submitted,
            list(said.due),
            said.disabled_reason,
        )
    row.checked_at = now
    if _connected_facts(row) == before:
        return
    row.version += 1
    await session.flush()
    await _record_connected(session, row, before, now)


async def _of_status(session: AsyncSession, provider_id: UUID, status: AccountStatus) -> PayoutAccount | None:
    asked = select(PayoutAccount).where(PayoutAccount.org_id == provider_id, PayoutAccount.status == status)
    return await session.scalar(asked.with_for_update().execution_options(populate_existing=True))


async def _move(session: AsyncSession, row: PayoutAccount, status: AccountStatus, now: datetime) -> None:
    before = {"status": row.status}
    row.status = status
    row.version += 1
    await session.flush()
    await _record(session, row, before, now)


async def _record(
    session: AsyncSession, row: PayoutAccount, before: dict[str, AccountStatus] | None, now: datetime
) -> None:
    what = "entered" if before is None else str(row.status)
    await events.record(
        session, f"payout_account.{what}", org_id=row.org_id, subject_kind="payout_account", subject_id=row.id,
        before=before, after={"status": row.status, "n": row.n, "note": row.note}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip


def _connected_facts(row: ConnectedAccount) -> dict[str, object]:
    return {
        "account_id": row.account_id,
        "transfers": row.transfers,
        "payouts_enabled": row.payouts_enabled,
        "details_submitted": row.details_submitted,
        "due": list(row.due),
        "disabled_reason": row.disabled_reason,
        "refused": row.refused,
    }


async def _record_connected(
    session: AsyncSession, row: ConnectedAccount, before: dict[str, object] | None, now: datetime
) -> None:
    what = "opened" if before is None else "changed"
    await events.record(
        session, f"connected_account.{what}", org_id=row.org_id, subject_kind="connected_account", subject_id=row.id,
        before=before, after=_connected_facts(row), party_ids=(DESK_ID,), now=now,
    )  # fmt: skip

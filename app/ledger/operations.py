"""How does money move? By postings that are written once, with the guarded balances kept beside them."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CursorResult, Date, DateTime, Text, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from app.core.db import AsyncSession
from app.core.ids import new_ids
from app.core.money import Money
from app.core.scope import DESK_ID
from app.ledger.errors import LedgerOverdrawn, PeriodClosed
from app.ledger.models import AccountBalance, Posting
from app.ledger.rules import Account, is_guarded

_CLOSED_DAY: Final = "OD025"
"""What the trigger `refuse_closed_days` raises."""
_AT_ONCE: Final = 10_000
_WRITE: Final = text(
    "insert into posting (org_id, id, counterparty_id, source, target, amount_minor, currency, reason, subject_id, posted_at,"
    " booked_on) select :org_id, m.id, :counterparty_id, :source, :target, m.minor, :currency, :reason, m.subject_id,"
    " :posted_at, :booked_on from unnest(:ids, :subjects, :minors) as m(id, subject_id, minor)"
    " on conflict (org_id, reason, subject_id, source, target) do nothing"
).bindparams(
    bindparam("org_id", type_=Uuid()),
    bindparam("counterparty_id", type_=Uuid()),
    bindparam("source", type_=Text()),
    bindparam("target", type_=Text()),
    bindparam("currency", type_=Text()),
    bindparam("reason", type_=Text()),
    bindparam("posted_at", type_=DateTime(timezone=True)),
    bindparam("booked_on", type_=Date()),
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("subjects", type_=ARRAY(Uuid())),
    bindparam("minors", type_=ARRAY(BigInteger())),
)
_NEW_AMONG: Final = text("select subject_id from posting where org_id = :org_id and id = any(:ids)").bindparams(
    bindparam("org_id", type_=Uuid()), bindparam("ids", type_=ARRAY(Uuid()))
)


async def post(
    session: AsyncSession,
    *,
    source: Account,
    target: Account,
    amount: Money,
    reason: str,
    subject_id: UUID,
    counterparty_id: UUID | None,
    booked_on: date | None,
    now: datetime,
) -> bool:
    """Move an amount from `source` to `target`; False when this reason and subject were posted before.

    The transaction names the desk and the counterparty (whose money it is; None when nobody knows). It counts on the day
    `booked_on` (the bank's or Stripe's, from `queries.open_day`), or on the day of `now` in Japan. Raises
    LedgerOverdrawn when a guarded source holds less, PeriodClosed (409) when that day's month is closed.
    """
    posted_minor = await post_each(
        session,
        {subject_id: amount.minor},
        source=source,
        target=target,
        currency=amount.currency,
        reason=reason,
        counterparty_id=counterparty_id,
        booked_on=booked_on,
        now=now,
    )
    return posted_minor > 0


async def post_each(
    session: AsyncSession,
    minor_by_subject: Mapping[UUID, int],
    *,
    source: Account,
    target: Account,
    currency: str,
    reason: str,
    counterparty_id: UUID | None,
    booked_on: date | None,
    now: datetime,
) -> int:
    """Write one posting for each subject and change each guarded balance once; returns the sum that was new.

    Amounts are in the currency's minor unit and above zero. What was posted before stays as it is, and so does the day
    that it counts on. Raises LedgerOverdrawn, PeriodClosed (409).
    """
    if not minor_by_subject:
        return 0
    told = {
        "org_id": DESK_ID,
        "counterparty_id": counterparty_id,
        "source": source,
        "target": target,
        "currency": currency,
        "reason": reason,
        "posted_at": now,
        "booked_on": booked_on,
    }
    new = await _written(session, told, minor_by_subject)
    if len(new) < len(minor_by_subject):
        await _assert_posted_alike(session, told, {s: m for s, m in minor_by_subject.items() if s not in new})
    new_minor = sum(minor_by_subject[subject_id] for subject_id in new)
    if new_minor:
        # In the order of their names, so that two transactions never wait for each other.
        for account, change_minor in sorted([(source, -new_minor), (target, new_minor)]):
            if is_guarded(account):
                await _change(session, account, currency, change_minor)
    return new_minor


async def _written(
    session: AsyncSession, told: Mapping[str, object], minor_by_subject: Mapping[UUID, int]
) -> set[UUID]:
    """The subjects whose posting is new. Columns are sent, not rows: a bank's file has a hundred thousand."""
    new: set[UUID] = set()
    try:
        left = iter(minor_by_subject)
        while subjects := list(islice(left, _AT_ONCE)):
            columns = {
                "ids": new_ids(len(subjects)),
                "subjects": subjects,
                "minors": [minor_by_subject[subject_id] for subject_id in subjects],
            }
            written = await session.execute(_WRITE, {**told, **columns})
            # Nearly always all are new: then only their number is told, not a hundred thousand ids.
            is_new = cast("CursorResult[Any]", written).rowcount == len(subjects)
            new.update(
                subjects if is_new else await session.scalars(_NEW_AMONG, {"org_id": DESK_ID, "ids": columns["ids"]})
            )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CLOSED_DAY:
            raise
        raise PeriodClosed("The month of this posting is closed; nothing was written.") from error
    return new


async def _assert_posted_alike(
    session: AsyncSession, told: Mapping[str, object], minor_by_subject: Mapping[UUID, int]
) -> None:
    """A repeat says what the first one said; another amount under the same reason is a bug, not a repeat."""
    asked = select(Posting.subject_id, Posting.amount_minor, Posting.currency).where(
        Posting.org_id == DESK_ID,
        Posting.reason == told["reason"],
        Posting.source == told["source"],
        Posting.target == told["target"],
        Posting.subject_id.in_(minor_by_subject),
    )
    standing = {row.subject_id: (row.amount_minor, row.currency) for row in await session.execute(asked)}
    assert standing == {subject: (minor, told["currency"]) for subject, minor in minor_by_subject.items()}, standing


async def _change(session: AsyncSession, account: Account, currency: str, change_minor: int) -> None:
    if change_minor > 0:
        await _raise(session, account, currency, change_minor)
        return
    balance = AccountBalance.balance_minor
    taken = await session.scalar(
        update(AccountBalance)
        .where(
            AccountBalance.org_id == DESK_ID,
            AccountBalance.account == account,
            AccountBalance.currency == currency,
            balance >= -change_minor,
        )
        .values(balance_minor=balance + change_minor)
        .returning(balance)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LedgerOverdrawn(f"{account} holds less than {-change_minor} {currency}")


async def _raise(session: AsyncSession, account: Account, currency: str, minor: int) -> None:
    raising = insert(AccountBalance).values(org_id=DESK_ID, account=account, currency=currency, balance_minor=minor)
    await session.execute(
        raising.on_conflict_do_update(
            index_elements=["org_id", "account", "currency"],
            set_={"balance_minor": AccountBalance.balance_minor + raising.excluded.balance_minor},
        )
    )

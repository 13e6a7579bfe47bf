"""Which names does a buyer pay under, as it says itself?"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import DESK_ID, Scope
from app.identity.models import Organisation
from app.payments.errors import PayerNameExists, PayerNameInvalid, PayerNameNotFound, TooManyPayerNames
from app.payments.models import OwnPayerName
from app.payments.rules.matching import folded_payer
from app.payments.rules.zengin import Unspellable, to_zengin_kana

PAYER_NAMES_MAX: Final = 20


async def add_payer_name(
    session: AsyncSession, scope: Scope, name_id: UUID, typed: str, *, now: datetime
) -> OwnPayerName:
    """Let the caller's organisation be known by this name when it pays by bank: kana, letters and digits, as its bank has it.

    A line under it that fits one open payment of an amount pays that; a name that another payer has, too, leaves the line to
    a person. Organisation and desk are named. Raises PayerNameInvalid (422), PayerNameExists, TooManyPayerNames (409).
    """
    match to_zengin_kana(typed, kind="name"):
        case Unspellable() as wrong:
            raise PayerNameInvalid("See `errors`.", errors=(FieldError("/name", wrong.code, wrong.detail),))
        case spelt:
            folded = folded_payer(spelt)
    if not folded:
        empty = FieldError("/name", "no_name", "Nothing is left of it but a legal form, signs or a number.")
        raise PayerNameInvalid("See `errors`.", errors=(empty,))
    await _in_turn(session, scope)
    known = select(func.count(), func.count().filter(OwnPayerName.folded == folded))
    total, same = (await session.execute(known.where(OwnPayerName.org_id == scope.org_id))).one()
    if same:
        raise PayerNameExists("You are known by this name, in this or another spelling.")
    if total >= PAYER_NAMES_MAX:
        raise TooManyPayerNames(f"An organisation may have {PAYER_NAMES_MAX}.", limit=PAYER_NAMES_MAX)
    row = OwnPayerName(
        org_id=scope.org_id, id=name_id, name=spelt, folded=folded, added_by=scope.actor_id, added_at=now
    )
    session.add(row)
    await session.flush()
    await _record(session, row, "payer_name.added", now)
    return row


async def remove_payer_name(session: AsyncSession, scope: Scope, name_id: UUID, *, now: datetime) -> None:
    """Be known by this name no more; lines that it was matched by stay. Raises PayerNameNotFound (404).

    Organisation and desk are named.
    """
    await _in_turn(session, scope)
    asked = select(OwnPayerName).where(OwnPayerName.org_id == scope.org_id, OwnPayerName.id == name_id)
    row = await session.scalar(asked)
    if row is None:
        raise PayerNameNotFound("You have no such name.")
    await session.delete(row)
    await session.flush()
    await _record(session, row, "payer_name.removed", now)


async def _in_turn(session: AsyncSession, scope: Scope) -> None:
    """One change of an organisation's names after the other, so that they can be counted."""
    mine = select(Organisation.org_id).where(Organisation.org_id == scope.org_id)
    await session.execute(mine.with_for_update(key_share=True))


async def _record(session: AsyncSession, row: OwnPayerName, kind: str, now: datetime) -> None:
    await events.record(
        session, kind, org_id=row.org_id, subject_kind="payer_name", subject_id=row.id, party_ids=(DESK_ID,),
        after={"name": row.name}, now=now,
    )  # fmt: skip

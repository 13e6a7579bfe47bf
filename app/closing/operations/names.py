"""How does the operator give a kind of account the name that its accountant uses?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.closing.errors import AccountUnknown
from app.closing.models import AccountName
from app.closing.rules import DEFAULTS, BookName
from app.core import events
from app.core.db import AsyncSession
from app.core.scope import DESK_ID, Scope


@dataclass(frozen=True, slots=True)
class Named:
    """A kind of account and what it is called now. Version 0: nobody has named it."""

    kind: str
    name: BookName
    version: int


async def name_account(session: AsyncSession, scope: Scope, kind: str, name: BookName, *, now: datetime) -> Named:
    """Call a kind of account so from now on, in journals of earlier months too. Raises AccountUnknown (404).

    The caller has checked the version that it changes under `locked_version`.
    """
    if kind not in DEFAULTS:
        raise AccountUnknown("There is no such kind of account.")
    told = {
        "name": name.name, "code": name.code, "tax_class": name.tax_class, "changed_by": scope.actor_id, "changed_at": now,
    }  # fmt: skip
    writing = insert(AccountName).values(org_id=DESK_ID, kind=kind, **told)
    version = await session.scalar(
        writing.on_conflict_do_update(
            index_elements=["org_id", "kind"], set_=told | {"version": AccountName.version + 1}
        ).returning(AccountName.version)
    )
    await events.record(
        session, "account_name.changed", org_id=DESK_ID, subject_kind="account_name", subject_id=uuid5(DESK_ID, kind),
        after={"kind": kind, "name": name.name, "code": name.code, "tax_class": name.tax_class}, now=now,
    )  # fmt: skip
    assert version is not None, kind
    return Named(kind, name, version)


async def locked_version(session: AsyncSession, kind: str) -> int:
    """The version of a kind's name under its lock; 0 while nobody has named it."""
    asked = select(AccountName.version).where(AccountName.org_id == DESK_ID, AccountName.kind == kind)
    return await session.scalar(asked.with_for_update()) or 0

"""How does a provider's account at a registry come to be known here, and to be confirmed as the provider's?"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError, Forbidden, InvalidState
from app.core.scope import DESK_ID, Scope
from app.core.text import has_control_characters, tidy_line
from app.inventory import queries
from app.inventory.errors import AccountConfirmedElsewhere, AccountInvalid, AccountNotFound, AccountTaken
from app.inventory.models import RegistryAccount
from app.inventory.rules import account_key

UNLOOKED = "Test mode: nobody has looked."
_TAKEN = "uq_registry_account_number"
_CONFIRMED = "uq_registry_account_confirmed"


async def add_account(
    session: AsyncSession,
    scope: Scope,
    account_id: UUID,
    *,
    registry_code: str,
    account_no: str,
    holder_name: str,
    unlooked: bool,
    now: datetime,
) -> RegistryAccount:
    """Enter an account that the provider has at a registry the desk knows.

    Nothing shows yet that it is the provider's: that is for the operator to confirm. In test mode (`unlooked`), where
    nobody looks, it is confirmed at once unless another's is. Raises AccountInvalid (422) for an
    unknown registry and for a text that is blank or has characters that nobody sees, AccountTaken (409). The transaction
    names provider and desk.
    """
    account_no, holder_name = tidy_line(account_no), tidy_line(holder_name)
    if wrong := await _wrong_about(session, registry_code, {"account_no": account_no, "holder_name": holder_name}):
        raise AccountInvalid("See `errors`.", errors=tuple(wrong))
    entered = await queries.account_numbers(session, scope, registry_code)
    if account_key(account_no) in map(account_key, entered):
        raise AccountTaken("You have entered this account number of this registry before.")
    account = RegistryAccount(
        org_id=scope.org_id,
        id=account_id,
        registry_code=registry_code,
        account_no=account_no,
        holder_name=holder_name,
        desk_id=DESK_ID,
        confirmed_at=None,
        confirmed_by=None,
        confirmed_note=None,
        confirmed_no=None,
        created_at=now,
        version=1,
    )
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        if _TAKEN not in str(error.orig):
            raise
        raise AccountTaken("You have entered this account number of this registry before.") from error
    if unlooked:
        with suppress(AccountConfirmedElsewhere):
            await _confirm(session, account, DESK_ID, note=UNLOOKED, now=now)
    return account


async def _wrong_about(session: AsyncSession, registry_code: str, texts: Mapping[str, str]) -> list[FieldError]:
    wrong = []
    for name, text in texts.items():
        if not text:
            wrong.append(FieldError(f"/{name}", "empty", "This must not be empty."))
        elif has_control_characters(text):
            wrong.append(FieldError(f"/{name}", "control_characters", "This must hold only what can be seen."))
    if registry_code not in await queries.units_of_registries(session):
        wrong.append(FieldError("/registry_code", "unknown_registry", "The desk does not know this registry."))
    return wrong


async def locked_account(session: AsyncSession, provider_id: UUID, account_id: UUID) -> RegistryAccount:
    """A provider's account that the operator is about to confirm. Raises AccountNotFound (404)."""
    found = await session.scalar(
        select(RegistryAccount)
        .where(RegistryAccount.org_id == provider_id, RegistryAccount.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise AccountNotFound("No registry account has this id.")
    return found


async def confirm_account(
    session: AsyncSession, scope: Scope, account: RegistryAccount, *, note: str, now: datetime
) -> None:
    """The operator has looked, and a locked account is the provider's: what is fetched of it is the registry's word.

    Raises InvalidState (409) when it is confirmed already, AccountConfirmedElsewhere (409) when another entry of its
    number is, Forbidden (403) when the account is the operator's own. The transaction names provider and desk.
    """
    if account.org_id == scope.org_id:
        raise Forbidden("Nobody confirms an account of their own.")
    if account.confirmed_at is not None:
        raise InvalidState("The account is confirmed.", state="confirmed")
    await _confirm(session, account, scope.actor_id, note=note, now=now)


async def withdraw_confirmation(session: AsyncSession, account: RegistryAccount, *, note: str, now: datetime) -> None:
    """A locked account is not the provider's after all: what is fetched of it from now on is but the provider's word.

    What was settled stays; another entry of the number may be confirmed. Raises InvalidState (409) when it is not
    confirmed. The transaction names provider and desk.
    """
    if account.confirmed_at is None:
        raise InvalidState("The account is not confirmed.", state="unconfirmed")
    account.confirmed_at = account.confirmed_by = account.confirmed_note = account.confirmed_no = None
    account.version += 1
    await session.flush()
    await events.record(
        session, "account.confirmation_withdrawn", org_id=account.org_id, subject_kind="registry_account",
        subject_id=account.id, before={"confirmed": True}, after={"confirmed": False, "note": note},
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip


async def _confirm(
    session: AsyncSession, account: RegistryAccount, confirmed_by: UUID, *, note: str, now: datetime
) -> None:
    try:
        async with session.begin_nested():
            account.confirmed_at, account.confirmed_by, account.confirmed_note = now, confirmed_by, note
            account.confirmed_no = account_key(account.account_no)
            account.version += 1
    except IntegrityError as error:
        if _CONFIRMED not in str(error.orig):
            raise
        raise AccountConfirmedElsewhere("Find out whose account it is: another entry of it is confirmed.") from error
    await events.record(
        session, "account.confirmed", org_id=account.org_id, subject_kind="registry_account", subject_id=account.id,
        before={"confirmed": False}, after={"confirmed": True, "registry_code": account.registry_code,
        "confirmed_no": account.confirmed_no, "note": note}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip

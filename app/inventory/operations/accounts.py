"""How does a provider's account at a registry come to be known here?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import Scope
from app.core.text import tidy_line
from app.inventory import queries
from app.inventory.errors import AccountInvalid, AccountTaken
from app.inventory.models import RegistryAccount

_TAKEN = "uq_registry_account_number"


async def add_account(
    session: AsyncSession,
    scope: Scope,
    account_id: UUID,
    *,
    registry_code: str,
    account_no: str,
    holder_name: str,
    now: datetime,
) -> RegistryAccount:
    """Enter an account that the provider has at a registry the desk knows.

    Raises AccountInvalid (422) for an unknown registry or a blank text, AccountTaken (409).
    """
    account_no, holder_name = tidy_line(account_no), tidy_line(holder_name)
    wrong = [
        FieldError(f"/{name}", "empty", "This must not be empty.")
        for name, text in (("account_no", account_no), ("holder_name", holder_name))
        if not text
    ]
    if registry_code not in await queries.units_of_registries(session):
        wrong.append(FieldError("/registry_code", "unknown_registry", "The desk does not know this registry."))
    if wrong:
        raise AccountInvalid("See `errors`.", errors=tuple(wrong))
    account = RegistryAccount(
        org_id=scope.org_id,
        id=account_id,
        registry_code=registry_code,
        account_no=account_no,
        holder_name=holder_name,
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
    return account

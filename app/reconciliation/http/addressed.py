"""Who may come through these doors, and whose account is it? Providers for their own, the operator for any."""

from typing import Annotated, Any
from uuid import UUID

from litestar.params import QueryParameter

from app.core.errors import FieldError, Forbidden
from app.core.ids import read_public_id
from app.core.scope import Scope
from app.inventory.errors import AccountNotFound
from app.reconciliation.errors import StatementInvalid

TAGS = ["Reconciliation"]
AccountId = Annotated[str, QueryParameter(max_length=40, description="The account at the registry: `acc_…`.")]
MaybeAccountId = Annotated[
    str | None, QueryParameter(max_length=40, description="The account at the registry: `acc_…`.")
]
ProviderId = Annotated[
    str | None, QueryParameter(max_length=40, description="Whose account it is (`org_…`): the operator gives it.")
]


def needs_either(caller: Scope, right: str) -> None:
    """Providers with this right, or the operator; who only reads may be anybody, and finds nothing. Raises Forbidden (403)."""
    if caller.org_kind == "operator":
        caller.needs("admin")
        return
    caller.needs(right)
    if caller.org_kind != "provider" and right != "read":
        raise Forbidden("Only a provider has an account at a registry.")


def needs_provider(caller: Scope) -> None:
    """Only a provider has its own lists fetched day by day. Raises Forbidden (403)."""
    caller.needs("inventory:write")
    if caller.org_kind != "provider":
        raise Forbidden("Only a provider has an account at a registry.")


def provider_of(caller: Scope, provider_id: str | None) -> UUID:
    """Whose account is meant. Raises StatementInvalid (422) when the operator names nobody, or a provider another."""
    if caller.org_kind != "operator":
        if provider_id is not None and read_public_id("org", provider_id) != caller.org_id:
            raise _wrong("not_yours", "Leave it out: the account is your own.")
        return caller.org_id
    found = None if provider_id is None else read_public_id("org", provider_id)
    if found is None:
        raise _wrong("missing", "Name the provider whose account it is.")
    return found


def account_id(text: str) -> UUID:
    """The account in an address. Raises AccountNotFound (404)."""
    found = read_public_id("acc", text)
    if found is None:
        raise AccountNotFound("You have no account with this id.")
    return found


def _wrong(code: str, detail: str) -> Any:
    return StatementInvalid("See `errors`.", errors=(FieldError("?provider_id", code, detail),))

"""What do providers and the operator send and see of accounts at registries?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.inventory.models import RegistryAccount
from app.inventory.queries import AccountLine

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Your account at a registry, as the registry names it."""

    registry_code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    account_no: Text
    holder_name: Text


class AccountOut(msgspec.Struct, frozen=True):
    """Your account at a registry. Once the operator has confirmed that it is yours, lists fetched of it confirm lots."""

    id: str
    registry_code: str
    account_no: str
    holder_name: str
    confirmed_at: datetime | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, account: RegistryAccount) -> "AccountOut":
        """Show a row."""
        return cls(
            id=public_id("acc", account.id),
            registry_code=account.registry_code,
            account_no=account.account_no,
            holder_name=account.holder_name,
            confirmed_at=account.confirmed_at,
            created_at=account.created_at,
            version=account.version,
        )


class DeskAccountOut(msgspec.Struct, frozen=True):
    """An account on the operator's desk: who says that it is theirs, and what was looked at when it was confirmed."""

    provider_id: str
    provider_name: str
    account: AccountOut
    note: str | None

    @classmethod
    def of(cls, line: AccountLine) -> "DeskAccountOut":
        """Show a row."""
        return cls(
            provider_id=public_id("org", line.account.org_id),
            provider_name=line.provider_name,
            account=AccountOut.of(line.account),
            note=line.account.confirmed_note,
        )


class ConfirmAccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What you looked at: it shows that this account is this provider's."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class WithdrawConfirmationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What you have learned: this account is not this provider's, or not any more."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]

"""What does the operator send and see of the desk's accounts and of virtual ones?"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from app.payments.models import DeskBank
from app.payments.rules import DeskAccount

Digits = Annotated[str, msgspec.Meta(pattern="^[0-9]{10}$")]


class DeskAccountIO(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account of the desk's, and what its bank does its own way: ask the bank."""

    bank_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]
    branch_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{3}$")]
    account_kind: Literal["ordinary", "current", "savings"]
    account_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{7,10}$")]
    followed_by: Literal["notices", "statements"]
    """By which of the bank's files its movements come in: transfer notices (01) or statements (03), never both."""
    years: Literal["japanese", "western"]
    """How the bank counts years: by the era (和暦), or the last two digits of the western year."""
    inquiry_numbers: Literal["of_the_bank", "of_the_movement", "of_the_file"]
    """Whether an inquiry number (照会番号) is one movement's for good, shared with other days, or only counts a file's rows."""
    virtual_accounts: Literal["none", "payer_code", "name_end", "edi"]
    """Where the bank writes the virtual account (振込専用口座) that was paid into."""


class DeskAccountsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All accounts that files of the desk's banks may be of."""

    accounts: Annotated[list[DeskAccountIO], msgspec.Meta(max_length=50)]

    def wanted(self) -> list[DeskAccount]:
        """As the operation takes them."""
        return [DeskAccount(**msgspec.structs.asdict(account)) for account in self.accounts]


class DeskAccountsOut(msgspec.Struct, frozen=True):
    """The desk's accounts as they are listed; version 0 before anybody listed one."""

    accounts: list[DeskAccountIO]
    changed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: DeskBank | None) -> "DeskAccountsOut":
        """Shape the list."""
        if row is None:
            return cls([], None, 0)
        return cls(msgspec.convert(row.accounts, list[DeskAccountIO]), row.changed_at, row.version)


class VirtualAccountsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range of virtual accounts (振込専用口座), both ends with it: three digits of the branch, seven of the account."""

    first: Digits
    last: Digits


class VirtualAccountsOut(msgspec.Struct, frozen=True):
    """The pool of virtual accounts: how many there are, how many are still nobody's, and how many this request brought."""

    total: int
    free: int
    added: int

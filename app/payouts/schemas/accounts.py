"""What does a provider write, and read, of where it is paid?"""

from datetime import datetime
from typing import Annotated

import msgspec

from app.core.ids import public_id
from app.payouts.models import ConnectedAccount, PayoutAccount
from app.payouts.rules import AccountKind, AccountStatus, BankAccount
from integrations.stripe.shapes import AccountLink

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Url = Annotated[str, msgspec.Meta(min_length=10, max_length=1000, pattern="^https?://")]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class PayoutAccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank account that payouts, or a buyer's refunds, go to, from when the desk has confirmed it. Names in kana, as
    the bank knows them.
    """

    bank_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]
    bank_name: Name
    branch_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{3}$")]
    branch_name: Name
    account_kind: AccountKind
    account_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,7}$")]
    holder: Name

    def typed(self) -> BankAccount:
        """As the operation takes it."""
        return BankAccount(
            self.bank_code, self.bank_name, self.branch_code, self.branch_name, self.account_kind,
            self.account_number, self.holder,
        )  # fmt: skip


class BuyerAccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank account that a buyer told the desk, for its refunds; a colleague confirms it."""

    buyer_id: Annotated[str, msgspec.Meta(max_length=40)]
    account: PayoutAccountIn


class PayoutAccountOut(msgspec.Struct, frozen=True):
    """A bank account that a provider, or a buyer for its refunds, named: `provider_id` is whose it is.

    Nothing is paid to one that is not `confirmed`, nor while another waits.
    """

    id: str
    provider_id: str
    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    account_kind: str
    account_number: str
    holder: str
    status: AccountStatus
    entered_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: PayoutAccount) -> "PayoutAccountOut":
        """Shape an account."""
        return cls(
            id=public_id("pac", row.id),
            provider_id=public_id("org", row.org_id),
            bank_code=row.bank_code,
            bank_name=row.bank_name,
            branch_code=row.branch_code,
            branch_name=row.branch_name,
            account_kind=row.account_kind,
            account_number=row.account_number,
            holder=row.holder,
            status=row.status,
            entered_at=row.entered_at,
            decided_at=row.decided_at,
            version=row.version,
        )


class AccountDecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the account was confirmed with its owner, or why it was refused. For the desk alone."""

    note: Note


class StripeAccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where Stripe's page sends you when you are done, and when the page has become too old."""

    return_url: Url
    refresh_url: Url


class StripeAccountOut(msgspec.Struct, frozen=True):
    """Your account at Stripe. Payouts come when `transfers` is `active`; `due` is what Stripe still wants to know."""

    id: str
    account_id: str | None
    transfers: str
    payouts_enabled: bool
    details_submitted: bool
    due: list[str]
    disabled_reason: str | None
    checked_at: datetime | None
    url: str | None
    """A page of Stripe's, good once and for minutes: told when it is asked for by POST."""
    url_expires_at: datetime | None

    @classmethod
    def of(cls, row: ConnectedAccount, link: AccountLink | None) -> "StripeAccountOut":
        """Shape an account, with the page that was asked for."""
        return cls(
            id=public_id("sac", row.id),
            account_id=row.account_id,
            transfers=row.transfers,
            payouts_enabled=row.payouts_enabled,
            details_submitted=row.details_submitted,
            due=list(row.due),
            disabled_reason=row.disabled_reason,
            checked_at=row.checked_at,
            url=None if link is None else link.url,
            url_expires_at=None if link is None else link.expires_at,
        )

"""What may we ask of Stripe, and which answers are there?

Every write carries an idempotency key that is ours and was stored before the call. Stripe keeps a key for at least 24
hours (docs.stripe.com/api/idempotent_requests): within that time the same write may be sent again and acts once; later
it is looked up by the reference in its metadata and never sent again. An answer that is not a documented refusal is
`Unknown`.
"""

from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

import msgspec

from integrations.stripe import asked, shapes


class Refused(msgspec.Struct, frozen=True):
    """A definite refusal (400, 402, 403, 404): this write did nothing, and never will under its key.

    `code` is Stripe's, such as `card_declined`; `parameter` is what was wrong, as Stripe names it.
    """

    code: str
    message: str
    status: int
    parameter: str | None


class Unknown(msgspec.Struct, frozen=True):
    """It may have happened: send it again with the same key while that is kept, or look it up."""

    why: str
    status: int | None


class NotSent(msgspec.Struct, frozen=True):
    """Certainly nothing happened, and it may be tried again: no byte left, or Stripe let nothing in (401, 429)."""

    why: str


class Absent(msgspec.Struct, frozen=True):
    """There is nothing with this id or reference; every page was read."""


class LookupFailed(msgspec.Struct, frozen=True):
    """The question got no answer that can be used: ask again later."""

    why: str


NoAnswer: TypeAlias = Refused | Unknown | NotSent
NotFound: TypeAlias = Absent | LookupFailed


class BalancePage(msgspec.Struct, frozen=True):
    """Lines of Stripe's book, oldest first; `more` tells that newer ones follow."""

    lines: tuple[shapes.BalanceTransaction, ...]
    more: bool


class EventPage(msgspec.Struct, frozen=True):
    """Events, newest first as Stripe lists them; `more` tells that older ones follow."""

    events: tuple[shapes.Event, ...]
    more: bool


@runtime_checkable
class Stripe(Protocol):
    """Stripe, or its double. A write takes its key; a question takes none. Nothing here raises for what Stripe answers."""

    @property
    def livemode(self) -> bool:
        """Whether the key moves real money."""
        ...

    async def make_customer(self, new: asked.NewCustomer, *, key: str) -> shapes.Customer | NoAnswer:
        """Make a payer."""
        ...

    async def make_intent(self, new: asked.NewIntent, *, key: str) -> shapes.Intent | NoAnswer:
        """Expect a payment."""
        ...

    async def cancel_intent(self, intent_id: str, *, key: str) -> shapes.Intent | NoAnswer:
        """No longer expect it. Refused when it was paid."""
        ...

    async def make_session(self, new: asked.NewSession, *, key: str) -> shapes.Session | NoAnswer:
        """Make a page to pay on."""
        ...

    async def expire_session(self, session_id: str, *, key: str) -> shapes.Session | NoAnswer:
        """Close the page. Refused when it was used."""
        ...

    async def make_refund(self, new: asked.NewRefund, *, key: str) -> shapes.Refund | NoAnswer:
        """Give money back."""
        ...

    async def make_account(self, new: asked.NewAccount, *, key: str) -> shapes.Account | NoAnswer:
        """Connect a provider (Express, capability `transfers`)."""
        ...

    async def make_account_link(
        self, account_id: str, *, return_url: str, refresh_url: str, key: str
    ) -> shapes.AccountLink | NoAnswer:
        """Make the page on which the provider tells Stripe who it is."""
        ...

    async def make_transfer(self, new: asked.NewTransfer, *, key: str) -> shapes.Transfer | NoAnswer:
        """Pay a provider."""
        ...

    async def make_reversal(self, new: asked.NewReversal, *, key: str) -> shapes.Reversal | NoAnswer:
        """Take back from a provider. Refused when its balance does not have it."""
        ...

    async def submit_evidence(self, evidence: asked.Evidence, *, key: str) -> shapes.Dispute | NoAnswer:
        """Answer a dispute."""
        ...

    async def intent(self, intent_id: str) -> shapes.Intent | NotFound:
        """A payment as it stands."""
        ...

    async def charge(self, charge_id: str) -> shapes.Charge | NotFound:
        """What was taken."""
        ...

    async def session(self, session_id: str) -> shapes.Session | NotFound:
        """A page to pay on, as it stands."""
        ...

    async def refund(self, refund_id: str) -> shapes.Refund | NotFound:
        """A refund as it stands."""
        ...

    async def account(self, account_id: str) -> shapes.Account | NotFound:
        """A connected account as it stands."""
        ...

    async def transfer(self, transfer_id: str) -> shapes.Transfer | NotFound:
        """A transfer as it stands."""
        ...

    async def payout(self, payout_id: str) -> shapes.Payout | NotFound:
        """A payout as it stands."""
        ...

    async def dispute(self, dispute_id: str) -> shapes.Dispute | NotFound:
        """A dispute as it stands."""
        ...

    async def balance_transaction(self, line_id: str) -> shapes.BalanceTransaction | NotFound:
        """One line of Stripe's book."""
        ...

    async def balance_lines(self, *, after: str | None, limit: int) -> BalancePage | LookupFailed:
        """Lines of Stripe's book that are newer than `after`, the oldest first; None begins at the first."""
        ...

    async def undelivered(self, *, since: datetime, before: str | None) -> EventPage | LookupFailed:
        """Events since a moment that no webhook of ours has accepted; `before` goes on behind an earlier page's last."""
        ...

    async def find_customer(self, reference: str, *, email: str) -> shapes.Customer | NotFound:
        """The payer that we made under this reference."""
        ...

    async def find_intent(self, reference: str, *, customer_id: str) -> shapes.Intent | NotFound:
        """The payment that we expected under this reference."""
        ...

    async def find_session(self, reference: str, *, customer_id: str) -> shapes.Session | NotFound:
        """The page that we made under this reference."""
        ...

    async def find_refund(self, reference: str, *, intent_id: str) -> shapes.Refund | NotFound:
        """The refund that we asked for under this reference."""
        ...

    async def find_account(self, reference: str) -> shapes.Account | NotFound:
        """The account that we connected under this reference."""
        ...

    async def find_transfer(self, reference: str, *, destination: str) -> shapes.Transfer | NotFound:
        """The transfer that we made under this reference."""
        ...

    async def find_reversal(self, reference: str, *, transfer_id: str) -> shapes.Reversal | NotFound:
        """The reversal that we made under this reference."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...

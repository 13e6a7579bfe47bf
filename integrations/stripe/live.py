"""What does Stripe itself answer? The port of `client` over Stripe's API, one call for each write and each question.

Importing this costs about a second (`calling` says why): import it where it is made, and only when Stripe is configured.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

from stripe.params import (
    CustomerListParams,
    PaymentIntentListParams,
    RefundListParams,
    TransferListParams,
)
from stripe.params.checkout import SessionListParams

from integrations.http import Timeouts
from integrations.stripe import asked, params, reading, shapes
from integrations.stripe.answers import believed, told, written
from integrations.stripe.balance import first_lines, lines_after
from integrations.stripe.calling import Call, Calling
from integrations.stripe.client import BalancePage, EventPage, LookupFailed, NoAnswer, NotFound
from integrations.stripe.finding import Listing, find
from integrations.stripe.keys import moves_real_money
from integrations.stripe.lists import PAGE_SIZE, page_of
from integrations.stripe.reading import Reader

_S = TypeVar("_S")


class StripeLive:
    """Stripe behind `base_url`, without a path: https://api.stripe.com. Close it with `aclose`.

    `timeouts.total_s` bounds each call; a question over several pages is several calls. `request_id` tells for which
    request of ours a call is made. Raises `NotASecretKey` for a key that does not say whether it moves real money.
    """

    def __init__(self, base_url: str, *, secret_key: str, timeouts: Timeouts, request_id: Callable[[], str]) -> None:
        self._livemode = moves_real_money(secret_key)
        self._calling = Calling(base_url, secret_key=secret_key, timeouts=timeouts, request_id=request_id)
        self._api = self._calling.api

    @property
    def livemode(self) -> bool:
        """Whether the key moves real money."""
        return self._livemode

    async def make_customer(self, new: asked.NewCustomer, *, key: str) -> shapes.Customer | NoAnswer:
        """Make a payer."""
        call = partial(self._api.customers.create_async, params.of_customer(new))
        return await self._write(call, key, reading.customer, {"reference": new.reference, **self._mode})

    async def make_intent(self, new: asked.NewIntent, *, key: str) -> shapes.Intent | NoAnswer:
        """Expect a payment."""
        call = partial(self._api.payment_intents.create_async, params.of_intent(new))
        expected = {
            "reference": new.reference,
            "amount_minor": new.amount_minor,
            "currency": new.currency,
            "customer_id": new.customer_id,
            "methods": (new.method.value,),
            "transfer_group": new.transfer_group,
        }
        return await self._write(call, key, reading.intent, expected | self._mode)

    async def cancel_intent(self, intent_id: str, *, key: str) -> shapes.Intent | NoAnswer:
        """No longer expect it. Refused when it was paid."""
        call = partial(self._api.payment_intents.cancel_async, intent_id, {})
        expected = {"id": intent_id, "status": "canceled"}
        return await self._write(call, key, reading.intent, expected | self._mode)

    async def make_session(self, new: asked.NewSession, *, key: str) -> shapes.Session | NoAnswer:
        """Make a page to pay on."""
        call = partial(self._api.checkout.sessions.create_async, params.of_session(new))
        expected = {"reference": new.reference, "amount_minor": new.amount_minor, "currency": new.currency}
        return await self._write(call, key, reading.session, expected | self._mode)

    async def expire_session(self, session_id: str, *, key: str) -> shapes.Session | NoAnswer:
        """Close the page. Refused when it was used."""
        call = partial(self._api.checkout.sessions.expire_async, session_id, {})
        expected = {"id": session_id, "status": "expired"}
        return await self._write(call, key, reading.session, expected | self._mode)

    async def make_refund(self, new: asked.NewRefund, *, key: str) -> shapes.Refund | NoAnswer:
        """Give money back."""
        call = partial(self._api.refunds.create_async, params.of_refund(new))
        expected = {"reference": new.reference, "amount_minor": new.amount_minor, "intent_id": new.intent_id}
        return await self._write(call, key, reading.refund, expected)

    async def make_account(self, new: asked.NewAccount, *, key: str) -> shapes.Account | NoAnswer:
        """Connect a provider (Express, capability `transfers`)."""
        call = partial(self._api.accounts.create_async, params.of_account(new))
        return await self._write(call, key, reading.account, {"reference": new.reference, "country": new.country})

    async def make_account_link(
        self, account_id: str, *, return_url: str, refresh_url: str, key: str
    ) -> shapes.AccountLink | NoAnswer:
        """Make the page on which the provider tells Stripe who it is."""
        asking = params.of_account_link(account_id, return_url=return_url, refresh_url=refresh_url)
        return await self._write(partial(self._api.account_links.create_async, asking), key, reading.account_link, {})

    async def make_transfer(self, new: asked.NewTransfer, *, key: str) -> shapes.Transfer | NoAnswer:
        """Pay a provider."""
        call = partial(self._api.transfers.create_async, params.of_transfer(new))
        expected = {
            "reference": new.reference,
            "amount_minor": new.amount_minor,
            "currency": new.currency,
            "destination": new.destination,
        }
        if new.transfer_group is not None:  # One tied to a charge is given the charge's group.
            expected["transfer_group"] = new.transfer_group
        return await self._write(call, key, reading.transfer, expected | self._mode)

    async def make_reversal(self, new: asked.NewReversal, *, key: str) -> shapes.Reversal | NoAnswer:
        """Take back from a provider. Refused when its balance does not have it."""
        call = partial(self._api.transfers.reversals.create_async, new.transfer_id, params.of_reversal(new))
        expected = {
            "reference": new.reference,
            "amount_minor": new.amount_minor,
            "transfer_id": new.transfer_id,
        }
        return await self._write(call, key, reading.reversal, expected)

    async def submit_evidence(self, evidence: asked.Evidence, *, key: str) -> shapes.Dispute | NoAnswer:
        """Answer a dispute."""
        call = partial(self._api.disputes.update_async, evidence.dispute_id, params.of_evidence(evidence))
        return await self._write(call, key, reading.dispute, {"id": evidence.dispute_id, **self._mode})

    async def intent(self, intent_id: str) -> shapes.Intent | NotFound:
        """A payment as it stands."""
        call = partial(self._api.payment_intents.retrieve_async, intent_id, {})
        return await self._ask(call, reading.intent, {"id": intent_id, **self._mode})

    async def charge(self, charge_id: str) -> shapes.Charge | NotFound:
        """What was taken."""
        call = partial(self._api.charges.retrieve_async, charge_id, {})
        return await self._ask(call, reading.charge, {"id": charge_id, **self._mode})

    async def session(self, session_id: str) -> shapes.Session | NotFound:
        """A page to pay on, as it stands."""
        call = partial(self._api.checkout.sessions.retrieve_async, session_id, {})
        return await self._ask(call, reading.session, {"id": session_id, **self._mode})

    async def refund(self, refund_id: str) -> shapes.Refund | NotFound:
        """A refund as it stands."""
        call = partial(self._api.refunds.retrieve_async, refund_id, {})
        return await self._ask(call, reading.refund, {"id": refund_id})

    async def account(self, account_id: str) -> shapes.Account | NotFound:
        """A connected account as it stands."""
        call = partial(self._api.accounts.retrieve_async, account_id, {})
        return await self._ask(call, reading.account, {"id": account_id})

    async def transfer(self, transfer_id: str) -> shapes.Transfer | NotFound:
        """A transfer as it stands."""
        call = partial(self._api.transfers.retrieve_async, transfer_id, {})
        return await self._ask(call, reading.transfer, {"id": transfer_id, **self._mode})

    async def payout(self, payout_id: str) -> shapes.Payout | NotFound:
        """A payout as it stands."""
        call = partial(self._api.payouts.retrieve_async, payout_id, {})
        return await self._ask(call, reading.payout, {"id": payout_id, **self._mode})

    async def dispute(self, dispute_id: str) -> shapes.Dispute | NotFound:
        """A dispute as it stands."""
        call = partial(self._api.disputes.retrieve_async, dispute_id, {})
        return await self._ask(call, reading.dispute, {"id": dispute_id, **self._mode})

    async def balance_transaction(self, line_id: str) -> shapes.BalanceTransaction | NotFound:
        """One line of Stripe's book."""
        call = partial(self._api.balance_transactions.retrieve_async, line_id, {})
        return await self._ask(call, reading.balance_transaction, {"id": line_id})

    async def balance_lines(self, *, after: str | None, limit: int) -> BalancePage | LookupFailed:
        """Lines of Stripe's book that are newer than `after`, the oldest first, 1 to 100; None begins at the first."""
        if after is None:
            return await first_lines(self._calling, limit)
        return await lines_after(self._calling, after, limit)

    async def undelivered(self, *, since: datetime, before: str | None) -> EventPage | LookupFailed:
        """Events of our own account since a moment that no webhook of ours has accepted, a page of at most a hundred.

        Stripe keeps events for 30 days (docs.stripe.com/api/events/list); `before` goes on behind an earlier page's
        last. Events of connected accounts are not in this list.
        """
        asking = params.of_undelivered(since, before, limit=PAGE_SIZE)
        page = await page_of(self._calling, partial(self._api.events.list_async, asking), limit=PAGE_SIZE)
        if isinstance(page, LookupFailed):
            return page
        events: list[shapes.Event] = []
        for entry in page.entries:
            event = believed(entry.raw, reading.event, self._mode)
            if isinstance(event, LookupFailed):
                return event
            events.append(event)
        return EventPage(tuple(events), page.more)

    async def find_customer(self, reference: str, *, email: str) -> shapes.Customer | NotFound:
        """The payer that we made under this reference."""
        narrowed: CustomerListParams = {"email": email}
        expected = {"reference": reference, **self._mode}
        return await self._find(self._api.customers.list_async, narrowed, reading.customer, expected)

    async def find_intent(self, reference: str, *, customer_id: str) -> shapes.Intent | NotFound:
        """The payment that we expected under this reference."""
        narrowed: PaymentIntentListParams = {"customer": customer_id}
        expected = {"reference": reference, "customer_id": customer_id, **self._mode}
        return await self._find(self._api.payment_intents.list_async, narrowed, reading.intent, expected)

    async def find_session(self, reference: str, *, customer_id: str) -> shapes.Session | NotFound:
        """The page that we made under this reference."""
        narrowed: SessionListParams = {"customer": customer_id}
        expected = {"reference": reference, **self._mode}
        return await self._find(self._api.checkout.sessions.list_async, narrowed, reading.session, expected)

    async def find_refund(self, reference: str, *, intent_id: str) -> shapes.Refund | NotFound:
        """The refund that we asked for under this reference."""
        narrowed: RefundListParams = {"payment_intent": intent_id}
        expected = {"reference": reference, "intent_id": intent_id}
        return await self._find(self._api.refunds.list_async, narrowed, reading.refund, expected)

    async def find_account(self, reference: str) -> shapes.Account | NotFound:
        """The account that we connected under this reference, among all: Stripe has no filter that would find it."""
        return await self._find(self._api.accounts.list_async, {}, reading.account, {"reference": reference})

    async def find_transfer(self, reference: str, *, destination: str) -> shapes.Transfer | NotFound:
        """The transfer that we made under this reference."""
        narrowed: TransferListParams = {"destination": destination}
        expected = {"reference": reference, "destination": destination, **self._mode}
        return await self._find(self._api.transfers.list_async, narrowed, reading.transfer, expected)

    async def find_reversal(self, reference: str, *, transfer_id: str) -> shapes.Reversal | NotFound:
        """The reversal that we made under this reference."""
        listing = partial(self._api.transfers.reversals.list_async, transfer_id)
        expected = {"reference": reference, "transfer_id": transfer_id}
        return await self._find(listing, {}, reading.reversal, expected)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._calling.aclose()

    @property
    def _mode(self) -> dict[str, object]:
        """What every object says that says whether it is real."""
        return {"livemode": self._livemode}

    async def _write(self, call: Call, key: str, read: Reader[_S], expected: Mapping[str, object]) -> _S | NoAnswer:
        return written(await self._calling.send(call, key=key), read, expected)

    async def _ask(self, call: Call, read: Reader[_S], expected: Mapping[str, object]) -> _S | NotFound:
        return told(await self._calling.ask(call), read, expected)

    async def _find(
        self, listing: Listing, narrowed: Mapping[str, object], read: Reader[_S], expected: Mapping[str, object]
    ) -> _S | NotFound:
        return await find(self._calling, listing, narrowed, read, expected)

"""The stage of the fake Stripe's tests: Stripe's own library and a plain client before it, and the scene's hands behind."""

from itertools import count
from types import TracebackType
from typing import Any, Self

import httpx
import stripe

from integrations.stripe.fake import scene
from integrations.stripe.fake.admin import show_book, state_fault, wish
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Fault, FaultName, View
from integrations.stripe.shapes import API_VERSION, REFERENCE

SECRET_KEY = "sk_test_theKeyOfTheFakesTests"
ADMIN_SECRET = "admin"
DAY_S = 24 * 60 * 60
BANK_OPTIONS = {
    "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}},
}
PAYER = {"name": "鷗 花子", "email": "hanako@example.jp"}

_numbers = count(1)


class FakeStage:
    """A fake Stripe's callers. `api` is Stripe's library, `raw` is HTTP; both show the right key."""

    def __init__(self, server: FakeStripeProcess) -> None:
        self.server = server
        self._http = stripe.RequestsClient(timeout=20)
        self.api = stripe.StripeClient(
            SECRET_KEY,
            base_addresses={"api": server.base_url},
            stripe_version=API_VERSION,
            max_network_retries=0,
            http_client=self._http,
        ).v1
        self.raw = httpx.Client(
            base_url=server.base_url,
            headers={"Authorization": f"Bearer {SECRET_KEY}", "Stripe-Version": API_VERSION},
            timeout=20,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        self.raw.close()

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """A write by hand; `key=` is its idempotency key."""
        given = {"idempotency-key": headers.pop("key")} if "key" in headers else {}
        return self.raw.post(path, data=form or {}, headers=given | headers)

    def wish(self, wanted: scene.Wish) -> dict[str, Any]:
        return self.server.admin.ask(wish(wanted))

    def fault(self, name: FaultName, **details: Any) -> None:
        self.server.admin.ask(state_fault(Fault(name, **details)))

    @property
    def book(self) -> View:
        return self.server.admin.ask(show_book())

    def customer(self, **more: Any) -> str:
        """A payer of the test's own."""
        facts = {"name": PAYER["name"], "email": PAYER["email"], "metadata": {REFERENCE: f"customer-{next(_numbers)}"}}
        return self.api.customers.create(facts | more).id

    def card_intent(self, customer: str, amount: int = 10_000, **more: Any) -> Any:
        asked = {"amount": amount, "currency": "jpy", "customer": customer, "payment_method_types": ["card"]}
        return self.api.payment_intents.create(asked | more)

    def paid_by_card(self, customer: str, amount: int = 10_000, *, card: str = "pm_card_visa") -> Any:
        return self.card_intent(customer, amount, confirm=True, payment_method=card)

    def transfer_intent(self, customer: str, amount: int = 10_000) -> Any:
        return self.api.payment_intents.create(
            {
                "amount": amount,
                "currency": "jpy",
                "customer": customer,
                "payment_method_types": ["customer_balance"],
                "payment_method_data": {"type": "customer_balance"},
                "payment_method_options": BANK_OPTIONS,
                "confirm": True,
            }
        )

    def konbini_intent(self, customer: str, amount: int = 10_000, **options: Any) -> Any:
        return self.api.payment_intents.create(
            {
                "amount": amount,
                "currency": "jpy",
                "customer": customer,
                "payment_method_types": ["konbini"],
                "payment_method_data": {"type": "konbini", "billing_details": PAYER},
                "payment_method_options": {"konbini": options} if options else {},
                "confirm": True,
            }
        )

    def session(self, customer: str, amount: int = 10_000) -> Any:
        return self.api.checkout.sessions.create(
            {
                "mode": "payment",
                "customer": customer,
                "payment_method_types": ["card", "customer_balance", "konbini"],
                "payment_method_options": BANK_OPTIONS,
                "line_items": [
                    {
                        "price_data": {"currency": "jpy", "unit_amount": amount, "product_data": {"name": "10 t"}},
                        "quantity": 1,
                    }
                ],
                "payment_intent_data": {"metadata": {REFERENCE: "of-a-session"}, "transfer_group": "order-1"},
                "success_url": "https://example.jp/paid",
            }
        )

    def account(self, *, onboarded: bool = True) -> str:
        """A provider, let in by Stripe or not yet."""
        made = self.api.accounts.create(
            {"type": "express", "country": "JP", "capabilities": {"transfers": {"requested": True}}}
        )
        if onboarded:
            self.wish(scene.OnboardAccount(made.id))
        return made.id

    def intent(self, name: str, *expand: str) -> Any:
        return self.api.payment_intents.retrieve(name, {"expand": list(expand)})

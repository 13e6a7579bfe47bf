"""How does the demonstration pay by card? As a payer's browser would at Stripe, and with Stripe's event brought to the desk.

The simulated Stripe and a test key's real one are asked in the same words. Stripe cannot reach a desk on loopback: its event
is fetched and handed in, signed, as `stripe listen` does for developers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
import msgspec

from app.demo.caller import Caller, until
from app.demo.errors import DemoFailed
from integrations.stripe.fake.signature import signature_header

QUANTITY_T: Final = 20
ISSUER: Final[dict[str, Any]] = {
    "valid_from": "2024-01-01", "name": "オフセットデスク株式会社（デモ）", "registration_number": "T9000000000000",
    "is_corporation": True, "address": "東京都千代田区丸の内0-0-0", "phone": "03-0000-0000", "bank": None,
    "notes": ["デモンストレーション：実際の取引ではありません"], "numbered_by": "calendar_year", "fiscal_year_ends_in": 3,
    "years_kept": 7,
}  # fmt: skip
"""Who issues the papers. The registration number has a right check digit and is nobody's."""
_CARD: Final = "pm_card_visa"
"""A payment method of Stripe's test mode that succeeds (docs.stripe.com/testing)."""
_PAGE: Final = "https://example.com/thanks"
_CALL_S: Final = 30


@dataclass(frozen=True, slots=True)
class Stripe:
    """Where Stripe is, with a test key, and the secret of the desk's webhook."""

    url: str
    secret_key: str
    webhook_secret: str

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        """The JSON of an answer. Raises DemoFailed."""
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        answer = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=_CALL_S, trust_env=False, **sent)
        if not answer.is_success:
            raise DemoFailed(f"Stripe answered {path} with {answer.status_code}: {answer.text[:300]}", part="stripe")
        return answer.json()


def order(buyer: Caller, listing_id: str, quantity: int) -> dict[str, Any]:
    """An order without a retirement, which waits for its money."""
    wish = {"lines": [{"listing_id": listing_id, "quantity": quantity}]}
    placed: dict[str, Any] = buyer.post("/v1/orders", wish)
    return placed


def pay(
    buyer: Caller, nobody: Caller, placed: dict[str, Any], stripe: Stripe, *, now: Callable[[], datetime],
    check: Callable[[], None],
) -> dict[str, Any]:  # fmt: skip
    """Pay the whole order by card; its payment once the desk has booked it, with the moment at which it is final."""
    begun = buyer.post(f"/v1/orders/{placed['id']}/payments", {"method": "card"})
    intent_id = str(begun["client_secret"]).partition("_secret_")[0]
    confirmed = {"payment_method": _CARD, "return_url": _PAGE}
    stripe.ask("POST", f"/v1/payment_intents/{intent_id}/confirm", data=confirmed)
    _forward(nobody, stripe, intent_id, now=now, check=check)

    def ask() -> dict[str, Any] | None:
        shown: dict[str, Any] = buyer.get(f"/v1/orders/{placed['id']}")["payment"]
        return shown if shown["final_at"] else None

    return until(ask, "the card payment is booked", of="worker", check=check)


def _forward(
    nobody: Caller, stripe: Stripe, intent_id: str, *, now: Callable[[], datetime], check: Callable[[], None]
) -> None:
    def ask() -> dict[str, Any] | None:
        told = stripe.ask("GET", "/v1/events", params={"type": "payment_intent.succeeded", "limit": "10"})["data"]
        return next((event for event in told if event["data"]["object"]["id"] == intent_id), None)

    event = msgspec.json.encode(until(ask, "Stripe has told of the payment", of="stripe", check=check))
    signed = signature_header(event, [stripe.webhook_secret], at=int(now().timestamp()))
    nobody.send("/webhooks/stripe", event, "application/json", signed)


def invoice(buyer: Caller, placed: dict[str, Any], *, check: Callable[[], None]) -> dict[str, Any]:
    """Wait until the order has its invoice, PDF and all."""

    def ask() -> dict[str, Any] | None:
        issued = buyer.get("/v1/papers", kind="invoice")["data"]
        mine = next((each for each in issued if each["order_id"] == placed["id"]), None)
        if mine is None:
            return None
        shown: dict[str, Any] = buyer.get(f"/v1/papers/{mine['id']}")
        return shown["paper"] if shown["pdf_sha256"] else None

    return until(ask, "the invoice is issued and its PDF made", of="worker", check=check)

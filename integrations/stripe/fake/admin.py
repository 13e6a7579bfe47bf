"""How do tests and the demo set the fake Stripe's scene, and read its book?

Each thing that can be asked is a `Call` of our fakes, a plain value: `integrations.registries.fake.admin.Admin` carries
it out, and `AsyncAdmin` does so without blocking. Both raise httpx's errors, also for a refusal.
"""

from typing import Any

from integrations.registries.fake.admin import Admin, AsyncAdmin, Call, Done
from integrations.stripe.fake.messages import (
    Chance,
    Delivered,
    Delivery,
    Endpoint,
    Endpoints,
    Fault,
    Forward,
    Hold,
    View,
)
from integrations.stripe.fake.scene import Wish

__all__ = ["Admin", "AsyncAdmin", "Call", "Done"]


def wish(wanted: Wish) -> Call[dict[str, Any]]:
    """Let a payer, a bank or somebody at Stripe do something; what it was about comes back as on the wire."""
    return Call("POST", "/admin/wishes", wanted, dict[str, Any])


def forward(by_s: int) -> Call[Done]:
    """Move time forward; what falls due happens."""
    return Call("POST", "/admin/clock", Forward(by_s), Done)


def drop_keys() -> Call[Done]:
    """Forget all idempotency keys, as Stripe may when a day is over; the clock stays."""
    return Call("POST", "/admin/keys/drop", None, Done)


def set_endpoints(*endpoints: Endpoint) -> Call[Done]:
    """Tell of events there from now on; a restart remembers it."""
    return Call("POST", "/admin/webhooks/endpoints", Endpoints(endpoints), Done)


def hold_webhooks() -> Call[Done]:
    """Deliver no webhooks by yourself from now on."""
    return Call("POST", "/admin/webhooks/hold", Hold(held=True), Done)


def release_webhooks() -> Call[Done]:
    """Deliver them again, beginning with those that wait."""
    return Call("POST", "/admin/webhooks/hold", Hold(held=False), Done)


def deliver(wanted: Delivery) -> Call[Delivered]:
    """Deliver events now, in this order, as often and as wrongly as wanted; what the receiver answered comes back."""
    return Call("POST", "/admin/webhooks/deliveries", wanted, Delivered)


def state_fault(fault: Fault) -> Call[Done]:
    """Let the next requests go wrong."""
    return Call("POST", "/admin/faults", fault, Done)


def leave_to(chance: Chance) -> Call[Done]:
    """Let requests go wrong by lot."""
    return Call("POST", "/admin/faults/chance", chance, Done)


def clear_faults() -> Call[Done]:
    """Let nothing go wrong any more."""
    return Call("POST", "/admin/faults/clear", None, Done)


def show_book() -> Call[View]:
    """Show everything that there is."""
    return Call("GET", "/admin/book", None, View)

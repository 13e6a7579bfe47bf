"""How does an event look?"""

from typing import Any

from integrations.stripe.fake.act import PLATFORM
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.shapes import API_VERSION


def event(thing: Thing, about: dict[str, Any]) -> dict[str, Any]:
    """One event; `account` stands in those of connected accounts only."""
    whose = {} if thing["_owner"] == PLATFORM else {"account": thing["_owner"]}
    changes = {} if thing["_previous"] is None else {"previous_attributes": thing["_previous"]}
    waiting = [each for each in thing["_deliveries"].values() if not each["delivered"]]
    return {
        "id": thing["id"],
        "object": "event",
        "api_version": API_VERSION,
        "created": thing["created"],
        "data": {"object": about} | changes,
        "livemode": False,
        "pending_webhooks": len(waiting),
        "request": thing["_request"],
        "type": thing["type"],
    } | whose

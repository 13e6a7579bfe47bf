"""What happened, and who was told? docs.stripe.com/api/events/list."""

from integrations.stripe.fake.act import Act, Page
from integrations.stripe.fake.form import Asked


def list_all(act: Act, asked: Asked) -> Page:
    """Events: of a kind or several, and by whether every webhook accepted them.

    Without `delivery_success` all; when false those that still wait or have failed everywhere.
    """
    kinds = tuple(asked["types"]) if "types" in asked else asked.get("type")
    undelivered = None if "delivery_success" not in asked else not asked["delivery_success"]
    return act.page("event", asked, type=kinds, _undelivered=undelivered)

"""Which facts of a thing are anybody's to see?"""

from typing import Any, Final

from integrations.stripe.fake.shelf import Thing

ADDRESS: Final = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
"""An address of which nothing is known."""


def seen(thing: Thing, *, livemode: bool) -> dict[str, Any]:
    """What is not the fake's own; `livemode` is false where it stands at all."""
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    return shown | {"livemode": False} if livemode else shown


def billed(thing: Thing) -> dict[str, Any]:
    """Whoever paid."""
    return {"address": ADDRESS, "tax_id": None, **thing["_payer"]}


def empty_list(url: str) -> dict[str, Any]:
    """A list with nothing on it."""
    return {"object": "list", "data": [], "has_more": False, "url": url}

"""Does a key of Stripe's move real money? Its own letters say so (docs.stripe.com/keys)."""

import re
from typing import Final

_KEY: Final = re.compile(r"(?:sk|rk)_(?P<mode>live|test)_[A-Za-z0-9_]+")


class NotASecretKey(ValueError):
    """These letters are no secret or restricted key of Stripe's. A publishable one is not either."""


def moves_real_money(secret_key: str) -> bool:
    """Whether a key is a live one; a sandbox's is a test key. Raises `NotASecretKey`, without telling the key."""
    match = _KEY.fullmatch(secret_key)
    if match is None:
        raise NotASecretKey("A key of Stripe's begins with sk_live_, sk_test_, rk_live_ or rk_test_.")
    return match["mode"] == "live"

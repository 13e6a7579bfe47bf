"""How does Stripe sign a webhook? docs.stripe.com/webhooks/signature: HMAC-SHA256 over the moment, a dot, and the body."""

import hashlib
import hmac
from collections.abc import Iterable


def signature_header(payload: bytes, secrets: Iterable[str], *, at: int) -> str:
    """The header: a `v1` for each secret, and the `v0` that Stripe adds in test mode and that nobody is to accept."""
    signed = f"{at}.".encode() + payload
    made = [f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets]
    return ",".join([f"t={at}", *made, f"v0={hashlib.sha256(signed).hexdigest()}"])

"""Did Stripe send this event, to us, just now?

The signature is HMAC-SHA256 over the header's time, a dot and the raw bytes of the body, in hexadecimal under `v1`; while
an endpoint's secret is rolled there is one for each live secret (docs.stripe.com/webhooks/signature). Written here and
not taken from stripe-python because every event of every endpoint passes through, in a process that needs nothing else
of that library, whose import takes a second; the tests hold both to the same verdicts.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from integrations.stripe.reading import event_of
from integrations.stripe.shapes import Event
from integrations.stripe.wire import envelopes

TOLERANCE_S: Final = 300
"""Stripe's own default for how old an event may be. It signs anew at each attempt to deliver."""
HEADER_LETTERS_MAX: Final = 4096
"""Room for some fifty signatures: nobody rolls so many secrets at once."""

_TIME: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_NO_JSON = (UnicodeDecodeError, RecursionError, ArithmeticError)


class Refusal(StrEnum):
    """Why an event is not taken.

    OTHER_LIVEMODE is no attack: a live endpoint for connected accounts is sent their test events too
    (docs.stripe.com/connect/webhooks), and Stripe has to be told that they arrived, or it sends them for days.
    """

    NO_SIGNATURE = "no_signature"
    MALFORMED_SIGNATURE = "malformed_signature"
    BAD_SIGNATURE = "bad_signature"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"
    NOT_JSON = "not_json"
    NOT_AN_EVENT = "not_an_event"
    OTHER_LIVEMODE = "other_livemode"
    OTHER_ACCOUNT = "other_account"


class Whose(StrEnum):
    """Of which accounts an address is told. An endpoint is registered for one kind or the other
    (docs.stripe.com/connect/webhooks); two of them may have the same address, each with its own secret."""

    OURS = "ours"
    CONNECTED = "connected"
    EITHER = "either"


class _Signed(msgspec.Struct, frozen=True):
    """What the header says."""

    at_s: int
    signatures: tuple[bytes, ...]


def read_event(
    payload: bytes,
    signature: str | None,
    *,
    secrets: Sequence[str],
    now: datetime,
    tolerance_s: int,
    livemode: bool,
    whose: Whose,
) -> Event | Refusal:
    """The event in the raw bytes of a request with this `Stripe-Signature`, if one of the endpoint's `secrets` signed it.

    The object's snapshot in it is not looked at: what the object is now is asked for anew, so an event of any version
    of the API is taken. The same event comes more than once, and events come in any order.
    """
    assert secrets, "An endpoint without a secret would take anything for Stripe's."
    assert all(secret.strip() for secret in secrets), "An empty secret is everybody's."
    signed = _signed(signature)
    if isinstance(signed, Refusal):
        return signed
    if not _is_genuine(payload, signed, secrets):
        return Refusal.BAD_SIGNATURE
    age_s = now.timestamp() - signed.at_s
    if age_s > tolerance_s:
        return Refusal.TOO_OLD
    if age_s < -tolerance_s:
        return Refusal.FROM_THE_FUTURE
    return _event(payload, livemode=livemode, whose=whose)


def _signed(header: str | None) -> _Signed | Refusal:
    """The header's parts. Schemes other than `v1` are passed over: `v0` is a test scheme, and not genuine."""
    if not header:
        return Refusal.NO_SIGNATURE
    if len(header) > HEADER_LETTERS_MAX:
        return Refusal.MALFORMED_SIGNATURE
    pairs = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = tuple(value.encode("utf-8", "replace") for name, _, value in pairs if name == "v1")
    if len(times) != 1 or not signatures or not _TIME.fullmatch(times[0]):
        return Refusal.MALFORMED_SIGNATURE
    return _Signed(int(times[0]), signatures)


def _is_genuine(payload: bytes, signed: _Signed, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets made one of the signatures, in a time that does not tell how much of it was right."""
    message = b"%d." % signed.at_s + payload
    expected = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in secrets]
    return any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in signed.signatures)


def _event(payload: bytes, *, livemode: bool, whose: Whose) -> Event | Refusal:
    try:
        read = msgspec.json.decode(payload, type=envelopes.Event)
    except msgspec.ValidationError:
        return Refusal.NOT_AN_EVENT
    except (msgspec.DecodeError, *_NO_JSON):
        return Refusal.NOT_JSON
    if read.livemode is not livemode:
        return Refusal.OTHER_LIVEMODE
    if whose not in {Whose.EITHER, Whose.OURS if read.account is None else Whose.CONNECTED}:
        return Refusal.OTHER_ACCOUNT
    return event_of(read)

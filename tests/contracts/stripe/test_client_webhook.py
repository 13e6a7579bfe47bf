"""Do we take an event when Stripe's own library would, and nothing that it would not?"""

import hashlib
import hmac
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from integrations.stripe import shapes
from integrations.stripe.webhook import TOLERANCE_S, Refusal, Whose, read_event
from tests.contracts.stripe import honest
from tests.contracts.stripe.any_bytes import BODIES

ROOT = Path(__file__).parents[3]
SECRET = "whsec_one"
OLD_SECRET = "whsec_old"
PAYLOAD = msgspec.json.encode(honest.EVENT)
SENT = honest.MADE


def header(payload: bytes, *secrets: str, at: int = SENT, scheme: str = "v1") -> str:
    """As Stripe signs."""
    made = [hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"{scheme}={one}" for one in made)])


def read(
    payload: bytes,
    signature: str | None,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    now: datetime = honest.AT,
    livemode: bool = False,
    whose: Whose = Whose.OURS,
) -> shapes.Event | Refusal:
    return read_event(
        payload, signature, secrets=secrets, now=now, tolerance_s=TOLERANCE_S, livemode=livemode, whose=whose
    )


def signed(said: Any, **how: Any) -> shapes.Event | Refusal:
    payload = said if isinstance(said, bytes) else msgspec.json.encode(said)
    return read(payload, header(payload, SECRET), **how)


def library_takes(payload: bytes, signature: str | None, secret: str = SECRET) -> bool:
    """Stripe's own verdict; not on time, for which it looks at its own clock."""
    try:
        stripe.Webhook.construct_event(payload, signature, secret, tolerance=0)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # The last for letters beyond ASCII.
        return False
    return True


def test_an_event_is_read_from_its_raw_bytes() -> None:
    assert read(PAYLOAD, header(PAYLOAD, SECRET)) == shapes.Event(
        id="evt_1",
        type="payment_intent.succeeded",
        object_kind="payment_intent",
        object_id="pi_1",
        account=None,
        livemode=False,
        api_version=shapes.API_VERSION,
        created_at=honest.AT,
    )
    spaced = b"  " + PAYLOAD.replace(b":", b" : ", 1) + b"\n"
    assert isinstance(read(spaced, header(spaced, SECRET)), shapes.Event)
    assert read(spaced, header(PAYLOAD, SECRET)) is Refusal.BAD_SIGNATURE


def test_events_are_taken_without_the_second_that_the_library_costs() -> None:
    said = "import sys, integrations.stripe.webhook, integrations.stripe.client; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], cwd=ROOT, timeout=60).returncode == 0


def test_what_the_library_signs_we_take() -> None:
    signature = stripe.WebhookSignature.generate_signature_header(PAYLOAD.decode(), SECRET, SENT)
    assert isinstance(read(PAYLOAD, signature), shapes.Event)


SIGNATURES = {
    "of our secret": header(PAYLOAD, SECRET),
    "of two secrets, ours last": header(PAYLOAD, "whsec_other", SECRET),
    "of another secret": header(PAYLOAD, "whsec_other"),
    "of another body": header(PAYLOAD + b" ", SECRET),
    "of another scheme": header(PAYLOAD, SECRET, scheme="v0"),
    "with a test signature beside it": header(PAYLOAD, SECRET) + "," + "v0=" + "0" * 64,
    "under a later time than was signed": header(PAYLOAD, SECRET).replace(f"t={SENT}", f"t={SENT + 1}"),
    "in capitals": header(PAYLOAD, SECRET).replace(",v1=", ",v1=").upper(),
    "cut short": header(PAYLOAD, SECRET)[:-1],
    "with one letter more": header(PAYLOAD, SECRET) + "0",
    "without a time": header(PAYLOAD, SECRET).partition(",")[2],
    "with a time that is none": header(PAYLOAD, SECRET).replace(f"t={SENT}", "t=soon"),
    "with an empty time": header(PAYLOAD, SECRET).replace(f"t={SENT}", "t="),
    "of a time alone": f"t={SENT}",
    "of nothing": f"t={SENT},v1=",
    "without signs": "v1",
    "of letters beyond ASCII": f"t={SENT},v1=鍵",
    "with zeros in front of its time": header(PAYLOAD, SECRET).replace("t=", "t=00"),
    "of commas": ",,,",
    "": "",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=list(SIGNATURES))
def test_we_and_the_library_judge_alike(signature: str) -> None:
    assert isinstance(read(PAYLOAD, signature), shapes.Event) is library_takes(PAYLOAD, signature)


@given(
    at=st.integers(0, 10**11),
    secrets=st.lists(st.sampled_from([SECRET, "whsec_other", "鍵"]), max_size=3),
    spoil=st.sampled_from(["", "v1=", "t=1", ",", " ", "v1=" + "a" * 64]),
    where=st.integers(0, 200),
    body=st.sampled_from([PAYLOAD, PAYLOAD + b"\n", msgspec.json.encode(honest.EVENT | {"note": "鷗"})]),
)
def test_we_take_no_header_that_the_library_does_not(
    at: int, secrets: list[str], spoil: str, where: int, body: bytes
) -> None:
    written = header(body, *secrets, at=at)
    signature = written[:where] + spoil + written[where:]
    now = datetime.fromtimestamp(at, UTC)
    taken = isinstance(read(body, signature, now=now), shapes.Event)
    assert not taken or library_takes(body, signature)
    if not spoil:
        assert taken is library_takes(body, signature)


@pytest.mark.parametrize(
    ("signature", "refusal"),
    [
        (None, Refusal.NO_SIGNATURE),
        ("", Refusal.NO_SIGNATURE),
        ("v1=" + "0" * 64, Refusal.MALFORMED_SIGNATURE),
        (f"t={SENT}", Refusal.MALFORMED_SIGNATURE),
        (f"t={SENT},v0=" + "0" * 64, Refusal.MALFORMED_SIGNATURE),
        (f"t={SENT},t={SENT},v1=" + "0" * 64, Refusal.MALFORMED_SIGNATURE),
        (f"t=-{SENT},v1=" + "0" * 64, Refusal.MALFORMED_SIGNATURE),
        (f"t=١٢٣,v1={'0' * 64}", Refusal.MALFORMED_SIGNATURE),
        (f"t={'9' * 13},v1={'0' * 64}", Refusal.MALFORMED_SIGNATURE),
        (f"t={SENT}," + ",".join(["v1=" + "0" * 64] * 61), Refusal.MALFORMED_SIGNATURE),
        (f"t={SENT},v1=" + "0" * 64, Refusal.BAD_SIGNATURE),
        (f"t={SENT},v1=\udcff", Refusal.BAD_SIGNATURE),
    ],
)
def test_a_signature_is_refused_by_name(signature: str | None, refusal: Refusal) -> None:
    assert read(PAYLOAD, signature) is refusal


def test_while_a_secret_is_rolled_either_is_taken() -> None:
    both = (SECRET, OLD_SECRET)
    assert isinstance(read(PAYLOAD, header(PAYLOAD, OLD_SECRET), secrets=both), shapes.Event)
    assert isinstance(read(PAYLOAD, header(PAYLOAD, SECRET), secrets=both), shapes.Event)
    assert isinstance(read(PAYLOAD, header(PAYLOAD, SECRET, OLD_SECRET)), shapes.Event)
    assert read(PAYLOAD, header(PAYLOAD, OLD_SECRET)) is Refusal.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("late_s", "refusal"),
    [(-301, Refusal.FROM_THE_FUTURE), (-300, None), (0, None), (300, None), (301, Refusal.TOO_OLD)],
)
def test_an_event_is_of_now(late_s: int, refusal: Refusal | None) -> None:
    answer = read(PAYLOAD, header(PAYLOAD, SECRET), now=honest.AT + timedelta(seconds=late_s))
    assert answer is refusal if refusal else isinstance(answer, shapes.Event)


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET, " ")])
def test_no_secret_and_an_empty_one_stop_us(secrets: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        read(PAYLOAD, header(PAYLOAD, ""), secrets=secrets)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (b"", Refusal.NOT_JSON),
        (b"not json", Refusal.NOT_JSON),
        (b'{"object": "event", "id": "\xff"}', Refusal.NOT_JSON),
        (PAYLOAD[:-1], Refusal.NOT_JSON),
        (b"[]", Refusal.NOT_AN_EVENT),
        (honest.INTENT, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"object": "v2.core.event"}, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"id": ""}, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"data": {}}, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"created": 1.5}, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"livemode": "false"}, Refusal.NOT_AN_EVENT),
        (honest.EVENT | {"livemode": True}, Refusal.OTHER_LIVEMODE),
        (honest.EVENT | {"account": "acct_1"}, Refusal.OTHER_ACCOUNT),
    ],
)
def test_a_genuine_body_is_refused_by_name(said: Any, refusal: Refusal) -> None:
    assert signed(said) is refusal


def test_an_address_is_told_of_the_accounts_it_was_registered_for() -> None:
    theirs = honest.EVENT | {"account": "acct_1"}
    for whose in (Whose.CONNECTED, Whose.EITHER):
        event = signed(theirs, whose=whose)
        assert isinstance(event, shapes.Event)
        assert event.account == "acct_1"
    assert signed(honest.EVENT, whose=Whose.CONNECTED) is Refusal.OTHER_ACCOUNT
    assert isinstance(signed(honest.EVENT, whose=Whose.EITHER), shapes.Event)


@pytest.mark.parametrize("version", [None, "2017-08-15", "2026-10-28.endive"])
def test_an_event_of_any_version_is_taken(version: str | None) -> None:
    event = signed(honest.EVENT | {"api_version": version, "data": {"object": {"object": "charge", "id": "ch_1"}}})
    assert isinstance(event, shapes.Event)
    assert (event.api_version, event.object_kind, event.object_id) == (version, "charge", "ch_1")


@given(BODIES)
def test_whatever_was_signed_raises_nothing(payload: bytes) -> None:
    assert isinstance(signed(payload), shapes.Event | Refusal)


@given(st.text(max_size=100), st.binary(max_size=50))
def test_whatever_was_sent_is_not_stripes(signature: str, payload: bytes) -> None:
    assert isinstance(read(payload, signature), Refusal)

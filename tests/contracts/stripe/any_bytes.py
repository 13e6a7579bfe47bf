"""Which bytes may come from Stripe's address? Honest answers, answers with one value spoilt, nonsense, and worse."""

import msgspec
from hypothesis import strategies as st

from tests.contracts.stripe.honest import OBJECTS
from tests.contracts.stripe.scripted import error, page

NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
HONEST = [
    *OBJECTS,
    *(page(one) for one in OBJECTS if "id" in one),
    page(more=True),
    error("resource_missing"),
    error(None, "idempotency_error"),
]
HOSTILE = [
    b"[" * 100_000,
    b'{"error":' * 50_000,
    b'{"object":"list","has_more":false,"data":[' + b"[" * 100_000,
    b'{"id": "\xff"}',
    b'{"amount":1e999999}',
    b"1" * 5000,
    b"NaN",
    b'{"error": null}',
    b'{"error": {"type": null}}',
    b'{"data": {"object": "list"}}',
]


@st.composite
def nearly_right(draw: st.DrawFn) -> bytes:
    """An honest answer in which one value, somewhere, is another."""
    answer = msgspec.json.decode(msgspec.json.encode(draw(st.sampled_from(HONEST))))
    place = answer
    while isinstance(place, dict | list) and place:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or draw(st.booleans()):
            place[key] = draw(NONSENSE)
            break
        place = place[key]
    return msgspec.json.encode(answer)


BODIES = (
    st.binary(max_size=200)
    | NONSENSE.map(msgspec.json.encode)
    | nearly_right()
    | st.sampled_from([msgspec.json.encode(one) for one in HONEST] + HOSTILE)
)

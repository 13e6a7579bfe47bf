"""Which bytes may come from a network? Honest answers, answers with one value spoilt, nonsense, and worse."""

import msgspec
from hypothesis import strategies as st

from tests.contracts.registries.babbling import BATCH, HONEST, RETIREMENT, encoded

REFUSED = encoded({"detail": [{"loc": ["body", "notes"], "msg": "too long", "type": "string_too_long"}]})
MADE = encoded(RETIREMENT)
RETIRED_BATCHES = encoded(
    {"nodes": [BATCH | {"status": "retired", "retirement_id": RETIREMENT["id"]}], "total_count": 1}
)
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
HOSTILE = [b"[" * 100_000, b'{"nodes":' * 50_000, b'{"id": "\xff"}', b'{"credits":1e999999}', b"1" * 5000, b"NaN"]


@st.composite
def nearly_right(draw: st.DrawFn) -> bytes:
    """An honest answer in which one value, somewhere, is another."""
    answer = msgspec.json.decode(encoded(draw(st.sampled_from(HONEST))))
    place = answer
    while isinstance(place, dict | list) and place:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or draw(st.booleans()):
            place[key] = draw(NONSENSE)
            break
        place = place[key]
    return encoded(answer)


BODIES = (
    st.binary(max_size=200)
    | NONSENSE.map(encoded)
    | nearly_right()
    | st.sampled_from([REFUSED, MADE, RETIRED_BATCHES, *HOSTILE])
)

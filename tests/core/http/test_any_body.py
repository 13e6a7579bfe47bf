"""Whatever JSON is sent: either it is what the route declares, or every pointer leads to what is wrong."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.http.fields import body_errors
from app.core.http.language import preferred_language
from tests.core.http.conftest import OrderIn

line = st.fixed_dictionaries(
    {},
    optional={
        "listing": st.sampled_from(["lst_1", "lst_", "x"]) | st.none(),
        "quantity": st.integers(-1, 1_001) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=2),
        "unit": st.sampled_from(["t", "kg", "kWh"]),
        "a/~b": st.integers(),
    },
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
orders = anything | st.fixed_dictionaries(
    {},
    optional={
        "lines": st.lists(line | anything, max_size=4) | anything,
        "note": st.text(max_size=7) | st.none() | st.integers(),
        "prices": st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=2), max_size=3),
        "more": anything,
    },
)


@given(orders)
def test_every_pointer_leads_to_what_is_wrong(body: object) -> None:
    errors = body_errors(body, OrderIn, "en")
    try:
        msgspec.json.decode(msgspec.json.encode(body), type=OrderIn)
    except msgspec.ValidationError:
        assert errors
    else:
        assert errors == ()
    for error in errors:
        parent, name = _followed(body, error.pointer)
        match error.code:
            case "missing":
                assert isinstance(parent, dict)
                assert name not in parent
            case "unknown":
                assert isinstance(parent, dict)
                assert name in parent
            case _:
                assert error.pointer == "" or name in parent or int(str(name)) < len(parent)
        assert "`" not in error.detail


@given(st.text(max_size=60))
def test_any_accept_language_is_read(header: str) -> None:
    assert preferred_language(header) in {"ja", "en"}


@pytest.mark.parametrize("wrong", [1, 100, 5_000])
def test_at_most_a_hundred_errors_are_told(wrong: int) -> None:
    body = {"lines": [], "prices": {str(number): "x" for number in range(wrong)}}
    assert len(body_errors(body, OrderIn, "ja")) == min(wrong + 1, 100)


def _followed(body: object, pointer: str) -> tuple[object, str]:
    """The value that holds a pointer's last step, and that step."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps[:-1]:
        body = body[step] if isinstance(body, dict) else body[int(step)]
    return body, steps[-1] if steps else ""

"""Does our client raise nothing, and never take nonsense for a yes or a no, whatever bytes come?"""

from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.stripe import shapes
from integrations.stripe.client import Absent, BalancePage, EventPage, LookupFailed, NotSent, Refused, Unknown
from integrations.stripe.live import StripeLive
from tests.contracts.stripe import honest
from tests.contracts.stripe.acts import FINDS, PAGES, QUESTIONS, WRITES
from tests.contracts.stripe.any_bytes import BODIES
from tests.contracts.stripe.scripted import Says, Scripted, client_of, scripted

ANYTHING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STATUSES = st.sampled_from([200, 200, 200, 200, 201, 204, 301, 400, 401, 402, 403, 404, 409, 429, 500, 503])


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


@pytest.fixture(scope="module")
async def client(server: Scripted) -> AsyncIterator[StripeLive]:
    async with client_of(server.url) as one:
        yield one


def is_of_stripe(answer: object) -> bool:
    return type(answer).__module__ == shapes.__name__


def envelope_of(body: bytes) -> dict[str, object]:
    """Stripe's reason, if these bytes have one."""
    try:
        read = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError):
        return {}
    error = read.get("error") if isinstance(read, dict) else None
    return error if isinstance(error, dict) else {}


@ANYTHING
@given(status=STATUSES, body=BODIES, act=st.sampled_from(WRITES))
async def test_a_write_raises_nothing_and_believes_only_what_was_asked_for(server, client, status, body, act) -> None:
    server.says(Says(body, status))
    answer = await act.run(client)
    if isinstance(answer, Refused):
        assert status in {400, 402, 403, 404}
        assert envelope_of(body)["type"] in {"card_error", "invalid_request_error"}
    elif isinstance(answer, NotSent):
        assert status in {401, 429}
        assert envelope_of(body)
    elif not isinstance(answer, Unknown):
        assert is_of_stripe(answer)
        assert status in {200, 201, 204}
        assert getattr(answer, "livemode", False) is False
        assert act.name in {"cancel", "expire", "evidence", "account_link"} or answer.reference == honest.REFERENCE


@ANYTHING
@given(status=STATUSES, body=BODIES, act=st.sampled_from([*QUESTIONS, *FINDS, *PAGES]))
async def test_a_question_raises_nothing_and_believes_only_what_was_asked_for(
    server, client, status, body, act
) -> None:
    server.says(Says(body, status))
    answer = await act.run(client)
    if isinstance(answer, Absent):
        is_empty_page = status in {200, 201} and act in FINDS
        assert is_empty_page or (status == 404 and envelope_of(body)["code"] == "resource_missing")
    elif isinstance(answer, BalancePage | EventPage):
        assert act in PAGES
    else:
        assert isinstance(answer, LookupFailed) or is_of_stripe(answer)


@ANYTHING
@given(said=st.binary(max_size=300))
async def test_bytes_that_are_no_http_at_all_raise_nothing(server, client, said) -> None:
    server.says(said)
    assert isinstance(await WRITES[1].run(client), Unknown)
    assert isinstance(await FINDS[1].run(client), LookupFailed)

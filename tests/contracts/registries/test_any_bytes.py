"""Does an adapter raise nothing, and never take nonsense for a yes or a no, whatever bytes come?"""

from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.registries.base import (
    Absent,
    Found,
    LookupFailed,
    NotSent,
    Recorded,
    Rejected,
    RetirementRequest,
    SerialBlock,
    Unknown,
)
from integrations.registries.gold_standard.client import GoldStandardRegistry
from integrations.registries.isometric.api import Credentials
from integrations.registries.isometric.client import Account, IsometricRegistry
from integrations.registries.lines import ReadingFailed, StatementPage
from integrations.registries.simulated import SimulatedRegistry
from tests.contracts.registries.any_bytes import BODIES, MADE, RETIRED_BATCHES
from tests.contracts.registries.babbling import (
    BATCH,
    ID,
    ORGANISATION,
    RETIREMENT,
    Said,
    babbling,
    encoded,
    listed,
)
from tests.contracts.registries.stages import NAME, PATIENT

HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Retry-After", "X-Total-Count", "X-Total-Number-Of-Credits"]),
        st.sampled_from(["0", "1", "10", "-1", "1e3", "soon", "9" * 400, "Wed, 21 Oct 2026 07:28:00 GMT"]),
    ),
    max_size=3,
)
ANYTHING = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
async def said() -> AsyncIterator[Said]:
    async with babbling() as server:
        yield server


def isometric(url: str) -> IsometricRegistry:
    credentials = Credentials(client_secret="s", access_token="t")
    account = Account(
        credentials=credentials, organisation_id=ID, supplier_id=ID, beneficiary_domain="b.example", simulated=False
    )
    return IsometricRegistry(url, account=account, timeouts=PATIENT, settles_within_s=0)


def request(*, named: bool, unit: str) -> RetirementRequest:
    block = SerialBlock("ISO-1-B-GBR-F5X7-2024-", "1", "10", 10)
    return RetirementRequest("ret-1", "c", (block,) if named else (), 10, unit, NAME, "その他", "", "")


@ANYTHING
@given(status=st.sampled_from([200, 200, 200, 201, 204, 301, 403, 422, 429, 500]), body=BODIES, named=st.booleans())
async def test_isometric_raises_nothing(said: Said, status: int, body: bytes, named: bool) -> None:
    said.status, said.body, said.headers, said.honest = status, body, [], {}
    registry = isometric(said.url)
    asked = request(named=named, unit="kg")
    assert isinstance(await registry.retire(asked, request_id="r"), Rejected | Unknown | NotSent)
    block = SerialBlock("ISO-1-B-GBR-F5X7-2024-", "1", "10", 10)
    looked_up = (await registry.find("ret-1", request_id="r"), await registry.find_by_serial(block, request_id="r"))
    assert all(isinstance(found, Absent | LookupFailed) for found in looked_up), "One answer is no whole record."
    read_pages = (
        await registry.holdings(ID, cursor=None, request_id="r"),
        await registry.statement(ID, since=None, cursor=None, request_id="r"),
    )
    assert all(isinstance(page, StatementPage | ReadingFailed) for page in read_pages)
    await registry.aclose()


@ANYTHING
@given(status=st.sampled_from([200, 200, 422, 500]), body=BODIES, spoilt=st.sampled_from(["POST", "its batches"]))
async def test_only_a_whole_record_of_ours_is_recorded(said: Said, status: int, body: bytes, spoilt: str) -> None:
    """All that comes before is honest; the answer to the retirement, or what its batches say, is anything."""
    said.status, said.body, said.headers = status, body, []
    said.honest = {
        b"GET /organisations/": encoded(listed(BATCH)),
        b"GET /beneficiaries": encoded(listed(ORGANISATION)),
        b"GET /retirements/": RETIRED_BATCHES,
    }
    if spoilt != "POST":
        said.honest = said.honest | {b"POST /retirements": MADE}
        del said.honest[b"GET /retirements/"]
    registry = isometric(said.url)
    answer = await registry.retire(request(named=True, unit="kg"), request_id="r")
    await registry.aclose()
    assert isinstance(answer, Recorded | Rejected | Unknown), "It was sent."
    if isinstance(answer, Recorded):
        assert status == 200
        assert (answer.quantity, answer.blocks[0].count) == (10, 10)
    if isinstance(answer, Rejected):
        assert (status, spoilt) == (422, "POST")


async def test_the_honest_answers_are_a_record(said: Said) -> None:
    said.status, said.body, said.headers = 500, b"", []
    said.honest = {
        b"GET /organisations/": encoded(listed(BATCH)),
        b"GET /beneficiaries": encoded(listed(ORGANISATION)),
        b"GET /retirements/": RETIRED_BATCHES,
        b"POST /retirements": MADE,
    }
    registry = isometric(said.url)
    assert isinstance(await registry.retire(request(named=True, unit="kg"), request_id="r"), Recorded)
    another = msgspec.structs.replace(request(named=True, unit="kg"), reference="ret-2")
    assert isinstance(await registry.retire(another, request_id="r"), Unknown), "It speaks of ret-1."
    await registry.aclose()


async def test_our_reference_in_somebody_elses_notes_is_not_our_retirement(said: Said) -> None:
    """Notes are public: whoever reads ours can write them into a retirement of their own."""
    other = RETIREMENT | {"owner": ORGANISATION | {"id": "org_0000000000000009"}}
    said.status, said.body, said.headers = 500, b"", []
    said.honest = {
        b"GET /retirements/ret_0000000000000001/credit_batches": RETIRED_BATCHES,
        b"GET /retirements/": encoded(other),
        b"GET /retirements?": encoded(listed(other)),
        b"GET /organisations/": encoded(listed(BATCH | {"status": "retired", "retirement_id": RETIREMENT["id"]})),
        b"GET /beneficiaries": encoded(listed(ORGANISATION)),
    }
    registry = isometric(said.url)
    block = request(named=True, unit="kg").blocks[0]
    assert await registry.find("ret-1", request_id="r") == Absent(complete=True)
    assert isinstance(await registry.find_by_serial(block, request_id="r"), LookupFailed)
    told = await registry.statement(ID, since=None, cursor=None, request_id="r")
    assert isinstance(told, StatementPage)
    assert told.lines == ()
    said.honest |= {b"GET /retirements/": MADE, b"GET /retirements?": encoded(listed(RETIREMENT))}
    assert isinstance(await registry.find("ret-1", request_id="r"), Found)
    said.honest |= {b"GET /organisations/": encoded(listed(BATCH | {"owner": other["owner"]}))}
    assert await registry.retire(request(named=True, unit="kg"), request_id="r") == NotSent(
        "some of these serials are in no active batch of ours"
    )
    assert await registry.holdings(ID, cursor=None, request_id="r") == StatementPage(
        (), None, complete=True, raw=said.honest[b"GET /organisations/"]
    )
    await registry.aclose()


@pytest.mark.parametrize("total", [0, 2])
async def test_one_page_that_is_shorter_or_longer_than_it_says_is_incomplete(said: Said, total: int) -> None:
    said.status, said.body, said.headers = 500, b"", []
    said.honest = {
        b"GET /organisations/": encoded(listed(BATCH) | {"total_count": total}),
        b"GET /retirements?": encoded(listed(RETIREMENT) | {"total_count": total}),
        b"GET /retirements/": RETIRED_BATCHES,
    }
    registry = isometric(said.url)
    pages = (
        await registry.holdings(ID, cursor=None, request_id="r"),
        await registry.statement(ID, since=None, cursor=None, request_id="r"),
    )
    for page in pages:
        assert isinstance(page, StatementPage)
        assert (len(page.lines), page.next_cursor, page.complete) == (1, None, False)
    await registry.aclose()


@ANYTHING
@given(status=st.sampled_from([200, 200, 403, 429, 500]), body=BODIES, headers=HEADERS)
async def test_gold_standard_raises_nothing(said: Said, status, body, headers) -> None:
    said.status, said.body, said.headers, said.honest = status, body, headers, {}
    registry = GoldStandardRegistry(said.url, timeouts=PATIENT, settles_within_s=0)
    for cursor in (None, "[2,25,25,250,5000,[60,600],false]"):
        page = await registry.holdings("GS11001", cursor=cursor, request_id="r")
        assert isinstance(page, StatementPage | ReadingFailed)
        page = await registry.statement("GS11001", since=None, cursor=cursor, request_id="r")
        assert isinstance(page, StatementPage | ReadingFailed)
        assert isinstance(page, StatementPage) or 30 <= page.retry_after_s <= 3600
    await registry.aclose()


@ANYTHING
@given(status=st.sampled_from([200, 201, 422, 500]), body=BODIES)
async def test_the_simulator_raises_nothing(said: Said, status: int, body: bytes) -> None:
    said.status, said.body, said.headers, said.honest = status, body, [], {}
    registry = SimulatedRegistry(said.url, secret="s", timeouts=PATIENT, settles_within_s=0)
    answer = await registry.retire(request(named=True, unit="t"), request_id="r")
    assert isinstance(answer, Unknown | Rejected)
    assert isinstance(await registry.find("ret-1", request_id="r"), Absent | Found | LookupFailed)
    await registry.aclose()

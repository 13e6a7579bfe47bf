"""Is every request of the Isometric adapter valid, and every answer of our fake, by somebody else's reading of the document?"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from app.retirements.rules import PURPOSES
from integrations.registries.base import Absent, Found, Recorded, RetirementRequest, SerialBlock
from integrations.registries.isometric import asked
from integrations.registries.isometric.answers import Trouble
from integrations.registries.isometric.api import Credentials, IsometricApi
from integrations.registries.isometric.asked import Asker
from integrations.registries.isometric.fake import scene
from integrations.registries.isometric.shapes import Batch
from integrations.registries.lines import StatementPage
from tests.contracts.registries.babbling import RETIREMENT, babbling, encoded
from tests.contracts.registries.stages import DOMAIN, PATIENT, SUPPLIER, IsometricStage, Servers, changed
from tests.isometric_mock.prisms import Prism

pytestmark = pytest.mark.browser

ID = "org_1GB56M1ST1S0GVNA"
OTHER_ID = "org_1CP8EQDNQSBXTMR2"
BATCH_IDS = ("ctb_1DRBTYA8Q1S07CBY", "ctb_1CA2D3S73SBXYN70")
RETIREMENT_ID = "ret_1FYBH4QDT1S0SVKF"
HEADERS = {"X-Client-Secret": "s", "Authorization": "Bearer t"}
BODIES = 40

OPERATIONS = {
    "get /beneficiaries",
    "get /credit_batches/{id}",
    "get /organisations/{id}/credit_batches",
    "get /retirements",
    "get /retirements/{id}",
    "get /retirements/{id}/credit_batches",
    "post /beneficiary",
    "post /retirements",
    "post /retirements/from_oldest_credits",
}
"""All that the adapter ever asks."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("fake"), page_size=5) as started:
        yield started


def wish(random: Random, *, named: bool) -> RetirementRequest:
    """A retirement of any length of text that we would send, for any of our purposes."""
    quantity = random.choice([1, 999, 1000, 10**12])
    block = SerialBlock("ISO-1-BSTORE-GBR-F5X7-2024-", "1", str(quantity), quantity)
    purpose = random.choice([text for purpose in PURPOSES for text in (purpose.code, purpose.ja)])
    name = random.choice(["株式会社鷗商事", "𠮷野家", "A" * asked.NAME_MAX, 'O"Brien\\ & Söhne'])
    detail = random.choice(["", "2026年度の配送", "い" * (asked.NOTES_MAX - 17)])
    return RetirementRequest(
        "OD-0123456789ABC", "", (block,) if named else (), quantity, "kg", name, purpose, detail, ""
    )


def batch(batch_id: str) -> Batch:
    """As much of a batch as a request is made of."""
    return Batch(**dict.fromkeys(Batch.__struct_fields__) | {"id": batch_id, "supplier_id": SUPPLIER})


async def made(api: IsometricApi, random: Random) -> list[Any]:
    """One request of each kind that makes something, as the adapter builds them."""
    asker = Asker(organisation_id=ID, supplier_id=SUPPLIER)
    named, unnamed = wish(random, named=True), wish(random, named=False)
    assert asked.refused(named) is None
    assert asked.refused(unnamed) is None
    parts = [(batch(batch_id), random.randint(1, 10**12)) for batch_id in BATCH_IDS[: random.randint(1, 2)]]
    by_batch = asked.by_batch(named, OTHER_ID, parts, asker=asker)
    oldest = asked.oldest_first(unnamed, OTHER_ID, asker=asker)
    name = named.beneficiary_name
    new = asked.new_beneficiary(name, asked.domain_of(name, under=DOMAIN))
    return [
        await api.retire_batches(by_batch, "req"),
        await api.retire_oldest(oldest, "req"),
        await api.make_beneficiary(new, "req"),
    ]


async def test_every_operation_is_valid_at_a_server_made_from_the_document(tmp_path: Path) -> None:
    random = Random(4)
    credentials = Credentials(client_secret="s", access_token="t")
    with Prism(tmp_path / "alone.log", upstream=None) as prism:
        api = IsometricApi(prism.url, credentials=credentials, timeouts=PATIENT)
        for _ in range(BODIES):
            replies = await made(api, random)
            assert [reply.status for reply in replies[:2]] == [200, 200]
            assert not isinstance(replies[2], Trouble)
        for after in (None, "mpG5kcuoFBYtlH=="):
            assert not isinstance(await api.retirements_page(ID, after, "req"), Trouble)
            assert not isinstance(await api.batches_page(ID, after, "req"), Trouble)
        assert not isinstance(await api.retirement(RETIREMENT_ID, "req"), Trouble)
        assert not isinstance(await api.batch(BATCH_IDS[0], "req"), Trouble)
        # Its lists lead round in circles, by one cursor for every page, and count none of what they hold.
        assert isinstance(await api.batches_of(RETIREMENT_ID, "req"), Trouble)
        for whole in (api.retirements(ID, "req"), api.batches(ID, "req"), api.batches_ever(ID, "req")):
            assert isinstance(await whole, Trouble)
        assert isinstance(await api.beneficiaries("req"), Trouble)
        await api.aclose()
        assert set(prism.requests()) == OPERATIONS
        assert len(prism.requests()) == 3 * BODIES + 4 + 2 + 1 + 4 * 2
        assert prism.violations() == []


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/retirements?first=51", "first"),
        ("GET", "/credit_batches/short", "id"),
        ("POST", "/retirements", "owner_organisation_id"),
    ],
)
async def test_that_server_tells_a_request_that_is_not_valid(tmp_path: Path, method: str, path: str, told: str) -> None:
    with Prism(tmp_path / "alone.log", upstream=None) as prism:
        reply = httpx.request(method, f"{prism.url}{path}", headers=HEADERS, json={} if method == "POST" else None)
        assert reply.status_code == 422
        assert any(told in line for line in prism.violations())
        without = httpx.get(f"{prism.url}/retirements", headers={"Authorization": "Bearer t"})
        assert without.status_code == 422
        assert any("x-client-secret" in line for line in prism.violations())


async def test_the_proxy_tells_an_answer_that_is_not_valid(tmp_path: Path) -> None:
    async with babbling() as said:
        said.headers = [("Content-Type", "application/json")]
        with Prism(tmp_path / "before.log", upstream=said.url) as prism:
            async with httpx.AsyncClient(base_url=prism.url, headers=HEADERS) as anybody:
                for record, status in ((RETIREMENT, 200), (RETIREMENT | {"url": None}, 500)):
                    said.body = encoded(record)
                    assert (await anybody.get(f"/retirements/{RETIREMENT_ID}")).status_code == status
                    assert len(prism.violations()) == (status == 500)
                assert (await anybody.get("/retirements?first=51")).status_code == 422
            assert len(prism.violations()) == 2


async def test_whole_flows_and_the_fakes_answers_keep_to_the_document(tmp_path: Path, servers: Servers) -> None:
    stage = IsometricStage(servers.of(scene.MODULE))
    await stage.registry.aclose()
    with Prism(tmp_path / "before.log", upstream=stage.server.base_url) as prism:
        registry = stage.elsewhere(prism.url, PATIENT)
        for n in range(3):
            request = stage.request(n * 100 + 50, n * 100 + 120, f"n{n}")
            answer = await registry.retire(request, request_id="req")
            assert isinstance(answer, Recorded), answer
            assert isinstance(await registry.find(request.reference, request_id="req"), Found)
            for block in answer.blocks:
                assert isinstance(await registry.find_by_serial(block, request_id="req"), Found)
        oldest = changed(stage.request(1, 1, "oldest"), blocks=(), quantity=7)
        assert isinstance(await registry.retire(oldest, request_id="req"), Recorded)
        left = SerialBlock(stage.prefix, "901", "1000", 100)
        assert await registry.find_by_serial(left, request_id="req") == Absent(complete=True)
        held = await registry.holdings("org_0000000000000001", cursor=None, request_id="req")
        gone = await registry.statement("org_0000000000000001", since=None, cursor=None, request_id="req")
        assert isinstance(held, StatementPage)
        assert isinstance(gone, StatementPage)
        await registry.aclose()
        assert prism.violations() == []
        assert len(prism.requests()) > 60
        assert OPERATIONS - set(prism.requests()) == {"get /credit_batches/{id}"}, "Its list showed every batch."

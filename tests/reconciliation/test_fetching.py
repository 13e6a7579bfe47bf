"""Does the desk fetch a registry's own lines, compare with them, and settle by them what is in doubt?"""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.reconciliation import flow
from app.reconciliation.errors import RegistryNotReadable
from app.reconciliation.flow.fetching import ListUnreadable
from integrations.http import Timeouts
from integrations.registries.base import Recorded, Registries, RetirementRequest, SerialBlock
from integrations.registries.fake.admin import clear_faults, issue, state_fault
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import Fault, FaultName, IssuedBlock
from integrations.registries.people import PeopleRegistry
from integrations.registries.simulated import SimulatedRegistry
from tests.inventory_feature.scene import NOW
from tests.reconciliation.books import Books

PATIENT = Timeouts(connect_s=5, read_s=10, write_s=5, pool_s=5, total_s=10)
DESK = Scope(DESK_ID, new_id(), "member", frozenset(), "req_desk", "operator")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRegistryProcess]:
    book = tmp_path_factory.mktemp("fake-registry") / "book.jsonl"
    with FakeRegistryProcess(book, secret="broker", admin_secret="admin", page_size=2) as running:
        running.admin.ask(issue(IssuedBlock("JC-1", "認証-1", "ABC-", "000001", "000100")))
        yield running


@pytest.fixture
async def registry(server: FakeRegistryProcess) -> AsyncIterator[SimulatedRegistry]:
    found = SimulatedRegistry(server.base_url, secret="broker", timeouts=PATIENT, settles_within_s=2)
    yield found
    server.admin.ask(clear_faults())
    await found.aclose()


async def fetched(books: Books, registry: SimulatedRegistry) -> None:
    registries = Registries({"jcredit": registry})
    job = await flow.ask_to_fetch(
        books.world.db, registries, DESK, books.world.provider, books.account, job_id=new_id(), now=NOW
    )
    await flow.fetch_statement(
        books.world.db, books.files, registries, org_id=books.world.provider, account_id=books.account,
        job_org_id=job.org_id, job_id=job.id, now=NOW, request_id="req_fetch",
    )  # fmt: skip


async def test_a_fetched_list_is_the_registrys_word_and_settles_what_is_in_doubt(
    books: Books, registry: SimulatedRegistry
) -> None:
    world = books.world
    lot = await world.lot(100, status="declared", certification_no="認証-1")
    await fetched(books, registry)
    assert await world.status(lot) == "confirmed"
    statement = await world.owner.fetchrow("select * from registry_statement")
    assert (statement["source"], statement["trust"], statement["status"]) == ("fetch", "registry", "compared")

    holding = await world.bought(lot, 10)
    made = await books.retired(holding, 10, status="unknown", reference="OD-0123456789AB6")
    request = RetirementRequest(
        "OD-0123456789AB6", "認証-1", (SerialBlock("ABC-", "000001", "000010", 10),), 10, "t", "株式会社利用者",
        "OFFSET", "", "",
    )  # fmt: skip
    assert isinstance(await registry.retire(request, request_id="req"), Recorded)
    await fetched(books, registry)
    job = await world.owner.fetchrow("select ids from job where name = 'reconciliation.settle'")
    assert job is not None
    settled = await flow.settle(
        world.db, org_id=world.provider, buyer_id=world.buyer, retirement_id=made, account_id=books.account,
        simulated=True, now=NOW, request_id="req_settle",
    )  # fmt: skip
    assert settled
    row = await world.owner.fetchrow("select * from retirement where id = $1", made)
    assert (row["status"], row["evidence_grade"], row["simulated"]) == ("recorded", "registry_statement", True)
    assert await books.differences() == []
    again = await flow.settle(
        world.db, org_id=world.provider, buyer_id=world.buyer, retirement_id=made, account_id=books.account,
        simulated=True, now=NOW, request_id="req_settle",
    )  # fmt: skip
    assert not again


async def test_a_list_that_is_not_whole_counts_for_nothing(
    books: Books, registry: SimulatedRegistry, server: FakeRegistryProcess
) -> None:
    await books.world.lot(100)
    server.admin.ask(state_fault(Fault(FaultName.DOWN, times=5)))
    with pytest.raises(ListUnreadable):
        await fetched(books, registry)
    assert await books.world.owner.fetchval("select count(*) from registry_statement") == 0


async def test_a_registry_that_people_work_is_not_fetched(books: Books) -> None:
    registries = Registries({"jcredit": PeopleRegistry("J-Credit", 3600)})
    with pytest.raises(RegistryNotReadable):
        await flow.ask_to_fetch(
            books.world.db, registries, DESK, books.world.provider, books.account, job_id=new_id(), now=NOW
        )

"""Does the desk fetch a registry's own lines, compare with them, and settle by them what is in doubt?"""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.inventory.errors import AccountConfirmedElsewhere
from app.reconciliation import flow
from app.reconciliation.errors import RegistryNotReadable
from app.reconciliation.flow.fetching import ListUnreadable
from app.reconciliation.models import Trust
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


async def fetched(
    books: Books, registry: SimulatedRegistry, provider: UUID | None = None, account: UUID | None = None
) -> None:
    registries, owner = Registries({"jcredit": registry}), provider or books.world.provider
    asked = account or books.world.accounts[owner]
    job = await flow.ask_to_fetch(books.world.db, registries, DESK, owner, asked, job_id=new_id(), now=NOW)
    await flow.fetch_statement(
        books.world.db, books.files, registries, org_id=owner, account_id=asked, job_org_id=job.org_id, job_id=job.id,
        now=NOW, request_id="req_fetch",
    )  # fmt: skip


async def statements(books: Books, provider: UUID) -> list[tuple[str, str]]:
    """Trust and status of a provider's fetched lists."""
    rows = await books.world.owner.fetch(
        "select trust, status from registry_statement where org_id = $1 and source = 'fetch' order by n", provider
    )
    return [tuple(row) for row in rows]


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


async def test_a_list_of_somebody_elses_account_confirms_and_settles_nothing(
    books: Books, registry: SimulatedRegistry
) -> None:
    """The second provider has entered the first one's number, too, and declared the first one's serials."""
    world, other = books.world, books.world.other_provider
    theirs = await world.lot(51, provider=other, lo=50, status="declared", certification_no="認証-1")
    await fetched(books, registry, other)
    assert await statements(books, other) == [("provider", "compared")]
    assert await world.status(theirs) == "declared"
    with pytest.raises(AccountConfirmedElsewhere):
        await books.confirm_account(other)
    await fetched(books, registry, other)
    assert (await statements(books, other), await world.status(theirs)) == ([("provider", "compared")], "declared")
    assert await world.owner.fetchval("select count(*) from compared_account") == 0, "It is shown to nobody."
    assert await world.owner.fetch("select name from job where name = 'reconciliation.settle'") == []

    mine = await world.lot(30, lo=20, status="declared", certification_no="認証-1")
    await fetched(books, registry)
    assert (await statements(books, world.provider), await world.status(mine)) == (
        [("registry", "compared")],
        "confirmed",
    )


async def test_one_account_is_one_providers_however_its_number_is_written(
    books: Books, registry: SimulatedRegistry
) -> None:
    world, same = books.world, new_id()
    await world.owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'jcredit', 'ｊｃ－1', '提供者', $3)",
        world.other_provider, same, NOW,
    )  # fmt: skip
    with pytest.raises(AccountConfirmedElsewhere):
        await books.confirm_account(world.other_provider, same)


async def test_a_list_that_was_fetched_before_the_confirmation_counts_when_it_is_fetched_again(
    unconfirmed: Books, registry: SimulatedRegistry
) -> None:
    books, world = unconfirmed, unconfirmed.world
    lot = await world.lot(51, lo=50, status="declared", certification_no="認証-1")
    await fetched(books, registry)
    assert (await statements(books, world.provider), await world.status(lot)) == (
        [("provider", "compared")],
        "declared",
    )
    await books.confirm_account()
    assert await world.status(lot) == "declared", "Nothing that was fetched before is the registry's word by itself."
    await fetched(books, registry)
    assert await statements(books, world.provider) == [("registry", "compared")], "It is the same list of the same day."
    assert await world.status(lot) == "confirmed"


async def test_the_operator_may_vouch_for_the_list_of_an_account_that_is_not_confirmed(
    unconfirmed: Books, registry: SimulatedRegistry
) -> None:
    books, world = unconfirmed, unconfirmed.world
    lot = await world.lot(51, lo=50, status="declared", certification_no="認証-1")
    await fetched(books, registry)
    made = await world.owner.fetchval("select id from registry_statement")
    await flow.trust(world.db, DESK, world.provider, made, whose=Trust.OPERATOR, reconciliation_id=new_id(), now=NOW)
    assert (await statements(books, world.provider), await world.status(lot)) == (
        [("operator", "compared")],
        "confirmed",
    )


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

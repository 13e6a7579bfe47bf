"""Are the lists that owners want fetched once a day by the worker, each for itself, and nobody's who did not ask?"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.clients import Clients
from app.core.db import WORKER_ROLE, Database
from app.core.ids import new_id, public_id
from app.core.leases import wake_due
from app.core.scope import Scope
from app.inventory.http import routes as inventory_routes
from app.reconciliation import flow
from app.reconciliation.errors import RegistryNotReadable
from app.reconciliation.http import routes
from integrations.documents.typst import TypstDocuments
from integrations.http import Timeouts
from integrations.registries.base import AutomaticRegistry, Recorded, Registries, RetirementRequest, SerialBlock
from integrations.registries.fake.admin import clear_faults, issue, state_fault
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import Fault, FaultName, IssuedBlock
from integrations.registries.people import PeopleRegistry
from integrations.registries.simulated import SimulatedRegistry
from tests.inventory_feature.doors import Doors, opened
from tests.inventory_feature.scene import NOW, World
from tests.listings.listing_world import TERMS
from tests.reconciliation.books import Books
from workers.jobs import build_table
from workers.runner import Edge, Runner

PATIENT = Timeouts(connect_s=5, read_s=10, write_s=5, pool_s=5, total_s=10)
REFERENCE = "OD-0123456789AB6"
_FETCHES = "select * from registry_statement where source = 'fetch' order by org_id"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[FakeRegistryProcess]]:
    """Two registries, each a process with a book of its own."""
    folder = tmp_path_factory.mktemp("registries")
    with (
        FakeRegistryProcess(folder / "a.jsonl", secret="broker", admin_secret="admin", page_size=2) as first,
        FakeRegistryProcess(folder / "b.jsonl", secret="broker", admin_secret="admin", page_size=2) as second,
    ):
        first.admin.ask(issue(IssuedBlock("JC-1", "認証-1", "ABC-", "000001", "000100")))
        yield [first, second]


@pytest.fixture
async def registries(servers: list[FakeRegistryProcess]) -> AsyncIterator[Registries]:
    found = [
        SimulatedRegistry(server.base_url, secret="broker", timeouts=PATIENT, settles_within_s=0) for server in servers
    ]
    yield Registries({"jcredit": found[0], "isometric": found[1], "verra": PeopleRegistry("Verra", 60)})
    for server, registry in zip(servers, found, strict=True):
        server.admin.ask(clear_faults())
        await registry.aclose()


class Desk:
    """The worker's own runner over these books, at a time that moves on."""

    def __init__(self, books: Books, registries: Registries, worker_db: Database) -> None:
        self.books, self.registries, self.db = books, registries, worker_db
        self.now: datetime = NOW

    async def wants(self, provider: UUID, account: UUID, *, wanted: bool = True) -> None:
        owner = Scope(provider, new_id(), "member", frozenset({"inventory:write"}), "req_want", "provider")
        await flow.want_daily(self.db, self.registries, owner, account, wanted=wanted, now=self.now)

    async def turn(self) -> int:
        """What the schedule starts."""
        return await flow.fetch_daily(self.db, self.registries, now=self.now, request_id="req_schedule")

    async def work(self) -> None:
        """Run what is due, each job once."""
        clients = Clients(self.registries, TypstDocuments(), self.books.files, None)
        edge = Edge(lambda: self.now, lambda below: below // 2)
        table = build_table(self.db, clients, TERMS)
        runner = Runner(
            self.db, table, lease=timedelta(seconds=60), attempts_max=25, edge=edge, outcomes=lambda _n, _o: None
        )
        done: set[UUID] = set()
        while due := set(await self._due()) - done:
            for job_id in due:
                await runner.run(job_id)
            done |= due

    async def statements(self) -> list[Any]:
        return list(await self.books.world.owner.fetch(_FETCHES))

    async def _due(self) -> list[UUID]:
        async with self.db.machinery() as session:
            return await wake_due(session, now=self.now, limit=500, rewake_after=timedelta())


@pytest.fixture
async def desk(books: Books, registries: Registries, worker_db: Database) -> Desk:
    assert worker_db.role == WORKER_ROLE
    return Desk(books, registries, worker_db)


async def at_isometric(world: World) -> UUID:
    """The other provider's account at the second registry, which nobody has confirmed."""
    account = new_id()
    await world.owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'isometric', 'IS-1', '提供者', $3)",
        world.other_provider, account, NOW,
    )  # fmt: skip
    return account


async def test_a_wanted_list_is_fetched_once_a_day_and_reconciles_what_it_shows(
    desk: Desk, books: Books, registries: Registries
) -> None:
    world = books.world
    lot = await world.lot(100, status="declared", certification_no="認証-1")
    await desk.wants(world.provider, books.account)
    assert await desk.turn() == 1
    await desk.work()
    (statement,) = await desk.statements()
    assert (statement["trust"], statement["status"], await world.status(lot)) == ("registry", "compared", "confirmed")
    (job,) = await world.owner.fetch("select * from long_job where kind = 'reconciliation.fetch_statement'")
    assert (job["org_id"], job["subject_id"], job["status"]) == (world.provider, books.account, "done")
    assert (await desk.turn(), len(await desk.statements())) == (0, 1), "Today it was fetched."

    request = RetirementRequest(
        REFERENCE, "認証-1", (SerialBlock("ABC-", "000001", "000010", 10),), 10, "t", "株式会社利用者", "OFFSET", "", "",
    )  # fmt: skip
    registry = registries.registry_for("jcredit")
    assert isinstance(registry, AutomaticRegistry)
    answer = await registry.retire(request, request_id="req")
    assert isinstance(answer, Recorded)
    made = await books.retired(await world.bought(lot, 10), 10, reference=REFERENCE, on=answer.recorded_on)
    desk.now = max(desk.now, datetime.combine(answer.recorded_on, NOW.timetz())) + timedelta(days=1)
    assert await desk.turn() == 1
    await desk.work()
    assert len(await desk.statements()) == 2
    marked = await world.owner.fetchrow("select status, reconciled_as_of from retirement where id = $1", made)
    assert (marked["status"], marked["reconciled_as_of"]) == ("recorded", desk.now.date())
    assert await books.differences() == []


async def test_a_registry_that_fails_stops_nobody_elses_and_is_asked_again_the_next_day(
    desk: Desk, books: Books, servers: list[FakeRegistryProcess]
) -> None:
    world = books.world
    await world.lot(100, certification_no="認証-1")
    other = await at_isometric(world)
    await desk.wants(world.provider, books.account)
    await desk.wants(world.other_provider, other)
    servers[1].admin.ask(state_fault(Fault(FaultName.DOWN, times=1000)))
    assert await desk.turn() == 2
    await desk.work()
    assert [row["org_id"] for row in await desk.statements()] == [world.provider]
    waiting = await world.owner.fetchrow(
        "select * from job where name = 'reconciliation.fetch_statement' and done_at is null"
    )
    assert waiting["ids"].count(str(other)) == 1
    assert "ListUnreadable" in waiting["last_error"]
    assert await desk.turn() == 0

    servers[1].admin.ask(clear_faults())
    desk.now += timedelta(days=1)
    assert await desk.turn() == 1, "What is still being tried is not asked for once more."
    await desk.work()
    assert await desk.turn() == 0
    found = [row["org_id"] for row in await desk.statements()]
    assert (found.count(world.provider), found.count(world.other_provider)) == (2, 1)
    unfinished = await world.owner.fetchval(
        "select count(*) from job where name = 'reconciliation.fetch_statement' and done_at is null"
    )
    assert unfinished == 0


async def test_the_list_of_an_account_that_is_not_confirmed_goes_on_being_fetched_and_counts_once_it_is(
    unconfirmed: Books, registries: Registries, worker_db: Database
) -> None:
    desk, world = Desk(unconfirmed, registries, worker_db), unconfirmed.world
    lot = await world.lot(51, lo=50, status="declared", certification_no="認証-1")
    await desk.wants(world.provider, unconfirmed.account)
    for _ in range(2):
        assert await desk.turn() == 1
        await desk.work()
        desk.now += timedelta(days=1)
    assert [row["trust"] for row in await desk.statements()] == ["provider", "provider"]
    assert await world.status(lot) == "declared"
    await unconfirmed.confirm_account()
    assert await desk.turn() == 1
    await desk.work()
    assert sorted(row["trust"] for row in await desk.statements()) == ["provider", "provider", "registry"]
    assert await world.status(lot) == "confirmed"


async def test_nobodys_list_is_fetched_who_did_not_ask_or_has_taken_it_back(desk: Desk, books: Books) -> None:
    assert await desk.turn() == 0
    await desk.wants(books.world.provider, books.account)
    await desk.wants(books.world.provider, books.account, wanted=False)
    assert await desk.turn() == 0
    kinds = await books.world.owner.fetch("select after from event where kind = 'account.daily_fetch' order by seq")
    assert [row["after"] for row in kinds] == ['{"wanted": true}', '{"wanted": false}']


async def test_what_was_fetched_today_by_hand_is_not_fetched_again(
    desk: Desk, books: Books, registries: Registries
) -> None:
    world = books.world
    await world.lot(100, certification_no="認証-1")
    await desk.wants(world.provider, books.account)
    owner = Scope(world.provider, new_id(), "member", frozenset(), "req_hand", "provider")
    await flow.ask_to_fetch(desk.db, registries, owner, world.provider, books.account, job_id=new_id(), now=desk.now)
    await desk.work()
    assert (len(await desk.statements()), await desk.turn()) == (1, 0)


async def test_many_accounts_are_asked_for_by_few_statements(desk: Desk, books: Books) -> None:
    world = books.world
    for n in range(3):
        await world.owner.execute(
            "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
            " select $1, gen_random_uuid(), 'jcredit', 'M-' || $2::int || '-' || g, 'x', $3 from generate_series(1, 200) g",
            world.provider if n % 2 else world.other_provider, n, NOW,
        )  # fmt: skip
    await world.owner.execute(
        "insert into daily_fetch (org_id, registry_account_id, wanted, said_by, said_at)"
        " select org_id, id, true, org_id, $1 from registry_account where account_no like 'M-%'",
        NOW,
    )
    assert await desk.turn() == 600
    jobs = await world.owner.fetchval("select count(*) from job where name = 'reconciliation.fetch_statement'")
    assert (jobs, await desk.turn()) == (600, 0)


async def test_a_registry_of_people_cannot_be_wanted(desk: Desk, books: Books) -> None:
    account = new_id()
    await books.world.owner.execute(
        "insert into registry (code, name_ja, name_en, unit, home_url, source)"
        " values ('verra', 'Verra', 'Verra', 't', 'https://registry.example', 'test') on conflict do nothing"
    )
    await books.world.owner.execute(
        "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
        " values ($1, $2, 'verra', 'V-1', '提供者', $3)",
        books.world.provider, account, NOW,
    )  # fmt: skip
    with pytest.raises(RegistryNotReadable):
        await desk.wants(books.world.provider, account)
    await desk.wants(books.world.provider, account, wanted=False)


@pytest.fixture
async def doors(world: World, tmp_path: Path, registries: Registries) -> AsyncIterator[Doors]:
    async with opened(world, tmp_path, [*inventory_routes, *routes], registries=registries) as found:
        yield found


async def test_an_owner_says_so_over_http_and_nobody_else_can(doors: Doors, books: Books) -> None:
    path = f"/v1/registry-accounts/{public_id('acc', books.account)}/daily-fetch"
    before = await doors.get("provider", path)
    assert (before.status_code, before.json()["wanted"], before.json()["asked_on"]) == (200, False, None)
    said = await doors.post("provider", path, json={"wanted": True})
    assert (said.status_code, said.json()["wanted"]) == (200, True), said.text
    assert (await doors.get("reader", path)).json() == said.json()
    assert (await doors.post("reader", path, json={"wanted": False})).status_code == 403
    assert (await doors.post("other_provider", path, json={"wanted": False})).status_code == 404
    assert (await doors.post("buyer", path, json={"wanted": False})).status_code == 403
    assert (await doors.get("buyer", path)).status_code == 404
    assert (await doors.post("provider", path, json={})).status_code == 422

"""A provider, two buyers, the desk, holdings made at will, a fake registry, and somebody who does the jobs."""

import asyncio
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from app import tables
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.core.terms import Terms
from app.inventory import operations as inventory
from app.inventory.models import Holding
from app.retirements import flow, operations
from app.retirements.rules import Wish, new_reference
from integrations.http import Timeouts
from integrations.registries.base import Registries, Registry
from integrations.registries.fake.admin import clear_faults, issue, show_book, state_fault
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import Fault, FaultName, IssuedBlock, Retirement
from integrations.registries.people import PeopleRegistry
from integrations.registries.simulated import SimulatedRegistry
from integrations.registries.simulated_ways import Ways

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WISH = Wish("株式会社鷗商事", "OFFSET", "創立三十周年記念式典", None)
PATIENT = Timeouts(connect_s=10, read_s=20, write_s=10, pool_s=10, total_s=30)
TERMS = Terms(
    tax_basis_points=1_000,
    payment_deadline=timedelta(days=7),
    quote_valid=timedelta(minutes=30),
    unpaid_cap=50_000,
    idempotency_lease=timedelta(seconds=30),
    absent_after=timedelta(seconds=900),
    simulated_allowed=True,
    mode="test",
    base_url="https://desk.test",
    issuer_name="Offset Desk",
)
SETTLES_WITHIN_S = 60

assert tables.metadata.tables, "Every table is known before the first row is written."


class World:
    """Rows of lower features are written past every policy; what retirements do goes through their own code."""

    def __init__(
        self, db: Database, owner: asyncpg.Connection, server: FakeRegistryProcess, *, ways: Ways | None = None
    ) -> None:
        self.db = db
        self.owner = owner
        self.server = server
        self.simulated = SimulatedRegistry(
            server.base_url, secret=server.secret, timeouts=PATIENT, settles_within_s=SETTLES_WITHIN_S, ways=ways
        )
        self.registries = self.with_simulated(self.simulated)
        self.now = NOW
        self.terms = TERMS
        self.provider, self.buyer, self.other_buyer = new_id(), new_id(), new_id()
        self.account, self.project = new_id(), new_id()
        self.series = f"s{new_id().hex[-12:]}-"
        self.references = 0

    @staticmethod
    def with_simulated(simulated: Registry) -> Registries:
        return Registries({"simulated": simulated, "jcredit": PeopleRegistry("J-Credit", 86_400)})

    async def open(self) -> "World":
        for org_id, kind in (
            (DESK_ID, "operator"),
            (self.provider, "provider"),
            (self.buyer, "buyer"),
            (self.other_buyer, "buyer"),
        ):
            await self.owner.execute(
                "insert into organisation (org_id, kind, name, status, provider_kind, created_at)"
                " values ($1, $2, '株式会社テスト', 'active', $3, $4) on conflict do nothing",
                org_id,
                kind,
                "creation_and_use" if kind == "provider" else None,
                NOW,
            )
        await self.owner.execute(
            "insert into registry (code, name_ja, name_en, unit, home_url, source) values"
            " ('jcredit', 'J-クレジット', 'J-Credit', 't', 'https://registry.example', 'test'),"
            " ('simulated', '模擬', 'Simulated', 't', 'https://other.example', 'test') on conflict do nothing"
        )
        await self.owner.execute(
            "insert into project (id, registry_code, list_kind, number, kind, operator_name, summary, location, regions,"
            " ends_text, source, loaded_at) values ($1, 'jcredit', 'jcredit_normal', '1', 'normal', '森', '木', '高知県',"
            " '{高知県}', '', 'test', $2)",
            self.project,
            NOW,
        )
        await self.owner.execute(
            "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
            " values ($1, $2, 'jcredit', 'JC-1', '提供者', $3)",
            self.provider,
            self.account,
            NOW,
        )
        await self.owner.execute(
            "insert into holder_consent (org_id, id, registry_account_id, given_by, given_at, text_version, text_ja, text_en)"
            " values ($1, $2, $3, $2, $4, 'test', '許諾', 'consent')",
            self.provider,
            new_id(),
            self.account,
            NOW,
        )
        return self

    async def close(self) -> None:
        self.server.admin.ask(clear_faults())
        await self.simulated.aclose()

    def trade(self, buyer: UUID | None = None) -> Scope:
        return Scope.of_system(buyer or self.buyer, "req_trade").with_party(self.provider)

    async def holding(
        self, quantity: int, *, registry: str = "simulated", buyer: UUID | None = None, lot: int | None = None
    ) -> Holding:
        """The beginning of a lot of its own series, carved for a buyer; the fake registry has issued its serials.

        The lot is as large as the holding, or has `lot` units, of which the rest is reserved (see `another`).
        """
        lot_size = lot or quantity
        lot_id, prefix = new_id(), f"{self.series}{new_id().hex[-6:]}-"
        issuance, number = new_id(), f"認証-{prefix}"
        await self.owner.execute(
            "insert into issuance (id, registry_code, certification_no, project_id, vintage_from, vintage_to, unit,"
            " confirmed_at) values ($1, $2, $3, $4, '2023-04-01', '2024-03-31', 't', $5)",
            issuance,
            registry,
            number,
            self.project,
            NOW,
        )
        await self.owner.execute(
            "insert into lot (org_id, id, registry_code, registry_account_id, project_id, issuance_id, certification_no,"
            " serial_prefix, serial_first, serial_last, series_key, lo, hi, unit, vintage_from, vintage_to, status,"
            " confirmed_at, confirmed_as_of, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, '000001', $9, $10,"
            " 1, $11, 't', '2023-04-01', '2024-03-31', 'confirmed', $12, $13, $12)",
            self.provider,
            lot_id,
            registry,
            self.account,
            self.project,
            issuance,
            number,
            prefix,
            str(lot_size).zfill(6),
            f"{registry}::{prefix}",
            1 + lot_size,
            NOW,
            date(2026, 11, 1),
        )
        await self.owner.execute(
            "insert into lot_stock (lot_id, org_id, imported, free, reserved, sold, withdrawn, next_lo, end_hi, sellable)"
            " values ($1, $2, $3, 0, $3, 0, 0, 1, $4, true)",
            lot_id,
            self.provider,
            lot_size,
            1 + lot_size,
        )
        if registry == "simulated":
            block = IssuedBlock(f"account-{self.provider}", number, prefix, "1", str(lot_size))
            self.server.admin.ask(issue(block))
        return await self._carved(lot_id, quantity, buyer)

    async def another(self, holding: Holding, quantity: int, *, buyer: UUID | None = None) -> Holding:
        """A holding of the next serials of the same lot."""
        return await self._carved(holding.lot_id, quantity, buyer)

    async def _carved(self, lot_id: UUID, quantity: int, buyer: UUID | None) -> Holding:
        async with self.db.transaction(self.trade(buyer)) as session:
            made = await inventory.carve(
                session,
                owner_id=buyer or self.buyer,
                provider_id=self.provider,
                lot_id=lot_id,
                order_id=new_id(),
                line_n=1,
                quantity=quantity,
                final_at=NOW,
                blocked_at=None,
                now=NOW,
            )
        assert made is not None
        return made

    async def requested(self, holding: Holding, quantity: int, *, wish: Wish = WISH, signed_off: bool = True) -> UUID:
        """A retirement of part of a holding, queued unless said otherwise."""
        self.references += 1
        retirement_id, registry = new_id(), await self.registry_of(holding)
        async with self.db.transaction(self.trade(holding.org_id)) as session:
            await operations.request(
                session,
                retirement_id=retirement_id,
                reference=new_reference(new_id().int & (2**60 - 1)),
                holding=holding,
                registry_code=registry,
                wish=wish,
                quantity=quantity,
                requested_by=new_id(),
                signed_off=signed_off,
                now=self.now,
            )
        return retirement_id

    async def registry_of(self, holding: Holding) -> str:
        found: str = await self.owner.fetchval("select registry_code from lot where id = $1", holding.lot_id)
        return found

    def fault(self, name: FaultName, **details: object) -> None:
        self.server.admin.ask(state_fault(Fault(name, **({"times": 1} | details))))

    async def run_due(self, *, pace_s: float = 0) -> int:
        """Do the retirement jobs that are due now, each once; how many. A job whose flow fails stays to be done."""
        due = await self.owner.fetch(
            "select id, name, ids, request_id from job where done_at is null and due <= $1"
            " and name in ('retirements.submit', 'retirements.look_up') order by due, id",
            self.now,
        )
        for job in due:
            ids = {name: UUID(value) for name, value in json.loads(job["ids"]).items()}
            work = flow.submit if job["name"] == "retirements.submit" else flow.look_up
            await work(self.db, self.registries, **ids, terms=self.terms, now=self.now, request_id=job["request_id"])
            await self.owner.execute("update job set done_at = $2 where id = $1", job["id"], self.now)
            await asyncio.sleep(pace_s)
        return len(due)

    async def run_to_the_end(self, *, pace_s: float = 0) -> None:
        """Do jobs until none is left, going forward in time to whenever the next is due."""
        for _ in range(2_000):
            due = await self.owner.fetchval(
                "select min(due) from job where done_at is null and name in ('retirements.submit', 'retirements.look_up')"
            )
            if due is None:
                return
            self.now = max(self.now, due)
            await self.run_due(pace_s=pace_s)
        raise AssertionError("There are always more jobs.")

    async def row(self, retirement_id: UUID) -> asyncpg.Record:
        return await self.owner.fetchrow("select * from retirement where id = $1", retirement_id)

    async def status(self, retirement_id: UUID) -> str:
        found: str = (await self.row(retirement_id))["status"]
        return found

    async def attempts(self, retirement_id: UUID) -> list[str]:
        rows = await self.owner.fetch(
            "select status from retirement_attempt where retirement_id = $1 order by n", retirement_id
        )
        return [row["status"] for row in rows]

    async def events(self, subject_id: UUID) -> list[str]:
        rows = await self.owner.fetch("select kind from event where subject_id = $1 order by seq", subject_id)
        return [row["kind"].split(".")[1] for row in rows]

    async def ranges(self, holding: Holding) -> dict[str, int]:
        """How many units of a holding are in which state, by its own count, which must agree with its ranges."""
        rows = await self.owner.fetch(
            "select status, sum(hi - lo) as units from serial_range where holding_id = $1 group by status", holding.id
        )
        found = {"held": 0, "retiring": 0, "retired": 0} | {row["status"]: int(row["units"]) for row in rows}
        counted = await self.owner.fetchrow("select held, retiring, retired from holding where id = $1", holding.id)
        assert found == dict(counted), "The holding and its ranges disagree."
        return found

    async def book(self, retirement_id: UUID) -> list[Retirement]:
        """What the registry recorded under our reference."""
        reference = (await self.row(retirement_id))["reference"]
        return [one for one in self.server.admin.ask(show_book()).retirements if one.reference == reference]

    async def posts(self, retirement_id: UUID) -> int:
        """How often the registry was asked for our reference."""
        return self.server.admin.ask(show_book()).posts.get((await self.row(retirement_id))["reference"], 0)

    async def in_book(self, retirement_ids: list[UUID]) -> list[tuple[int, int]]:
        """Of each: how often it is in the registry's book, and how often it was asked for; read once."""
        view = self.server.admin.ask(show_book())
        references = [(await self.row(one))["reference"] for one in retirement_ids]
        recorded = Counter(one.reference for one in view.retirements)
        return [(recorded[reference], view.posts.get(reference, 0)) for reference in references]

    async def jobs(self, name: str, retirement_id: UUID) -> int:
        """How many jobs of a name there were for a retirement, done or not."""
        found: int = await self.owner.fetchval(
            "select count(*) from job where name = $1 and ids->>'retirement_id' = $2", name, str(retirement_id)
        )
        return found

"""A world: a provider with an account at a registry, a buyer, the desk, and lots made at will."""

from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from app import tables
from app.core.db import WORKER_ROLE, Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.inventory import operations, queries
from app.inventory.models import Holding

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SERIES = "jcredit::abc-"

assert tables.metadata.tables, "Every table is known before the first row is written."


class World:
    """Rows of the features below, written past every policy; what the tests look at afterwards is read there too."""

    def __init__(self, db: Database, owner: asyncpg.Connection) -> None:
        self.db = db
        self.owner = owner
        self.provider = new_id()
        self.other_provider = new_id()
        self.buyer = new_id()
        self.other_buyer = new_id()
        self.project = new_id()
        self.accounts: dict[UUID, UUID] = {}
        self.issuances = 0

    async def open(self) -> "World":
        await self.organisation(DESK_ID, "operator")
        for org_id in (self.provider, self.other_provider):
            await self.organisation(org_id, "provider")
        for org_id in (self.buyer, self.other_buyer):
            await self.organisation(org_id, "buyer")
        await self.owner.execute(
            "insert into registry (code, name_ja, name_en, unit, home_url, source)"
            " values ('jcredit', 'J-クレジット', 'J-Credit', 't', 'https://registry.example', 'test'),"
            " ('isometric', 'Isometric', 'Isometric', 'kg', 'https://other.example', 'test') on conflict do nothing"
        )
        await self.made_project("1", self.project)
        await self.made_project("2", new_id())
        for org_id in (self.provider, self.other_provider):
            self.accounts[org_id] = new_id()
            await self.owner.execute(
                "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
                " values ($1, $2, 'jcredit', 'JC-1', '提供者', $3)",
                org_id,
                self.accounts[org_id],
                NOW,
            )
        return self

    async def organisation(self, org_id: UUID, kind: str) -> None:
        await self.owner.execute(
            "insert into organisation (org_id, kind, name, status, provider_kind, created_at)"
            " values ($1, $2, '株式会社テスト', 'active', $3, $4) on conflict do nothing",
            org_id,
            kind,
            "creation_and_use" if kind == "provider" else None,
            NOW,
        )

    async def made_project(
        self, number: str, project_id: UUID, *, registry_code: str = "jcredit", list_kind: str = "jcredit_normal"
    ) -> None:
        await self.owner.execute(
            "insert into project (id, registry_code, list_kind, number, kind, operator_name, summary, location, regions,"
            " ends_text, source, loaded_at) values ($1, $2, $3, $4, 'normal', '森', '木', '高知県', '{高知県}', '', 'test', $5)",
            project_id,
            registry_code,
            list_kind,
            number,
            NOW,
        )

    async def lot(
        self,
        quantity: int,
        *,
        provider: UUID | None = None,
        lo: int = 1,
        series: str = SERIES,
        status: str = "confirmed",
        certification_no: str | None = None,
    ) -> UUID:
        """A lot with all of its stock free; confirmed, unless said otherwise."""
        org_id, lot_id = provider or self.provider, new_id()
        live = status not in {"declared", "disputed", "withdrawn"}
        self.issuances += 1
        issuance, number = new_id(), certification_no or f"認証-{self.issuances}"
        if live:
            await self.owner.execute(
                "insert into issuance (id, registry_code, certification_no, project_id, vintage_from, vintage_to, unit,"
                " confirmed_at) values ($1, 'jcredit', $2, $3, '2023-04-01', '2024-03-31', 't', $4)",
                issuance,
                number,
                self.project,
                NOW,
            )
        await self.owner.execute(
            "insert into lot (org_id, id, registry_code, registry_account_id, project_id, issuance_id, certification_no,"
            " serial_prefix, serial_first, serial_last, series_key, lo, hi, unit, vintage_from, vintage_to, status,"
            " confirmed_at, confirmed_as_of, created_at) values ($1, $2, 'jcredit', $3, $4, $5, $6, 'ABC-', $7, $8, $9,"
            " $10, $11, 't', '2023-04-01', '2024-03-31', $12, $13, $14, $15)",
            org_id,
            lot_id,
            self.accounts[org_id],
            self.project,
            issuance if live else None,
            number,
            str(lo).zfill(6),
            str(lo + quantity - 1).zfill(6),
            series,
            lo,
            lo + quantity,
            status,
            NOW if live else None,
            date(2026, 11, 1) if live else None,
            NOW,
        )
        await self.owner.execute(
            "insert into lot_stock (lot_id, org_id, imported, free, reserved, sold, withdrawn, next_lo, end_hi, sellable)"
            " values ($1, $2, $3, $3, 0, 0, 0, $4, $5, $6)",
            lot_id,
            org_id,
            quantity,
            lo,
            lo + quantity,
            status == "confirmed",
        )
        return lot_id

    async def stock(self, lot_id: UUID) -> dict[str, int]:
        row = await self.owner.fetchrow("select * from lot_stock where lot_id = $1", lot_id)
        return {name: row[name] for name in ("free", "reserved", "sold", "withdrawn", "returned", "next_lo", "end_hi")}

    async def status(self, lot_id: UUID) -> str:
        found: str = await self.owner.fetchval("select status from lot where id = $1", lot_id)
        return found

    async def events(self, subject_id: UUID) -> list[str]:
        return [
            row["kind"]
            for row in await self.owner.fetch("select kind from event where subject_id = $1 order by seq", subject_id)
        ]

    async def bought(self, lot_id: UUID, quantity: int, *, buyer: UUID | None = None) -> Holding:
        """Reserved and carved at once, as a paid order would."""
        async with self.db.transaction(self.trade(buyer)) as session:
            assert await operations.reserve(session, provider_id=self.provider, lot_id=lot_id, quantity=quantity)
            holding = await operations.carve(
                session,
                owner_id=buyer or self.buyer,
                provider_id=self.provider,
                lot_id=lot_id,
                order_id=new_id(),
                line_n=1,
                quantity=quantity,
                final_at=None,
                blocked_at=None,
                now=NOW,
            )
            assert holding is not None
            return holding

    async def uneven(self) -> list[object]:
        """Every breach of I1 and I2 that an auditor finds."""
        database = Database(self.db.url, role=WORKER_ROLE, pool_size=1)
        try:
            async with database.audit() as session:
                return [
                    *await queries.lots_out_of_balance(session),
                    *await queries.holdings_out_of_balance(session),
                    *await queries.overlapping_ranges(session),
                    *await queries.overlapping_lots(session),
                ]
        finally:
            await database.close()

    def trade(self, buyer: UUID | None = None, provider: UUID | None = None) -> Scope:
        """The desk acting in a trade: buyer and provider are named."""
        return Scope.of_system(DESK_ID, "req_trade").with_party(buyer or self.buyer, provider or self.provider)

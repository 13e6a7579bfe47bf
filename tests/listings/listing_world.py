"""Providers with lots of every kind, the routes of listings, and a caller whom the test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from litestar.di import Provide
from sqlalchemy import event

from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.expand import Expansions
from app.core.ids import new_id, public_id, read_public_id
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import Scope
from app.core.terms import Terms
from app.expansions import kinds
from app.listings.http import routes
from app.notices.http import routes as notice_routes

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
AS_OF = date(2026, 4, 30)
TERMS = Terms(
    tax_basis_points=1_000,
    payment_deadline=timedelta(days=7),
    quote_valid=timedelta(minutes=30),
    unpaid_cap=50_000,
    idempotency_lease=timedelta(seconds=30),
    absent_after=timedelta(minutes=15),
    simulated_allowed=True,
    mode="test",
    base_url="https://desk.example",
    issuer_name="Offset Desk",
)
RIGHTS = frozenset({"read", "listings:write"})


@dataclass
class Builder:
    """Writes rows of the features below as the owner of the tables: past every policy, held by every constraint."""

    owner: asyncpg.Connection
    serial: int = 0
    projects: list[UUID] = field(default_factory=list)

    async def insert(self, table: str, **row: Any) -> None:
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await self.owner.execute(f"insert into {table} ({', '.join(row)}) values ({places})", *row.values())

    async def registry(self, code: str) -> None:
        await self.owner.execute(
            "insert into registry values ($1, $1, $1, 't', 'https://registry.example/', 'test') on conflict do nothing",
            code,
        )

    async def organisation(
        self, *, name: str = "みどり商会株式会社", kind: str = "provider", status: str = "active"
    ) -> Scope:
        org_id = new_id()
        provider_kind = "creation_and_use" if kind == "provider" else None
        await self.insert(
            "organisation",
            org_id=org_id,
            kind=kind,
            name=name,
            provider_kind=provider_kind,
            status=status,
            created_at=NOW,
        )
        return Scope(org_id, new_id(), "member", RIGHTS, "req_of_the_test", kind)

    async def project(
        self,
        *,
        registry: str = "jcredit",
        regions=("北海道",),
        codes=("FO-001",),
        summary: str = "町有林における森林経営活動",
    ) -> UUID:
        await self.registry(registry)
        project_id, number = new_id(), str(len(self.projects) + 1)
        self.projects.append(project_id)
        await self.insert(
            "project",
            id=project_id,
            registry_code=registry,
            list_kind="jcredit_normal",
            number=number,
            kind="normal",
            operator_name="中標津町",
            summary=summary,
            location="北海道標津郡中標津町",
            regions=list(regions),
            ends_text="",
            source="test",
            loaded_at=NOW,
        )
        for n, code in enumerate(codes, start=1):
            await self.insert(
                "project_methodology", project_id=project_id, n=n, code=code, version=str(n), text=code, summary=""
            )
        return project_id

    async def lot(
        self, scope: Scope, *, project_id: UUID | None = None, status: str = "confirmed", quantity: int = 1_000
    ) -> UUID:
        """A lot of its own issuance, all of it free; sellable when it is confirmed."""
        project_id = project_id or await self.project()
        registry = await self.owner.fetchval("select registry_code from project where id = $1", project_id)
        account_id, issuance_id, lot_id = new_id(), new_id(), new_id()
        lo, self.serial = self.serial, self.serial + quantity
        vintage = {"vintage_from": date(2024, 4, 1), "vintage_to": date(2025, 3, 31), "unit": "t"}
        await self.insert(
            "registry_account",
            org_id=scope.org_id,
            id=account_id,
            registry_code=registry,
            account_no=account_id.hex,
            holder_name="口座",
            created_at=NOW,
        )
        await self.insert(
            "issuance",
            id=issuance_id,
            registry_code=registry,
            certification_no=f"C{lo}",
            project_id=project_id,
            confirmed_at=NOW,
            **vintage,
        )
        known = status not in {"declared", "disputed", "withdrawn"}
        await self.insert(
            "lot",
            org_id=scope.org_id,
            id=lot_id,
            registry_code=registry,
            registry_account_id=account_id,
            project_id=project_id,
            issuance_id=issuance_id if known else None,
            certification_no=f"C{lo}",
            serial_prefix="S-",
            serial_first=f"S-{lo}",
            serial_last=f"S-{lo + quantity - 1}",
            series_key="jcredit:S-",
            lo=lo,
            hi=lo + quantity,
            status=status,
            confirmed_at=NOW if known else None,
            confirmed_as_of=AS_OF if known else None,
            created_at=NOW,
            **vintage,
        )
        await self.insert(
            "lot_stock",
            lot_id=lot_id,
            org_id=scope.org_id,
            imported=quantity,
            free=quantity,
            reserved=0,
            sold=0,
            withdrawn=0,
            next_lo=lo,
            end_hi=lo + quantity,
            sellable=status == "confirmed",
        )
        return lot_id


class World:
    """The routes over one database. `as_(scope)` is a client of that caller, `public` one of nobody."""

    def __init__(self, db: Database, owner: asyncpg.Connection) -> None:
        self.db, self.owner, self.build = db, owner, Builder(owner)
        self.cursors = Cursors(b"a secret of at least thirty-two bytes")
        self.clients: dict[Scope | None, httpx.AsyncClient] = {}
        self.public = self._client(None)

    def as_(self, scope: Scope) -> httpx.AsyncClient:
        return self.clients.get(scope) or self._client(scope)

    def _client(self, scope: Scope | None) -> httpx.AsyncClient:
        def caller() -> Scope:
            if scope is None:
                raise Unauthenticated("Sign in, or send an API key.")
            return scope

        given = {"db": self.db, "cursors": self.cursors, "terms": TERMS}
        edge = assemble(
            [*routes, *notice_routes],
            dependencies={
                "caller": Provide(caller, sync_to_thread=False),
                "reader": Provide(lambda: scope, sync_to_thread=False),
                "expanding": Provide(Expansions(self.db, kinds(TERMS)).asked),
                **{name: _given(value) for name, value in given.items()},
            },
            checks={},
            settings=WebSettings(
                "https://desk.example", "Desk", "1", "", 100_000, "__Host-session", frozenset({"caller"})
            ),
            metrics=Metrics(),
            drain=Drain(),
        )
        client = httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="https://desk.example")
        self.clients[scope] = client
        return client

    async def listed(self, scope: Scope, *, price: int = 12_345, minimum: int = 1, **lot: Any) -> httpx.Response:
        """A new lot of this provider, offered."""
        return await self.publish(scope, await self.build.lot(scope, **lot), price=price, minimum=minimum)

    async def publish(
        self, scope: Scope, lot_id: UUID, *, price: int = 12_345, minimum: int = 1, **terms: Any
    ) -> httpx.Response:
        """A lot offered, with whatever else is to be said of it."""
        return await self.as_(scope).post("/v1/listings", json=offer(lot_id, price=price, minimum=minimum) | terms)

    async def change(self, scope: Scope, listing: str, **terms: Any) -> httpx.Response:
        """A listing put on other terms by its provider."""
        return await self.as_(scope).patch(f"/v1/listings/{listing}", json=terms, headers={"If-Match": "*"})

    async def events(self, listing: str) -> list[tuple[int, str]]:
        """The listing's events: sequence and kind."""
        rows = await self.owner.fetch(
            "select seq, kind from event where subject_id = $1 order by seq", read_public_id("lst", listing)
        )
        return [tuple(row) for row in rows]

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()


def _given(value: object) -> Provide:
    return Provide(lambda: value, sync_to_thread=False)


def offer(lot_id: UUID, *, price: int = 12_345, minimum: int = 1) -> dict[str, Any]:
    price_in = {"amount": price, "currency": "JPY"}
    return {"lot_id": public_id("lot", lot_id), "price": price_in, "min_quantity": minimum}


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Every statement that is sent in the block, in order."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


SHOWN = """
    select l.id = p.listing_id and l.org_id = p.provider_id and l.lot_id = p.lot_id
       and (l.price_minor, l.currency, l.min_quantity, l.published_at, l.version)
         = (p.price_minor, p.currency, p.min_quantity, p.published_at, p.version)
       and (l.tier_quantities, l.tier_prices, l.quantity_step, l.low_stock_at, l.price_version, l.terms_version)
         = (p.tier_quantities, p.tier_prices, p.quantity_step, p.low_stock_at, p.price_version, p.terms_version)
       and l.ends_at is not distinct from p.ends_at
       and (o.name, t.registry_code, t.project_id, t.vintage_from, t.vintage_to, t.unit, t.confirmed_as_of)
         = (p.provider_name, p.registry_code, p.project_id, p.vintage_from, p.vintage_to, p.unit, p.confirmed_as_of)
       and (j.list_kind, j.number, j.kind, j.summary, j.operator_name, j.location, j.regions)
         = (p.list_kind, p.project_number, p.project_kind, p.project_summary, p.project_operator, p.location, p.regions)
       and p.methodology_codes = (select array_agg(code::text order by n) from project_methodology where project_id = j.id)
      from listing l join public_listing p on p.listing_id = l.id join organisation o on o.org_id = l.org_id
      join lot t on t.id = l.lot_id join project j on j.id = t.project_id where l.id = $1
"""


async def is_shown_truly(world: World, listing: str) -> bool | None:
    """Whether the public's row equals what it is made from; None when there is no such row."""
    return await world.owner.fetchval(SHOWN, read_public_id("lst", listing))

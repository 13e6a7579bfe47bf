"""What do the tests of certificates share: retirements, a place for files, the setter, and the web application?"""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pypdf
import pytest
from litestar import Request
from litestar.di import Provide

from app.certificates import flow
from app.certificates.http import routes as certificate_routes
from app.core.db import Database
from app.core.errors import Unauthenticated
from app.core.http.assembly import WebSettings, assemble
from app.core.http.drain import Drain
from app.core.http.expand import Expansions
from app.core.metrics import Metrics
from app.core.pages import Cursors
from app.core.scope import Scope
from app.core.terms import Terms
from app.expansions import kinds
from app.web.desk import routes as desk_routes
from app.web.pages import routes as page_routes
from integrations.documents.typst import TypstDocuments
from integrations.storage.live import ObjectFiles
from tests.certificates.retired_rows import NOW, Builder, Built

TERMS = Terms(
    tax_basis_points=1_000,
    payment_deadline=timedelta(days=7),
    quote_valid=timedelta(minutes=30),
    unpaid_cap=50_000,
    idempotency_lease=timedelta(seconds=30),
    absent_after=timedelta(minutes=15),
    simulated_allowed=True,
    mode="test",
    base_url="https://desk.example.jp",
    issuer_name="株式会社オフセットデスク",
)


class Desk:
    """The certificate flows with everything they need, as a worker calls them."""

    def __init__(self, db: Database, files: ObjectFiles, documents: TypstDocuments, owner: asyncpg.Connection) -> None:
        self.db, self.files, self.documents, self.owner = db, files, documents, owner

    async def issue(self, built: Built) -> None:
        await flow.issue(
            self.db,
            built.org_id,
            built.retirement_id,
            issuer=TERMS.issuer_name,
            base_url=TERMS.base_url,
            now=NOW,
            request_id="test",
        )

    async def render(self, built: Built, *, times_at_once: int = 1) -> None:
        certificate_id = (await self.row(built))["id"]
        where = (self.db, self.documents, self.files, built.org_id, certificate_id)
        await asyncio.gather(*(flow.render(*where, now=NOW, request_id="test") for _ in range(times_at_once)))

    async def certify(self, built: Built) -> str:
        """Issue and render; the number."""
        await self.issue(built)
        await self.render(built)
        return (await self.row(built))["number"]

    async def row(self, built: Built) -> asyncpg.Record:
        found = await self.owner.fetchrow("select * from certificate where retirement_id = $1", built.retirement_id)
        assert found is not None
        return found

    async def pdf(self, built: Built) -> "Printed":
        return Printed(await self.files.get((await self.row(built))["pdf_key"]))


class Printed:
    """A PDF read back: its text without the spaces and line ends that setting it added."""

    def __init__(self, content: bytes) -> None:
        reader = pypdf.PdfReader(io.BytesIO(content))
        self.pages = len(reader.pages)
        self.text = "".join("".join(page.extract_text() for page in reader.pages).split())

    def says(self, words: str) -> bool:
        return "".join(words.split()) in self.text


@pytest.fixture(scope="session")
def documents() -> TypstDocuments:
    return TypstDocuments()


@pytest.fixture
def files(tmp_path: Path) -> ObjectFiles:
    return ObjectFiles(f"file://{tmp_path}/files")


@pytest.fixture
def build(owner: asyncpg.Connection) -> Builder:
    return Builder(owner)


@pytest.fixture
def desk(worker_db: Database, files: ObjectFiles, documents: TypstDocuments, owner: asyncpg.Connection) -> Desk:
    return Desk(worker_db, files, documents, owner)


def scope_of(request: Request) -> Scope:
    """Identity's part, in short: the caller's organisation stands in the header."""
    org_id = request.headers.get("authorization")
    if org_id is None:
        raise Unauthenticated("Send an API key.")
    return Scope(UUID(org_id), UUID(org_id), "key", frozenset({"read"}), "test", "buyer")


@pytest.fixture
async def http(db: Database, files: ObjectFiles) -> AsyncIterator[httpx.AsyncClient]:
    """The routes of certificates and pages, behind the real edge."""

    def given(value: object) -> Provide:
        return Provide(lambda: value, sync_to_thread=False)

    edge = assemble(
        [*certificate_routes, *page_routes, *desk_routes],
        dependencies={
            "db": given(db),
            "files": given(files),
            "cursors": given(Cursors(b"s" * 32)),
            "terms": given(TERMS),
            "caller": Provide(scope_of, sync_to_thread=False),
            "expanding": Provide(Expansions(db, kinds(TERMS)).asked),
        },
        checks={},
        settings=WebSettings(
            base_url=TERMS.base_url,
            title="Desk",
            version="1",
            description="",
            body_max_bytes=1_000,
            session_cookie="session",
            caller_dependencies=frozenset({"caller"}),
        ),
        metrics=Metrics(),
        drain=Drain(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url=TERMS.base_url) as client:
        yield client

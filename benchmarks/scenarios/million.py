"""Does a search stay as fast at a million listings as at ten thousand? The twelve pairs, their facets, and a seeded market.

Listings are made by SQL from the number of the row alone (`hashint8extended`), over the real catalogue: the same market at
every run. A page's time is what its statements took, as the driver sees them: from sending each to having its rows.
"""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import event, text

from app.catalog.flow import load_reference
from app.core.db import API_ROLE, Database, asyncpg_url
from app.core.pages import Listed, Page
from app.listings import queries
from app.listings.queries import ListingFilter
from benchmarks.figures import Result
from integrations.postgres.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).parent.parent.parent
SMALL, LARGE = 10_000, 1_000_000
DEPTHS: Final = 60
"""So many pages are read of each pair: the first, and others begun at places all over the order."""
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
FIRST_PAGE_MS, WITH_FACETS_MS, GROWTH_MAX = 5.0, 20.0, 3.0

_FACTS: Final = """
create table bench_project as
select row_number() over (order by p.registry_code, p.list_kind, p.number) - 1 as k, count(*) over () as projects, p.*, q.*
from project p, lateral (
  select coalesce(array(select code from project_methodology m where m.project_id = p.id group by code order by code), '{}') as codes
) q
"""
_LISTINGS: Final = """
insert into public_listing (
  listing_id, provider_id, provider_name, lot_id, registry_code, project_id, list_kind, project_number, project_kind,
  project_summary, project_operator, location, regions, methodology_codes, vintage_from, vintage_to, unit, price_minor, currency,
  min_quantity, confirmed_as_of, published_at, version, family, mechanism, prefectures, eligible_for, labels, available_seen)
select
  number_id(4, g), number_id(1, provider), '提供者' || provider || '株式会社', number_id(2, g), p.registry_code, p.id, p.list_kind,
  p.number, p.kind, p.summary, p.operator_name, p.location, p.regions, p.codes,
  make_date(year, 4, 1), make_date(year + 1, 3, 31), 't',
  (1500 + (chance(g, 5) % 4000) + case when chance(g, 6) % 10 = 0 then chance(g, 7) % 40000 else 0 end)::bigint, 'JPY',
  1, date '2026-11-01', timestamptz '2026-11-19 00:00+00' - make_interval(secs => g * 7), 1,
  p.family, p.mechanism, p.prefectures, p.eligible_for,
  p.labels || case when chance(g, 8) % 200 = 0 then array['bench_rare'] else '{}' end, 1 + chance(g, 9) % 5000
from (select g, chance(g, 1) % 300 as provider, (2013 + chance(g, 2) % 13)::int as year,
             -- Some projects list much more than others: the square puts them near the front.
             (power((chance(g, 3) % 1000000) / 1000000.0, 2) * (select projects from bench_project limit 1))::bigint as k
      from generate_series($1::bigint, $2::bigint) g) made
join bench_quality p on p.k = made.k
"""
_FUNCTIONS: Final = """
create function chance(a bigint, b bigint) returns bigint language sql immutable parallel safe as
  $$ select hashint8extended(a, b) & 9007199254740991 $$;
create function number_id(a_kind int, a bigint) returns uuid language sql immutable parallel safe as
  $$ select (lpad(to_hex(hashint8extended(a, a_kind) & 9223372036854775807), 16, '0')
            || lpad(to_hex(a), 16, '0'))::uuid $$;
"""


@dataclass(frozen=True)
class Pair:
    """One promised filter and sort."""

    name: str
    filter: ListingFilter
    sort: str


PAIRS: Final = (
    Pair("newest", ListingFilter(), "-published_at"),
    Pair("cheapest", ListingFilter(), "price"),
    Pair("dearest", ListingFilter(), "-price"),
    Pair("registry, cheapest", ListingFilter(registry="jcredit"), "price"),
    Pair("methodology, cheapest", ListingFilter(methodology="FO-001"), "price"),
    Pair("family, cheapest", ListingFilter(family="forest"), "price"),
    Pair("prefecture, cheapest", ListingFilter(prefecture="20"), "price"),
    Pair("eligible use, cheapest", ListingFilter(eligible_for="offset"), "price"),
    Pair("fiscal year, cheapest", ListingFilter(fiscal_year=2024), "price"),
    Pair("label, cheapest", ListingFilter(label="bench_rare"), "price"),
    Pair("provider, newest", ListingFilter(provider=UUID(int=0)), "-published_at"),
    Pair("words, cheapest", ListingFilter(q="森林 長野"), "price"),
)


@dataclass
class Clock:
    """Adds up what statements take."""

    spent_s: float = 0.0
    _began: list[float] = field(default_factory=list)

    def listen(self, db: Database) -> None:
        """Time every statement on this database's engine."""
        engine = db.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *_: self._began.append(time.perf_counter()))
        event.listen(engine, "after_cursor_execute", self._ended)

    def _ended(self, *_: Any) -> None:
        self.spent_s += time.perf_counter() - self._began.pop()


def measure() -> list[Result]:
    """The twelve pairs at both sizes: first pages, growth of the 99th percentile, and first pages with facets."""
    with _server() as url:
        _migrate(url)
        return asyncio.run(_measured(url))


async def _measured(url: str) -> list[Result]:
    db = Database(url, role=API_ROLE)
    await load_reference(db, NOW)
    owner = await asyncpg.connect(url)
    await _prepare(owner, db)
    clock = Clock()
    clock.listen(db)
    await _grow(owner, 1, SMALL)
    small = {pair.name: await _times(db, clock, await _meant(owner, pair)) for pair in PAIRS}
    await _grow(owner, SMALL + 1, LARGE)
    large = {pair.name: await _times(db, clock, await _meant(owner, pair)) for pair in PAIRS}
    await owner.close()
    await db.close()
    return [result for pair in PAIRS for result in _judged(pair.name, small[pair.name], large[pair.name])]


@dataclass(frozen=True)
class Times:
    """Milliseconds of database time of one pair at one size."""

    first: float
    first_with_facets: float
    pages: list[float]

    @property
    def p99(self) -> float:
        """Of all pages."""
        return statistics.quantiles(self.pages, n=100)[98]


def _judged(name: str, small: Times, large: Times) -> list[Result]:
    growth = large.p99 / small.p99
    told = f"{large.p99:.2f} ms of {small.p99:.2f} ms"
    return [
        Result(f"{name}: p99 of a page, a million of ten thousand ({told})", round(growth, 2), "times", None, GROWTH_MAX, growth <= GROWTH_MAX),
        Result(f"{name}: first page of a million", round(large.first, 2), "ms", None, FIRST_PAGE_MS, large.first <= FIRST_PAGE_MS),
        Result(f"{name}: first page of a million with facets", round(large.first_with_facets, 2), "ms", None, WITH_FACETS_MS,
               large.first_with_facets <= WITH_FACETS_MS),
    ]  # fmt: skip


async def _times(db: Database, clock: Clock, pair: Pair) -> Times:
    await _page(db, pair, None, facets=True)
    first, with_facets, pages = [], [], []
    for _ in range(7):
        first.append(await _timed(clock, _page(db, pair, None, facets=False)))
        with_facets.append(await _timed(clock, _page(db, pair, None, facets=True)))
    pages += first
    for after in await _places(db, pair):
        pages.append(await _timed(clock, _page(db, pair, after, facets=False)))
    return Times(statistics.median(first), statistics.median(with_facets), pages)


async def _timed(clock: Clock, work: Any) -> float:
    before = clock.spent_s
    await work
    return (clock.spent_s - before) * 1000


async def _page(db: Database, pair: Pair, after: tuple[Any, ...] | None, *, facets: bool) -> int:
    page = Page(Listed("listings", pair.filter.named(), pair.sort, None), 20, after)
    async with db.public() as session:
        wanted = await queries.wanted_by(session, pair.filter, providers=None, now=NOW)
        found = await queries.found_offers(session, page, wanted, pair.sort)
        if facets:
            await queries.facets(session, wanted)
    return len(found)


async def _places(db: Database, pair: Pair) -> list[tuple[Any, ...]]:
    """Places all over the order: of rows that fit, chosen by their ids."""
    columns = ", ".join(name for name, _ in queries.SORTS[pair.sort])
    async with db.public() as session:
        wanted = await queries.wanted_by(session, pair.filter, providers=None, now=NOW)
        rows = await session.execute(
            text(f"select {columns} from (select * from public_listing where terms @> :terms and (cast(:provider as uuid) is null or provider_id = cast(:provider as uuid))"
                 " and (cast(:projects as uuid[]) is null or project_id = any (cast(:projects as uuid[]))) limit 200000) fitting order by md5(listing_id::text) limit :n"),
            {"terms": pair.filter.terms(), "provider": pair.filter.provider, "projects": wanted.projects, "n": DEPTHS},
        )  # fmt: skip
        return [(*row, NOW) for row in rows]


async def _meant(owner: asyncpg.Connection, pair: Pair) -> Pair:
    """The pair with a provider that exists."""
    if pair.filter.provider is None:
        return pair
    return replace(pair, filter=replace(pair.filter, provider=await owner.fetchval("select number_id(1, 7)")))


async def _prepare(owner: asyncpg.Connection, db: Database) -> None:
    await owner.execute(_FUNCTIONS)
    await owner.execute(_FACTS)
    # What the catalogue knows of each project, asked as listings ask it.
    from sqlalchemy import select

    from app.catalog.models import Project
    from app.catalog.queries import quality_columns

    known = {name: fact for name, fact in quality_columns(NOW.date(), None).items() if name in _KEPT}
    async with db.public() as session:
        rows = (await session.execute(select(Project.id, *known.values()))).all()
    await owner.execute(
        "create table bench_known (id uuid primary key, family text, mechanism text, prefectures text[], eligible_for text[], labels text[])"
    )
    await owner.copy_records_to_table("bench_known", records=[tuple(row) for row in rows])
    await owner.execute(
        "create table bench_quality as select p.*, w.family, w.mechanism, w.prefectures, w.eligible_for, w.labels"
        " from bench_project p join bench_known w on w.id = p.id; create index on bench_quality (k); analyze bench_quality"
    )


_KEPT: Final = ("family", "mechanism", "prefectures", "eligible_for", "labels")


async def _grow(owner: asyncpg.Connection, first: int, last: int) -> None:
    """Make these listings, their stock and their values; then what autovacuum would do."""
    await owner.execute("set session_replication_role = replica")
    if last > SMALL:
        await owner.execute("alter table listing_term drop constraint pk_listing_term")
        await owner.execute("drop index ix_listing_term_term")
    await owner.execute(_LISTINGS, first, last, timeout=900)
    await owner.execute(
        "insert into lot_stock (lot_id, org_id, imported, free, reserved, sold, withdrawn, next_lo, end_hi, sellable)"
        " select number_id(2, g), number_id(1, chance(g, 1) % 300), 5000, 1 + chance(g, 9) % 5000, 4999 - chance(g, 9) % 5000, 0, 0, 0, 5000, true"
        " from generate_series($1::bigint, $2::bigint) g", first, last, timeout=900,
    )  # fmt: skip
    await owner.execute(
        "insert into listing_term select each, price_minor, listing_id from public_listing p, unnest(terms) each"
        " where not exists (select from listing_term t where t.term = 'registry:' || p.registry_code and t.price_minor = p.price_minor and t.listing_id = p.listing_id)",
        timeout=900,
    )  # fmt: skip
    if last > SMALL:
        await owner.execute(
            "alter table listing_term add constraint pk_listing_term primary key (term, price_minor, listing_id)",
            timeout=900,
        )
        await owner.execute("create index ix_listing_term_term on listing_term (term)", timeout=900)
    await owner.execute("set session_replication_role = default")
    for table in ("public_listing", "listing_term", "lot_stock", "project_words"):
        await owner.execute(f"vacuum (analyze) {table}", timeout=900)


@contextmanager
def _server() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(
            home, settings={"shared_buffers": "1GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}
        ) as server:
            yield server.dsn()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _migrate(url: str) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")

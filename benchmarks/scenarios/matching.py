"""How long does it take to compare what is new with everything that anybody has saved?

Searches and listings are made by SQL from the number of the row alone. The floor is the same market with a tenth of the
searches: ten times as many may take ten times as long, and not more.
"""

import asyncio
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config

from app.core.db import WORKER_ROLE, Database, asyncpg_url
from app.listings.flow import match_searches
from benchmarks.figures import Result
from integrations.postgres.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).parent.parent.parent
FEW, MANY = 10_000, 100_000
NEWS: Final = 1_000
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
GROWTH_MAX: Final = 10.0
_MARKET: Final = f"""
insert into registry values ('jcredit', 'jcredit', 'jcredit', 't', 'https://registry.example/', 'bench');
insert into project (id, registry_code, list_kind, number, kind, operator_name, summary, location, regions, ends_text, source,
  loaded_at) values ('00000000-0000-0000-0000-000000000001', 'jcredit', 'jcredit_normal', '1', 'normal', 'o', 's', 'l', '{{}}', '',
  'bench', now());
insert into project_words select id, '森林経営 長野', '{{}}' from project;
insert into public_listing (
  listing_id, provider_id, provider_name, lot_id, registry_code, project_id, list_kind, project_number, project_kind,
  project_summary, project_operator, location, regions, methodology_codes, vintage_from, vintage_to, unit, price_minor, currency,
  min_quantity, confirmed_as_of, published_at, version, family, prefectures, available_seen)
select gen_random_uuid(), gen_random_uuid(), 'p', gen_random_uuid(), 'jcredit', p.id, 'jcredit_normal', '1', 'normal', 's', 'o',
  'l', array['region' || g % 9], array['M-' || g % 100], date '2024-04-01', date '2025-03-31', 't', 1000 + g % 5000, 'JPY', 1,
  date '2026-11-01', now(), 1, 'family' || g % 12, array['JP-' || g % 47], 1 + g % 5000
from project p, generate_series(1, {NEWS}) g;
"""
_SEARCHES: Final = """
insert into organisation (org_id, kind, name, status, created_at)
  select ('00000000-0000-0000-0000-' || lpad(to_hex(o), 12, '0'))::uuid, 'buyer', 'b', 'active', now()
  from generate_series($1::int / 100, $2::int / 100 - 1) o
"""
# A tenth asks for words alone, a tenth for a price alone: these are compared with every listing.
_SAVED: Final = """
insert into saved_search (org_id, id, name, q, words, terms, led_by, price_lte, made_by, made_at)
select ('00000000-0000-0000-0000-' || lpad(to_hex(n / 100), 12, '0'))::uuid, gen_random_uuid(), 'n' || n,
       case when n % 10 = 0 then '森林' end, case when n % 10 = 0 then array['森林'] else '{}' end,
       case when term = '' then '{}' else array[term] end, term, 1000 + n % 400, gen_random_uuid(), now()
from (select n, case n % 10 when 0 then '' when 1 then '' when 2 then 'family:family' || n % 12 when 3 then 'region:region' || n % 9
                when 4 then 'prefecture:JP-' || n % 47 when 5 then 'prefecture:JP-' || n % 47 else 'methodology:M-' || n % 100 end as term
      from generate_series($1::int, $2::int - 1) n) made
"""


def measure() -> list[Result]:
    """The job over a thousand new listings, with ten thousand saved searches and with a hundred thousand."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-matching-"))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    try:
        with EmbeddedPostgres(home) as server:
            config = Config(ROOT / "alembic.ini")
            config.attributes["url"] = asyncpg_url(server.dsn())
            command.upgrade(config, "head")
            return asyncio.run(_measured(server.dsn()))
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measured(url: str) -> list[Result]:
    owner, db = await asyncpg.connect(url), Database(url, role=WORKER_ROLE)
    try:
        await owner.execute(_MARKET)
        took = []
        for before, upto in ((0, FEW), (FEW, MANY)):
            await owner.execute(_SEARCHES, before, upto)
            await owner.execute(_SAVED, before, upto)
            await owner.execute("analyze")
            await owner.execute("insert into listing_news (listing_id) select listing_id from public_listing")
            began = time.perf_counter()
            made = 0
            while await owner.fetchval("select exists (select from listing_news)"):
                made += await match_searches(db, now=NOW, request_id="req_benchmark")
            took.append(time.perf_counter() - began)
            assert made > upto // 20, made
    finally:
        await db.close()
        await owner.close()
    growth = round(took[1] / took[0], 2)
    told = f"{NEWS} new listings against {MANY} saved searches ({took[1]:.1f} s, {took[0]:.1f} s against {FEW})"
    return [Result(told, growth, "times", round(took[0], 2), GROWTH_MAX, growth <= GROWTH_MAX)]


if __name__ == "__main__":
    print(*measure(), sep="\n")

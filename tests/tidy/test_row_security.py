"""Can a forgotten WHERE show one organisation another's rows? The migrated database itself is asked."""

import asyncpg
import pytest
from sqlalchemy import text

from app import tables
from app.core.db import API_ROLE, AUDITOR_ROLE, WORKER_ROLE, Database

DOORKEEPER = "offsetdesk_doorkeeper"
ROLES = [API_ROLE, WORKER_ROLE, AUDITOR_ROLE, DOORKEEPER]
OPEN = {
    "alembic_version", "daily_price", "event_seal", "fact", "issuance", "job", "listing_news", "news_batch", "listing_term", "methodology", "prefecture",
    "project", "project_member", "project_methodology", "project_words", "public_certificate", "public_listing",
    "compared_account", "compared_except", "project_twin", "public_price", "rate_window", "region", "registry", "registry_rule", "schedule", "test_clock",
}  # fmt: skip
"""Reference, projections and machinery: rows that nobody owns. A new table without `org_id` is thought about here."""
UNPROTECTED = """
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped)
      and not (c.relrowsecurity and c.relforcerowsecurity
               and exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*'))
               and exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd in ('a', '*')))
"""
TOO_OPEN = """
    select policyname from pg_policies
    where schemaname = 'public' and coalesce(with_check, qual) not like '%app_orgs%'
      and not roles <@ array[$1::name, $2::name]
"""
DOORS = "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by proname"


async def test_every_table_with_organisations_has_forced_policies(owner: asyncpg.Connection) -> None:
    assert await owner.fetch(UNPROTECTED) == []
    await owner.execute("create table planted (org_id uuid)")
    assert [row["relname"] for row in await owner.fetch(UNPROTECTED)] == ["planted"]
    await owner.execute("alter table planted enable row level security")
    await owner.execute("create policy planted on planted using (org_id = any (app_orgs()))")
    assert [row["relname"] for row in await owner.fetch(UNPROTECTED)] == ["planted"], "FORCE is missing."
    await owner.execute("alter table planted force row level security")
    assert await owner.fetch(UNPROTECTED) == []


async def test_every_policy_for_the_program_names_the_transactions_organisations(owner: asyncpg.Connection) -> None:
    assert await owner.fetch(TOO_OPEN, AUDITOR_ROLE, DOORKEEPER) == []
    await owner.execute(f"create policy planted on lot for select to {API_ROLE} using (true)")
    found = await owner.fetch(TOO_OPEN, AUDITOR_ROLE, DOORKEEPER)
    assert [row["policyname"] for row in found] == ["planted"]


async def test_tables_that_nobody_owns_are_a_closed_list(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("select relname, relrowsecurity from pg_class where relkind in ('r', 'p')"
                             " and relnamespace = 'public'::regnamespace")  # fmt: skip
    assert {row["relname"] for row in rows if not row["relrowsecurity"]} == OPEN
    assert {row["relname"] for row in rows} == {*tables.metadata.tables, "alembic_version"}


async def test_the_programs_roles_can_do_no_more_than_they_were_given(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("select * from pg_roles where rolname = any ($1)", ROLES)
    assert len(rows) == len(ROLES)
    for row in rows:
        for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication", "rolcanlogin"):
            assert not row[power], (row["rolname"], power)
    owned = "select relname from pg_class where relowner in (select oid from pg_roles where rolname = any ($1))"
    assert await owner.fetch(owned, ROLES) == []
    member_of = "select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = any ($1)"
    assert await owner.fetch(member_of, ROLES) == [], "A role of ours could become another."


async def test_the_narrow_doors_are_a_closed_list(owner: asyncpg.Connection) -> None:
    doors = [row["proname"] for row in await owner.fetch(DOORS)]
    assert doors == [
        "analyze_statement_lines", "find_api_key", "find_buyer_token", "find_login", "find_login_session", "find_providers", "find_refresh_token",
        "find_storefront", "find_storefront_buyer", "find_storefront_key", "is_storefront_origin", "public_availability",
        "storefront_orders",
    ]  # fmt: skip
    assert not await owner.fetch(
        "select 1 from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace"
    )
    every = "select proname from pg_proc where prosecdef and not coalesce('search_path=public, pg_temp' = any (proconfig), false)"
    assert await owner.fetch(f"{every} and pronamespace = 'public'::regnamespace") == []


@pytest.mark.parametrize("role", [API_ROLE, WORKER_ROLE])
async def test_a_connection_of_the_program_runs_as_its_role(database_url: str, role: str) -> None:
    db = Database(database_url, role=role)
    asked = text("select current_user, current_setting('is_superuser'), row_security_active('lot')")
    async with db.public() as session:
        assert tuple((await session.execute(asked)).one()) == (role, "off", True)
    async with db.driver() as connection:
        assert await connection.fetchval("select current_user") == role
    await db.close()


@pytest.mark.parametrize("table", ["event", "posting"])
async def test_what_was_written_down_cannot_be_changed_or_removed(owner: asyncpg.Connection, table: str) -> None:
    for role in (API_ROLE, WORKER_ROLE):
        for verb in ("update", "delete", "truncate"):
            assert not await owner.fetchval("select has_table_privilege($1, $2, $3)", role, table, verb), (role, verb)
        assert await owner.fetchval("select has_table_privilege($1, $2, 'insert')", role, table)

"""Does row-level security alone keep every table's rows apart, and would its tests notice if one policy were gone?"""

import asyncpg
import pytest

from tests.isolation.mutants import mutants_of, survives
from tests.isolation.rows import MACHINERY, OPEN, OWNED, RULES
from tests.isolation.scene import Scene
from tests.isolation.walls import cases_of, complaints
from tests.isolation.words import DESK


@pytest.mark.parametrize("table", OWNED)
async def test_the_rows_of_a_table_are_their_parties_alone(
    table: str, past_policies: asyncpg.Connection, scene: Scene
) -> None:
    cases = await cases_of(past_policies, table, [*scene.org_ids, scene.members[DESK].org_id])
    assert cases, "The story leaves a row in every table: nothing is proven about an empty one."
    wanted = len(RULES[table].add) if table in RULES else 1
    assert max(len(case.add) for case in cases) >= wanted, "A row with all of its parties is among them."
    assert [complaint async for complaint in complaints(past_policies, cases)] == []


@pytest.mark.parametrize("table", OWNED)
async def test_no_policy_of_a_table_can_be_broken_unnoticed(
    table: str, past_policies: asyncpg.Connection, scene: Scene
) -> None:
    cases = await cases_of(past_policies, table, [*scene.org_ids, scene.members[DESK].org_id])
    mutants = await mutants_of(past_policies, table)
    assert len(mutants) >= 5, "At least one policy of its own and the auditor's."
    assert [mutant.name for mutant in mutants if await survives(past_policies, mutant, cases)] == []


async def test_every_table_is_owned_or_open_or_machinery_and_every_owned_one_is_forced(
    past_policies: asyncpg.Connection,
) -> None:
    found = await past_policies.fetch(
        "select relname as name, relrowsecurity and relforcerowsecurity as forced from pg_class"
        " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'"
    )
    assert {each["name"] for each in found} == {*OWNED, *OPEN, *MACHINERY}
    assert {each["name"] for each in found if each["forced"]} == set(OWNED)
    org_columns = await past_policies.fetch(
        "select distinct table_name from information_schema.columns where table_schema = 'public'"
        " and column_name = 'org_id'"
    )
    assert {each["table_name"] for each in org_columns} == set(OWNED)
    policies = await past_policies.fetch("select distinct tablename from pg_policies where schemaname = 'public'")
    assert {each["tablename"] for each in policies} == set(OWNED), "Policies stand where the mutants look for them."


async def test_references_between_organisations_rows_name_the_organisation(past_policies: asyncpg.Connection) -> None:
    found = await past_policies.fetch(
        """
        select c.conname as name, c.conrelid::regclass::text as at, c.confrelid::regclass::text as target,
               (select array_agg(attname::text) from pg_attribute where attrelid = c.confrelid and attnum = any (c.confkey))
                 as columns
        from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
        """
    )
    between = [each for each in found if each["at"] in OWNED and each["target"] in OWNED]
    assert len(between) > 20
    assert [each["name"] for each in between if "org_id" not in each["columns"]] == []


async def test_a_row_cannot_refer_to_anothers_row_by_its_id_alone(
    past_policies: asyncpg.Connection, scene: Scene
) -> None:
    b = scene.members["provider_b"].org_id
    lot = await past_policies.fetchval("select id from lot where org_id = $1", scene.members["provider_a"].org_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="lot"):
        await past_policies.execute(
            "insert into listing (org_id, id, lot_id, price_minor, currency, min_quantity, status, published_at)"
            " values ($1, gen_random_uuid(), $2, 1, 'JPY', 1, 'open', now())",
            b,
            lot,
        )

"""In which ways can one policy be broken, so that its table stands open? Each must bring the table's check to complain."""

from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg

from tests.isolation.walls import Case, complaints


@dataclass(frozen=True)
class Mutant:
    """One way to break one policy."""

    name: str
    sql: tuple[str, ...]


async def mutants_of(owner: asyncpg.Connection, table: str) -> list[Mutant]:
    """Each policy of the table dropped, opened, half opened, loosened, and given to everybody."""
    found = []
    for policy in await owner.fetch("select * from pg_policies where schemaname = 'public' and tablename = $1", table):
        found += list(_mutants(policy))
    return found


def _mutants(policy: asyncpg.Record) -> Iterator[Mutant]:
    name, table, using = policy["policyname"], policy["tablename"], policy["qual"]
    check = policy["with_check"] or (using if policy["cmd"] in {"ALL", "UPDATE"} else None)
    yield Mutant(f"{name} dropped", (f'drop policy "{name}" on "{table}"',))
    if "true" in (using, check):  # It is open by design, to its own roles: nobody else may have it.
        if policy["cmd"] == "SELECT":
            yield Mutant(f"{name} for everybody", (f'alter policy "{name}" on "{table}" to public',))
        return
    halves = {"using": using, "with check": check}
    yield from _altered(policy, "opened", {half: "true" for half, text in halves.items() if text})
    for half in halves if using and check else ():
        yield from _altered(policy, f"{half} opened", halves | {half: "true"})
    for old, new in ((" OR ", " AND "), (" AND ", " OR "), ("<@", "&&"), ("&&", "<@")):
        changed = {half: text.replace(old, new) for half, text in halves.items() if text}
        if changed != {half: text for half, text in halves.items() if text}:
            yield from _altered(policy, f"with{new} for{old}", changed)


def _altered(policy: asyncpg.Record, how: str, halves: dict[str, str]) -> Iterator[Mutant]:
    texts = " ".join(f"{half} ({text})" for half, text in halves.items())
    sql = f'alter policy "{policy["policyname"]}" on "{policy["tablename"]}" {texts}'
    yield Mutant(f"{policy['policyname']} {how}", (sql,))


async def survives(owner: asyncpg.Connection, mutant: Mutant, cases: list[Case]) -> bool:
    """Whether the table's check has nothing to say although the policy is broken."""
    undo = owner.transaction()
    await undo.start()
    try:
        for sql in mutant.sql:
            await owner.execute(sql)
        async for _ in complaints(owner, cases):
            return False
        return True
    finally:
        await undo.rollback()

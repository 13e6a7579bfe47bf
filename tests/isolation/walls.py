"""Does the database alone keep an organisation's rows apart? One table's whole check.

A check lists its complaints one by one and tries everything as the roles of the API and of the workers themselves do, in
a transaction that is rolled back. The mutants of a policy (mutants.py) run the same check.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import msgspec

from app.core.db import API_ROLE, AUDITOR_ROLE, WORKER_ROLE
from tests.isolation.rows import Row, all_rows, holders, rule_of

ROLES = (API_ROLE, WORKER_ROLE)
DOORKEEPER = "offsetdesk_doorkeeper"
DOORS = {
    "api_key", "login_session", "member", "organisation", "lot_stock", "storefront", "storefront_key", "buyer_session",
    "buyer_token", "orders", "limited_listing",
}  # fmt: skip
"""Tables that the narrow functions look into before any organisation is known."""
DELETES = {
    ("saved_search", API_ROLE),
    ("saved_search", WORKER_ROLE),
    ("idempotency", WORKER_ROLE),
    ("limited_listing", API_ROLE),
    ("limited_listing", WORKER_ROLE),
    ("own_payer_name", API_ROLE),
    ("own_payer_name", WORKER_ROLE),
    *((table, role) for table in ("statement_line", "serial_touch", "serial_range") for role in ROLES),
}
"""Rows of organisations that a role may delete: keys that have served their time, what is offered no more, names that nobody
pays under any more, what was read of a statement that then could not be taken, what has been compared since it changed, and
what came back to a lot."""
SEALED = "event"


@dataclass(frozen=True)
class Case:
    """One row to try everything on: who reads it, who must be named to add or change it, and who is a stranger."""

    table: str
    key: tuple[str, ...]
    row: Row
    read: frozenset[UUID]
    add: frozenset[UUID]
    change: frozenset[UUID]
    """Nobody: rows of this table are never changed."""
    stranger: UUID

    @property
    def where(self) -> str:
        return " and ".join(f'"{column}" = {_literal(self.row[column])}' for column in self.key)


async def cases_of(owner: asyncpg.Connection, table: str, org_ids: Iterable[UUID]) -> list[Case]:
    """A row of each shape that the table's rows have: by which of its parties are there, and whether they differ."""
    rule, rows = rule_of(table), await all_rows(owner, table)
    key = tuple(each["name"] for each in await owner.fetch(_KEY, table))
    shapes: dict[tuple[object, ...], Row] = {}
    for row in rows:
        named = [column for column in dict.fromkeys((*rule.read, *rule.add)) if row[column]]
        shapes.setdefault((*named, len(holders(row, rule.read)), len(holders(row, rule.add))), row)
    found = []
    for row in shapes.values():
        read, add, change = (holders(row, columns) for columns in (rule.read, rule.add, rule.change))
        stranger = next(org_id for org_id in org_ids if org_id not in read | add)
        found.append(Case(table, key, row, read, add, change, stranger))
    return found


async def complaints(owner: asyncpg.Connection, cases: list[Case]) -> AsyncIterator[str]:
    """Everything that is wrong with the walls around one table; nothing when they stand."""
    table = cases[0].table
    rows = await all_rows(owner, table)
    for role in ROLES:
        for case in cases:
            probe = Probe(owner, role, case)
            for attempt in (_reading, _locking, _changing, _moving, _adding, _deleting):
                async for complaint in attempt(probe):
                    yield f"{table} as {role}: {complaint}"
        async for complaint in _whole_table(owner, role, cases[0], rows):
            yield f"{table} as {role}: {complaint}"
    async for complaint in _special_roles(owner, table, len(rows)):
        yield f"{table}: {complaint}"


@dataclass(frozen=True)
class Probe:
    """Tries statements as one role for some organisations, and undoes them."""

    owner: asyncpg.Connection
    role: str
    case: Case

    async def tried(self, named: Iterable[UUID], sql: str) -> int | str:
        """How many rows a statement touched, or which wall refused it: policy, grant, or a constraint behind both."""
        async with acting(self.owner, self.role, named):
            try:
                async with self.owner.transaction():
                    return int((await self.owner.execute(sql)).rpartition(" ")[2])
            except asyncpg.InsufficientPrivilegeError as error:
                return "policy" if "row-level security" in str(error) else "grant"
            except asyncpg.IntegrityConstraintViolationError:
                return "constraint"

    def too_few(self, needed: frozenset[UUID]) -> Iterator[frozenset[UUID]]:
        """Nobody, a stranger, who may but read, and all who are needed but one, alone and with the stranger."""
        yield frozenset()
        yield frozenset({self.case.stranger})
        yield self.case.read - needed
        for missing in needed:
            yield needed - {missing}
            yield needed - {missing} | {self.case.stranger}


async def _reading(probe: Probe) -> AsyncIterator[str]:
    case, sql = probe.case, f'select from "{probe.case.table}" where {probe.case.where}'
    for party in case.read:
        if await probe.tried([party], sql) != 1:
            yield f"{party} cannot see its own row"
    for named in (frozenset[UUID](), frozenset({case.stranger})):
        if await probe.tried(named, sql) != 0:
            yield f"{set(named)} sees a row of others"


async def _locking(probe: Probe) -> AsyncIterator[str]:
    case, sql = probe.case, f'select from "{probe.case.table}" where {probe.case.where} for update'
    refused = 0 if case.change else "grant"
    for named in probe.too_few(case.change):
        if await probe.tried(named, sql) != refused:
            yield f"{set(named)} locks a row that it may not write"


async def _changing(probe: Probe) -> AsyncIterator[str]:
    case = probe.case
    sql = f'update "{case.table}" set "{case.key[0]}" = "{case.key[0]}" where {case.where}'
    refused = 0 if case.change else "grant"
    for named in probe.too_few(case.change):
        if await probe.tried(named, sql) != refused:
            yield f"{set(named)} changes a row of others"
    if await probe.tried(case.change or case.add, sql) != (1 if case.change else "grant"):
        yield "those who may write the row cannot"


async def _moving(probe: Probe) -> AsyncIterator[str]:
    """A row is not handed to somebody who is not named."""
    case = probe.case
    for column in rule_of(case.table).change:
        sql = f'update "{case.table}" set "{column}" = {_literal(str(case.stranger))} where {case.where}'
        # Whoever reads the row before and after must not be a way around the policy of changes.
        if await probe.tried(case.change | case.read, sql) != "policy":
            yield f"a row is handed to a stranger in {column}"


async def _adding(probe: Probe) -> AsyncIterator[str]:
    """The same row once more: who may write is stopped by its key alone, everybody else by the policy."""
    case = probe.case
    columns = ", ".join(f'"{each["name"]}"' for each in await probe.owner.fetch(_WRITTEN, case.table))
    row = f'jsonb_populate_record(null::"{case.table}", {_literal(_json(case.row))}::jsonb)'
    sql = f'insert into "{case.table}" ({columns}) select {columns} from {row}'
    for named in probe.too_few(case.add):
        if await probe.tried(named, sql) != "policy":
            yield f"{set(named)} adds a row for others"
    if await probe.tried(case.add, sql) != "constraint":
        yield "those who may write cannot add"


async def _deleting(probe: Probe) -> AsyncIterator[str]:
    case = probe.case
    sql = f'delete from "{case.table}" where {case.where}'
    may = (case.table, probe.role) in DELETES
    kept = case.table == "serial_range" and case.row["holding_id"] is not None  # Somebody's: nobody deletes those.
    for named in probe.too_few(case.add):
        if await probe.tried(named, sql) != (0 if may else "grant"):
            yield f"{set(named)} deletes a row of others"
    if await probe.tried(case.add, sql) != (int(not kept) if may else "grant"):
        yield "deleting is not as it was agreed"


async def _whole_table(owner: asyncpg.Connection, role: str, case: Case, rows: list[Row]) -> AsyncIterator[str]:
    """A look at the table without any condition shows each organisation just its own rows."""
    rule = rule_of(case.table)
    for named in (None, case.stranger, *case.read):
        expected = sum(named in holders(row, rule.read) for row in rows)
        async with acting(owner, role, [] if named is None else [named]):
            seen = await owner.fetchval(f'select count(*) from "{case.table}"')
        if seen != expected:
            yield f"{named} sees {seen} rows, of which {expected} are its own"


async def _special_roles(owner: asyncpg.Connection, table: str, count: int) -> AsyncIterator[str]:
    """The auditor reads all and writes only seals; the doorkeeper looks into a few tables."""
    expected = {AUDITOR_ROLE: count, DOORKEEPER: count if table in DOORS else "grant"}
    for role, wanted in expected.items():
        seen = await _as_special(owner, role, f'select from "{table}"')
        if seen != wanted:
            yield f"{role} sees {seen} rows instead of {wanted}"
    touched = await _as_special(owner, AUDITOR_ROLE, f'update "{table}" set org_id = org_id')
    if touched != "grant":
        yield f"the auditor changes {touched} rows"
    if (
        table == SEALED
        and (sealed := await _as_special(owner, AUDITOR_ROLE, "update event set seal_n = seal_n")) != count
    ):
        yield f"the auditor seals {sealed} rows of {count}"


async def _as_special(owner: asyncpg.Connection, role: str, sql: str) -> int | str:
    async with acting(owner, role, []):
        try:
            async with owner.transaction():
                return int((await owner.execute(sql)).rpartition(" ")[2])
        except asyncpg.InsufficientPrivilegeError:
            return "grant"


@asynccontextmanager
async def acting(owner: asyncpg.Connection, role: str, named: Iterable[UUID]) -> AsyncIterator[None]:
    """Be this role, acting for these organisations, for as long as the block lasts; then nothing has happened."""
    undo = owner.transaction()
    await undo.start()
    try:
        await owner.execute(f'set local role "{role}"')
        await owner.execute("select set_config('app.org_ids', $1, true)", ",".join(map(str, named)))
        yield
    finally:
        await undo.rollback()


_KEY = """
select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indrelid = $1::regclass and i.indisprimary order by array_position(i.indkey::int2[], a.attnum)
"""
_WRITTEN = """
select attname as name from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
order by attnum
"""


def _literal(value: object) -> str:
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _json(row: Row) -> str:
    return msgspec.json.encode(row).decode()

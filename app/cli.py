"""What can a person do at the machine itself? `offsetdesk migrate`, `found-desk`, `verify-chain`, `jobs` and so on.

Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 the event chain does not match its events.
"""

import argparse
import asyncio
import getpass
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from alembic import command
from alembic.config import Config
from sqlalchemy import and_, case, or_, select
from sqlalchemy.exc import SQLAlchemyError

from app.catalog.flow import load_reference
from app.clients import open_clients
from app.core import leases, seals
from app.core.clock import utc_now
from app.core.db import API_ROLE, WORKER_ROLE, AsyncSession, Database, asyncpg_url
from app.core.errors import AppError
from app.core.http.drain import Drain
from app.core.ids import new_id, public_id, read_public_id
from app.core.metrics import Metrics
from app.core.outbox import Job
from app.core.request_id import new_request_id
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES, SALT_BYTES, credential_hash, hash_password, make_api_key
from app.identity import operations as identity
from app.identity import rules
from app.identity.errors import DeskFounded
from app.identity.models import OrganisationKind, Role
from app.main import create_app
from app.sandbox import operations as sandbox
from app.settings import Settings, read_database_url, read_sandbox_database_url, read_settings

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
MISMATCH: Final = 3

PASSWORD_VARIABLE: Final = "OFFSETDESK_DESK_PASSWORD"  # noqa: S105 - The name of a variable, not a password.
OVERDUE_AFTER: Final = timedelta(minutes=5)
"""A due job that nobody has begun for so long means that no worker is at work, or too few are."""
JOBS_MAX: Final = 200
ERROR_WIDTH: Final = 80

_ROOT: Final = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what went wrong is said on standard error."""
    # The password travels in a variable of its own, so that it stands in no list of processes; it is no setting.
    password = os.environ.pop(PASSWORD_VARIABLE, "")
    options = _parser().parse_args(arguments)
    try:
        return _carry_out(options, password)
    except AppError as refusal:
        return _complain(refusal.detail, FAILED)
    except (OSError, SQLAlchemyError) as trouble:
        return _complain(f"It failed: {trouble}", FAILED)


def _carry_out(options: argparse.Namespace, password: str) -> int:
    match options.command:
        case "migrate":
            return _migrate_all()
        case "found-desk":
            return _found_desk(options, password or getpass.getpass("Password of the desk's owner: "))
        case "unpark":
            return _unpark(options.job_id)
        case other:
            return _run(_asked(other, now=utc_now()))


def _asked(command_: str, *, now: datetime) -> Coroutine[Any, Any, int]:
    """The commands that take nothing."""
    match command_:
        case "verify-chain":
            return _verify_chain()
        case "sandbox-key":
            return _sandbox_key(now=now)
        case "jobs":
            return _jobs(now=now)
        case _:
            return _openapi()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="offsetdesk", description="Runs an Offset Desk from its own machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "migrate", help="bring the database, and the sandbox's, to the newest shape, and load the catalogue"
    )
    found = commands.add_parser("found-desk", help="make the operator's organisation, its owner and its first API key")
    found.add_argument("--name", required=True, help="the operator's legal name")
    found.add_argument("--email", required=True, help="with which the owner signs in")
    found.add_argument("--member-name", required=True, help="the owner's own name")
    found.epilog = f"The password is read from {PASSWORD_VARIABLE}, or asked for."
    commands.add_parser("sandbox-key", help="make a new API key for the operator of the sandbox")
    commands.add_parser("verify-chain", help="recompute every seal of the event chain")
    unpark = commands.add_parser("unpark", help="give a job that was given up all its attempts again")
    unpark.add_argument("job_id", metavar="JOB_ID", help="job_…, as `offsetdesk jobs` shows it")
    commands.add_parser("jobs", help="list the jobs that were given up or are overdue")
    commands.add_parser("openapi", help="print the OpenAPI document; needs no database and no settings")
    return parser


def _run(command_: Coroutine[Any, Any, int]) -> int:
    return asyncio.run(command_)


def _say(line: str) -> None:
    print(line)


def _complain(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code


@asynccontextmanager
async def _opened(role: str, url: str = "") -> AsyncIterator[Database]:
    db = Database(url or read_database_url(), role=role, pool_size=1)
    try:
        yield db
    finally:
        await db.close()


def _migrate_all() -> int:
    """The desk's database and, where there is one, its sandbox's, whose desk is founded with the first migration."""
    code = _migrate(read_database_url())
    sandbox_url = read_sandbox_database_url()
    if code != DONE or not sandbox_url:
        return code
    _say("The sandbox:")
    code = _migrate(sandbox_url)
    return code if code != DONE else _run(_found_sandbox(sandbox_url, now=utc_now()))


def _migrate(url: str) -> int:
    config = Config(_ROOT / "alembic.ini")
    config.attributes["url"] = asyncpg_url(url)
    command.upgrade(config, "head")
    return _run(_load_catalogue(url, now=utc_now()))


async def _load_catalogue(url: str, *, now: datetime) -> int:
    async with _opened(API_ROLE, url) as db:
        report = await load_reference(db, now)
    _say("The database has its newest shape.")
    _say(f"Catalogue: {report.rows} rows read, {report.used} used, {report.refused} refused.")
    _say(f"Catalogue: {len(report.projects)} projects, {len(report.warnings)} warnings, {len(report.errors)} errors.")
    return DONE


def _found_desk(options: argparse.Namespace, password: str) -> int:
    person = {"email": options.email, "name": options.member_name, "password": password}
    wrong = [*rules.wrong_about_name(options.name, "/name"), *rules.wrong_about_person(**person, at="/member")]
    if wrong:
        return _complain("\n".join(f"{error.pointer}: {error.detail}" for error in wrong), WRONG_USAGE)
    password_hash = hash_password(rules.password_as_hashed(password), salt=secrets.token_bytes(SALT_BYTES))
    owner = identity.NewMember(new_id(), options.email, options.member_name, Role.OWNER, password_hash)
    return _run(_write_desk(read_settings(), options.name, owner, now=utc_now()))


async def _write_desk(settings: Settings, name: str, owner: identity.NewMember, *, now: datetime) -> int:
    made = make_api_key("test" if settings.mode == "test" else "live", random=secrets.token_bytes(KEY_RANDOM_BYTES))
    rights = rules.rights_of(OrganisationKind.OPERATOR, Role.OWNER)
    shown = f"od_{made.mode}_{made.key_id}"
    key = identity.NewKey(new_id(), credential_hash(made.text), shown, "First key", rights, None)
    scope = Scope.of_system(DESK_ID, new_request_id(new_id()))
    async with _opened(API_ROLE) as db, db.transaction(scope) as session:
        await identity.found_desk(session, name=name, owner=owner, now=now)
        await identity.create_key(session, key, org_id=DESK_ID, created_by=owner.member_id, now=now)
    _say(f"The desk is founded: {public_id('org', DESK_ID)}, owner {public_id('mem', owner.member_id)}.")
    _say(f"Its first API key, shown this once: {made.text}")
    return DONE


async def _found_sandbox(url: str, *, now: datetime) -> int:
    """Found the sandbox's desk, once. Nobody signs in as its owner: `sandbox-key` makes the operator's keys."""
    password_hash = hash_password(secrets.token_urlsafe(), salt=secrets.token_bytes(SALT_BYTES))
    async with _opened(API_ROLE, url) as db:
        with suppress(DeskFounded):
            async with db.transaction(Scope.of_system(DESK_ID, new_request_id(new_id()))) as session:
                await sandbox.found(session, password_hash=password_hash, now=now)
    _say("The sandbox's desk is founded: `offsetdesk sandbox-key` makes its operator's keys.")
    return DONE


async def _sandbox_key(*, now: datetime) -> int:
    url = read_sandbox_database_url()
    if not url:
        return _complain("OFFSETDESK_SANDBOX_DATABASE_URL must be set: there is no sandbox.", FAILED)
    made = make_api_key("test", random=secrets.token_bytes(KEY_RANDOM_BYTES))
    scope = Scope.of_system(DESK_ID, new_request_id(new_id()))
    async with _opened(API_ROLE, url) as db, db.transaction(scope) as session:
        await sandbox.make_operator_key(session, made, key_id=new_id(), now=now)
    _say(f"A key of the sandbox's operator, shown this once: {made.text}")
    return DONE


async def _verify_chain() -> int:
    async with _opened(WORKER_ROLE) as db, db.audit() as session:
        broken = await seals.verify_chain(session)
    if broken:
        return _complain("\n".join(broken), MISMATCH)
    _say("ok")
    return DONE


def _unpark(text: str) -> int:
    job_id = read_public_id("job", text)
    if job_id is None:
        return _complain(f"{text} is not the id of a job.", WRONG_USAGE)
    return _run(_revive(job_id, now=utc_now()))


async def _revive(job_id: UUID, *, now: datetime) -> int:
    async with _opened(WORKER_ROLE) as db, db.machinery() as session:
        revived = await leases.unpark(session, job_id, now=now)
    if not revived:
        return _complain(f"{public_id('job', job_id)} is not parked.", FAILED)
    _say(f"{public_id('job', job_id)} is due now, with all its attempts again.")
    return DONE


async def _jobs(*, now: datetime) -> int:
    async with _opened(WORKER_ROLE) as db, db.machinery() as session:
        rows = await _troubled(session, now=now)
    if not rows:
        _say("No job is parked or overdue.")
        return DONE
    table = [("id", "name", "state", "due", "attempts", "ids", "last error"), *map(_shown, rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        _say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if len(rows) == JOBS_MAX:
        _say(f"Only the first {JOBS_MAX} are shown.")
    return DONE


async def _troubled(session: AsyncSession, *, now: datetime) -> Sequence[tuple[Job, str]]:
    """Jobs given up, then jobs that are long due and that nobody has leased; each with its state."""
    parked = Job.parked_at.is_not(None)
    unleased = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    overdue = and_(Job.done_at.is_(None), Job.due <= now - OVERDUE_AFTER, unleased)
    found = await session.execute(
        select(Job, case((parked, "parked"), else_="overdue"))
        .where(or_(parked, overdue))
        .order_by(Job.parked_at.is_(None), Job.due, Job.id)
        .limit(JOBS_MAX)
    )
    return [(job, state) for job, state in found]


def _shown(row: tuple[Job, str]) -> tuple[str, ...]:
    job, state = row
    error = (job.last_error or "").strip().rpartition("\n")[2][:ERROR_WIDTH]  # A traceback's last line says it.
    ids = " ".join(f"{name}={value}" for name, value in sorted(job.ids.items()))
    due = job.due.isoformat(timespec="seconds")
    return (public_id("job", job.id), job.name, state, due, str(job.attempts), ids, error)


async def _openapi() -> int:
    """The document is made from the routes alone: the application is put together over a database never spoken to."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url="postgresql://127.0.0.1/none", secret="-" * 32, files_url=f"file://{folder}")
        db = Database(settings.database_url, role=API_ROLE, pool_size=1)
        async with open_clients(settings) as clients:
            app = create_app(settings, db, clients, drain=Drain(), metrics=Metrics())
            transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # ASGI by Litestar's names, not by httpx's.
            async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
                answer = await client.get("/openapi.json")
        await db.close()
    _say(answer.raise_for_status().text)
    return DONE


if __name__ == "__main__":
    sys.exit(main())

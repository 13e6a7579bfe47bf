"""The `offsetdesk` command over a real database: each command, its exit code, and what it says."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.cli import DONE, FAILED, MISMATCH, PASSWORD_VARIABLE, WRONG_USAGE, main
from app.core.db import WORKER_ROLE, Database
from app.core.ids import new_id, public_id
from app.core.outbox import Job
from app.core.seals import seal
from app.core.security import credential_hash
from tests.conftest import ROOT, with_database

FOUND = ["found-desk", "--name", "オフセットデスク株式会社", "--email", "desk@example.jp", "--member-name", "運営 花子"]
PASSWORD = "correct horse battery staple"
NOW = datetime.now(UTC)


@pytest.fixture
def desk_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> str:
    """A migrated database that the environment names, as an operator's shell would."""
    for name in [name for name in os.environ if name.startswith("OFFSETDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OFFSETDESK_DATABASE_URL", database_url)
    monkeypatch.setenv("OFFSETDESK_SECRET", "a secret of at least thirty-two characters")
    monkeypatch.setenv("OFFSETDESK_FILES_URL", f"file://{tmp_path}")
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    return database_url


@pytest.fixture
async def empty_url(server_url: str) -> AsyncIterator[str]:
    """A database with nothing in it."""
    name = f"test_{secrets.token_hex(6)}"
    await _fetch(server_url, f'create database "{name}"')
    yield with_database(server_url, name)
    await _fetch(server_url, f'drop database "{name}" with (force)')


async def _fetch(url: str, sql: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


def fetch(url: str, sql: str, *values: object) -> list[asyncpg.Record]:
    return asyncio.run(_fetch(url, sql, *values))


async def _with_worker(url: str, act: Any) -> None:
    db = Database(url, role=WORKER_ROLE)
    await act(db)
    await db.close()


def put_jobs(url: str, *jobs: Job) -> None:
    async def act(db: Database) -> None:
        async with db.machinery() as session:
            session.add_all(jobs)

    asyncio.run(_with_worker(url, act))


def a_job(**facts: Any) -> Job:
    given = {"name": "orders.expire", "ids": {"order_id": str(new_id())}, "request_id": "req_testtest", "due": NOW}
    return Job(id=new_id(), **(given | facts))


def test_migrate_makes_a_desks_database_from_nothing_and_may_be_repeated(
    desk_url: str, empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OFFSETDESK_DATABASE_URL", empty_url)
    assert main(["migrate"]) == DONE
    first = capsys.readouterr().out
    rows, used, refused = (int(number) for number in re.findall(r"(\d+) (?:rows|used|refused)", first))
    assert rows == used + refused == 1177
    (count,) = fetch(empty_url, "select count(*) as n from project")
    assert f"{count['n']} projects" in first
    assert re.search(r"\d+ warnings", first)
    assert main(["migrate"]) == DONE
    assert capsys.readouterr().out == first
    assert fetch(empty_url, "select count(*) as n from project")[0]["n"] == count["n"]


def test_the_desk_is_founded_once_and_its_key_is_shown_once(
    desk_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FOUND) == DONE
    said = capsys.readouterr().out
    (key,) = re.findall(r"od_live_\w+", said)
    (found,) = fetch(desk_url, "select * from find_api_key($1)", credential_hash(key))
    assert (found["org_kind"], sorted(found["scopes"])) == (
        "operator",
        ["admin", "keys:write", "members:write", "read"],
    )
    assert PASSWORD_VARIABLE not in os.environ, "What the command starts must not inherit the password."
    assert PASSWORD not in said
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert main(FOUND) == FAILED
    again = capsys.readouterr()
    assert "founded already" in again.err
    assert "od_live_" not in again.out + again.err
    assert len(fetch(desk_url, "select 1 from api_key")) == 1
    kinds = {row["kind"] for row in fetch(desk_url, "select kind from event")}
    assert {"member.added", "api_key.created"} <= kinds


@pytest.mark.parametrize(("password", "told"), [("too short", "12 to 128 characters"), ("desk@example.jp", "e-mail")])
def test_a_desk_with_a_bad_password_is_not_founded(
    desk_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], password: str, told: str
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    assert main(FOUND) == WRONG_USAGE
    said = capsys.readouterr().err
    assert said.startswith("/member/password: ")
    assert told in said
    assert fetch(desk_url, "select 1 from organisation") == []


def test_a_whole_chain_is_ok_and_a_changed_event_is_a_mismatch(
    desk_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FOUND) == DONE
    asyncio.run(_with_worker(desk_url, lambda db: seal(db, now=NOW)))
    capsys.readouterr()
    assert main(["verify-chain"]) == DONE
    assert capsys.readouterr().out == "ok\n"
    fetch(desk_url, "update event set after = '{\"name\": \"another\"}' where kind = 'member.added'")
    assert main(["verify-chain"]) == MISMATCH
    assert "seal 1 does not have the hash" in capsys.readouterr().err


def test_jobs_lists_what_is_parked_and_overdue_and_nothing_else(
    desk_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["jobs"]) == DONE
    assert "No job" in capsys.readouterr().out
    long_ago = NOW - timedelta(hours=1)
    parked = a_job(parked_at=NOW, due=long_ago, attempts=25, last_error="Traceback:\n  line\nValueError: no registry")
    overdue = a_job(name="orders.allocate", due=long_ago)
    quiet = [
        a_job(due=NOW + timedelta(hours=1)), a_job(due=datetime.now(UTC)), a_job(due=long_ago, done_at=NOW),
        a_job(due=long_ago, lease_until=NOW + timedelta(hours=1)),
    ]  # fmt: skip
    put_jobs(desk_url, parked, overdue, *quiet)
    assert main(["jobs"]) == DONE
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["id", "name", "state"]
    assert first.split()[:3] == [public_id("job", parked.id), "orders.expire", "parked"]
    assert "25" in first
    assert first.endswith("ValueError: no registry")
    assert second.split()[:3] == [public_id("job", overdue.id), "orders.allocate", "overdue"]


def test_a_parked_job_is_given_its_attempts_again_and_others_are_left_alone(
    desk_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parked, other = a_job(parked_at=NOW, attempts=25), a_job(attempts=3)
    put_jobs(desk_url, parked, other)
    assert main(["unpark", public_id("job", parked.id)]) == DONE
    (row,) = fetch(desk_url, "select attempts, parked_at from job where id = $1", parked.id)
    assert (row["attempts"], row["parked_at"]) == (0, None)
    assert main(["unpark", public_id("job", parked.id)]) == FAILED
    assert main(["unpark", public_id("job", other.id)]) == FAILED
    assert main(["unpark", public_id("ord", other.id)]) == WRONG_USAGE
    assert "is not the id of a job" in capsys.readouterr().err
    assert fetch(desk_url, "select attempts from job where id = $1", other.id)[0]["attempts"] == 3


def test_a_database_that_is_not_there_is_told_in_one_line(
    desk_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OFFSETDESK_DATABASE_URL", with_database(desk_url, "nowhere"))
    assert main(["verify-chain"]) == FAILED
    said = capsys.readouterr().err
    assert "nowhere" in said
    assert "Traceback" not in said


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, in an environment that sets nothing."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OFFSETDESK_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=bare, capture_output=True, text=True
    )


def test_the_document_needs_no_settings_and_no_database() -> None:
    ran = run("openapi")
    assert ran.returncode == DONE, ran.stderr
    document = json.loads(ran.stdout)
    assert document["openapi"].startswith("3.1")
    assert "/v1/orders" in document["paths"]


@pytest.mark.parametrize("arguments", [(), ("unknown",), ("found-desk", "--name", "x"), ("unpark",)])
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == WRONG_USAGE


def test_a_missing_setting_is_named() -> None:
    ran = run("verify-chain")
    assert ran.returncode == FAILED
    assert "OFFSETDESK_DATABASE_URL must be set" in ran.stderr

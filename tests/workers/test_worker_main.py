"""The worker as it is started in production: the settings, every product's job, the schedule, and its end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.core import events
from app.core.db import Database
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from tests.workers.scene import NOON, ROOT, eventually
from workers import schedule

COMMAND = [sys.executable, "-m", "workers.main"]


def environment(database_url: str, files: Path) -> dict[str, str]:
    """The settings that have no default, and nothing of the machine's own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OFFSETDESK_")}
    return clean | {
        "OFFSETDESK_DATABASE_URL": database_url,
        "OFFSETDESK_SECRET": "s" * 32,
        "OFFSETDESK_FILES_URL": files.as_uri(),
    }


@contextmanager
def main(database_url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real worker; killed at the end when it still runs."""
    with (folder / "main.log").open("wb") as log:
        process = subprocess.Popen(COMMAND, cwd=ROOT, env=environment(database_url, folder), stderr=log)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


async def test_the_worker_runs_the_schedule_seals_events_and_stops_when_told(
    tmp_path: Path, database_url: str, worker_db: Database, owner: asyncpg.Connection
):
    async with worker_db.transaction(Scope.of_system(DESK_ID, "req_12345678")) as session:
        await events.record(
            session, "task.opened", org_id=DESK_ID, subject_kind="task", subject_id=new_id(), after={}, now=NOON
        )
    with main(database_url, tmp_path) as process:
        await eventually(owner, "select count(*) from event where seal_n = 1", 1, within_s=30)
        done = "select count(distinct name) from job where done_at is not null"
        await eventually(owner, done, len(schedule.EVERY), within_s=20)
        process.terminate()
        assert process.wait(20) == 0
    assert "the worker has stopped" in (tmp_path / "main.log").read_text()


@pytest.mark.parametrize("how", [["-O"], ["-OO"]])
def test_a_worker_whose_beliefs_are_not_checked_refuses_to_start(tmp_path: Path, how):
    refused = subprocess.run(
        [sys.executable, *how, *COMMAND[1:]],
        cwd=ROOT,
        env=environment("postgresql://nowhere/none", tmp_path),
        capture_output=True,
        timeout=30,
    )
    assert refused.returncode == 1
    assert b"run Python without -O" in refused.stderr


def test_a_worker_without_settings_names_what_is_missing(tmp_path: Path):
    bare = {name: value for name, value in environment("", tmp_path).items() if not name.startswith("OFFSETDESK_")}
    refused = subprocess.run(COMMAND, cwd=ROOT, env=bare, capture_output=True, timeout=30)
    assert refused.returncode == 1
    assert b"OFFSETDESK_DATABASE_URL must be set" in refused.stderr

"""How does the demonstration end? In peace, leaving no process behind, or with one clear sentence."""

import os
import secrets
import signal
import socket
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import with_database
from tests.readme import demonstration
from tests.readme.demonstration import END, Demonstration, started

pytestmark = pytest.mark.xdist_group("readme")

PARTS = 4
"""PostgreSQL, the simulated registry, the API and the worker; PostgreSQL has processes of its own."""


def test_sigterm_stops_it_in_peace_and_leaves_nothing() -> None:
    with started() as running:
        running.listen(END)
        assert len(running.pids) >= PARTS
        assert running.end(signal.SIGTERM) == 0
        assert running.orphans(patience_s=0) == set()
        assert "Stopped." in running.process.stdout.read()
        log = (running.home / "postgres" / "server.log").read_text()
        assert "database system is shut down" in log


def test_ctrl_c_in_the_middle_leaves_nothing_and_says_that_it_was_cut_short() -> None:
    with started() as running:
        running.listen("3/9")
        assert running.end(signal.SIGINT) == 128 + signal.SIGINT
        assert running.orphans(patience_s=0) == set()


def test_kill_9_leaves_nothing_after_a_while() -> None:
    with started() as running:
        running.listen("3/9")
        assert running.end(signal.SIGKILL) == -signal.SIGKILL
        assert running.orphans() == set()


def test_it_does_not_outlive_a_shell_that_started_it() -> None:
    with started(wrapped_in=(sys.executable, "-c", WRAPPER)) as running:
        running.listen("3/9")
        assert len(running.pids) > PARTS
        assert running.end(signal.SIGTERM) == -signal.SIGTERM
        assert running.orphans() == set()


def test_it_outlives_its_starter_when_nohup_said_so() -> None:
    with started(wrapped_in=("nohup", sys.executable, "-c", WRAPPER)) as running:
        running.listen(END)
        demo = next(pid for pid in running.pids if "app.demo\0--port" in cmdline(pid))
        assert running.end(signal.SIGTERM) == -signal.SIGTERM
        assert demo in running.orphans(patience_s=1)
        os.kill(demo, signal.SIGTERM)
        assert running.orphans() == set()


@pytest.mark.parametrize(
    ("when", "part", "sentence"),
    [
        ("3/9", "workers.main", "The worker ended by itself (status -9)."),
        (END, "app.main", "The api ended by itself (status -9)."),
        (END, "postgres\0-D", "The embedded PostgreSQL ended by itself."),
    ],
)
def test_a_part_that_dies_is_named_with_the_end_of_its_log(when: str, part: str, sentence: str) -> None:
    with started() as running:
        running.listen(when)
        os.kill(next(pid for pid in running.pids if part in cmdline(pid)), signal.SIGKILL)
        said = running.process.stdout.read()
        assert running.process.wait(demonstration.PATIENCE_S) == 1
    told, _, log = said.partition("The end of ")
    assert f"The demonstration failed: {sentence}" in told
    assert len(log.splitlines()) > 1
    assert "Traceback" not in told


def test_a_second_one_in_the_same_folder_is_refused_and_harms_nothing(demo: Demonstration) -> None:
    second = demonstration.run("--exit", "--port", "0", "--home", str(demo.home))
    assert (second.returncode, second.stdout) == (1, "")
    assert "Another demonstration uses" in second.stderr
    assert demo.process.poll() is None


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, demonstration.home() as folder:
        port = str(taken.getsockname()[1])
        refused = demonstration.run("--exit", "--port", port, "--home", str(folder))
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "desk.example"])
def test_it_serves_nobody_but_this_machine(host: str) -> None:
    refused = demonstration.run("--exit", OFFSETDESK_HOST=host)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"OFFSETDESK_HOST is {host}." in refused.stderr


async def test_a_database_with_organisations_is_refused_and_left_as_it_is(database_url: str) -> None:
    with demonstration.home() as folder:
        options = ("--exit", "--port", "0", "--home", str(folder))
        first = demonstration.run(*options, OFFSETDESK_DATABASE_URL=database_url)
        assert first.returncode == 0, first.stderr
        before = await rows(database_url)
        second = demonstration.run(*options, OFFSETDESK_DATABASE_URL=database_url)
        assert not (folder / "postgres").exists()
    assert "of OFFSETDESK_DATABASE_URL" in first.stdout
    assert (second.returncode, second.stdout) == (1, "")
    assert "is in use already" in second.stderr
    assert await rows(database_url) == before
    assert before["organisation"] == 4


async def test_a_database_of_something_else_is_refused_and_left_as_it_is(server_url: str) -> None:
    name = f"elses_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'create database "{name}"')
    url = with_database(server_url, name)
    elses = await asyncpg.connect(url)
    await elses.execute("create table invoice (id int)")
    await elses.close()
    with demonstration.home() as folder:
        refused = demonstration.run("--exit", "--home", str(folder), OFFSETDESK_DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is in use already" in refused.stderr
    assert await rows(url) == {"invoice": 0}
    await connection.execute(f'drop database "{name}" with (force)')
    await connection.close()


def test_a_database_that_does_not_answer_is_told_in_one_sentence() -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    with demonstration.home() as folder:
        refused = demonstration.run("--exit", "--home", str(folder), OFFSETDESK_DATABASE_URL=url)
    assert refused.returncode == 1
    assert "does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr


async def rows(url: str) -> dict[str, int]:
    """How many rows stand in each table."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return {name: await connection.fetchval(f'select count(*) from "{name}"') for (name,) in tables}
    finally:
        await connection.close()


def cmdline(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


WRAPPER = "import subprocess, sys; subprocess.run(sys.argv[1:])"

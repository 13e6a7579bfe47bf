"""What is left of the embedded PostgreSQL when somebody pulls a plug?"""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.postgres.embedded import EmbeddedPostgres
from integrations.postgres.errors import EmbeddedPostgresError
from integrations.postgres.locks import inherited_by_server

SMALL = {"shared_buffers": "16MB"}
RECOVERY = "automatic recovery in progress"


def until(condition: Callable[[], bool], *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


async def test_a_server_killed_at_once_recovers_what_was_committed(made_home: Path, ask) -> None:
    postgres = EmbeddedPostgres(made_home, settings=SMALL)
    with postgres:
        await ask(postgres.dsn(), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(postgres.pid, signal.SIGKILL)
    with postgres:
        assert await ask(postgres.dsn(), "SELECT sum(n) FROM kept") == 500_500
    assert RECOVERY in (made_home / "server.log").read_text()


async def test_the_server_stops_cleanly_when_its_starter_is_killed(made_home: Path, ask, starter) -> None:
    with starter(made_home) as desk:
        await ask(desk.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
        desk.kill()
        until(lambda: not (made_home / "server/cluster/postmaster.pid").exists())
    with EmbeddedPostgres(made_home, settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT answer FROM kept") == 42
    assert RECOVERY not in (made_home / "server.log").read_text()


async def test_a_server_that_outlives_its_starter_keeps_the_home_until_it_has_gone(
    made_home: Path, ask, starter
) -> None:
    with starter(made_home) as desk:
        await ask(desk.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
        server = int((made_home / "server/cluster/postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGSTOP)
        desk.kill()
        try:
            with pytest.raises(EmbeddedPostgresError, match="still running"):
                inherited_by_server(made_home, patience_s=0.1).__enter__()
        finally:
            os.kill(server, signal.SIGCONT)
        with EmbeddedPostgres(made_home, settings=SMALL) as postgres:
            assert await ask(postgres.dsn(), "SELECT answer FROM kept") == 42


def test_a_start_is_patient_with_the_server_before_but_not_for_ever(home: Path) -> None:
    home.mkdir()
    before = (home / "server.lock").open("w")
    fcntl.flock(before, fcntl.LOCK_EX)
    with pytest.raises(EmbeddedPostgresError, match="still running"), inherited_by_server(home, patience_s=0.05):
        pass
    gone = threading.Timer(0.2, before.close)
    gone.start()
    with inherited_by_server(home, patience_s=20):
        assert before.closed
    gone.join()


async def test_a_second_starter_is_refused_and_told_who_is_first(first_home: Path, ask, starter) -> None:
    with starter(first_home) as desk:
        dsn = desk.dsn()
        with pytest.raises(EmbeddedPostgresError, match=f"already in use by process {desk.child.pid}"):
            EmbeddedPostgres(first_home, settings=SMALL).start()
        assert await ask(dsn, "SELECT 1") == 1


def test_a_lock_file_left_behind_refuses_nobody(first_home: Path) -> None:
    (first_home / "starter.lock").write_text("process 1")
    with EmbeddedPostgres(first_home, settings=SMALL):
        assert (first_home / "starter.lock").read_text() == f"process {os.getpid()}"


async def test_a_cluster_cut_off_while_it_was_made_is_made_anew(home: Path, ask, starter) -> None:
    with starter(home) as desk:
        until((home / "server/cluster.new/PG_VERSION").exists)
        desk.kill()
    assert not (home / "server/cluster").exists()
    with EmbeddedPostgres(home, settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT 1") == 1
    assert not (home / "server/cluster.new").exists()


async def test_what_a_power_cut_left_of_a_half_made_cluster_is_thrown_away(home: Path, ask) -> None:
    half = home / "server/cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (home / "password").write_text("of the half-made one")
    with EmbeddedPostgres(home, settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT 1") == 1
    assert not half.exists()


def test_a_folder_that_is_no_cluster_is_refused_and_not_deleted(home: Path) -> None:
    theirs = home / "server/cluster"
    theirs.mkdir(parents=True)
    (theirs / "diary.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="not a database cluster"):
        EmbeddedPostgres(home, settings=SMALL).start()
    assert (theirs / "diary.txt").read_text() == "mine"


def test_a_cluster_without_its_password_is_not_made_anew(made_home: Path) -> None:
    with EmbeddedPostgres(made_home, settings=SMALL) as postgres:
        version = made_home / "server/cluster/PG_VERSION"
        assert postgres.pid > 0
    (made_home / "password").unlink()
    with pytest.raises(EmbeddedPostgresError, match="password is gone"):
        EmbeddedPostgres(made_home, settings=SMALL).start()
    assert version.exists()

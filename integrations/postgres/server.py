"""How does a server process come up, and how does it go down?"""

import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from integrations.postgres.errors import EmbeddedPostgresError
from integrations.postgres.programs import Programs

READY_WITHIN_S = 300.0  # Recovery after a crash reads the write-ahead log again; on a slow disk that takes minutes.
FAST_STOP_WITHIN_S = 30.0
IMMEDIATE_STOP_WITHIN_S = 30.0
PAUSE_S = 0.02
LOG_KEPT_BYTES = 10 * 1024 * 1024
LOG_SHOWN_BYTES = 2000


@dataclass(frozen=True)
class Address:
    """Where a server listens: the folder of its unix socket, and the port that names the socket in it."""

    socket_folder: Path
    port: str


def launch(programs: Programs, cluster: Path, settings: Mapping[str, str], log: Path) -> subprocess.Popen[str]:
    """Start a server on the cluster; it is not ready yet. Its words go to `log`.

    A stale postmaster.pid is left to the server itself, which knows best whether its owner still lives.
    """
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.old"))
    log.touch(mode=0o600)  # Failed statements are in it, with what they were about.
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as file:
        return programs.launch(
            "postgres", "-D", str(cluster), *options, source=subprocess.DEVNULL, output=file, errors=file
        )


def wait_until_ready(server: subprocess.Popen[str], programs: Programs, address: Address, log: Path) -> None:
    """Return when the server takes connections.

    Raises EmbeddedPostgresError with the end of the log when it gives up, or after five minutes.
    """
    deadline = time.monotonic() + READY_WITHIN_S
    while not _takes_connections(programs, address):
        if server.poll() is not None:
            raise EmbeddedPostgresError(f"PostgreSQL did not start (status {server.returncode}):\n{_end_of(log)}")
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL is not ready after {READY_WITHIN_S:.0f} s:\n{_end_of(log)}")
        time.sleep(PAUSE_S)


def stop(server: subprocess.Popen[str]) -> None:
    """Stop the server and reap it: politely, then at once, then by force.

    After the second and third the next start recovers from the write-ahead log; nothing committed is lost.
    """
    _tell(server, signal.SIGINT, wait_s=FAST_STOP_WITHIN_S)
    _tell(server, signal.SIGQUIT, wait_s=IMMEDIATE_STOP_WITHIN_S)
    server.kill()
    server.wait()


def ensure_database(programs: Programs, address: Address, database: str, *, user: str, password: str) -> None:
    """Create the database unless it is there. Raises EmbeddedPostgresError in psql's words."""
    programs.run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        f"--set=wanted={database}",
        f"--host={address.socket_folder}",
        f"--port={address.port}",
        f"--username={user}",
        "--dbname=postgres",
        script=(
            "SELECT format('CREATE DATABASE %I', :'wanted')"
            " WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'wanted') \\gexec\n"
        ),
        env={"PGPASSWORD": password},
    )


def _takes_connections(programs: Programs, address: Address) -> bool:
    asked = programs.launch(
        "pg_isready",
        "--quiet",
        f"--host={address.socket_folder}",
        f"--port={address.port}",
        source=subprocess.DEVNULL,
        output=subprocess.DEVNULL,
        errors=subprocess.DEVNULL,
    )
    return asked.wait() == 0


def _tell(server: subprocess.Popen[str], what: signal.Signals, *, wait_s: float) -> None:
    if server.poll() is not None:
        return
    server.send_signal(what)
    try:
        server.wait(wait_s)
    except subprocess.TimeoutExpired:
        return


def _end_of(log: Path) -> str:
    return log.read_bytes()[-LOG_SHOWN_BYTES:].decode(errors="replace")

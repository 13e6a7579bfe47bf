"""What does counting cost? A caller's GET with a limit that is never reached, of the same process' rate without one."""

import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from benchmarks.figures import Result, ratio
from benchmarks.market import build
from integrations.postgres.embedded import EmbeddedPostgres

ROOT = Path(__file__).parent.parent.parent
ROUNDS, SECONDS, CONNECTIONS = 5, 3, 32
NEVER_REACHED = 100_000_000


def measure() -> list[Result]:
    """Both kinds of process over one database, in turns. Needs wrk."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(home) as server:
            config = Config(ROOT / "alembic.ini")
            config.attributes["url"] = asyncpg_url(server.dsn())
            command.upgrade(config, "head")
            _, key = asyncio.run(build(server.dsn())).buyers[0]
            with (
                _running(server.dsn(), home, limit=0) as free,
                _running(server.dsn(), home, limit=NEVER_REACHED) as counted,
            ):
                return [_compared(free, counted, key)]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _compared(free: int, counted: int, key: str) -> Result:
    for port in (free, counted):
        _rate(port, key, 1)
    rates: dict[int, list[float]] = {free: [], counted: []}
    for _ in range(ROUNDS):
        for port, found in rates.items():
            found.append(_rate(port, key, SECONDS))
    name = "a caller's GET, counted against a limit, of its rate uncounted"
    return ratio(name, statistics.median(rates[counted]), statistics.median(rates[free]), 0.95)


@contextmanager
def _running(url: str, home: Path, *, limit: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = {
        "DATABASE_URL": url, "SECRET": "a secret of at least thirty-two characters", "FILES_URL": f"file://{home}/files",
        "LOG_LEVEL": "WARNING", "PORT": str(port), "RATE_CALLS_PER_MIN": str(limit), "RATE_PUBLIC_PER_MIN": str(limit),
    }  # fmt: skip
    environment = os.environ | {f"OFFSETDESK_{name}": value for name, value in given.items()}
    child = subprocess.Popen([sys.executable, "-m", "app.main"], env=environment, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait()


def _rate(port: int, key: str, seconds: int) -> float:
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {key}",
         f"http://127.0.0.1:{port}/v1/organisation"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"Requests/sec:\s+([\d.]+)", told.stdout)
    assert found, told
    assert "Non-2xx" not in told.stdout, told.stdout
    return float(found[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Nothing listens on port {port}.")

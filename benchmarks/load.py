"""How is a server put under load? A process of its own on a port of the kernel's choosing, and wrk in front of it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from app.core.db import asyncpg_url
from integrations.postgres.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).parent.parent
CONNECTIONS: Final = 32
_STARTS_WITHIN_S: Final = 60


@contextmanager
def fresh_desk() -> Iterator[tuple[str, Path]]:
    """A migrated, empty database on an embedded PostgreSQL of its own, and a folder beside it."""
    home = Path(tempfile.mkdtemp(prefix="offsetdesk-bench-"))
    home.chmod(0o711)  # Started as root, the server runs as somebody else, who must be able to pass through.
    try:
        with EmbeddedPostgres(home) as server:
            config = Config(ROOT / "alembic.ini")
            config.attributes["url"] = asyncpg_url(server.dsn())
            command.upgrade(config, "head")
            yield server.dsn(), home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def api(url: str, files: Path, **settings: str) -> Iterator[int]:
    """One API process over this database; its port."""
    port = free_port()
    given = {
        "DATABASE_URL": url, "SECRET": "a secret of at least thirty-two characters", "FILES_URL": f"file://{files}",
        "LOG_LEVEL": "WARNING", "PORT": str(port),
    } | settings  # fmt: skip
    with running(["app.main"], port, {f"OFFSETDESK_{name}": value for name, value in given.items()}):
        yield port


@contextmanager
def bare(factory: str, **environment: str) -> Iterator[int]:
    """A bare application under the same server; its port."""
    port = free_port()
    words = ["uvicorn", "--factory", factory, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with running(words, port, environment):
        yield port


@contextmanager
def running(words: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """A Python module as a process that listens on this port, until the block is left. AssertionError when it does not."""
    child = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | environment, cwd=ROOT)
    try:
        _wait_for(child, port)
        yield
    finally:
        child.terminate()
        child.wait()


def rate(url: str, seconds: int, *options: str, script: Sequence[str] = ()) -> float:
    """Requests a second that were answered with 2xx. Raises AssertionError when any was answered otherwise."""
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *options, url, *(["--", *script] if script else [])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"Requests/sec:\s+([\d.]+)", told.stdout)
    assert found, told
    assert "Non-2xx" not in told.stdout, told.stdout + told.stderr
    return float(found[1])


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(child: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"Nothing listens on port {port}.")

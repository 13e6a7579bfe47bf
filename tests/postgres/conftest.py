"""What do the tests of the embedded PostgreSQL share: a home, a question to the server, a starter to kill?"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from integrations.postgres.embedded import EmbeddedPostgres

STARTER = Path(__file__).with_name("starter.py")
ROOT_OF_CLONE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Started:
    """A starter of its own process."""

    child: subprocess.Popen[str]

    def dsn(self) -> str:
        """Waits until the server is ready."""
        assert self.child.stdout is not None
        return self.child.stdout.readline().strip()

    def kill(self) -> None:
        """kill -9, and reaped."""
        self.child.kill()
        self.child.wait()


@contextmanager
def open_folder() -> Iterator[Path]:
    """Not pytest's own folder: for root that is closed to the account the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home nobody has started yet."""
    with open_folder() as folder:
        yield folder / "home"


@pytest.fixture(scope="session")
def first_home() -> Iterator[Path]:
    """A home for tests that leave nothing in the database and break nothing."""
    with open_folder() as folder:
        with EmbeddedPostgres(folder / "home"):
            pass
        yield folder / "home"


@pytest.fixture
def made_home(first_home: Path, home: Path) -> Path:
    """A home of the test's own: a copy, because making a cluster takes most of a second."""
    subprocess.run(["cp", "-a", str(first_home), str(home)], check=True)
    return home


@pytest.fixture
def ask() -> Callable[[str, str], Awaitable[object]]:
    async def answer(dsn: str, sql: str) -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return answer


@pytest.fixture
def starter() -> Callable[..., AbstractContextManager[Started]]:
    @contextmanager
    def start(home: Path, *arguments: str, path: str = str(ROOT_OF_CLONE)) -> Iterator[Started]:
        env = {"PATH": os.defpath, "PYTHONPATH": path}
        command = [sys.executable, str(STARTER), str(home), *arguments]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True) as child:
            yield Started(child)  # Popen closes its input at the end, which is its sign to stop, and waits for it.

    return start


@pytest.fixture
def free_port() -> int:
    """PostgreSQL cannot ask the kernel for a port itself."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

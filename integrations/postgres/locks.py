"""Who may start a server in this home, and when is the one before really gone?

Two files, both held by flock, so that the kernel lets go whatever way a process dies:

- `starter.lock` belongs to the process that starts the server. A second starter is refused at once.
- `server.lock` is inherited by the server and all its processes. A starter that was killed leaves a server that is
  still shutting down; the next starter waits for this lock instead of meeting "another postmaster is running".
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.postgres.errors import EmbeddedPostgresError

PAUSE_S = 0.02


@contextmanager
def held_by_starter(home: Path) -> Iterator[None]:
    """Nobody else starts a server in this home inside the block.

    Raises EmbeddedPostgresError, naming the process that holds the home.
    """
    with _opened(home / "starter.lock") as file:
        if not _taken(file):
            holder = os.pread(file, 200, 0).decode() or "a process that is just starting"
            raise EmbeddedPostgresError(f"The database in {home} is already in use by {holder}.")
        os.ftruncate(file, 0)
        os.pwrite(file, f"process {os.getpid()}".encode(), 0)
        yield


@contextmanager
def inherited_by_server(home: Path, *, patience_s: float) -> Iterator[int]:
    """An open file for the server to inherit; waits until the server before has gone with all its processes.

    Raises EmbeddedPostgresError when that takes longer than `patience_s`.
    """
    with _opened(home / "server.lock") as file:
        deadline = time.monotonic() + patience_s
        while not _taken(file):
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"The previous server in {home} is still running after {patience_s:.0f} s.")
            time.sleep(PAUSE_S)
        yield file


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

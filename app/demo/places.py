"""Where does the demonstration keep what it writes, and at which address does it serve?"""

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TextIO

from app.demo.errors import DemoFailed, Part
from integrations.postgres.embedded import default_home

HOST: Final = "127.0.0.1"
ROOT: Final = Path(__file__).resolve().parents[2]
_USUAL_PORT: Final = 8000


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one demonstration."""

    postgres: Path
    state: Path
    """Logs, documents, and the books of the simulated registry and Stripe."""

    @classmethod
    def of(cls, home: Path | None) -> Self:
        """Below `home`, or where the embedded PostgreSQL lives by default.

        For a plain user that is `.state` in the clone; for root, whose server runs as somebody else and whose clone may
        be another's, the system's state folder.
        """
        if home is not None:
            return cls(home.resolve() / "postgres", home.resolve() / "demo")
        postgres = default_home(ROOT)
        inside = postgres.is_relative_to(ROOT)
        return cls(postgres, postgres.with_name("demo" if inside else f"{postgres.name}-demo"))

    @property
    def files(self) -> Path:
        """Where the desk stores documents."""
        return self.state / "files"

    @property
    def book(self) -> Path:
        """The simulated registry's memory."""
        return self.state / "registry.jsonl"

    @property
    def stripe_book(self) -> Path:
        """The simulated Stripe's memory."""
        return self.state / "stripe.jsonl"

    def log_of(self, part: Part) -> Path:
        """Where the words of this part of the demonstration are."""
        return self.postgres / "server.log" if part == "database" else self.state / f"{part}.log"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Ours alone inside the block, empty of the last demonstration's documents and books. Raises DemoFailed."""
        with self._lock():
            shutil.rmtree(self.files, ignore_errors=True)
            self.files.mkdir(mode=0o700)
            self.book.unlink(missing_ok=True)
            self.stripe_book.unlink(missing_ok=True)
            yield

    def _lock(self) -> TextIO:
        """The open lock file; whoever closes it lets go."""
        try:
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.state / "lock").open("w")
        except OSError as refused:
            raise DemoFailed(f"The demonstration cannot write to {self.state}: {refused.strerror}.") from refused
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.close()
            raise DemoFailed(
                f"Another demonstration uses {self.state}: stop it, or name another folder with --home."
            ) from taken
        return lock


def free_port(wanted: int | None) -> int:
    """The wanted port; 8000 or else any when none is wanted (None), any when 0 is. Raises DemoFailed when it is taken."""
    if wanted is None:
        return _free(_USUAL_PORT) or _free(0) or _none_free(0)
    return _free(wanted) or _none_free(wanted)


def _free(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As the server will: the last one just left.
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        found: int = probe.getsockname()[1]
        return found


def _none_free(port: int) -> int:
    raise DemoFailed(f"Port {port} of {HOST} is taken or may not be used; say another with --port.")

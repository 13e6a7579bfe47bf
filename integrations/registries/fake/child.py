"""How do tests and the demo run a fake registry beside them, kill it, and start it again on the same book?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import msgspec

from integrations.registries.fake.admin import Admin, check_health
from integrations.registries.simulated_ways import Pace, Ways

_ROOT = Path(__file__).resolve().parents[3]
_HOST = "127.0.0.1"
_OURS = "integrations.registries.fake"
_READY_S = 30
_STOPPED_S = 10


class FakeRegistryFailed(RuntimeError):
    """The fake registry did not come up; the message ends with what it said."""


class FakeRegistryProcess:
    """A fake registry with its own process and book, for as long as the `with` block lasts.

    Begin it on the main thread: Linux kills the child with the thread that started it. A restart takes the same port,
    so that clients need not be told.
    """

    def __init__(
        self,
        book: Path,
        *,
        secret: str,
        admin_secret: str,
        page_size: int,
        takes_all: bool = False,
        module: str = _OURS,  # Fakes of other registries are started by the same words.
        ways: Ways | None = None,
        pace: Pace | None = None,
        told: Sequence[str] = (),  # More words, for a fake that wants them.
    ) -> None:
        self.book = book
        self._module = module
        self.secret = secret
        self.admin_secret = admin_secret
        self._page_size = page_size
        self._takes_all = takes_all
        self._ways = ways
        self._pace = pace
        self._told = told
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._admin: Admin | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where it listens; the same after a restart."""
        assert self._port, "The fake registry was not started."
        return f"http://{_HOST}:{self._port}"

    @property
    def admin(self) -> Admin:
        """The blocking admin's client; for an asynchronous one give `base_url` and `admin_secret` to `AsyncAdmin`."""
        if self._admin is None:
            self._admin = Admin(self.base_url, secret=self.admin_secret)
        return self._admin

    def start(self) -> None:
        """Start it and wait until it answers; raises `FakeRegistryFailed`, for instance for a tampered book."""
        assert self._child is None, "The fake registry runs already."
        self._port_file.unlink(missing_ok=True)
        given = {"FAKE_REGISTRY_SECRET": self.secret, "FAKE_REGISTRY_ADMIN_SECRET": self.admin_secret}
        with self._log_file.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 - Our own interpreter and module, a list and no shell.
                self._command(), cwd=_ROOT, env=os.environ | given, stdout=log, stderr=log
            )
        try:
            self._wait_until_ready(self._child)
        except BaseException:
            self.kill()
            raise

    @property
    def runs(self) -> bool:
        """Whether the process is there; False when it ended by itself."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop it in peace, or by force when it does not listen."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut does: SIGKILL."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same book and port, after ending it if it still runs."""
        self.stop()
        self.start()

    @property
    def _port_file(self) -> Path:
        return self.book.with_suffix(".port")

    @property
    def _log_file(self) -> Path:
        return self.book.with_suffix(".log")

    def _command(self) -> list[str]:
        asked: dict[str, object] = {
            "--host": _HOST,
            "--port": self._port,
            "--book": self.book.resolve(),
            "--port-file": self._port_file.resolve(),
            "--page-size": self._page_size,
            "--parent": os.getpid(),
        }
        if self._ways is not None:
            asked["--ways"] = msgspec.json.encode(self._ways).decode()
        if self._pace is not None:
            asked["--pace"] = msgspec.json.encode(self._pace).decode()
        words = [str(word) for pair in asked.items() for word in pair]
        return [
            sys.executable,
            "-m",
            self._module,
            *words,
            *(["--take-all"] if self._takes_all else []),
            *self._told,
        ]

    def _wait_until_ready(self, child: "subprocess.Popen[bytes]") -> None:
        give_up_at = time.monotonic() + _READY_S
        while child.poll() is None and time.monotonic() < give_up_at:
            if self._port_file.exists():
                self._port = int(self._port_file.read_text())
                if self._answers():
                    return
            time.sleep(0.02)
        said = self._log_file.read_text(errors="replace")[-2000:]
        raise FakeRegistryFailed(f"The fake registry did not come up.\n{said}")

    def _answers(self) -> bool:
        try:
            self.admin.ask(check_health())
        except httpx.TransportError:
            return False
        return True

    def _end(self, by: signal.Signals) -> None:
        if self._child is None:
            return
        self._child.send_signal(by)
        try:
            self._child.wait(_STOPPED_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None
        if self._admin is not None:
            self._admin.close()
            self._admin = None

"""How do the API and the worker run beside the demonstration, each a process of its own with its own log?"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

from app.demo.errors import DemoFailed, Part
from app.demo.places import ROOT, Places

_STOPPED_WITHIN_S: Final = 30
"""Longer than the API and the worker give themselves to finish what they have begun."""
_TAIL_BYTES: Final = 4_000
_TAIL_LINES: Final = 20


class Children:
    """Processes that all stop at the end of the `with` block. Begin it on the main thread: Linux ties them to it."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._running: dict[Part, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def start(self, name: Part, module: str, environment: Mapping[str, str]) -> None:
        """Start `python -m MODULE` with its words in its log; whether it is ready is another question."""
        command = [sys.executable, "-m", "app.demo.leashed", str(os.getpid()), module]
        with self._places.log_of(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C comes to us, and we stop them in the right order.
            )

    def check(self) -> None:
        """Raises DemoFailed when one of them has ended."""
        for name, child in self._running.items():
            if child.poll() is not None:
                raise DemoFailed(f"The {name} ended by itself (status {child.returncode}).", part=name)

    def watch(self, database_pid: int | None) -> NoReturn:
        """Wait until any child of this process ends, also those that others started. Raises DemoFailed."""
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        self.check()
        assert ended is not None
        if ended.si_pid == database_pid:
            raise DemoFailed("The embedded PostgreSQL ended by itself.", part="database")
        raise DemoFailed("The simulated registry ended by itself.", part="registry")

    def _stop(self) -> None:
        """All are asked at once; who does not listen is ended."""
        for child in self._running.values():
            child.terminate()
        give_up_at = time.monotonic() + _STOPPED_WITHIN_S
        for child in self._running.values():
            try:
                child.wait(max(0.0, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def tail(log: Path) -> str:
    """The last lines of a log; empty when there is none."""
    if not log.exists():
        return ""
    size_bytes = log.stat().st_size
    with log.open("rb") as file:
        file.seek(max(0, size_bytes - _TAIL_BYTES))
        lines = file.read().decode(errors="replace").splitlines()
    whole = lines[1:] if size_bytes > _TAIL_BYTES and len(lines) > 1 else lines
    return "\n".join(whole[-_TAIL_LINES:])

"""How do tests run the demonstration as a stranger does, and which of its processes are left?"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.readme.page import ROOT

PATIENCE_S = 120
"""The machine may be busy with the other tests."""
END = "Ctrl-C stops it."


@contextmanager
def home() -> Iterator[Path]:
    """A folder for a demonstration, which another user may pass through, as PostgreSQL's account must."""
    made = Path(tempfile.mkdtemp(prefix="offsetdesk-demo-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def command(*options: str) -> list[str]:
    """The words that start a demonstration."""
    return [sys.executable, "-m", "app.demo", *options]


def environment(**more: str) -> dict[str, str]:
    """Ours without any setting, and without a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OFFSETDESK_")}
    return {**kept, "HOME": "", **more}


def run(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A demonstration that ends by itself."""
    return subprocess.run(
        command(*options), cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=PATIENCE_S
    )


@dataclass
class Demonstration:
    """One that runs, and everything it has said so far."""

    process: subprocess.Popen[str]
    home: Path
    said: str = ""
    pids: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+", self.said)[0]

    def key(self, who: str) -> str:
        return re.search(rf"Key: {who} +(\S+)", self.said)[1]

    def listen(self, until: str) -> None:
        """Read on until this was said."""
        while until not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended, having said:\n{self.said}"
            self.said += line
        self.pids = descendants(self.process.pid)

    def end(self, by: signal.Signals) -> int:
        """Send the signal; the exit code."""
        self.process.send_signal(by)
        return self.process.wait(PATIENCE_S)

    def orphans(self, *, patience_s: float = 40) -> set[int]:
        """Which of its processes still live after this long."""
        give_up_at = time.monotonic() + patience_s
        while (left := {pid for pid in self.pids if _lives(pid)}) and time.monotonic() < give_up_at:
            time.sleep(0.05)
        return left


@contextmanager
def started(*options: str, wrapped_in: tuple[str, ...] = (), **variables: str) -> Iterator[Demonstration]:
    """A demonstration on a port and in a folder of its own; it does not outlive the block."""
    with home() as folder:
        words = [*wrapped_in, *command("--port", "0", "--home", str(folder), *options)]
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Whoever started these tests may have said nohup, which children inherit: it is not meant for them.
            preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 - no thread is running here.
        )
        running = Demonstration(process, folder)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE_S)
            process.stdout.close()
            assert not running.orphans()


def descendants(pid: int) -> set[int]:
    """The processes that this one started, and those that they started."""
    found = set[int]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        parent = _stat(stat)
        if parent is not None and parent[1] == pid:
            found |= {int(stat.parent.name)} | descendants(int(stat.parent.name))
    return found


def _lives(pid: int) -> bool:
    found = _stat(Path(f"/proc/{pid}/stat"))
    return found is not None and found[0] != "Z"


def _stat(stat: Path) -> tuple[str, int] | None:
    """State and parent of a process; None when it is gone."""
    try:
        state, parent = stat.read_text().rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return state, int(parent)

"""How are the real API and the real worker run beside us, and killed?"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from app.settings import PREFIX, Settings

ROOT: Final = Path(__file__).parent.parent.parent
READY_S: Final = 90
"""For a machine that does other things at the same time."""
_BEGIN: Final = """
import ctypes, os, runpy, signal, sys
module, parent = sys.argv.pop(1), int(sys.argv.pop(1))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no program outlives who torments it.
    assert os.getppid() == parent
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


class Program:
    """`python -m module` with these settings in its environment, and nothing of the machine's own; it logs to a file."""

    def __init__(self, module: str, settings: Settings, log: Path) -> None:
        """Start it."""
        self.log = log
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        given = {f"{PREFIX}{name.upper()}": str(value) for name, value in msgspec.structs.asdict(settings).items()}
        with log.open("wb") as stream:
            self._popen = subprocess.Popen(
                [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _BEGIN, module, str(os.getpid())],
                cwd=ROOT,
                env=clean | given,
                stderr=stream,
            )

    @property
    def pid(self) -> int:
        """The process."""
        return self._popen.pid

    async def says(self, words: str) -> str:
        """Wait for the first line of its log with these words. Raises AssertionError when it ends, or never says so."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if words in line:
                    return str(json.loads(line)["message"])
            assert self._popen.poll() is None, self.log.read_text()[-2000:]
            await asyncio.sleep(0.05)
        raise AssertionError(f"It never said {words!r}: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait until it has gone."""
        self._end(signal.SIGTERM)

    def _end(self, by: signal.Signals) -> None:
        if self._popen.poll() is None:
            self._popen.send_signal(by)
        try:
            self._popen.wait(READY_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

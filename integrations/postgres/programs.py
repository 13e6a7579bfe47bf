"""How is a program of PostgreSQL started?"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from integrations.postgres.account import Account
from integrations.postgres.errors import EmbeddedPostgresError

PR_SET_PDEATHSIG = 1  # linux/prctl.h: which signal a process gets when its parent dies.

# Nothing of the starter's environment reaches PostgreSQL: no PGHOST, no ~/.psqlrc, no locale of the terminal.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True)
class Programs:
    """The `bin` folder of a PostgreSQL, the account its programs run as, and the open files they inherit."""

    folder: Path
    account: Account
    inherited: tuple[int, ...] = field(default=())

    def run(self, name: str, *arguments: str, script: str = "", env: Mapping[str, str] | None = None) -> str:
        """Run a program to its end and return what it wrote; `script` is its standard input.

        Raises EmbeddedPostgresError with the program's own words when it fails.
        """
        piped = subprocess.PIPE
        program = self.launch(name, *arguments, source=piped, output=piped, errors=piped, env=env)
        written, complaint = program.communicate(script)
        if program.returncode != 0:
            raise EmbeddedPostgresError(f"{name} failed with status {program.returncode}: {complaint.strip()}")
        return written

    def launch(
        self,
        name: str,
        *arguments: str,
        source: int,
        output: int | IO[bytes],
        errors: int | IO[bytes],
        env: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a program as our own child, on a leash: it gets SIGINT when this process dies.

        Raises OSError when the program cannot be read or executed by the account.
        """
        # The kernel ties the leash to the thread that forks, not to the process: a short-lived thread would stop the
        # server by ending.
        assert threading.current_thread() is threading.main_thread(), "start PostgreSQL from the main thread"
        return subprocess.Popen(
            [str(self.folder / name), *arguments],
            stdin=source,
            stdout=output,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
            cwd="/",  # The starter's folder may be closed to the account.
            env={**ENVIRONMENT, **(env or {})},
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=self.account.groups,
            pass_fds=self.inherited,
            start_new_session=True,  # Ctrl-C goes to the desk, and the desk stops the server after its last query.
            # preexec_fn is unsafe where it runs much Python between fork and exec. This one makes two system calls
            # through functions looked up beforehand, and the leash must be laid after the change of user, which
            # would take it off again.
            preexec_fn=_leash(),  # noqa: PLW1509 - the three lines above.
        )


def _leash() -> Callable[[], None]:
    starter = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def lay() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != starter:  # It died between the fork and the line above.
            os._exit(1)

    return lay

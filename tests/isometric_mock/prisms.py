"""How is Prism started on Isometric's document, and what did it say of each request?

Prism makes a server from an OpenAPI document: one that stands alone, with made-up answers, or one that stands before a
server of ours, whose answers it then checks as well. It writes a line for each request, and one for each violation.
"""

import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

HERE = Path(__file__).parent
TOLD_BY = "ISOMETRIC_OPENAPI"
_READY_S = 90
_SILENT_S = 0.7
_RECEIVED = re.compile(r"\[HTTP SERVER\] (?P<method>[a-z]+) (?P<path>\S+) .*Request received")
_VIOLATED = re.compile(r"\[(?:VALIDATOR|HTTP SERVER|PROXY)\] .*(?:✖|⚠)\s+(?:error|warning)\s+(?P<what>.*)")


def document() -> Path:
    """Isometric's OpenAPI document. It bears no licence, so it is no part of this project: name a copy of yours."""
    told = os.environ.get(TOLD_BY, "")
    assert told, f"{TOLD_BY} must name a copy of Isometric's published OpenAPI document (Isometric Registry API, v0)."
    return Path(told).resolve(strict=True)


class Prism:
    """One Prism, for as long as the `with` block lasts; before the server `upstream`, or alone."""

    def __init__(self, log: Path, *, upstream: str | None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self._port = taken.getsockname()[1]
        self._log = log
        script = "before" if upstream else "alone"
        _, *words = json.loads((HERE / "package.json").read_text())["scripts"][script].split()
        told = [str(document()), *([upstream] if upstream else []), "--host", "127.0.0.1", "--port", str(self._port)]
        program = HERE / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
        assert program.is_file(), "Prism is not installed: run `make browser`."
        self._command = ["node", str(program), *words, *told]
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(self._command, stdout=log, stderr=log)
        give_up_at = time.monotonic() + _READY_S
        while not self._listens():
            assert self._child.poll() is None, self._said()
            assert time.monotonic() < give_up_at, self._said()
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child is not None
        self._child.terminate()
        self._child.wait(10)

    @property
    def url(self) -> str:
        """Where it listens: the document's paths begin at its root."""
        return f"http://127.0.0.1:{self._port}"

    def requests(self) -> list[str]:
        """Each request that it received, `post /retirements`, ids as `{id}`."""
        found = _RECEIVED.finditer(self._said())
        return [f"{one['method']} {re.sub('/[a-z]{3}_[0-9A-Z]+', '/{id}', one['path'])}" for one in found]

    def violations(self) -> list[str]:
        """What did not keep to the document, in a request or in an answer."""
        return [one["what"] for one in _VIOLATED.finditer(self._said())]

    def _said(self) -> str:
        """Its lines, once it has been silent for a moment: they come behind its answers."""
        give_up_at, said = time.monotonic() + _READY_S, ""
        while time.monotonic() < give_up_at:
            before, said = said, self._log.read_text(errors="replace")
            if said and said == before:
                return said
            time.sleep(_SILENT_S)
        raise AssertionError("Prism does not stop talking.")

    def _listens(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self._port)) == 0

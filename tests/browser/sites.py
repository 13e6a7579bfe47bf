"""How does the example become a site, and how is it served from an origin of its own?"""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent.parent / "storefront_example"
BUILD = EXAMPLE / "build"
BUILT_WITHIN_S = 120


def build(document: dict[str, Any]) -> Path:
    """Types from the served document, checked by the compiler, bundled; the folder with the finished site."""
    assert (EXAMPLE / "node_modules").is_dir(), "The example's libraries are not installed: run `make browser`."
    shutil.rmtree(BUILD, ignore_errors=True)
    site = BUILD / "site"
    site.mkdir(parents=True)
    (BUILD / "openapi.json").write_text(json.dumps(document))
    command = ["npm", "run", "--silent", "build"]
    done = subprocess.run(command, cwd=EXAMPLE, capture_output=True, text=True, timeout=BUILT_WITHIN_S)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("index.html", "storefront.css"):
        shutil.copy(EXAMPLE / name, site)
    return site


class Site:
    """One origin: the example's files, and which key they use at which desk."""

    def __init__(self, folder: Path, server: ThreadingHTTPServer) -> None:
        self._folder = folder
        self.origin = f"http://127.0.0.1:{server.server_port}"

    def configure(self, *, desk: str, publishable_key: str) -> None:
        """What the page reads first."""
        told = {"desk": desk, "publishable_key": publishable_key}
        (self._folder / "config.json").write_text(json.dumps(told))


class _Files(SimpleHTTPRequestHandler):
    """Files with the headers that a careful shop sends: no script but its own."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'; connect-src *; img-src 'self' data:")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it.
        """Say nothing: a request more is no news."""


@contextmanager
def served(site: Path, folder: Path) -> Iterator[Site]:
    """A copy of the site on a port that the kernel chose, for as long as the block lasts."""
    shutil.copytree(site, folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield Site(folder, server)
        finally:
            server.shutdown()
            thread.join()

"""How is the fake registry started as a program of its own?

`python -m integrations.registries.fake --host 127.0.0.1 --port 0 --book PATH --port-file PATH`, with the secrets in
FAKE_REGISTRY_SECRET and FAKE_REGISTRY_ADMIN_SECRET. It prints one line with its port.
"""

import argparse
import ctypes
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uvicorn

from integrations.registries.fake.book import Book
from integrations.registries.fake.faults import Faults
from integrations.registries.fake.office import Office
from integrations.registries.fake.server import Secrets, create_app
from integrations.registries.fake.wire import BreakableProtocol
from integrations.registries.simulated_ways import Pace, Ways

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until told to stop. Raises `BookTampered` or `BookInUse` before it listens."""
    asked = _asked()
    if asked.parent is not None:
        _die_with(asked.parent)
    given = Secrets(broker=os.environ["FAKE_REGISTRY_SECRET"], admin=os.environ["FAKE_REGISTRY_ADMIN_SECRET"])
    book = Book.open(asked.book)
    app = create_app(
        Office(
            book,
            takes_all=asked.take_all,
            ways=msgspec.json.decode(asked.ways, type=Ways),
            pace=msgspec.json.decode(asked.pace, type=Pace),
        ),
        Faults(),
        given,
        now=lambda: datetime.now(UTC),
        page_size=asked.page_size,
    )
    config = uvicorn.Config(
        app,
        http=BreakableProtocol,
        loop="asyncio",  # Its sockets can be told to reset; uvloop's cannot.
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    listening = socket.create_server((asked.host, asked.port))
    _announce(listening.getsockname()[1], asked.port_file)
    uvicorn.Server(config).run(sockets=[listening])
    book.close()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.registries.fake")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True, help="0 lets the system choose")
    parser.add_argument("--book", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--page-size", type=int, default=500, help="records read for one page of a look-up")
    parser.add_argument("--take-all", action="store_true", help="know every serial that nobody issued")
    parser.add_argument("--ways", default="{}", help="how it works, as JSON: see Ways")
    parser.add_argument("--pace", default="{}", help="how late it records and shows, as JSON: see Pace")
    parser.add_argument("--parent", type=int, help="stop at once when this process is gone")
    return parser.parse_args()


def _announce(port: int, file: Path) -> None:
    """Tell the port; the file appears whole or not at all."""
    fresh = file.with_suffix(".fresh")
    fresh.write_text(f"{port}\n")
    fresh.replace(file)
    sys.stdout.write(f"fake registry on port {port}\n")
    sys.stdout.flush()


def _die_with(parent: int) -> None:
    """Ask Linux to kill us with the thread that started us; elsewhere whoever started us must stop us."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The process that started the fake registry is gone.")


if __name__ == "__main__":
    main()

"""How does a fake registry come up as a program of its own, tell its port, and go with whoever started it?"""

import argparse
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn
from litestar import Litestar

from integrations.registries.fake.wire import BreakableProtocol

_PR_SET_PDEATHSIG = 1


def command_line(module: str) -> argparse.ArgumentParser:
    """What each of our fake registries is told when it is started: `python -m MODULE --host … --port … --book …`."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True, help="0 lets the system choose")
    parser.add_argument("--book", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--page-size", type=int, default=500, help="records on one page of a list, at most")
    parser.add_argument("--parent", type=int, help="stop at once when this process is gone")
    return parser


def stand(app: Litestar, asked: argparse.Namespace) -> None:
    """Serve until told to stop, on the address that was asked for."""
    server_of(app).run(sockets=[listening(asked)])


def server_of(app: Litestar) -> uvicorn.Server:
    """A server whose requests can break their own connection."""
    config = uvicorn.Config(
        app,
        http=BreakableProtocol,
        loop="asyncio",  # Its sockets can be told to reset; uvloop's cannot.
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def listening(asked: argparse.Namespace) -> socket.socket:
    """Take the port that was asked for, and tell it."""
    taken = socket.create_server((asked.host, asked.port))
    announce(taken.getsockname()[1], asked.port_file)
    return taken


def announce(port: int, file: Path) -> None:
    """Tell the port; the file appears whole or not at all."""
    fresh = file.with_suffix(".fresh")
    fresh.write_text(f"{port}\n")
    fresh.replace(file)
    sys.stdout.write(f"fake registry on port {port}\n")
    sys.stdout.flush()


def die_with(parent: int) -> None:
    """Ask Linux to kill us with the thread that started us; elsewhere whoever started us must stop us."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The process that started the fake registry is gone.")

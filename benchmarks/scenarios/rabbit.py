"""How does a scenario get a RabbitMQ that it may kill and wipe? A node of its own, away from the machine's.

    async with PrivateRabbit(folder) as rabbit:
        worker_with(broker_url=rabbit.url)
        rabbit.kill()
        rabbit.wipe()
        await rabbit.start()

Everything is the node's own: its name, its cookie, its settings, its folders, its ports, and the epmd that knows it
(RabbitMQ insists on one). Nothing of /etc/rabbitmq is read. It runs as whoever starts it, root or not.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pika
import pika.exceptions

READY_S: Final = 120
"""Four to eight seconds on a quiet machine."""
_DEBIANS: Final = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""Started directly: the wrapper on Debian's PATH becomes the user rabbitmq, and works in that one's folders."""
_HOST: Final = "127.0.0.1"
_PAUSE_S: Final = 0.1
_ANSWER_S: Final = 5
_PR_SET_PDEATHSIG: Final = 1
_PREFIXES: Final = ("RABBITMQ_", "ERL_", "NOTIFY_SOCKET")


class NotInstalled(Exception):
    """This machine has no RabbitMQ that could be started."""


def server_program() -> str:
    """The program that starts a node. Raises NotInstalled."""
    found = _DEBIANS if os.access(_DEBIANS, os.X_OK) else shutil.which("rabbitmq-server")
    if found is None or shutil.which("epmd") is None:
        raise NotInstalled("RabbitMQ is not installed (on Debian: the package rabbitmq-server).")
    return found


class PrivateRabbit:
    """One node below `folder`, on the same ports for as long as this object lives."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs yet. Raises NotInstalled."""
        self._program = server_program()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # Bound and never listened on: the kernel gives these ports to nobody else while the node is down, and a client
        # that calls meanwhile is refused. The node binds them too, which Erlang asks for with SO_REUSEADDR.
        self._kept = [_bound() for _ in ("amqp", "distribution", "epmd")]
        self.port, self._distribution, self._epmd_port = (each.getsockname()[1] for each in self._kept)
        self._environment = self._settled()
        self._epmd: subprocess.Popen[bytes] | None = None
        self._node: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where workers find it, whether it runs or not."""
        return f"amqp://guest:guest@{_HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """The process of the running node."""
        assert self._node is not None, "not started"
        return self._node.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and not killed since."""
        return self._node is not None

    async def start(self) -> float:
        """Start the node and return when it takes connections: after how many seconds.

        Raises AssertionError with its last words when it ends instead.
        """
        assert self._node is None, "already started"
        if self._epmd is None:
            self._epmd = self._launched("epmd", "-port", str(self._epmd_port), "-address", _HOST)
        node = self._node = self._launched(self._program)
        began = time.monotonic()
        while not await asyncio.to_thread(self._takes_connections):
            assert self._node is node, "killed before it was ready"
            assert node.poll() is None, f"RabbitMQ did not start:\n{self._said()}"
            assert time.monotonic() < began + READY_S, f"RabbitMQ is not ready after {READY_S} s:\n{self._said()}"
            await asyncio.sleep(_PAUSE_S)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9 of the node with everything that it started; nothing is tidied up."""
        if self._node is not None:
            _killed(self._node)
        self._node = None

    def wipe(self) -> None:
        """Remove everything that it had on its disk: queues, messages, users. It must not be running."""
        assert self._node is None, "kill it first"
        shutil.rmtree(self._folder / "mnesia", ignore_errors=True)

    def stop(self) -> None:
        """End it, as kill does: nothing in it is worth a farewell. Its epmd ends too, and the ports are free again."""
        self.kill()
        if self._epmd is not None:
            _killed(self._epmd)
        self._epmd = None
        for each in self._kept:
            each.close()

    def waiting(self, queue: str) -> int:
        """How many messages of the queue nobody has been given yet; none when there is no such queue."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            try:
                declared = connection.channel().queue_declare(queue, passive=True)
            except pika.exceptions.ChannelClosedByBroker:
                return 0
            return int(declared.method.message_count)

    def forget(self, queue: str) -> None:
        """Delete the queue with its two companions and all that is in them."""
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            channel = connection.channel()
            for name in (queue, f"{queue}.DQ", f"{queue}.XQ"):
                channel.queue_delete(name)

    async def __aenter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.stop)
            await self.start()
            undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _settled(self) -> Mapping[str, str]:
        """Write the node's settings; the environment that says where they and its folders are."""
        written = {
            "rabbitmq.conf": f"listeners.tcp.1 = {_HOST}:{self.port}\n",
            "rabbitmq-env.conf": "",
            "advanced.config": "[].\n",
            "enabled_plugins": "[].\n",
        }
        for name, content in written.items():
            (self._folder / name).write_text(content)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIXES)}
        return clean | {
            "HOME": str(self._folder),  # The cookie lies here.
            "ERL_EPMD_ADDRESS": _HOST,
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": f"offsetdesk-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._folder / "generated"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            # The script then becomes the node, instead of a shell that stands between the node and us.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _launched(self, *command: str) -> subprocess.Popen[bytes]:
        # The leash is tied to the thread that forks: a short-lived one would end the node by ending itself.
        assert threading.current_thread() is threading.main_thread(), "start RabbitMQ from the main thread"
        with (self._folder / "said").open("ab") as said:
            return subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,  # A process group of its own, to be killed as one.
                preexec_fn=_leash(),  # noqa: PLW1509 - two system calls, through functions looked up beforehand.
            )

    def _takes_connections(self) -> bool:
        try:
            socket.create_connection((_HOST, self.port), timeout=_ANSWER_S).close()  # pika logs each refusal at length.
            pika.BlockingConnection(pika.URLParameters(f"{self.url}/?socket_timeout={_ANSWER_S}")).close()
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True

    def _said(self) -> str:
        return (self._folder / "said").read_text(errors="replace")[-2_000:]


def _bound() -> socket.socket:
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind((_HOST, 0))
    return kept


def _killed(program: subprocess.Popen[bytes]) -> None:
    """kill -9 of its whole group. What Erlang has put into sessions of their own ends by itself: it reads from the node."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _leash() -> Callable[[], None]:
    """No node outlives who started it, even by kill -9."""
    starter = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def lay() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != starter:  # It died between the fork and the line above.
            os._exit(1)

    return lay

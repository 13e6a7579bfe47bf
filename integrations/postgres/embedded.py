"""How does one call give the desk a running PostgreSQL, and another take it away?

    with EmbeddedPostgres(default_home(clone), settings=None) as postgres:
        engine = create_async_engine(postgres.dsn())

What lies in a home:

    starter.lock server.lock  who may start, and whether the server before is gone
    password                  of the superuser, readable by the server's account alone
    server.log                what the server said, kept up to 10 MB and once more as .old
    server/cluster            the database; belongs to the server's account, as do server/ and socket/
    socket/                   the folder of the unix socket, unless the path is too long for one
    binaries/                 a copy of the programs, only where root's own are closed to the account

The server is a child of this process and stops when this process dies, even by kill -9. Its user is a superuser,
whom row-level security does not bind: the desk makes its roles itself.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from integrations.postgres.account import Account
from integrations.postgres.binaries import runnable_programs
from integrations.postgres.cluster import ensure_cluster
from integrations.postgres.locks import held_by_starter, inherited_by_server
from integrations.postgres.server import Address, ensure_database, launch, stop, wait_until_ready

STATE_OF_THE_SYSTEM = Path("/var/lib/offsetdesk")
SHORT_FOLDER = "/tmp"  # Not $TMPDIR: that may be as long as the path we flee from.
SOCKET_PATH_BYTES = 107  # sockaddr_un holds 108 with the closing zero (unix(7)).
PREVIOUS_GONE_WITHIN_S = 60.0

# fsync and synchronous_commit stay at PostgreSQL's own "on": a committed order is on the disk.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def default_home(root_of_clone: Path) -> Path:
    """Where the embedded server of a clone lives when nobody says otherwise.

    For root under the system's state folder, one per clone: the account the server runs as can enter neither root's
    home nor, perhaps, the clone. For a plain user inside the clone.
    """
    clone = root_of_clone.resolve()
    if os.geteuid() == 0:
        return STATE_OF_THE_SYSTEM / hashlib.sha256(os.fsencode(clone)).hexdigest()[:16]
    return clone / ".state" / "postgres"


class EmbeddedPostgres:
    """A PostgreSQL of our own in the folder `home`, made on first start; a context manager.

    Reached through a private unix socket. For TCP as well, pass the settings `listen_addresses` and `port`.
    `settings` are PostgreSQL's own names and values and go before the defaults above.
    """

    def __init__(
        self,
        home: Path,
        *,
        database: str = "offsetdesk",
        user: str = "offsetdesk",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._home = home.resolve()
        self._database = database
        self._user = user
        self._settings = {**SETTINGS, **(settings or {})}
        self._running: tuple[subprocess.Popen[str], Address, str] | None = None
        self._undo = ExitStack()

    def start(self) -> None:
        """Return when the database takes connections; 1 s the first time, 0.1 s later, up to 5 min after a crash.

        Raises EmbeddedPostgresError when another process uses the home, the wheel is missing, or the server gives up.
        """
        assert self._running is None, "already started"
        account = Account.for_server()
        _make_home(self._home, account)
        with ExitStack() as undo:
            undo.enter_context(held_by_starter(self._home))
            lock = undo.enter_context(inherited_by_server(self._home, patience_s=PREVIOUS_GONE_WITHIN_S))
            self._running = self._bring_up(account, lock, undo)
            self._undo = undo.pop_all()

    def stop(self) -> None:
        """Stop the server and return when it has gone; nothing happens when it is not running."""
        self._running = None
        self._undo.close()

    def dsn(self) -> str:
        """The address of the database, with its password, for asyncpg and libpq."""
        assert self._running is not None, "not started"
        _, address, password = self._running
        who = f"{quote(self._user, safe='')}:{quote(password, safe='')}"
        where = f"host={quote(str(address.socket_folder), safe='')}&port={address.port}"
        return f"postgresql://{who}@/{quote(self._database, safe='')}?{where}"

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._running is not None, "not started"
        return self._running[0].pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self, account: Account, lock: int, undo: ExitStack) -> tuple[subprocess.Popen[str], Address, str]:
        # The lock goes to initdb too: cut off, it may outlive its starter for a moment and still write.
        programs = replace(runnable_programs(account, self._home / "binaries"), inherited=(lock,))
        server_folder = self._home / "server"
        account.make_private_folder(server_folder)
        cluster, password = ensure_cluster(self._home, server_folder, programs, user=self._user)
        port = self._settings["port"]
        address = Address(_socket_folder(self._home, port, account, undo), port)
        # Quoted, because the setting is a list in which commas and spaces have a meaning.
        folder = '"' + str(address.socket_folder).replace('"', '""') + '"'
        log = self._home / "server.log"
        server = launch(programs, cluster, {**self._settings, "unix_socket_directories": folder}, log)
        undo.callback(stop, server)
        wait_until_ready(server, programs, address, log)
        ensure_database(programs, address, self._database, user=self._user, password=password)
        return server, address, password


def _make_home(home: Path, account: Account) -> None:
    """Make the home; an account other than ours may pass through it and the folders made for it, but not look in."""
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if account.is_another else 0o700)
    home.chmod(0o711 if account.is_another else 0o700)


def _socket_folder(home: Path, port: str, account: Account, undo: ExitStack) -> Path:
    """A private folder for the socket: in the home if the path can name a socket, else one that goes at stop.

    After a kill -9 of the starter that one stays behind, empty.
    """
    folder = home / "socket"
    # PostgreSQL's clients read a comma in a host as a list of hosts.
    if len(os.fsencode(folder / f".s.PGSQL.{port}")) > SOCKET_PATH_BYTES or "," in str(folder):
        folder = Path(tempfile.mkdtemp(prefix="offsetdesk-", dir=SHORT_FOLDER))
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
    account.make_private_folder(folder)
    return folder

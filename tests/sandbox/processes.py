"""A live desk with its sandbox as it is run: one API process, one worker, two databases, and callers over HTTP."""

import asyncio
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx

from app.demo.places import free_port
from tests.conftest import ROOT, copying, with_database

T = TypeVar("T")
PASSWORD = "correct horse battery staple"
PATIENCE_S = 60


@dataclass
class Caller:
    """Somebody with a key at one address, or nobody."""

    http: httpx.Client
    id: str = ""
    email: str = ""
    key: str = ""

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Idempotency-Key": secrets.token_hex(8), **headers})

    def made(self, path: str, body: Any = None) -> dict[str, Any]:
        """What a POST that must succeed answers."""
        answer = self.post(path, body)
        assert answer.is_success, f"{path}: {answer.text}"
        return dict(answer.json())

    def send(self, path: str, content: bytes, media_type: str, **query: str) -> dict[str, Any]:
        headers = {"Content-Type": media_type, "Idempotency-Key": secrets.token_hex(8)}
        answer = self.http.post(path, content=content, headers=headers, params=query)
        assert answer.is_success, f"{path}: {answer.text}"
        return dict(answer.json())


@dataclass
class Desk:
    """One of the two desks, by the address at which it is asked."""

    url: str
    database_url: str
    operator_key: str
    is_sandbox: bool
    _open: list[httpx.Client] = field(default_factory=list)

    def caller(self, key: str = "", *, url: str = "", **headers: str) -> Caller:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {key}", **named} if key else named
        client = httpx.Client(base_url=url or self.url, headers=given, timeout=30, trust_env=False)
        self._open.append(client)
        return Caller(client, key=key)

    @property
    def operator(self) -> Caller:
        return self.caller(self.operator_key)

    def sign_up(self, kind: str) -> Caller:
        email = f"{secrets.token_hex(6)}@example.test"
        wish = {"kind": kind, "name": f"株式会社{kind}{secrets.token_hex(3)}",
                "member": {"email": email, "name": "担当 太郎", "password": PASSWORD}}  # fmt: skip
        more = {"provider_kind": "creation_and_use"} if kind == "provider" else {}
        made = self.caller().made("/v1/organisations", wish | more)
        caller = self.caller(made["secret"])
        caller.id, caller.email = made["organisation"]["id"], email
        return caller

    def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Look into its database past every policy."""

        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.database_url)
            try:
                return list(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        return asyncio.run(ask())

    def close(self) -> None:
        for client in self._open:
            client.close()


@dataclass
class Processes:
    """Both desks, and what runs them."""

    live: Desk
    sandbox: Desk
    api: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    environment: dict[str, str]
    folder: Path
    said_of_migration: str


def eventually(ask: Callable[[], T | None], what: str) -> T:
    """Ask until there is an answer."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"never: {what}")


def becomes(caller: Caller, path: str, status: str) -> dict[str, Any]:
    """Read a thing until it has this status."""
    seen = ""

    def look() -> dict[str, Any] | None:
        nonlocal seen
        answer = dict(caller.get(path).json())
        found = dict(answer.get("retirement", answer))
        seen = str(found.get("status"))
        return found if seen == status else None

    try:
        return eventually(look, f"{path} {status}")
    except AssertionError:
        raise AssertionError(f"{path} is {seen}, not {status}") from None


@contextmanager
def started_beside(server_url: str, template: str, folder: Path) -> Iterator[Processes]:
    """Found both desks by the command, take the clock's table away from the live one, and start two processes."""
    names = {kind: f"beside_{kind}_{secrets.token_hex(4)}" for kind in ("live", "sandbox")}
    for name in names.values():
        asyncio.run(_run(server_url, copying(name, template)))
    urls = {kind: with_database(server_url, name) for kind, name in names.items()}
    port = free_port(0)
    environment = environment_of(urls, folder, port)
    try:
        said = command(environment, "migrate")
        live_key = key_in(command(environment | {"OFFSETDESK_DESK_PASSWORD": PASSWORD}, "found-desk", "--name",
                                  "株式会社本物", "--email", "desk@example.jp", "--member-name", "運営 花子"))  # fmt: skip
        sandbox_key = key_in(command(environment, "sandbox-key"))
        asyncio.run(_run(urls["live"], "drop table test_clock"))
        base = f"http://127.0.0.1:{port}"
        live = Desk(base, urls["live"], live_key, is_sandbox=False)
        sandbox = Desk(f"{base}/sandbox", urls["sandbox"], sandbox_key, is_sandbox=True)
        with running("app.main", environment, folder) as api, running("workers.main", environment, folder) as worker:
            for desk in (live, sandbox):
                eventually(lambda at=desk: _is_ready(at) or None, f"{desk.url} is ready")  # type: ignore[misc]
            yield Processes(live, sandbox, api, worker, environment, folder, said)
            live.close()
            sandbox.close()
    finally:
        for name in names.values():
            asyncio.run(_run(server_url, f'drop database "{name}" with (force)'))


def environment_of(urls: dict[str, str], folder: Path, port: int) -> dict[str, str]:
    """The settings of a live desk with a sandbox, and nothing of the machine's own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OFFSETDESK_")}
    return clean | {
        "OFFSETDESK_DATABASE_URL": urls["live"],
        "OFFSETDESK_SECRET": "s" * 32,
        "OFFSETDESK_FILES_URL": (folder / "live-files").as_uri(),
        "OFFSETDESK_BASE_URL": f"http://127.0.0.1:{port}",
        "OFFSETDESK_PORT": str(port),
        "OFFSETDESK_POLL_MS": "50",
        "OFFSETDESK_SANDBOX_DATABASE_URL": urls["sandbox"],
        "OFFSETDESK_SANDBOX_FILES_URL": (folder / "sandbox-files").as_uri(),
    }


def command(environment: dict[str, str], *arguments: str) -> str:
    """What the `offsetdesk` command says."""
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def key_in(said: str) -> str:
    (key,) = re.findall(r"od_(?:test|live)_\w+", said)
    return str(key)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def running(module: str, environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours with these settings, asked to stop at the end, with its log in the folder."""
    with (folder / f"{module}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _is_ready(desk: Desk) -> bool:
    try:
        return desk.caller().get("/readyz").is_success
    except httpx.TransportError:
        return False


async def _run(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()

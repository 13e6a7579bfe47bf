"""Which settings let a live desk and its sandbox meet, and which desk does a request belong to?"""

import asyncio
import fcntl
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.clients import terms_of
from app.core.http.mount import current_mount, mounted
from app.sandbox.http.credentials import mode_of
from app.sandbox.http.desks import SANDBOX_COOKIE, Desks
from app.settings import PREFIX, Settings, read_settings, sandbox_of
from workers.sandbox import Taken, _registries_for, folder_of

LIVE = {
    "DATABASE_URL": "postgresql://desk@db.example/live",
    "SECRET": "s" * 32,
    "FILES_URL": "file:///srv/live",
    "BASE_URL": "https://desk.example/",
    "ISSUER_NAME": "デスク",
    "SANDBOX_DATABASE_URL": "postgresql://desk@db.example/sandbox",
    "SANDBOX_FILES_URL": "file:///srv/sandbox",
}


def settings_with(**changes: str) -> Settings:
    return read_settings({f"{PREFIX}{name}": value for name, value in (LIVE | changes).items()})


def test_a_sandbox_shares_nothing_with_its_live_desk() -> None:
    live = settings_with()
    beside = sandbox_of(live)
    assert beside is not None
    assert (beside.base_url, beside.issuer_name) == ("https://desk.example/sandbox", "デスク (sandbox)")
    assert {beside.database_url, beside.files_url}.isdisjoint({live.database_url, live.files_url})
    assert beside.secret != live.secret
    assert len(beside.secret) >= 32
    terms, of_live = terms_of(beside), terms_of(live)
    assert (terms.mode, terms.sandbox, terms.simulated_allowed) == ("test", True, True)
    assert (of_live.mode, of_live.sandbox, of_live.simulated_allowed) == ("live", False, False)
    assert sandbox_of(beside) is None
    assert sandbox_of(settings_with(SANDBOX_DATABASE_URL="")) is None
    test_desk = terms_of(settings_with(MODE="test", SANDBOX_DATABASE_URL=""))
    assert (test_desk.mode, test_desk.sandbox) == ("test", False)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"MODE": "test"}, "a test desk needs no sandbox"),
        ({"MODE": "sandbox"}, "MODE must be live or test"),
        ({"SANDBOX_DATABASE_URL": "postgres://other:pw@db.example/live?sslmode=require"}, "must be another database"),
        ({"SANDBOX_FILES_URL": ""}, "SANDBOX_FILES_URL must be set"),
        ({"SANDBOX_FILES_URL": "file:///srv/live/"}, "must be another place"),
        ({"SANDBOX_FILES_URL": "s3://bucket"}, "SANDBOX_REGISTRIES must be set"),
    ],
)
def test_settings_that_let_the_two_meet_are_refused(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SystemExit, match=told):
        settings_with(**changes)


def test_files_elsewhere_do_with_a_registry_that_is_named() -> None:
    beside = sandbox_of(settings_with(SANDBOX_FILES_URL="s3://bucket", SANDBOX_REGISTRIES="jcredit=http://r.example"))
    assert beside is not None
    assert beside.registries == "jcredit=http://r.example"
    by_people = sandbox_of(settings_with(SANDBOX_REGISTRIES="people"))
    assert by_people is not None
    with _registries_for(by_people) as (own, registry):
        assert (own.registries, registry) == ("", None)


def test_only_one_worker_of_a_machine_has_the_sandboxs_book(tmp_path: Path) -> None:
    beside = sandbox_of(settings_with(SANDBOX_FILES_URL=(tmp_path / "sand box").as_uri()))
    assert beside is not None
    folder = folder_of(beside.files_url)
    assert folder == tmp_path / "sand box-registry"
    folder.mkdir()
    with (folder / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Taken), _registries_for(beside):
            pass
    assert not (folder / "book.jsonl").exists()


@pytest.mark.parametrize(
    ("authorization", "mode"),
    [
        ("Bearer od_test_abc", "test"), ("bearer  od_live_abc", "live"), ("Bearer od_pk_test_abc", "test"),
        ("Bearer od_bt_live_abc", "live"), ("Bearer od_testing", None), ("Basic od_test_abc", None), ("", None),
        ("Bearer xod_test_abc", None), ("Bearer od_pk_abc", None),
    ],
)  # fmt: skip
def test_a_credential_says_its_mode(authorization: str, mode: str | None) -> None:
    assert mode_of(authorization) == mode


class Heard:
    """An application that keeps what it was asked, and answers with a cookie and a place to go."""

    def __init__(self, *, begins: bool = True) -> None:
        self.scopes: list[dict[str, Any]] = []
        self.steps: list[str] = []
        self.mounts: list[str] = []
        self._begins = begins

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                step = (await receive())["type"]
                self.steps.append(step)
                end = "complete" if self._begins else "failed"
                await send({"type": f"{step}.{end}"})
            return
        self.scopes.append(scope)
        self.mounts.append(current_mount.get())
        headers = [(b"set-cookie", b"desk=secret; Path=/"), (b"location", b"/v1/jobs/1"), (b"set-cookie", b"a=1")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})


async def asked(path: str, **headers: str) -> tuple[Heard, Heard, list[tuple[bytes, bytes]]]:
    live, sandbox, told = Heard(), Heard(), []

    async def send(message: Any) -> None:
        told.extend(message["headers"])

    desks = Desks(live, sandbox, path="/sandbox", cookie="desk")  # type: ignore[arg-type]
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "path": path, "raw_path": path.encode(), "headers": given, "state": {}}
    await desks(scope, None, send)  # type: ignore[arg-type]
    return live, sandbox, told


@pytest.mark.parametrize(
    ("path", "inside"),
    [("/sandbox", "/"), ("/sandbox/", "/"), ("/sandbox/v1/orders", "/v1/orders"), ("/sandbox/sandbox", "/sandbox")],
)
async def test_under_its_path_stands_the_sandbox(path: str, inside: str) -> None:
    live, sandbox, told = await asked(path)
    assert live.scopes == []
    assert [scope["path"] for scope in sandbox.scopes] == [inside]
    assert sandbox.scopes[0]["raw_path"] == inside.encode()
    assert sandbox.mounts == ["/sandbox"]
    assert told == [
        (b"set-cookie", f"{SANDBOX_COOKIE}=secret; Path=/".encode()), (b"location", b"/sandbox/v1/jobs/1"),
        (b"set-cookie", b"a=1"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/v1/orders", "/sandboxes", "/v1/sandbox"])
async def test_elsewhere_the_credential_decides(path: str) -> None:
    live, sandbox, told = await asked(path, authorization="Bearer od_live_x")
    assert (len(live.scopes), len(sandbox.scopes)) == (1, 0)
    assert told[0] == (b"set-cookie", b"desk=secret; Path=/")
    live, sandbox, told = await asked(path, authorization="Bearer od_test_x")
    assert (len(live.scopes), len(sandbox.scopes)) == (0, 1)
    assert sandbox.scopes[0]["path"] == path
    assert sandbox.mounts == [""]
    assert told[1] == (b"location", b"/v1/jobs/1"), "The same key opens it at the same address."


async def test_each_is_handed_its_own_cookie_alone() -> None:
    both = f"x=1; desk=live; {SANDBOX_COOKIE}=test"
    live, _, _ = await asked("/v1/orders", cookie=both)
    assert dict(live.scopes[0]["headers"])[b"cookie"] == b"x=1; desk=live"
    _, sandbox, _ = await asked("/sandbox/v1/orders", cookie=both)
    assert dict(sandbox.scopes[0]["headers"])[b"cookie"] == b"x=1; desk=test"
    _, sandbox, _ = await asked("/sandbox/v1/orders", cookie="desk=live")
    assert b"cookie" not in dict(sandbox.scopes[0]["headers"])


@pytest.mark.parametrize(
    ("begin", "told"),
    [((True, True), ["startup.complete", "shutdown.complete"]), ((True, False), ["startup.failed"]),
     ((False, True), ["startup.failed"])],
)  # fmt: skip
async def test_both_begin_and_end_together(begin: tuple[bool, bool], told: list[str]) -> None:
    apps = [Heard(begins=each) for each in begin]
    desks = Desks(apps[0], apps[1], path="/sandbox", cookie="desk")  # type: ignore[arg-type]
    inbox, outbox = asyncio.Queue[Any](), asyncio.Queue[Any]()
    for step in ("startup", "shutdown"):
        inbox.put_nowait({"type": f"lifespan.{step}"})
    await desks({"type": "lifespan", "state": {}}, inbox.get, outbox.put)  # type: ignore[arg-type]
    answers = [outbox.get_nowait()["type"] for _ in range(outbox.qsize())]
    assert answers == [f"lifespan.{each}" for each in told]
    assert all(app.steps[0] == "lifespan.startup" for app in apps)


def test_links_of_our_own_pages_stay_under_the_mount() -> None:
    html = '<a href="/docs">x</a> <form action="/verify"> <script src="/s.js"> <a href="https://x.example/">y</a> <b title="a href=">'
    assert mounted(html) == html
    token = current_mount.set("/sandbox")
    try:
        moved = html.replace('"/docs"', '"/sandbox/docs"').replace('"/verify"', '"/sandbox/verify"')
        assert mounted(html) == moved.replace('"/s.js"', '"/sandbox/s.js"')
    finally:
        current_mount.reset(token)


def test_no_setting_of_the_sandbox_reaches_a_test_desk_of_its_own() -> None:
    plain = msgspec.structs.replace(settings_with(), sandbox_database_url="")
    assert sandbox_of(plain) is None

"""How does a worker work for the sandbox beside the live desk, and never stand in the live desk's way?

Where no registry is named, one worker of each machine runs a simulator of its own beside its crew: it holds a lock in the
sandbox's folder, the simulator's book lies there too, and another worker takes both over when it is gone.
"""

import asyncio
import fcntl
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from app.core.drivers import LOST
from app.settings import Settings
from integrations.registries.fake.child import FakeRegistryFailed, FakeRegistryProcess

QUEUE: Final = "offsetdesk.sandbox.jobs"
RETRY_S: Final = 5
WATCH_S: Final = 1
REGISTRY_CODE: Final = "jcredit"
_PAGE_SIZE: Final = 500
_FOLDER: Final = "registry"
_TROUBLE: Final = (SQLAlchemyError, FakeRegistryFailed, *LOST)
_logger: Final = logging.getLogger(__name__)

Crew = Callable[[Settings, asyncio.Event], Awaitable[None]]
"""Works for a desk until the event is set."""


class Taken(Exception):
    """Another worker of this machine works for the sandbox."""


async def work_beside(settings: Settings, crew: Crew, *, stop: asyncio.Event) -> None:
    """Work for the sandbox until `stop` is set, beginning again after trouble: the live desk's crew is none the wiser."""
    try:
        await _work_again_and_again(settings, crew, stop)
    finally:
        if not stop.is_set():
            _logger.critical("the sandbox's crew ended by a mistake of ours; the live desk's goes on")


async def _work_again_and_again(settings: Settings, crew: Crew, stop: asyncio.Event) -> None:
    waiting = False
    while not stop.is_set():
        try:
            with _registries_for(settings) as (own, registry):
                waiting = False
                await _until_ended(own, crew, registry, stop)
        except Taken:
            if not waiting:
                _logger.info("another worker of this machine works for the sandbox: this one waits")
            waiting = True
        except _TROUBLE:
            _logger.exception("the sandbox cannot be worked for now")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RETRY_S)


async def _until_ended(
    settings: Settings, crew: Crew, registry: FakeRegistryProcess | None, stop: asyncio.Event
) -> None:
    """A crew with an event of its own: what ends it must not end the live desk's crew."""
    ended = asyncio.Event()
    working = asyncio.ensure_future(crew(settings, ended))
    stopping = asyncio.create_task(stop.wait())
    try:
        while not working.done() and not stopping.done():
            await asyncio.wait((working, stopping), timeout=WATCH_S, return_when=asyncio.FIRST_COMPLETED)
            if registry is not None and not registry.runs:
                _logger.error("the sandbox's registry ended by itself and is started again")
                registry.restart()
    finally:
        ended.set()
        stopping.cancel()
        await working


@contextmanager
def _registries_for(settings: Settings) -> Iterator[tuple[Settings, FakeRegistryProcess | None]]:
    """The settings with a simulator in the place of J-Credit's registry, where they name none. Raises Taken."""
    if settings.registries or settings.sandbox_registries:
        yield settings, None
        return
    folder = folder_of(settings.files_url)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(folder / "lock"):
        secret = secrets.token_urlsafe()
        simulator = FakeRegistryProcess(
            folder / "book.jsonl",
            secret=secret,
            admin_secret=secrets.token_urlsafe(),
            page_size=_PAGE_SIZE,
            takes_all=True,
        )
        with simulator as child:
            registries = f"{REGISTRY_CODE}={child.base_url}"
            yield msgspec.structs.replace(settings, registries=registries, registry_secret=secret), child


def folder_of(files_url: str) -> Path:
    """Where the sandbox's own simulator keeps its book: beside the sandbox's documents."""
    path = Path(unquote(urlsplit(files_url).path))
    return path.with_name(f"{path.name}-{_FOLDER}")


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        yield

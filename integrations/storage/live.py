"""How are files kept in a folder or in an S3 bucket?"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, from_url

from integrations.storage.client import FileConflict, FileMissing, FilesUnavailable, checked_key

_FOLDER = "file:///"
_PROBE = "ready/probe"
_PART_BYTES = 1_000_000
_PARTS_AT_ONCE = 2
"""Of 5 MB each: what a large file takes in memory while it goes out."""


class ObjectFiles:
    """Files in one place, named by a URL: `file:///path` (made if missing) or `s3://bucket/prefix`.

    For S3 the region, endpoint and keys come from the usual AWS_* environment variables. A file appears whole or not
    at all; a folder leaves it to the operating system when its bytes reach the disk.
    """

    def __init__(self, url: str) -> None:
        self._store = _store(url)
        self._folder = Path(unquote(urlsplit(url).path)) if url.startswith(_FOLDER) else None

    async def put(self, key: str, content: bytes) -> None:
        """Keep `content`, whole or not at all; repeating it is fine. Raises FileConflict, InvalidKey, FilesUnavailable."""
        try:
            with _failures_named(key):
                await obstore.put_async(self._store, checked_key(key), content, mode="create")
        except FileConflict:
            if await self.get(key) != content:
                raise
        except FileMissing as nowhere:  # The folder or the bucket itself.
            raise FilesUnavailable(key) from nowhere

    async def get(self, key: str) -> bytes:
        """The content, byte for byte. Raises FileMissing, InvalidKey, FilesUnavailable."""
        with _failures_named(key):
            found = await obstore.get_async(self._store, checked_key(key))
            return bytes(await found.bytes_async())

    async def put_file(self, key: str, path: Path) -> None:
        """Keep a local file's content, of any size, part by part: whole or not at all.

        Raises InvalidKey, FilesUnavailable.
        """
        try:
            with _failures_named(key):
                await obstore.put_async(self._store, checked_key(key), path, max_concurrency=_PARTS_AT_ONCE)
        except FileMissing as nowhere:  # The folder or the bucket itself.
            raise FilesUnavailable(key) from nowhere

    async def get_file(self, key: str, path: Path) -> None:
        """Have the content under a local path, to be read only: a folder's file is linked, others come part by part.

        Raises FileMissing, InvalidKey, FilesUnavailable.
        """
        with _failures_named(key):
            size = (await obstore.head_async(self._store, checked_key(key)))["size"]
            if self._folder is not None:
                await asyncio.to_thread(path.symlink_to, self._folder / key)
                return
            with path.open("wb") as file:
                for begins in range(0, size, _PART_BYTES):
                    ends = min(begins + _PART_BYTES, size)
                    part = await obstore.get_range_async(self._store, checked_key(key), start=begins, end=ends)
                    await asyncio.to_thread(file.write, part)

    async def exists(self, key: str) -> bool:
        """Whether something was put under this key. Raises InvalidKey, FilesUnavailable."""
        try:
            with _failures_named(key):
                await obstore.head_async(self._store, checked_key(key))
        except FileMissing:
            return False
        return True

    async def ready(self) -> None:
        """Return when the store takes a write and gives it back: a desk that can only read cannot issue.

        Raises FilesUnavailable.
        """
        try:
            with _failures_named(_PROBE):
                await obstore.put_async(self._store, _PROBE, b"ready", mode="overwrite")
            await self.get(_PROBE)
        except FileMissing as vanished:
            raise FilesUnavailable("a file just written is not there") from vanished


def _store(url: str) -> ObjectStore:
    if url.startswith(_FOLDER):
        return from_url(url, mkdir=True)
    if url.startswith("s3://"):
        # obstore gives a call 30 s and a connection 5 s of its own; its 180 s of retries are too long for a caller.
        return from_url(url, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=45)})
    raise ValueError("a place for files is file:///path or s3://bucket/prefix")  # The URL may hold secrets.


@contextmanager
def _failures_named(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as missing:  # What obstore raises for a key without a file.
        raise FileMissing(key) from missing
    except AlreadyExistsError as standing:
        raise FileConflict(key) from standing
    except (BaseError, OSError) as broken:
        raise FilesUnavailable(f"{key}: {type(broken).__name__}") from broken

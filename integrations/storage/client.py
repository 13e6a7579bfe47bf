"""Where do files live, and what may one rely on?"""

import re
from pathlib import Path
from typing import Protocol, runtime_checkable

_KEY = re.compile(r"[A-Za-z0-9_=.-]+(/[A-Za-z0-9_=.-]+)*")
_LONGEST_KEY = 512


class FileMissing(Exception):
    """Nothing was ever put under this key."""


class FileConflict(Exception):
    """Other content already stands under this key: a file is never overwritten."""


class InvalidKey(ValueError):
    """A key that could leave the store's folder, or that not every store takes as it is."""


class FilesUnavailable(Exception):
    """The store did not answer, or refused. Trying again may help: `put` may be repeated."""


@runtime_checkable
class Files(Protocol):
    """Keeps files that never change. Keys are `names/with/slashes`, best made from the content's hash."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep `content`, whole or not at all; repeating it is fine. Raises FileConflict, InvalidKey, FilesUnavailable."""
        ...

    async def get(self, key: str) -> bytes:
        """The content, byte for byte. Raises FileMissing, InvalidKey, FilesUnavailable."""
        ...

    async def put_file(self, key: str, path: Path) -> None:
        """Keep a local file's content, of any size, without holding it in memory: whole or not at all.

        Unlike `put` it does not look whether the key is taken: the key is made from the content's hash, or a new id.
        Raises InvalidKey, FilesUnavailable.
        """
        ...

    async def get_file(self, key: str, path: Path) -> None:
        """Have the content under a local path at which nothing is, to be read only: it may be the kept file itself.

        Raises FileMissing, InvalidKey, FilesUnavailable.
        """
        ...

    async def exists(self, key: str) -> bool:
        """Whether something was put under this key. Raises InvalidKey, FilesUnavailable."""
        ...


def checked_key(key: str) -> str:
    """The key itself, if it is relative, without `.` or `..` steps, and of plain ASCII. Raises InvalidKey."""
    steps = key.split("/")
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key) or any(not step.strip(".") for step in steps):
        raise InvalidKey(f"not a key for a file: {key[:80]!r}")
    return key

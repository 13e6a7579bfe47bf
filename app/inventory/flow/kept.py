"""How are files that providers send kept? By the hash of their content, before any row tells of them."""

from pathlib import Path, PurePosixPath
from typing import Final

from app.core.errors import Unavailable
from app.core.text import has_control_characters, tidy_line
from integrations.storage.client import Files, FilesUnavailable

FILENAME_MAX: Final = 200


async def keep(files: Files, key: str, content: bytes) -> None:
    """Keep a small file. Raises Unavailable (503)."""
    try:
        await files.put(key, content)
    except FilesUnavailable as error:
        raise store_away() from error


async def keep_file(files: Files, key: str, path: Path) -> None:
    """Keep a file of any size. Raises Unavailable (503)."""
    try:
        await files.put_file(key, path)
    except FilesUnavailable as error:
        raise store_away() from error


def store_away() -> Unavailable:
    """What a caller is told when the store does not answer."""
    return Unavailable("The place where files are kept does not answer.", retry_after_s=5)


def plain_filename(text: str) -> str:
    """A file's name for a person to recognise: without folders, on one line, never longer than `FILENAME_MAX`."""
    name = PurePosixPath(tidy_line(text).replace("\\", "/")).name
    return "".join(char for char in name if not has_control_characters(char))[:FILENAME_MAX] or "file"

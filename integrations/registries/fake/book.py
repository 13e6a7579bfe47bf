"""Where does the fake registry keep what it did, so that no crash loses it and no hand changes it unseen?

A file of JSON lines, each with the hash of the line before. A record is on the disk before anyone is told of it. Only
one server may hold the book, and one that was tampered with is not opened.
"""

import fcntl
import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec

from integrations.registries.fake.messages import BookRecord

_NOTHING_BEFORE = "0" * 64


class BookTampered(ValueError):
    """A line of the book is not the one that was written there."""


class BookInUse(RuntimeError):
    """Another server holds this book."""


class Book:
    """The open book of one server."""

    def __init__(self, file: BinaryIO, records: list[BookRecord]) -> None:
        self._file = file
        self.records = records

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or begin the book; raises `BookTampered` or `BookInUse`."""
        file = path.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.seek(0)
            whole, torn = _without_torn_end(file.read())
            records = _verified(whole)
            if torn:
                file.truncate(len(whole))
            _sync_folder(path.parent)
        except BlockingIOError:
            file.close()
            raise BookInUse(f"Another server holds {path.name}.") from None
        except BaseException:
            file.close()
            raise
        return cls(file, records)

    @property
    def head(self) -> str:
        """The hash of the last line."""
        return self.records[-1].hash if self.records else _NOTHING_BEFORE

    def append(self, kind: str, body: dict[str, Any], *, now: datetime) -> BookRecord:
        """Write one line and return when the disk has it."""
        record = self.jot(kind, body, now=now)
        os.fsync(self._file.fileno())
        return record

    def jot(self, kind: str, body: dict[str, Any], *, now: datetime) -> BookRecord:
        """Write one line and return when the system has it: killing us loses nothing, only a power cut may."""
        seq = len(self.records) + 1
        record = BookRecord(
            at=now, body=body, hash=_hash(self.head, seq, kind, now, body), kind=kind, prev=self.head, seq=seq
        )
        self._file.write(_line(record))
        self._file.flush()
        self.records.append(record)
        return record

    def close(self) -> None:
        """Close the file, and so let another server have the book."""
        self._file.close()


def read_book(path: Path) -> tuple[BookRecord, ...]:
    """Read a book that nobody needs to hold, for a checker; raises `BookTampered`."""
    whole, _ = _without_torn_end(path.read_bytes())
    return tuple(_verified(whole))


def _without_torn_end(content: bytes) -> tuple[bytes, bytes]:
    """Split off a last line without its end: a crash tore it, so nobody was told of it."""
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _verified(content: bytes) -> list[BookRecord]:
    records: list[BookRecord] = []
    prev = _NOTHING_BEFORE
    for seq, line in enumerate(content.splitlines(keepends=True), start=1):
        try:
            record = msgspec.json.decode(line, type=BookRecord)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise BookTampered(f"Line {seq} of the book cannot be read.") from None
        expected = _hash(prev, seq, record.kind, record.at, record.body)
        if (record.seq, record.prev, record.hash) != (seq, prev, expected) or _line(record) != line:
            raise BookTampered(f"Line {seq} of the book is not the one that was written there.")
        records.append(record)
        prev = record.hash
    return records


def _hash(prev: str, seq: int, kind: str, at: datetime, body: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode([prev, seq, kind, at, body], order="sorted")).hexdigest()


def _line(record: BookRecord) -> bytes:
    return msgspec.json.encode(record, order="sorted") + b"\n"


def _sync_folder(folder: Path) -> None:
    """A new file is safe only when its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

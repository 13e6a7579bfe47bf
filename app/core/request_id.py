"""Which request is this line of work for? One name from the edge to every log line, event and job."""

import re
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from app.core.ids import public_id

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")

# A context variable can only live in a module; it holds one request's name for that request's task alone.
current_request_id: Final[ContextVar[str]] = ContextVar("current_request_id", default="")


def accepted_request_id(text: str) -> str | None:
    """The caller's own `X-Request-Id` when it is 8 to 64 letters, digits, `_` or `-`; else None."""
    return text if _SHAPE.fullmatch(text) else None


def new_request_id(value: UUID) -> str:
    """A name of ours: `req_` and the UUIDv7 that the edge made."""
    return public_id("req", value)

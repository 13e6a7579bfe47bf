"""What do we write about what happens? JSON lines with allow-listed fields, in UTC, with secrets taken out."""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Final, TextIO

import msgspec

from app.core.request_id import current_request_id

FIELDS: Final = (
    "attempt",
    "bytes_sent",
    "check",
    "code",
    "duration_ms",
    "error",
    "event",
    "job",
    "job_id",
    "method",
    "org_id",
    "port",
    "route",
    "status",
    "subject_id",
    "worker",
)
"""What may be given as `extra`: names of things and numbers. Anything else is dropped, never a caller's contents."""

REDACTED: Final = "[redacted]"
_TEXT_MAX: Final = 16_000
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\bod_(?:pk_)?(?:test|live)_[0-9a-z_]+",  # Our API keys, the publishable ones too.
        r"\bod_[br]t_[0-9a-z]{16,}",  # Buyers' tokens through a storefront, and what refreshes them.
        r"\bods_[0-9a-z_-]{16,}",  # Our session tokens.
        r"\b(?:sk|rk)_(?:test|live)_[0-9a-z]+|\bwhsec_[0-9a-z+/=]+",  # The payment provider's keys.
        r"\b(?:bearer|basic)\s+[0-9a-z._~+/=-]{6,}",  # An Authorization header.
        r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)",  # User and password in an address.
        r"\[parameters: .*",  # SQLAlchemy quotes a failed statement's values.
        r"\bDETAIL:[^\n]*",  # PostgreSQL quotes the row's values.
        r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+",  # A mail address; tried once for each run of its letters, or a long run would take the square of its length.
    )
)
_CARD: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


class JsonLines(logging.Formatter):
    """One record, one line of JSON. What looks like a secret is replaced here, the last place before it is written."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line break."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id := current_request_id.get():
            line["request_id"] = request_id
        line |= {name: _plain(record.__dict__[name]) for name in FIELDS if name in record.__dict__}
        if record.exc_info and record.exc_info[1] is not None:
            line["traceback"] = redact("".join(traceback.format_exception(record.exc_info[1])))
        return msgspec.json.encode(line).decode()


def redact(text: str) -> str:
    """The text without keys, tokens, passwords in addresses, quoted database values, card numbers, mail addresses."""
    for pattern in _PATTERNS:
        text = pattern.sub(REDACTED, text)
    text = _CARD.sub(lambda found: REDACTED if _is_card(found.group()) else found.group(), text)
    return text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "…"


def start_logging(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every logger of the process to `stream` (stderr when None) as JSON lines, and nothing anywhere else.

    `uvicorn.access` is silenced: the edge writes the access line, with the route instead of the address.
    """
    root = logging.getLogger()
    writer = logging.StreamHandler(stream or sys.stderr)
    writer.setFormatter(JsonLines())
    root.handlers[:] = [writer]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = name != "uvicorn.access"


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | bool) or value is None else redact(str(value))


def _is_card(text: str) -> bool:
    """Luhn's check: a card number and its last digit agree; nine in ten other long numbers do not."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = (digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0

"""What will go, and when? `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and where to read what comes instead.

A route says it in `opt={"deprecated": Deprecated(since, sunset, successor)}`; the edge adds the headers to each of its
answers, and the document marks the operation. Something that buyers' machines call lives at least 180 days on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Final

from litestar.handlers import BaseRouteHandler

NOTICE_DAYS_MIN: Final = 180


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Since when a route is deprecated, when it may be gone, and the path of what replaces it."""

    since: date
    sunset: date
    successor: str

    def __post_init__(self) -> None:
        """A route is not taken away sooner than promised."""
        assert (self.sunset - self.since).days >= NOTICE_DAYS_MIN, self

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of each answer of the route. Both moments are midnight UTC."""
        return [
            (b"deprecation", f"@{int(_midnight(self.since).timestamp())}".encode()),
            (b"sunset", format_datetime(_midnight(self.sunset), usegmt=True).encode()),
            (b"link", b'</docs>; rel="deprecation"; type="text/html"'),
            (b"link", f'<{self.successor}>; rel="successor-version"'.encode()),
        ]

    def sentence(self) -> str:
        """What the document adds to the operation's description."""
        return f"Deprecated since {self.since}; it may be gone from {self.sunset}. Use {self.successor}."


def deprecated_by(handler: BaseRouteHandler | None) -> Deprecated | None:
    """What a route says about its own end; None while it stays."""
    told = None if handler is None else handler.opt.get("deprecated")
    assert told is None or isinstance(told, Deprecated), told
    return told


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

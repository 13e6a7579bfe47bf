"""What do we count, and for whom? Prometheus metrics on a registry of our own, with names fixed in one place."""

from copy import copy
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE: Final = "text/plain; version=0.0.4"
NO_ROUTE: Final = "unmatched"
"""The route of a 404 or 405: the path itself would let strangers invent label values."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The process's counters. Seconds and counts are for machines' clocks, never for value: floats are in order."""

    def __init__(self) -> None:
        """Start counting from nothing, on a registry that nobody else writes to."""
        self.registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "offsetdesk_http_requests",
            "Answers by their final status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "offsetdesk_http_request_seconds",
            "Time to the last byte",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._place = ""
        self._open = Gauge("offsetdesk_http_requests_open", "Requests being answered now", registry=self.registry)

    def began(self) -> None:
        """A request has come in."""
        self._open.inc()

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """A request has had its last byte. `route` is the template; `status` is what the caller really saw."""
        name = method if method in _METHODS else "OTHER"
        self._open.dec()
        self._requests.labels(name, self._place + route, str(status)).inc()
        self._seconds.labels(name, self._place + route).observe(seconds)

    def under(self, place: str) -> "Metrics":
        """The same counters for a second application of this process, whose routes stand under `place`."""
        twin = copy(self)
        twin._place = place  # noqa: SLF001 - One of us.
        return twin

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)

"""Has this caller asked too often? Counted before any work is done; `RateLimit` headers say what is left.

Strangers are counted by their address (of IPv6 the /64), known callers by their credential, so that made-up keys lead
nowhere: a credential that is not known counts for its address. Which policy counts is said by the method, by
`opt={"body": "file"}` (uploads) and by `opt={"limit": SIGN_IN}`; `opt={"unlimited": True}` is never counted.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import TooManyRequests, Unauthenticated
from app.core.http.door import Door
from app.core.limits import WINDOW_S, Policy, take_block, window_at
from app.core.scope import Scope

PUBLIC, READS, WRITES, UPLOADS, SIGN_IN = "public", "reads", "writes", "uploads", "sign-in"
POLICIES: Final = (PUBLIC, READS, WRITES, UPLOADS, SIGN_IN)
SUBJECTS_MAX: Final = 50_000
COUNTED: Final = "counted"
"""Where a request's state keeps what it was counted as."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]
Find = Callable[[Request[Any, Any, Any]], Awaitable[Scope]]


@dataclass(slots=True)
class Allowance:
    """What this process may still spend for somebody in this window."""

    policy: Policy
    window_no: int
    left: int = 0
    beyond: int = 0
    """Tokens that no process has taken yet, as far as we know."""
    exhausted: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def headers(self, seconds: int) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11)."""
        name = self.policy.name
        return [
            (b"ratelimit-policy", f'"{name}";q={self.policy.quota};w={WINDOW_S}'.encode()),
            (b"ratelimit", f'"{name}";r={self.left + self.beyond};t={seconds}'.encode()),
        ]


class Limiter:
    """Counts requests for this process; all processes together never let more through than a policy allows."""

    def __init__(self, db: Database, quotas: Mapping[str, int], *, secret: bytes) -> None:
        """`quotas` by policy, for each minute; 0 is no limit. Addresses are kept as keyed hashes alone."""
        assert quotas.keys() == set(POLICIES), quotas
        self._db = db
        self._policies = {name: Policy(name, quota) for name, quota in quotas.items() if quota}
        self._key = hmac.digest(secret, b"offsetdesk limits v1", "sha256")
        self._window_no = 0
        self._known: dict[tuple[str, bytes], Allowance] = {}

    async def stranger(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Count a request by its address. Raises TooManyRequests (429)."""
        if self._policies and not handler.opt.get("unlimited"):
            await self._count(connection, _of_stranger(handler), _address(connection))

    async def caller(self, connection: Connection, handler: BaseRouteHandler, credential: bytes) -> None:
        """Count a request of a caller who is known. Raises TooManyRequests (429)."""
        if self._policies and not handler.opt.get("unlimited"):
            await self._count(connection, _of_caller(connection, handler), credential)

    async def known(self, request: Request[Any, Any, Any], find: Find) -> Scope:
        """The caller whom `find` finds, counted; a credential that is not known counts for the address (429, then 401)."""
        try:
            scope = await find(request)
        except Unauthenticated:
            await self.stranger(request, request.route_handler)
            raise
        await self.caller(request, request.route_handler, scope.credential or scope.actor_id.bytes)
        return scope

    def guard(self, door: Door, caller_dependencies: frozenset[str]) -> Guard:
        """For routes that ask for no caller: strangers are counted before all else. Callers are when they are known."""

        async def count(connection: Connection, handler: BaseRouteHandler) -> None:
            declared = door.declared(connection)
            if declared is not None and declared.used.isdisjoint(caller_dependencies):
                await self.stranger(connection, handler)

        return count

    async def _count(self, connection: Connection, name: str, subject: bytes) -> None:
        policy = self._policies.get(name)
        if policy is None:
            return
        window_no, seconds = window_at(utc_now())
        hashed = hmac.digest(self._key, subject, "sha256")[:16]
        allowance = self._allowance(policy, hashed, window_no)
        connection.scope["state"][COUNTED] = allowance
        if allowance.left == 0 and not allowance.exhausted:
            await self._refill(allowance, hashed)
        if allowance.left == 0:
            raise TooManyRequests(
                f"At most {policy.quota} of these in {WINDOW_S} s.", retry_after_s=seconds, policy=name
            )
        allowance.left -= 1

    def _allowance(self, policy: Policy, subject: bytes, window_no: int) -> Allowance:
        if window_no != self._window_no:
            self._window_no = window_no
            self._known.clear()
        found = self._known.get((policy.name, subject))
        if found is None:
            if len(self._known) >= SUBJECTS_MAX:
                del self._known[next(iter(self._known))]  # What was left of its block is lost, never spent twice.
            found = self._known[policy.name, subject] = Allowance(policy, window_no)
        return found

    async def _refill(self, allowance: Allowance, hashed: bytes) -> None:
        async with allowance.lock:
            if allowance.left or allowance.exhausted:
                return
            async with self._db.driver() as driver:
                taken, allowance.beyond = await take_block(driver, allowance.policy, hashed, allowance.window_no)
            allowance.left += taken
            allowance.exhausted = taken == 0


def forgiven(state: Mapping[str, Any]) -> None:
    """Give the token of this request back to the process: a 304 costs nothing."""
    allowance = state.get(COUNTED)
    if isinstance(allowance, Allowance):
        allowance.left += 1


def limit_headers(state: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers for what a request was counted as; none where nothing is limited."""
    allowance = state.get(COUNTED)
    return allowance.headers(window_at(utc_now())[1]) if isinstance(allowance, Allowance) else []


def _of_stranger(handler: BaseRouteHandler) -> str:
    return SIGN_IN if handler.opt.get("limit") == SIGN_IN else PUBLIC


def _of_caller(connection: Connection, handler: BaseRouteHandler) -> str:
    if handler.opt.get("body") == "file":
        return UPLOADS
    return READS if connection.scope.get("method") in _READING else WRITES


def _address(connection: Connection) -> bytes:
    """Who is at the other end; behind a trusted proxy the server has put the proxy's word in its place."""
    host = connection.client.host if connection.client is not None else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host.encode()
    return address.packed[:8] if isinstance(address, IPv6Address) else address.packed
